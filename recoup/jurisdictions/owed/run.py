"""Walk the days of a request: accrue, allocate, and gather what is owed. Pure.

Amounts are whole minor units inside; the convention and every division are named in
docs/algorithms/interest.md and allocation.md.
"""

from dataclasses import dataclass, field
from datetime import date

from recoup.jurisdictions.formulas.day_counts import stretches, year_of
from recoup.jurisdictions.formulas.exact import ONE_YEAR, Sum, half_up
from recoup.jurisdictions.formulas.rates import RateRow, RateTable
from recoup.jurisdictions.owed.request import Claim


@dataclass(slots=True)
class Stretch:
    """Interest on one principal at one rate; `first` ≤ day < `end` as ordinals."""

    first: int
    end: int
    days: int
    basis: int
    principal: int
    row: RateRow

    def rounded(self) -> int:
        return half_up(self.principal * self.row.scaled * self.days, self.basis * ONE_YEAR)


@dataclass(slots=True)
class Line:
    """One claim on its way through the days. `at` is the next day not yet accrued.

    `limited`: interest stops while what is open of it equals the unpaid capital (South Africa's in
    duplum rule); `lost` is what would have come beyond. Interest that had accrued is not taken away.
    """

    claim: Claim
    principal: int
    first: int
    table: RateTable | None
    day_count: str
    by_segment: bool
    rests: str
    limited: bool
    at: int = field(init=False)
    capital: int = 0
    paid: int = 0
    lost: int = 0
    exact: Sum = field(default_factory=Sum)
    stretches: list[Stretch] = field(default_factory=list)
    next_rest: int = 0
    rests_taken: int = 0

    def __post_init__(self) -> None:
        self.at = self.first
        self._plan_rest()

    def _plan_rest(self) -> None:
        """When interest is next added to what bears interest: the default's anniversary, or month's end."""
        if self.rests == "simple":
            return
        start = date.fromordinal(self.first)
        self.rests_taken += 1
        if self.rests == "yearly":
            self.next_rest = anniversary(start, self.rests_taken).toordinal()
        else:
            months = start.year * 12 + start.month - 1 + self.rests_taken
            self.next_rest = date(months // 12, months % 12 + 1, 1).toordinal()

    def accrued(self) -> int:
        """Interest so far in minor units, rounded by the request's convention."""
        if self.by_segment:
            return sum(stretch.rounded() for stretch in self.stretches) - self.lost
        return self.exact.rounded() - self.lost

    def open_interest(self) -> int:
        return self.accrued() - self.paid

    def accrue(self, end: int) -> None:
        """Add interest for every day before `end`, and to the capital what is added on `end` itself, so that
        one more day bears on it. Raises `NotKnown` where no rate is known."""
        while self.next_rest and self.next_rest <= end:
            self._accrue_to(self.next_rest)
            self.capital = self.open_interest()
            self._plan_rest()
        self._accrue_to(end)

    def _accrue_to(self, end: int) -> None:
        if not self.limited:
            self._accrue_plain(end)
            return
        before = self.open_interest()
        self._accrue_plain(end)
        after = self.open_interest()
        self.lost += max(0, after - max(before, self.principal))

    def _accrue_plain(self, end: int) -> None:
        if end <= self.at or self.table is None:
            return
        bearing = self.principal + self.capital
        if bearing:
            for first, stop, row in self.table.pieces(self.first, self.at, end):
                for a, b, days, basis in stretches(first, stop, self.day_count):
                    self.exact.add(bearing, row.scaled, days, basis)
                    self._record(a, b, days, basis, bearing, row)
        self.at = end

    def _record(
        self, first: int, end: int, days: int, basis: int, bearing: int, row: RateRow
    ) -> None:
        last = self.stretches[-1] if self.stretches else None
        if (
            last is not None and last.end == first and last.row is row
            and last.principal == bearing and last.basis == basis
        ):  # fmt: skip
            last.end, last.days = end, last.days + days
        else:
            self.stretches.append(Stretch(first, end, days, basis, bearing, row))

    def pay_interest(self, amount: int) -> None:
        """The oldest interest, which has been added to the capital, is paid first."""
        self.paid += amount
        self.capital = max(0, self.capital - amount)

    def add_day(self, total: Sum, day: int) -> None:
        """Add to `total` what one more day bears at the rate and in the year of `day`."""
        bearing = self.principal + self.capital
        if self.table is None or not bearing or day < self.first:
            return
        if self.limited and self.open_interest() >= self.principal:
            return
        row = self.table.row(self.first if self.table.at_default else day)
        total.add(bearing, row.scaled, 1, year_of(day, self.day_count))


def anniversary(start: date, years: int) -> date:
    """The first day of the next year of default: 29 February is followed by 1 March."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 3, 1)
