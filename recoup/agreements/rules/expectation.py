"""What may be expected back, when, and what waiting costs: the card's declared expectation. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from recoup.agreements.rules.asked import Asked
from recoup.agreements.rules.commission import commission, percent
from recoup.agreements.rules.terms import Terms
from recoup.kernel.money import Money

WAITS = (0, 30, 60, 90)
TENTH, WHOLE = Decimal("0.1"), Decimal(1)


@dataclass(frozen=True, slots=True)
class Expected:
    """Percent of the amount: likely, low and high; days from submission to money, likely and range."""

    recovery: Decimal
    low: Decimal
    high: Decimal
    days: int
    days_low: int
    days_high: int


@dataclass(frozen=True, slots=True)
class Wait:
    """If the claim is handed over in `days` days: the commission rate and recovery (percent) then,
    what comes in, and what of it reaches the client after commission and set-up fee."""

    days: int
    rate: Decimal
    recovery: Decimal
    collected: Money
    net: Money


def expected(terms: Terms, asked: Asked, age_days: int) -> Expected:
    """From the age curve, times the factors for country, border, documents and dispute."""
    told = terms.expectation
    likely = at(told.recovery, age_days) * told.countries.get(asked.debtor, told.elsewhere)
    days = at(told.days, age_days)
    if asked.cross_border:
        likely, days = likely * told.cross_border, days + told.cross_border_days
    if asked.documents is False:
        likely *= told.without_documents
    if asked.disputed:
        likely, days = likely * told.disputed, days + told.disputed_days
    likely = min(likely, told.most)
    high = min(likely * told.high, told.most)
    whole = int(days.quantize(WHOLE, ROUND_HALF_UP))
    return Expected(
        tenth(likely), tenth(likely * told.low), tenth(high), whole, max(1, whole // 2), whole * 2
    )


def waiting(terms: Terms, asked: Asked, age_days: int) -> list[Wait]:
    """Today and in 30, 60 and 90 days; ages count from the due date."""
    return [_wait(terms, asked, age_days, days) for days in WAITS]


def _wait(terms: Terms, asked: Asked, age_days: int, days: int) -> Wait:
    age = age_days + days
    recovery = expected(terms, asked, age).recovery
    facts = {
        "claim": asked.amount,
        "age_days": age,
        "cross_border": asked.cross_border,
        "phase": "amicable",
    }
    collected = asked.amount.times(recovery / 100)
    earned = commission(terms, collected=collected, **facts)  # type: ignore[arg-type]
    net = collected - earned.amount - terms.prices(asked.amount.currency).set_up
    return Wait(days, percent(terms, **facts), recovery, collected, net)  # type: ignore[arg-type]


def at(curve: Sequence[tuple[int, Decimal]], age_days: int) -> Decimal:
    """The curve's value at an age: straight lines between its points, level after the last."""
    age = max(0, age_days)
    for (first, a), (second, b) in pairwise(curve):
        if age <= second:
            return a + (b - a) * (age - first) / (second - first)
    return curve[-1][1]


def tenth(value: Decimal) -> Decimal:
    return value.quantize(TENTH, ROUND_HALF_UP)
