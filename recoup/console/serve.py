"""`recoup serve web|events|worker|mail`: one process of the product, as the Procfile names them."""

import os
import sys
from pathlib import Path

from recoup.config import database
from recoup.config.home import folder, web_port
from recoup.kernel.loading import whole


def run(argv: list[str]) -> int:
    """Becomes the process asked for; 2 for an unknown name."""
    processes = {"web": web, "events": events, "worker": worker, "mail": mail}
    if len(argv) != 1 or argv[0] not in processes:
        print(f"usage: recoup serve {'|'.join(processes)}", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recoup.config.settings")
    (folder("run") / f"{argv[0]}.pid").write_text(str(os.getpid()))
    database.ensure_running()
    return processes[argv[0]]()


def become(*command: str) -> int:
    os.execv(sys.executable, [sys.executable, "-m", *command])  # noqa: S606


def web() -> int:
    port, bind = web_port(), os.environ.get("RECOUP_BIND", "127.0.0.1")
    return become(
        "gunicorn", "recoup.config.wsgi:application", "--bind", f"{bind}:{port}",
        "--worker-class", "recoup.config.patience.PatientWorker", "--workers", os.environ.get("RECOUP_WEB_WORKERS", "2"),
        "--threads", "4", "--preload", "--timeout", "60", "--graceful-timeout", "10", "--no-control-socket",
        "--log-level", "warning",
    )  # fmt: skip


def events() -> int:
    port = os.environ.get("RECOUP_EVENTS_PORT") or "8001"
    return become(
        "uvicorn", "recoup.config.events:application", "--host",
        os.environ.get("RECOUP_BIND", "127.0.0.1"), "--port", port, "--log-level", "warning",
        "--no-access-log", "--timeout-graceful-shutdown", "2",
    )  # fmt: skip


def worker() -> int:
    with whole():
        import django

        django.setup()
        from recoup.jobs.worker import work

    work()
    return 0


def mail() -> int:
    """Needs the settings, not the rooms: nothing is set up."""
    from django.conf import settings

    from recoup.console.mail_catcher import catch

    catch(Path(settings.MAIL_ROOT), settings.EMAIL_PORT)
    return 0
