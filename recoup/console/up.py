"""`recoup up`: set up and run everything, and stop everything with Ctrl-C.

Database, migrations, demo agency, then the Procfile's processes under honcho. Carries on after
kill -9 of anything: what an earlier run left behind is stopped first.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from recoup.config import database
from recoup.config.home import PROJECT, folder, home

ENDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(argv: list[str]) -> int:
    """`--no-demo` leaves the database empty; PORT and RECOUP_EVENTS_PORT choose the ports."""
    if unknown := [a for a in argv if a != "--no-demo"]:
        print(f"recoup up: unknown {unknown[0]}", file=sys.stderr)
        return 2
    for ended in ENDED:
        signal.signal(ended, lambda *_: sys.exit(130))
    stop_leftovers()
    say("database …")
    database.ensure_running()
    try:
        prepare(demo="--no-demo" not in argv)
        return supervise()
    finally:
        if database.given_url() is None:
            database.Cluster().stop()


def prepare(*, demo: bool) -> None:
    database.ensure_roles()
    os.environ["DJANGO_SETTINGS_MODULE"] = "recoup.config.settings"
    os.environ["RECOUP_ADMIN"] = "yes"
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
    port = os.environ.setdefault("PORT", "8000")
    os.environ["RECOUP_PORT"] = port  # honcho gives each process a PORT of its own
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
        announce(port)
        return child.wait()
    except (KeyboardInterrupt, SystemExit):
        return 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(15)
        stop_leftovers()


def announce(port: str) -> None:
    """Wait until a page answers, then print address and demo log-ins."""
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
    say(
        f"  Caught mail: {folder('mail')}    Stop: Ctrl-C    ({', '.join(settings.ALLOWED_HOSTS)})\n"
    )


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
