"""The shapes of what a country answers: frozen, each with its source. Pure."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from recoup.jurisdictions.facts import Fact


@dataclass(frozen=True, slots=True)
class LateInterest:
    """The statutory rate for debts in default since a day, in percent a year, with its parts."""

    rate: Decimal
    base: Decimal | None
    margin: Decimal | None
    fixed_at_default: bool
    compounding: str
    day_count: str
    series: str | None
    source: str
    verified: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount the law grants, in `currency`."""

    amount: Decimal
    currency: str
    source: str
    verified: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Order:
    """In which order a payment is used up."""

    parts: tuple[str, ...]
    source: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class CourtRoute:
    """The payment-order procedure; None where a question is not answered."""

    name: Fact
    authority: Fact | None
    thresholds: Fact | None
    court_fees: Fact | None
    objection_days: Fact | None
    small_claims: Fact | None


@dataclass(frozen=True, slots=True)
class Notice:
    """The least number of days a demand must leave."""

    days: int
    source: str
    verified: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Contact:
    """Whether a debtor may be contacted at an instant; if not, from when on, and by which rule."""

    ok: bool
    because: str
    source: str
    earliest: datetime
    house_practice: bool
