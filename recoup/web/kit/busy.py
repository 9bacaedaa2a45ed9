"""The database cannot just now: two that waited for each other, a lock held too long, no connection free.

What was certainly undone is tried again, three times in all and with a little chance in between, so that two
that met do not meet again; then, and where it is not certain what was done, the answer is 503 with Retry-After.
"""

import errno
import random
import time

import psycopg
from django.contrib.messages.storage import default_storage
from django.db import Error
from django.http import HttpRequest

TRIES = 3
PAUSE = 0.05  # seconds before the second try; twice that before the third
RETRY_AFTER = 5  # seconds
# SQLSTATE: serialisation, deadlock, a lock not to be had, too many connections (PostgreSQL, appendix A).
UNDONE = frozenset({"40001", "40P01", "55P03", "53300"})
# Stopped, starting, no space, no memory, the line lost: it may or may not have been done.
UNCERTAIN = frozenset(
    {"57P01", "57P02", "57P03", "53000", "53100", "53200", "08000", "08003", "08006"}
)


FULL = (errno.ENOSPC, errno.EDQUOT)


def state_of(error: BaseException | None) -> str:
    """The SQLSTATE behind an error; "lost" for a connection that the driver could not make or keep."""
    while error is not None:
        if isinstance(error, psycopg.Error):
            no_line = isinstance(error, psycopg.OperationalError) and not error.sqlstate
            return "lost" if no_line else error.sqlstate or ""
        error = error.__cause__ if isinstance(error, Error) else None
    return ""


def is_busy(error: BaseException) -> bool:
    """Whether it is the database's state of the moment, or a full disk; no fault of what was asked."""
    if isinstance(error, OSError) and error.errno in FULL:
        return True
    state = state_of(error)
    return state == "lost" or state in UNDONE or state in UNCERTAIN


def may_try_again(error: BaseException, tried: int) -> bool:
    """After `tried` tries, whether there is another; waits a little before it says yes."""
    if state_of(error) not in UNDONE or tried >= TRIES:
        return False
    time.sleep(PAUSE * 2 ** (tried - 1) * random.uniform(0.5, 1.5))  # noqa: S311
    return True


def rewind(request: HttpRequest) -> None:
    """As it came, before it is answered once more: a file that the first try has read would be empty for the
    second, and what the first try had to say would be said twice."""
    if hasattr(request, "_messages"):
        request._messages = default_storage(request)
    if hasattr(request, "_files"):  # parsed already
        for _name, files in request.FILES.lists():
            for file in files:
                file.seek(0)
