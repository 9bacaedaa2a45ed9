"""When somebody is told what has happened in their cases. Pure."""

from datetime import date
from enum import StrEnum

MORNING = 7  # local hour of the agency: before it no daily or weekly digest leaves
USUAL = "daily"


class How(StrEnum):
    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NONE = "none"


def is_due(how: str, *, told_on: date | None, today: date, hour: int) -> bool:
    """Whether a digest may leave now. After an outage there is one, with all of it: never one a missed day.

    Weekly means once in each week (Monday to Sunday): on Monday, or on the first day after it on which
    we are there.
    """
    if how == How.AT_ONCE:
        return True
    if how not in (How.DAILY, How.WEEKLY) or hour < MORNING:
        return False
    if told_on is None:
        return True
    if how == How.DAILY:
        return told_on < today
    return told_on.isocalendar()[:2] < today.isocalendar()[:2]
