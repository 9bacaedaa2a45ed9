"""When a claim becomes time-barred, as far as days and payments tell. Pure."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from recoup.jurisdictions.reason import Reason
from recoup.kernel.days import add_years
from recoup.kernel.refusal import N_

RUNS_FROM = {
    "due": N_("%(years)s years from the due day."),
    "year_end": N_("%(years)s years from the end of the year in which the claim fell due."),
    "due_then_year_end": N_(
        "%(years)s years from the due day, then to the end of that calendar year."
    ),
    "arose": N_("%(years)s years from the day the claim arose."),
}
ANEW = N_("%(years)s years from the part payment of %(on)s, which starts limitation anew.")
NOT_GIVEN = N_("The day the claim arose is not given: the due day is taken, which is later.")
BY_KIND = N_("By kind of claim (years): %(alternatives)s.")


class Ends(NamedTuple):
    """The last day, and how it was reached."""

    on: date
    reasons: tuple[Reason, ...]

    @property
    def rule(self) -> str:
        """The reasons in English, one after the other."""
        return " ".join(reason.sentence() for reason in self.reasons)


def ends_on(
    rule: dict[str, Any],
    *,
    due: date,
    arose: date | None = None,
    part_payments: Iterable[date] = (),
) -> Ends:
    """The last day of limitation by a pack's `limitation` rule.

    `arose` is the day the claim came into being; without it the due day is taken and the reasons say
    so. A part payment before the end starts a new full period where the pack says it does.
    """
    years, how = int(rule["years"]), rule["runs_from"]
    start = arose or due if how == "arose" else due
    last = _from(start, years, how)
    reasons = _reasons(years, how, how == "arose" and arose is None)
    if rule.get("part_payment_restarts"):
        for day in sorted(part_payments):
            if start < day <= last and add_years(day, years) > last:
                last = add_years(day, years)
                params = {"years": years, "on": day.isoformat()}
                reasons = (Reason("limitation_anew", ANEW, params),)
    if rule.get("alternatives"):
        params = {"alternatives": rule["alternatives"]}
        reasons = (*reasons, Reason("limitation_by_kind", BY_KIND, params))
    return Ends(last, reasons)


@lru_cache(maxsize=64)
def _reasons(years: int, how: str, not_given: bool) -> tuple[Reason, ...]:
    reason = Reason(f"limitation_{how}", RUNS_FROM[how], {"years": years})
    return (reason, Reason("limitation_not_given", NOT_GIVEN)) if not_given else (reason,)


def _from(start: date, years: int, how: str) -> date:
    if how == "year_end":
        return date(start.year + years, 12, 31)
    last = add_years(start, years)
    return date(last.year, 12, 31) if how == "due_then_year_end" else last
