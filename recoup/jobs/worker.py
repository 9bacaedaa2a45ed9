"""The worker: carries the outbox's messages out at once, places lists of debts, and keeps the schedules.

Four loops in one process. The dispatcher waits for a word from the database (or five seconds) and
works what is due; webhooks are told (webhooks.py); procrastinate runs the periodic tasks of `tasks.py`.
"""

import asyncio
import contextlib
import logging
import threading
import time

import psycopg
from django.db import close_old_connections, connections
from django.utils import timezone

from recoup.config.database import conninfo, parameters
from recoup.tenancy.models import Agency

log = logging.getLogger(__name__)
PAUSE_SECONDS = 5.0
STALLED_SECONDS = 30


def work() -> None:
    """Run until the process is ended."""
    from recoup.jobs.webhooks import tell_for_ever

    look_for_restores()
    threading.Thread(target=dispatch_for_ever, daemon=True, name="dispatcher").start()
    threading.Thread(target=tell_for_ever, daemon=True, name="webhooks").start()
    threading.Thread(target=place_for_ever, daemon=True, name="placer").start()
    asyncio.run(keep_schedules())


async def keep_schedules() -> None:
    from procrastinate.contrib.django import app

    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker_app.open_async():
        await worker_app.run_worker_async(
            concurrency=2, delete_jobs="successful", shutdown_graceful_timeout=10,
            update_heartbeat_interval=5, stalled_worker_timeout=STALLED_SECONDS,
        )  # fmt: skip


def dispatch_for_ever() -> None:
    """Work the outbox whenever something was queued, at least every few seconds. A failure is logged
    and the loop goes on: what could not be sent stays due."""
    while True:
        with contextlib.suppress(psycopg.OperationalError):
            with psycopg.connect(conninfo(parameters("app")), autocommit=True) as listening:
                listening.execute("LISTEN outbox")
                look_for_restores()  # the server has come back: as it was?
                while True:
                    dispatch_once()
                    for _ in listening.notifies(timeout=PAUSE_SECONDS, stop_after=1):
                        pass
        time.sleep(1)


def look_for_restores() -> None:
    """Before anything leaves: is this database what it was?"""
    from recoup.journeys.restored import look_for_restore

    for agency in list(Agency.objects.filter(sandbox=False)):
        if look_for_restore(agency=agency, at=timezone.now()):
            log.error("the database of %s was restored: nothing leaves until it is released", agency.slug)  # fmt: skip


def dispatch_once() -> None:
    from recoup.jobs.dispatch import LIMIT, work_outbox

    close_old_connections()
    try:
        for agency in list(Agency.objects.filter(sandbox=False).values_list("id", flat=True)):
            while sum(work_outbox(agency=agency, now=timezone.now()).values()) >= LIMIT:
                pass
    except Exception:
        log.exception("the outbox could not be worked; it is tried again")
        connections.close_all()


def place_for_ever() -> None:
    """Place confirmed lists, the oldest first; those whose worker was killed are gone on with."""
    while True:
        with contextlib.suppress(psycopg.OperationalError):
            with psycopg.connect(conninfo(parameters("app")), autocommit=True) as listening:
                listening.execute("LISTEN placement")
                while True:
                    place_waiting()
                    for _ in listening.notifies(timeout=PAUSE_SECONDS, stop_after=1):
                        pass
        time.sleep(1)


def place_waiting() -> None:
    from recoup.journeys.place import run_placement, waiting_placements

    close_old_connections()
    try:
        for agency in list(Agency.objects.all()):
            for placement in waiting_placements(agency=agency):
                run_placement(agency=agency, placement=placement, at=timezone.now())
    except Exception:
        log.exception("a list could not be placed; it is tried again")
        connections.close_all()
