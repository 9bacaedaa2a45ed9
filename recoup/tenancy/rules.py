"""Rules about agencies. Pure."""

from datetime import date, datetime
from typing import Protocol


class HasDay(Protocol):
    sandbox: bool
    sandbox_on: date | None


def now_of(agency: HasDay, now: datetime) -> datetime:
    """The instant it is at an agency: a sandbox lives on its own day, at the time it is everywhere."""
    if not agency.sandbox or agency.sandbox_on is None:
        return now
    return datetime.combine(agency.sandbox_on, now.timetz())
