"""How often somebody may try: counted in the cache, one try of a kind at a time."""

import hashlib
import logging
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse

from recoup.kernel.refusal import N_, Refusal

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries of one subject within `window` from the first."""

    name: str
    most: int
    window: timedelta

    def key(self, subject: str) -> str:
        return f"limit:{self.name}:{hashlib.sha256(subject.encode()).hexdigest()}"

    def take(self, subject: str, now: datetime) -> bool:
        """Count a try; False when there are none left. Tries at the same moment are counted one after
        another (an advisory lock until the request's transaction ends)."""
        key = self.key(subject)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 23))", [key])
        count, until = cache.get(key) or (0, now + self.window)
        if until <= now:
            count, until = 0, now + self.window
        if count >= self.most:
            log.warning("%s: the limit of %d tries is reached", self.name, self.most)
            return False
        cache.set(key, (count + 1, until), (until - now).total_seconds())
        return True

    def left(self, subject: str, now: datetime) -> bool:
        """Whether a try is left, without counting one."""
        count, until = cache.get(self.key(subject)) or (0, now)
        return count < self.most or until <= now

    def wait(self, subject: str, now: datetime) -> int:
        """Seconds until there are tries again, at least one."""
        _, until = cache.get(self.key(subject)) or (0, now)
        return max(1, math.ceil((until - now).total_seconds()))


def too_often(seconds: int) -> Refusal:
    """One sentence for whoever must wait."""
    return Refusal(
        "too_often",
        N_("That was tried too often from your side; please try again in %(minutes)s min."),
        minutes=math.ceil(seconds / 60), seconds=seconds,
    )  # fmt: skip


def limited(response: HttpResponse, seconds: int) -> HttpResponse:
    """The page as an answer to too many tries (429, RFC 6585) that says when to come back."""
    response.status_code = 429
    response.headers["Retry-After"] = str(seconds)
    return response
