"""Passwords that are guessed: how often on one account, and on how many accounts at once."""

import hashlib
import logging
from datetime import timedelta

from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from recoup.cases.operations import add_task
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import N_
from recoup.tenancy.context import scope
from recoup.tenancy.roles import Role
from recoup.web.kit.limits import Limit
from recoup.web.kit.middleware import Place

log = logging.getLogger(__name__)
GUESSES = Limit("login-account", 100, timedelta(hours=1))  # from everywhere but known devices
MANY, WINDOW = (
    40,
    timedelta(hours=1),
)  # accounts with a wrong password: people mistype, but not so many
SENTENCE = N_("Somebody tries passwords on many accounts: wrong ones on %(n)s within an hour.")
DEFAULT = N_(
    "Each account stays slowed by itself; nobody is locked out from a device they have used before."
)


def watch_guessing(place: Place, login: str) -> None:
    """Count the account; the first time that there are too many within an hour, the house gets a task."""
    now = timezone.now()
    key = f"guessed:{place.agency.id}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 24))", [key])
    known, until = cache.get(key) or ([], now + WINDOW)
    if until <= now:
        known, until = [], now + WINDOW
    mark = hashlib.sha256(login.encode()).hexdigest()[:16]
    if mark in known or len(known) > MANY:
        return
    known = [*known, mark]
    cache.set(key, (known, until), (until - now).total_seconds())
    if len(known) > MANY:
        log.warning("log-ins: wrong passwords on more than %d accounts within an hour", MANY)
        with scope(place.agency.id):
            add_task(
                agency=place.agency.id, key=f"guessing:{until.isoformat()}", kind="guessing", role=Role.ADMINISTRATOR,
                sentence=SENTENCE, params={"n": str(len(known))}, owner=None, due_on=now.date(), default=DEFAULT,
                case=None, by=SYSTEM, at=now,
            )  # fmt: skip
