"""The same interest for a whole portfolio: one row per day instead of one walk per claim. Pure.

`interest_factors` gives a table that numpy or SQL can join: the interest of a claim on which nothing
was paid is `principal × (upto[end] − upto[first]) ÷ denominator`, rounded half up once, equal to the
cent to `owed` with rounding `sum`. For rates fixed at default it is multiplied by `rate[first]`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import gcd

from recoup.jurisdictions.formulas.day_counts import is_leap, thirty
from recoup.jurisdictions.formulas.exact import ONE_YEAR, half_up
from recoup.jurisdictions.formulas.rates import RateTable, statutory
from recoup.jurisdictions.overlay import Overlay, current
from recoup.jurisdictions.owed.answer import Owed
from recoup.jurisdictions.owed.compute import owed
from recoup.jurisdictions.owed.request import Request
from recoup.jurisdictions.rules import rules
from recoup.kernel.refusal import N_, NotAnswered, NotKnown

YEAR = {"act/365": 365, "act/360": 360, "30/360": 360, "act/act": 365 * 366}


def owed_many(requests: Iterable[Request]) -> Iterator[Owed | NotKnown | NotAnswered]:
    """The answers in order; a claim that cannot be answered yields its refusal and stops nobody else."""
    for request in requests:
        try:
            yield owed(request)
        except (NotKnown, NotAnswered) as refusal:
            yield refusal


@dataclass(frozen=True, slots=True)
class Factors:
    """Whole numbers per day, from `first` on; `upto[i]` sums the days before `first + i`.

    `rate` is empty where rates float. `last` is the last day whose rate is known.
    """

    code: str
    day_count: str
    first: date
    last: date
    denominator: int
    upto: Sequence[int]
    rate: Sequence[int]

    def interest(self, principal: int, first: date, end: date) -> int:
        """Minor units of interest on `principal` (minor units) for first ≤ day < end.

        Raises `NotKnown` for a day outside the table.
        """
        if end <= first:
            return 0
        start = first.toordinal() - self.first.toordinal()
        stop = end.toordinal() - self.first.toordinal()
        if start < 0 or stop >= len(self.upto) or (self.rate and not self.rate[start]):
            missing = first if start < 0 or self.rate else end
            raise NotKnown(
                "not_known",
                N_("%(found)s is not known: enter the published value with its source first."),
                found=f"{self.code} {missing.isoformat()}",
            )
        factor = self.upto[stop] - self.upto[start]
        if self.rate:
            factor *= self.rate[start]
        return half_up(principal * factor, self.denominator)

    def rows(self) -> Iterator[tuple[date, int, int]]:
        """(day, upto, rate) for loading into a table; the rate is 1 where rates float."""
        start = self.first.toordinal()
        for i, value in enumerate(self.upto):
            rate = 1 if not self.rate else self.rate[min(i, len(self.rate) - 1)]
            yield date.fromordinal(start + i), value, rate


def interest_factors(code: str, *, until: date, day_count: str | None = None) -> Factors:
    """The table of a country's statutory rate from its first known day to `until`, both counted.

    Raises `NotAnswered` where no interest is owed as of right, where it compounds or where it stops
    at the capital (those claims go one by one), `NotKnown` where the rate floats and is not known to `until`.
    """
    return _factors(code, until, day_count, current())


@lru_cache(maxsize=64)
def _factors(code: str, until: date, day_count: str | None, _: Overlay) -> Factors:
    own = rules(code)
    table = statutory(own.interest)
    if table is None or own.interest["compounding"] != "simple" or "most" in own.interest:
        raise NotAnswered(
            "no_factors",
            N_("%(found)s has no simple statutory rate to lay out by days."),
            found=code,
        )
    counting = day_count or own.conventions.day_count
    start = max(table.rows[0].first, date(2000, 1, 1).toordinal())
    end = until.toordinal() + 1
    rates = [_rate(table, day) for day in range(start, end)]
    common = 0
    for scaled in set(rates):
        common = gcd(common, scaled)
    common = max(common, 1)
    upto, total = [0], 0
    for day, scaled in zip(range(start, end), rates, strict=True):
        total += (1 if table.at_default else scaled // common) * _share(day, counting)
        upto.append(total)
    denominator = YEAR[counting] * ONE_YEAR
    shrink = gcd(denominator, common)
    factor = common // shrink
    if not table.at_default:
        upto = [value * factor for value in upto]
    return Factors(
        code, counting, date.fromordinal(start), until, denominator // shrink, tuple(upto),
        tuple(scaled // common * factor for scaled in rates) if table.at_default else (),
    )  # fmt: skip


def _rate(table: RateTable, day: int) -> int:
    try:
        return table.row(day).scaled
    except NotKnown:
        if not table.at_default:
            raise
        return 0  # a default on that day is not known; debts from before it still run


def _share(day: int, day_count: str) -> int:
    """How many units of the day count's year one day is."""
    if day_count == "act/act":
        return 365 if is_leap(date.fromordinal(day).year) else 366
    if day_count == "30/360":
        return thirty(date.fromordinal(day + 1)) - thirty(date.fromordinal(day))
    return 1
