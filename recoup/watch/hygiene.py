"""What a well kept receivable has, and the figures over many. Pure. What is due on it is decided as for a
case, by a plan of the kind own (docs/adr/0014-own-reminders-by-the-same-machine.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from recoup.kernel.refusal import N_

LATE_AT_ALL = 1  # a single day overdue is acted on


class Point(StrEnum):
    DOCUMENT = "document"
    SENT = "sent"
    CONFIRMED = "confirmed"
    BEFORE_DUE = "before_due"
    ON_DUE = "on_due"
    FIRST_DAY = "first_day"


POINTS: dict[str, str] = {
    Point.DOCUMENT: N_("invoice on file"), Point.SENT: N_("invoice sent"), Point.CONFIRMED: N_("receipt confirmed"),
    Point.BEFORE_DUE: N_("contact before it was due"), Point.ON_DUE: N_("contact on the due day"),
    Point.FIRST_DAY: N_("acted on within a day of becoming overdue"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """An item as it is kept. `touches`: (day, whether the right person was reached), by the client itself or
    by its reminders that we sent (which reach a letterbox, not a person)."""

    due_on: date
    open: Decimal
    document: bool = False
    sent: bool = False
    confirmed: bool = False
    paid_on: date | None = None
    touches: tuple[tuple[date, bool], ...] = ()


def points(item: Kept, on: date) -> dict[str, bool | None]:
    """Each point: kept, missed, or None where its day has not come (a paid item is not asked for more)."""
    until = item.paid_on or on
    days = [day for day, _reached in item.touches]
    return {
        Point.DOCUMENT: item.document, Point.SENT: item.sent or item.confirmed,
        Point.CONFIRMED: item.confirmed or any(reached for _day, reached in item.touches),
        Point.BEFORE_DUE: judged(any(item.due_on - timedelta(days=14) <= d < item.due_on for d in days), until >= item.due_on),
        Point.ON_DUE: judged(item.due_on in days, until > item.due_on),
        Point.FIRST_DAY: judged(
            any(0 < (d - item.due_on).days <= LATE_AT_ALL + weekend(item.due_on) for d in days),
            (until - item.due_on).days > LATE_AT_ALL + weekend(item.due_on),
        ),
    }  # fmt: skip


def weekend(due: date) -> int:
    """The first working day after a Friday or Saturday is Monday."""
    return {4: 2, 5: 1}.get(due.weekday(), 0)


def judged(kept: bool, over: bool) -> bool | None:
    return True if kept else (False if over else None)


@dataclass(frozen=True, slots=True)
class Figures:
    """Over many items: points kept of those judged; touches that reached somebody of all (contact rate);
    of the items past due, the share paid (recovery rate)."""

    items: int
    kept: dict[str, tuple[int, int]]
    reached: int
    touches: int
    paid: int
    past_due: int


def figures(items: Sequence[Kept], on: date) -> Figures:
    judged_ = [points(item, on) for item in items]
    kept = {
        point: (sum(p[point] is True for p in judged_), sum(p[point] is not None for p in judged_))
        for point in POINTS
    }
    touches = [reached for item in items for _day, reached in item.touches]
    late = [item for item in items if item.due_on < on]
    return Figures(len(items), kept, sum(touches), len(touches), sum(i.paid_on is not None for i in late), len(late))  # fmt: skip
