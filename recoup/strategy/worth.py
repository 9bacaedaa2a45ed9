"""What the next action on a case is worth to whoever holds the list: the order of the desk. Pure.

worth = open amount × chance by age × reach × moment, in the rate card's own currency. The curve of
chances and the relation between currencies come from the agency's rate card; reach and moment are
the house's own estimates and stand here, in docs/algorithms/worth.md and behind every row's *Why?*.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from recoup.agreements.rules.expectation import at
from recoup.agreements.rules.terms import Terms
from recoup.kernel.refusal import N_

VERSION = "worth 1"
ONE, CENT, PERCENT = Decimal(1), Decimal("0.01"), Decimal(100)
UNREACHED, REACHED, LEAST_REACH, EACH_TRY = map(Decimal, ("0.5", "0.8", "0.1", "0.7"))
# What makes now better than tomorrow: the strongest that applies, never their product.
TIME_BARRED = Decimal(2)
APPOINTMENT, BROKEN, WROTE, PROMISE_DUE = map(Decimal, ("1.6", "1.5", "1.5", "1.2"))
PER_DAY_LATE, MOST_LATE = Decimal("0.1"), Decimal("1.5")
BAR_IN_SIGHT = 60  # days
EARLY = timedelta(minutes=10)  # an appointment comes to the top so long before


@dataclass(frozen=True, slots=True)
class WorthFacts:
    """A case and its action on a day. `open` is principal still open, in `currency`; `tries` are calls
    that reached nobody since somebody was last reached; `may_now` is the gate's hours there."""

    open: Decimal
    currency: str
    age_days: int
    country: str
    cross_border: bool
    disputed: bool
    due_on: date
    appointment: datetime | None = None
    promised_on: date | None = None
    reached: bool = False
    tries: int = 0
    wrote: bool = False
    barred_on: date | None = None
    may_now: bool = True


@dataclass(frozen=True, slots=True)
class Worth:
    """`tier`: 0 an appointment that is due, 1 can be done now, 2 not at this hour. `because` is the
    reason for standing here, a sentence with gaps; `parts` the factors."""

    value: Decimal
    tier: int
    because: str
    params: dict[str, Any]
    parts: dict[str, Decimal] = field(default_factory=dict)


def worth(facts: WorthFacts, terms: Terms, now: datetime, today: date) -> Worth:
    """The worth of acting now, rounded to two places."""
    weight = weight_of(terms, facts.currency)
    chance = chance_of(facts, terms)
    reach = reach_of(facts)
    moment, because, params = moment_of(facts, now, today)
    value = (facts.open * weight * chance * reach * moment).quantize(CENT, ROUND_HALF_UP)
    due = facts.appointment is not None and facts.appointment - EARLY <= now
    tier = 0 if due else 1 if facts.may_now else 2
    parts = {"weight": weight, "chance": chance, "reach": reach, "moment": moment}
    return Worth(max(value, Decimal(0)), tier, because, params, parts)


def weight_of(terms: Terms, currency: str) -> Decimal:
    """How much of the card's first currency one unit stands for, by the card's own first limits between
    sizes; 1 where the card has no such currency. For putting in order only: no money is reckoned by it."""
    prices = terms.currencies
    if currency not in prices:
        return ONE
    first = next(iter(prices.values()))
    return (first.limits[0] / prices[currency].limits[0]).quantize(Decimal("0.0001"))


def chance_of(facts: WorthFacts, terms: Terms) -> Decimal:
    """The card's expected recovery at this age, country, border and dispute, from 0 to 1."""
    told = terms.expectation
    likely = at(told.recovery, facts.age_days) * told.countries.get(facts.country, told.elsewhere)
    if facts.cross_border:
        likely *= told.cross_border
    if facts.disputed:
        likely *= told.disputed
    return (min(likely, told.most) / PERCENT).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def reach_of(facts: WorthFacts) -> Decimal:
    """How likely somebody is reached: less with each fruitless try, never nothing."""
    start = REACHED if facts.reached else UNREACHED
    return max(LEAST_REACH, (start * EACH_TRY ** min(facts.tries, 10))).quantize(Decimal("0.0001"))


def moment_of(facts: WorthFacts, now: datetime, today: date) -> tuple[Decimal, str, dict[str, Any]]:
    """The strongest reason for doing it now."""
    found = list(moments(facts, now, today))
    return max(found, key=lambda one: one[0])  # the first of equals


def moments(
    facts: WorthFacts, now: datetime, today: date
) -> Iterable[tuple[Decimal, str, dict[str, Any]]]:
    if facts.barred_on is not None and 0 <= (facts.barred_on - today).days <= BAR_IN_SIGHT:
        yield TIME_BARRED, N_("the claim is time-barred after %(on)s"), {"on": iso(facts.barred_on)}
    if facts.appointment is not None and facts.appointment - EARLY <= now:
        yield APPOINTMENT, N_("a call back was agreed for %(at)s"), {"at": facts.appointment.isoformat()}  # fmt: skip
    if facts.promised_on is not None and facts.promised_on < today:
        yield BROKEN, N_("the promise for %(on)s was not kept"), {"on": iso(facts.promised_on)}
    if facts.wrote:
        yield WROTE, N_("the debtor wrote and waits for an answer"), {}
    if facts.promised_on == today:
        yield PROMISE_DUE, N_("payment is promised for today"), {}
    late = (today - facts.due_on).days
    if late > 0:
        yield min(MOST_LATE, ONE + PER_DAY_LATE * late), N_("it should have been done by %(on)s"), {"on": iso(facts.due_on)}  # fmt: skip
    if facts.tries:
        yield ONE, N_("nobody was reached yet, %(tries)s tries"), {"tries": str(facts.tries)}
    elif facts.reached:
        yield ONE, N_("somebody was reached before"), {}
    else:
        yield ONE, N_("the first call"), {}


def iso(day: date) -> str:
    return day.isoformat()


def order(tier: int, value: Decimal, due_on: date, number: str) -> tuple[int, Decimal, date, str]:
    """The place in the list: what can be done before what cannot, then the most valuable."""
    return tier, -value, due_on, number
