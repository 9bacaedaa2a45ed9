"""`recoup up`: set up and run everything, and stop everything with Ctrl-C.

Database, migrations, demo agency, then the Procfile's processes under honcho. Carries on after
kill -9 of anything: what an earlier run left behind is stopped first. One `up` at a time per home.
"""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from recoup.config import database
from recoup.config.home import PROJECT, folder, home, web_port
from recoup.kernel.loading import whole

HALF_MADE = "demo-half-made"  # stands while the demo is made in a database that was empty (seed.py)
DEMO_SLUG = "nordlys"
ENDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(argv: list[str]) -> int:
    """`--no-demo` leaves the database empty; RECOUP_PORT and RECOUP_EVENTS_PORT choose the ports."""
    if unknown := [a for a in argv if a != "--no-demo"]:
        print(f"recoup up: unknown {unknown[0]}", file=sys.stderr)
        return 2
    with alone() as first:
        if not first:
            say(f"Recoup runs already in {home()}: stop it with Ctrl-C first.")
            return 1
        return start(demo="--no-demo" not in argv)


@contextlib.contextmanager
def alone() -> Iterator[bool]:
    """False while another `up` works in this home; its lock ends with its process, however that ends."""
    with open(folder("run") / "up.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def start(*, demo: bool) -> int:
    for ended in ENDED:
        signal.signal(ended, lambda *_: sys.exit(130))
    stop_leftovers()
    if taken := taken_port():
        say(f"Port {taken[1]} is taken by another program: set {taken[0]} to a free one.")
        return 1
    try:
        say("database …")
        database.ensure_running()
        prepare(demo=demo)
        return supervise()
    finally:
        undisturbed()
        if database.given_url() is None:
            database.Cluster().stop()


def taken_port() -> tuple[str, int] | None:
    """Variable and number of a port that somebody else listens on, also after five seconds: what was
    left behind may need them to go."""
    asked = [("RECOUP_PORT", 8000), ("RECOUP_EVENTS_PORT", 8001), ("RECOUP_SMTP_PORT", 8025)]
    if "RECOUP_SMTP_HOST" in os.environ:
        asked.pop()
    numbers = [(name, int(os.environ.get(name) or standard)) for name, standard in asked]
    numbers[0] = ("RECOUP_PORT", int(web_port()))
    for _ in range(50):
        taken = next((pair for pair in numbers if not is_free(pair[1])), None)
        if taken is None:
            return None
        time.sleep(0.1)
    return taken


def is_free(port: int) -> bool:
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((os.environ.get("RECOUP_BIND", "127.0.0.1"), port))
        except OSError:
            return False
    return True


def prepare(*, demo: bool) -> None:
    if demo and (home() / HALF_MADE).exists() and database.holds_only(DEMO_SLUG):
        say("the demo agency was cut short: it is made anew …")
        database.drop()
    database.ensure_roles()
    os.environ["DJANGO_SETTINGS_MODULE"] = "recoup.config.settings"
    os.environ["RECOUP_ADMIN"] = "yes"
    with whole():
        import django

        django.setup()
    from django.core.management import call_command

    say("migrations …")
    call_command("migrate", database="owner", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    from recoup.console import messages

    messages.run(["compile"])
    if demo:
        say("demo agency …")
        from recoup.console import seed

        seed.ensure_demo()
    del os.environ["RECOUP_ADMIN"]
    from django.db import connections

    connections.close_all()


def supervise() -> int:
    """Run the Procfile until one process ends or Ctrl-C; returns honcho's exit code."""
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    # honcho gives each process a PORT of its own.
    port = os.environ["PORT"] = os.environ["RECOUP_PORT"] = web_port()
    os.environ["RECOUP_RUN"] = str(folder("run"))
    names = ["web", "events", "worker"]
    if "RECOUP_SMTP_HOST" not in os.environ:
        names.append("mail")
    child = subprocess.Popen(
        [sys.executable, "-m", "honcho", "-f", str(PROJECT / "Procfile"), "-d", str(PROJECT),
         "--no-colour", "start", *names],
        start_new_session=True,
    )  # fmt: skip
    (folder("run") / "honcho.pid").write_text(str(child.pid))
    try:
        announce(port, child)
        code = child.wait()
        say("A process has ended, so everything was stopped. `recoup up` carries on.")
        return code
    except (KeyboardInterrupt, SystemExit):
        return 0
    finally:
        undisturbed()
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(15)
        stop_leftovers()


def undisturbed() -> None:
    """A second Ctrl-C must not leave half of it running."""
    for ended in ENDED:
        signal.signal(ended, signal.SIG_IGN)


def announce(port: str, child: "subprocess.Popen[bytes]") -> None:
    """Wait until a page answers, then print address and demo log-ins; nothing when it ended before."""
    import urllib.request

    from django.conf import settings

    for _ in range(120):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
            break
        time.sleep(0.25)
    say(f"\n  Recoup is running:  {settings.ORIGIN}")
    with contextlib.suppress(FileNotFoundError):
        say((home() / "demo-logins.txt").read_text())
    mail = f"Caught mail: {folder('mail')}    " if settings.MAIL_CATCHER else ""
    say(f"  {mail}Stop: Ctrl-C\n")


def stop_leftovers() -> None:
    """End processes of an earlier run that was killed: each `recoup serve` notes its pid in run/."""
    for note in folder("run").glob("*.pid"):
        with contextlib.suppress(ValueError, ProcessLookupError, PermissionError):
            pid = int(note.read_text())
            if ours(pid):
                os.kill(pid, signal.SIGTERM)
                for _ in range(40):
                    if not ours(pid):
                        break
                    time.sleep(0.1)
                else:
                    os.kill(pid, signal.SIGKILL)
        note.unlink(missing_ok=True)


def ours(pid: int) -> bool:
    """True while `pid` is a live process of this product (not a zombie, not a reused number)."""
    with contextlib.suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z" and any(word in command for word in (b"recoup", b"honcho", b"gunicorn"))
    if not Path("/proc").exists():
        with contextlib.suppress(OSError):
            os.kill(pid, 0)
            return True
    return False


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
