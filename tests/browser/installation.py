"""One real installation, as `recoup up` makes it: own home, own ports, own database, demo agency."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from shutil import rmtree
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 240.0  # seconds; a fresh database on a busy machine


def free_ports(n: int) -> list[int]:
    """Ports that nobody listens on just now."""
    held = [socket.socket() for _ in range(n)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def short_home() -> Path:
    """A short path, since a Unix socket's may have 107 bytes; open to the database's own user."""
    home = Path(tempfile.mkdtemp(prefix="rc"))
    home.chmod(0o755)
    return home


@dataclass
class Installation:
    """A product that runs in processes of its own; nothing of the tests' settings reaches it."""

    home: Path = field(default_factory=short_home)
    demo_days: int = 0
    ports: list[int] = field(default_factory=lambda: free_ports(3))
    supervisor: "subprocess.Popen[bytes] | None" = None

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.ports[0]}"

    @property
    def log(self) -> Path:
        return self.home / "up.log"

    def environment(self) -> dict[str, str]:
        kept = {
            k: v for k, v in os.environ.items()
            if not k.startswith(("RECOUP_", "DJANGO_", "PYTEST_")) and k not in ("DATABASE_URL", "PORT")
        }  # fmt: skip
        web, events, smtp = map(str, self.ports)
        return kept | {
            "RECOUP_HOME": str(self.home), "PORT": web, "RECOUP_EVENTS_PORT": events,
            "RECOUP_SMTP_PORT": smtp, "RECOUP_DEMO_DAYS": str(self.demo_days), "RECOUP_THROWAWAY": "yes",
        }  # fmt: skip

    def begin(self) -> None:
        """`recoup up`, without waiting for it."""
        with self.log.open("ab") as log:
            self.supervisor = subprocess.Popen(
                [sys.executable, "-m", "recoup", "up"], cwd=ROOT, env=self.environment(),
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    def up(self) -> float:
        """`recoup up`, until it says so and a page answers; returns the seconds it took."""
        begun, before = time.monotonic(), self.said_ready()
        self.begin()
        assert self.supervisor is not None
        while self.said_ready() == before or not self.answers():
            if self.supervisor.poll() is not None or time.monotonic() - begun > STARTS_WITHIN:
                raise AssertionError(f"recoup up did not come up:\n{self.tail()}")
            time.sleep(0.1)
        return time.monotonic() - begun

    def said_ready(self) -> int:
        """How often its log announces the address."""
        return (
            self.log.read_text(errors="replace").count("Recoup is running:")
            if self.log.exists()
            else 0
        )

    def answers(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"{self.origin}/healthz", timeout=2) as page:
            return page.status == 200
        return False

    def interrupt(self, within: float = 40.0) -> int:
        """Ctrl-C; returns the exit code."""
        assert self.supervisor is not None
        self.supervisor.send_signal(signal.SIGINT)
        return self.supervisor.wait(within)

    def recoup(self, *words: str) -> Any:
        """The document of another command on this installation."""
        done = subprocess.run(
            [sys.executable, "-m", "recoup", *words, "--json"], cwd=ROOT, env=self.environment(),
            capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert done.stdout.strip(), done.stderr
        return json.loads(done.stdout)

    def python(self, code: str) -> None:
        """Run some lines on this installation, as a command of the product would."""
        environment = self.environment() | {"DJANGO_SETTINGS_MODULE": "recoup.config.settings"}
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True,
            timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def processes(self) -> dict[int, str]:
        """What still runs of this installation, by pid: processes that work in its home or carry its name
        in their environment, the database's included; zombies are not alive."""
        found = {}
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                state = (place / "stat").read_text().rpartition(")")[2].split()[0]
                here = os.readlink(place / "cwd").startswith(f"{self.home}/")
                named = f"RECOUP_HOME={self.home}".encode() in (place / "environ").read_bytes()
                if state != "Z" and int(place.name) != os.getpid() and (here or named):
                    found[int(place.name)] = (
                        (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    )
        return found  # fmt: skip

    def gone(self, within: float = 15.0) -> dict[int, str]:
        """What still runs after some seconds: nothing, when all is well."""
        until = time.monotonic() + within
        while (left := self.processes()) and time.monotonic() < until:
            time.sleep(0.1)
        return left

    def tail(self, lines: int = 60) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def remove(self) -> None:
        """End what a failed test has left, and the files."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.supervisor is not None:
            self.supervisor.wait(10)
        self.gone()
        rmtree(self.home, ignore_errors=True)

    def mails(self, to: str) -> list[EmailMessage]:
        """Caught messages to an address, in the order of arrival."""
        files = sorted((self.home / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime)
        read = [message_from_bytes(path.read_bytes(), policy=default) for path in files]
        return [m for m in read if to in str(m["To"])]

    def await_mail(self, to: str, words: str, within: float = 30.0) -> EmailMessage:
        """The first message to `to` with `words` in its subject or text."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            for message in self.mails(to):
                if words in str(message["Subject"]) or words in text_of(message):
                    return message
            time.sleep(0.2)
        subjects = [str(m["Subject"]) for m in self.mails(to)]
        raise AssertionError(f"no e-mail to {to} says {words!r}; there are {subjects}")

    def await_mails(self, to: str, count: int, within: float = 30.0) -> list[EmailMessage]:
        """All messages to an address as soon as there are `count`."""
        until = time.monotonic() + within
        while len(found := self.mails(to)) < count and time.monotonic() < until:
            time.sleep(0.2)
        assert len(found) == count, [str(m["Subject"]) for m in found]
        return found

    def database(self) -> "psycopg.Connection[tuple[Any, ...]]":
        """A connection as the database's superuser, to look from outside."""
        secrets = json.loads((self.home / "secrets" / "secrets.json").read_text())
        return psycopg.connect(
            host=str(self.home / "pg" / "s"), port="5432", user="postgres", dbname="recoup",
            password=secrets["pg_postgres"], autocommit=True,
        )  # fmt: skip


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    return part.get_content() if part else ""
