"""The machine-readable terms of a rate card. Strict: what cannot be read is refused as a whole. Pure.

Bands are by the size of the claim (its principal when submitted) and its age (days past due when
submitted): above the limit before, up to and including the limit.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from recoup.kernel.money import CODE, Money, parse_amount
from recoup.kernel.refusal import N_, Refusal

POINTS = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?", re.ASCII)
PHASES = ("amicable", "legal")
METHODS = ("net", "gross")


@dataclass(frozen=True, slots=True)
class Prices:
    """What a card says in one currency: the limits between sizes, the minimum, the set-up fee and, where the
    card has one, the fee for a case that the client takes back."""

    currency: str
    limits: tuple[Decimal, ...]
    minimum: Money
    set_up: Money
    withdrawal: Money


@dataclass(frozen=True, slots=True)
class Expectation:
    """The house's published expectation, until its own history replaces it.

    `recovery` and `days` are (age in days, percent or days) points, joined by straight lines; the
    factors multiply the recovery; `basis` says, for each part, where it comes from.
    """

    recovery: tuple[tuple[int, Decimal], ...]
    days: tuple[tuple[int, Decimal], ...]
    countries: Mapping[str, Decimal]
    elsewhere: Decimal
    cross_border: Decimal
    without_documents: Decimal
    disputed: Decimal
    low: Decimal
    high: Decimal
    most: Decimal
    cross_border_days: int
    disputed_days: int
    basis: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Terms:
    """A card's terms. `rates[size][age]` and the points are percent of what is collected."""

    ages: tuple[int, ...]
    rates: tuple[tuple[Decimal, ...], ...]
    cross_border: Decimal
    phases: Mapping[str, Decimal]
    currencies: Mapping[str, Prices]
    clauses: Mapping[str, str]
    expectation: Expectation
    valid_days: int
    method: str
    remitted_within: int
    notice: int

    @classmethod
    def read(cls, doc: Mapping[str, Any]) -> "Terms":
        """Terms from a card's JSON. Raises `Refusal` `rate_card_broken` naming the place."""
        try:
            return _read(doc)
        except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
            raise broken(str(error) or type(error).__name__) from None

    def prices(self, currency: str) -> Prices:
        """Raises `Refusal` `currency_not_in_card`, naming the currencies that are."""
        found = self.currencies.get(currency)
        if found is None:
            raise Refusal(
                "currency_not_in_card",
                N_("There is no price in %(found)s yet; the rate card has %(known)s. Write to us and we answer within a day."),
                field="currency", found=currency, known=", ".join(sorted(self.currencies)),
            )  # fmt: skip
        return found

    def size(self, claim: Money) -> int:
        limits = self.prices(claim.currency).limits
        return sum(claim.amount > limit for limit in limits)

    def age(self, days: int) -> int:
        return sum(max(0, days) > limit for limit in self.ages)

    def row(self, size: int, age: int) -> str:
        """The clause of a band: the commission's clause and its row, counted through the appendix."""
        return f"{self.clauses['commission']}.{size * (len(self.ages) + 1) + age + 1}"


def broken(where: str) -> Refusal:
    return Refusal("rate_card_broken", N_("The rate card cannot be used: %(where)s."), where=where)


def _read(doc: Mapping[str, Any]) -> Terms:
    ages = tuple(_days(a) for a in doc["commission"]["ages"])
    rates = tuple(tuple(_points(r) for r in row) for row in doc["commission"]["rates"])
    phases = {phase: _points(doc["phases"][phase]) for phase in PHASES}
    currencies = {code: _prices(code, each) for code, each in doc["currencies"].items()}
    cross = _points(doc["cross_border"])
    if list(ages) != sorted(set(ages)) or any(len(row) != len(ages) + 1 for row in rates):
        raise broken("commission: ages must rise, with one rate more than there are ages")
    if not currencies or any(len(each.limits) + 1 != len(rates) for each in currencies.values()):
        raise broken("currencies: each needs one limit fewer than there are rows of rates")
    if max(map(max, rates)) + cross + max(phases.values()) > 100:
        raise broken("commission: more than all of what is collected")
    if doc["method"] not in METHODS:
        raise broken(f"method: {doc['method']}")
    clauses = {str(k): str(v) for k, v in doc["clauses"].items()}
    for name in ("commission", "cross_border", "legal", "minimum", "set_up", "vat", "expectation"):
        clauses[name]
    if any(each.withdrawal for each in currencies.values()):
        clauses["withdrawal"]
    return Terms(
        ages, rates, cross, phases, currencies, clauses, _expectation(doc["expectation"]),
        _days(doc["valid_days"]), doc["method"], _days(doc["remitted_within"]), _days(doc["notice"]),
    )  # fmt: skip


def _prices(code: str, doc: Mapping[str, Any]) -> Prices:
    if not CODE.fullmatch(code):
        raise broken(f"currencies: {code}")
    limits = tuple(parse_amount(each, code, field=f"{code} limits") for each in doc["limits"])
    if list(limits) != sorted(set(limits)) or any(each <= 0 for each in limits):
        raise broken(f"{code}: limits must rise")
    minimum, set_up = (
        Money.parse(doc[k], code, field=f"{code} {k}") for k in ("minimum", "set_up")
    )
    withdrawal = Money.zero(code)
    if "withdrawal" in doc:
        withdrawal = Money.parse(doc["withdrawal"], code, field=f"{code} withdrawal")
    if min(minimum.amount, set_up.amount, withdrawal.amount) < 0:
        raise broken(f"{code}: a fee is less than nothing")
    return Prices(code, limits, minimum, set_up, withdrawal)


def _expectation(doc: Mapping[str, Any]) -> Expectation:
    factors = doc["factors"]
    countries = {c: _points(f) for c, f in factors["countries"].items()}
    basis = {str(k): str(v) for k, v in doc["basis"].items()}
    for part in ("recovery", "days", "factors", "range"):
        if not basis[part].strip():
            raise broken(f"expectation: no basis for {part}")
    low, high, most = (_points(doc["range"][k]) for k in ("low", "high", "most"))
    if not low <= 1 <= high or most > 100:
        raise broken("expectation: the range must hold what is likely")
    return Expectation(
        _curve(doc["recovery"]), _curve(doc["days"]), countries, _points(factors["elsewhere"]),
        _points(factors["cross_border"]), _points(factors["without_documents"]),
        _points(factors["disputed"]), low, high, most, _days(doc["cross_border_days"]),
        _days(doc["disputed_days"]), basis,
    )  # fmt: skip


def _curve(points: Sequence[Sequence[Any]]) -> tuple[tuple[int, Decimal], ...]:
    curve = tuple((_days(age), _points(value)) for age, value in points)
    if not curve or curve[0][0] != 0 or [a for a, _ in curve] != sorted({a for a, _ in curve}):
        raise broken("expectation: a curve starts at 0 days and its ages rise")
    return curve


def _points(text: Any) -> Decimal:
    if not isinstance(text, str) or not POINTS.fullmatch(text):
        raise broken(f"{text!r} is not a plain number in quotes such as “8.5”")
    return Decimal(text)


def _days(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise broken(f"{value!r} is not a whole number of days")
    return value
