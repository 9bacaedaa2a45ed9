"""When a claim becomes time-barred, as far as days and payments tell. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from recoup.kernel.days import add_years

RUNS_FROM = {
    "due": "%(years)s years from the due day",
    "year_end": "%(years)s years from the end of the year in which the claim fell due",
    "due_then_year_end": "%(years)s years from the due day, then to the end of that calendar year",
    "arose": "%(years)s years from the day the claim arose",
}


@dataclass(frozen=True, slots=True)
class Ends:
    """The last day, and how it was reached."""

    on: date
    rule: str


def ends_on(
    rule: dict[str, Any],
    *,
    due: date,
    arose: date | None = None,
    part_payments: Iterable[date] = (),
) -> Ends:
    """The last day of limitation by a pack's `limitation` rule.

    `arose` is the day the claim came into being; without it the due day is taken and the rule says
    so. A part payment before the end starts a new full period where the pack says it does.
    """
    years = int(rule["years"])
    how = rule["runs_from"]
    start = (arose or due) if how == "arose" else due
    text = RUNS_FROM[how] % {"years": years}
    if how == "arose" and arose is None:
        text += "; that day is not given, so the due day is taken, which is later"
    if how == "year_end":
        last = date(start.year + years, 12, 31)
    else:
        last = add_years(start, years)
        if how == "due_then_year_end":
            last = date(last.year, 12, 31)
    if rule.get("part_payment_restarts"):
        for day in sorted(part_payments):
            if start < day <= last:
                last = max(last, add_years(day, years))
                text = f"{years} years from the part payment of {day.isoformat()}, which starts it anew"
    if rule.get("alternatives"):
        text += f" (by kind of claim: {rule['alternatives']})"
    return Ends(last, text)
