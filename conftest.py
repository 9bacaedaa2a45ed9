"""Tests run on a throw-away embedded PostgreSQL, as the application's own unprivileged role.

One migrated template database per state of the migrations; each test process gets a copy of it.
"""

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
os.environ.setdefault("RECOUP_HOME", str(ROOT / ".recoup" / "test"))
Path(os.environ["RECOUP_HOME"]).mkdir(parents=True, exist_ok=True)
os.environ["RECOUP_THROWAWAY"] = "yes"
os.environ["RECOUP_TESTING"] = "yes"
os.environ["RECOUP_ADMIN"] = "yes"
os.environ["RECOUP_DB_NAME"] = f"test_{os.getpid()}"
os.environ["DJANGO_SETTINGS_MODULE"] = "recoup.config.settings"

import django

django.setup()

import psycopg
import pytest
from psycopg import sql

from recoup.config import database


def migrations_mark() -> str:
    digest = hashlib.sha256()
    for path in [*sorted(ROOT.glob("recoup/*/migrations/*.py")), ROOT / "requirements/base.lock"]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def superuser(dbname: str = "postgres") -> psycopg.Connection:
    place = database.parameters("superuser") | {"dbname": dbname}
    return psycopg.connect(**place, autocommit=True)


def make_template() -> str:
    """The name of a migrated template database, made when the migrations have changed."""
    template = f"template_{migrations_mark()}"
    with superuser() as db:
        db.execute("SELECT pg_advisory_lock(4711)")
        if db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone():
            return template
        fresh = f"making_{os.getpid()}"
        db.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(fresh)))
        db.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(fresh), sql.Identifier(database.OWNER)
            )
        )
        with superuser(fresh) as inside:
            database.prepare(inside, database.OWNER)
        migrate(fresh)
        db.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(fresh), sql.Identifier(template)
            )
        )
    return template


def migrate(name: str) -> None:
    from django.core.management import call_command
    from django.db import connections

    owner = connections["owner"]
    owner.close()
    owner.settings_dict["NAME"] = name
    call_command("migrate", database="owner", verbosity=0)
    owner.close()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Two workers share the suite. All that drives the browser goes to one, since it shares one running
    installation; starts and deaths of the product go to the other. (xdist's own groups are of no effect
    with this pytest: it no longer reads the names they are put into.)"""
    from xdist.scheduler import LoadScopeScheduling

    class OneHouseEach(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            together = ("tests/browser/", "tests/faults/test_up.py")
            return next((place for place in together if nodeid.startswith(place)), nodeid)

    return OneHouseEach(config, log)


# What takes minutes: begun first, so that at the end no worker waits for another.
LONG = (
    "tests/architecture/test_matrix.py", "tests/architecture/test_api_matrix.py", "tests/crawl/", "tests/faults/", "tests/stories/",
    "recoup/web/api/tests/test_schemathesis.py", "recoup/payments/tests/test_conservation.py",
)  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: object) -> Iterator[None]:
    """Replaces pytest-django's: our roles, our template, row security in force."""
    from django.db import connections

    database.ensure_running()
    database.ensure_cluster_roles()
    name = os.environ["RECOUP_DB_NAME"]
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        template = make_template()
        with superuser() as db:
            db.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
            db.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        for alias in ("default", "owner"):
            connections[alias].settings_dict["NAME"] = name
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        for alias in ("default", "owner"):
            connections[alias].close()
    with superuser() as db:
        db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """For tests that need real commits (threads, processes, kills): everything is emptied afterwards,
    by the superuser, since the application may neither delete nor truncate."""
    from django.db import connections

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield
        connections.close_all()
        with superuser(os.environ["RECOUP_DB_NAME"]) as db:
            empty(db)


def empty(db: "psycopg.Connection[tuple[object, ...]]") -> None:
    """Delete what the test has left. Few tables hold anything, and to truncate them all takes longer than
    many a test."""
    db.execute("SET session_replication_role = replica")
    tables = [
        str(row[0])
        for row in db.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN"
            " ('django_migrations', 'django_content_type', 'auth_permission', 'cases_allowed_move')"
        )
    ]
    asked = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(
            sql.Literal(name), sql.Identifier(name)
        )
        for name in tables
    )
    for (name,) in db.execute(asked).fetchall():
        db.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(str(name))))


@pytest.fixture(scope="session", autouse=True)
def seal_keys(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keys of the seal older than every day a test is set in, whatever today is: the clock that makes
    them on first use would be the machine's."""
    from django.conf import settings

    from recoup.paper.seal import ensure_seal_keys

    settings.SECRETS_ROOT = tmp_path_factory.mktemp("secrets")
    ensure_seal_keys(
        settings.SECRETS_ROOT, organisation="Nordic Inkasso AB", at=datetime(2026, 1, 1, tzinfo=UTC)
    )


pytest_plugins = ["tests.cast"]
