"""Stair-steps of recovery and the forecast from them. Pure; see docs/algorithms/forecast.md."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from recoup.kernel.days import add_months

FEWEST = 4  # months of placement that have reached an age, before anything is said about it
WIDE = Decimal("1.2816")  # four times in five, if the months differ as chance lets them
AHEAD = 3


@dataclass(frozen=True, slots=True)
class Cohort:
    """What was placed in a month, and the principal that came in `steps[k]` months after."""

    month: date
    placed: Decimal
    steps: tuple[Decimal, ...]

    def cumulative(self) -> tuple[Decimal, ...]:
        """Per cent of what was placed, up to each month after."""
        found, total = [], Decimal(0)
        for step in self.steps:
            total += step
            found.append((total * 100 / self.placed).quantize(Decimal("0.1")) if self.placed else Decimal(0))  # fmt: skip
        return tuple(found)


def months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def cohorts_of(rows: Iterable[tuple[date, Decimal, int, Decimal]], today: date) -> list[Cohort]:
    """From (month, placed, months after, principal); every month up to today's has its step."""
    placed: dict[date, Decimal] = {}
    steps: dict[date, dict[int, Decimal]] = defaultdict(dict)
    for month, total, after, principal in rows:
        placed[month] = total
        steps[month][after] = steps[month].get(after, Decimal(0)) + principal
    return [
        Cohort(month, total, tuple(steps[month].get(k, Decimal(0)) for k in range(months_between(month, today) + 1)))
        for month, total in sorted(placed.items())
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Age:
    """The share of what was placed that comes in so many months after: its mean, weighted by what was
    placed, how far single months lie from it, and how many were seen."""

    mean: Decimal
    spread: Decimal
    seen: int


def ages_of(cohorts: Sequence[Cohort]) -> dict[int, Age]:
    """By months after placement, from whole months only: the current one is not over yet."""
    found = {}
    longest = max((len(c.steps) for c in cohorts), default=0)
    for k in range(longest):
        seen = [c for c in cohorts if len(c.steps) - 1 > k and c.placed > 0]
        if len(seen) >= FEWEST:
            found[k] = age_of(seen, k)
    return found


def age_of(seen: Sequence[Cohort], k: int) -> Age:
    weight = sum((c.placed for c in seen), Decimal(0))
    mean = sum((c.steps[k] for c in seen), Decimal(0)) / weight
    squares = sum((c.placed * (c.steps[k] / c.placed - mean) ** 2 for c in seen), Decimal(0))
    with localcontext() as exact:
        exact.prec = 28
        spread = (squares / weight * len(seen) / (len(seen) - 1)).sqrt()
    return Age(mean, spread, len(seen))


@dataclass(frozen=True, slots=True)
class Expected:
    """In one month to come: four times in five between `low` and `high`. `left_out`: what was placed in
    months so old that none before them has been seen at that age."""

    month: date
    low: Decimal
    likely: Decimal
    high: Decimal
    left_out: Decimal


def forecast(cohorts: Sequence[Cohort], today: date, *, ahead: int = AHEAD) -> list[Expected]:
    """For the months after today's; empty where too little has been seen to say anything."""
    ages = ages_of(cohorts)
    if not ages:
        return []
    first = today.replace(day=1)
    return [expected(cohorts, ages, add_months(first, n)) for n in range(1, ahead + 1)]


def expected(cohorts: Sequence[Cohort], ages: dict[int, Age], month: date) -> Expected:
    likely = variance = left_out = Decimal(0)
    for cohort in cohorts:
        age = ages.get(months_between(cohort.month, month))
        if age is None:
            left_out += cohort.placed
            continue
        likely += cohort.placed * age.mean
        # Its own chance, and that the mean itself comes from few months.
        variance += (cohort.placed * age.spread) ** 2 * (1 + Decimal(1) / age.seen)
    with localcontext() as exact:
        exact.prec = 28
        half = WIDE * variance.sqrt()
    return Expected(month, max(Decimal(0), likely - half), likely, likely + half, left_out)
