"""The question `owed` answers: frozen, in exact decimals and days. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from recoup.jurisdictions.overlay import NONE, Overlay
from recoup.kernel.sheets import sheet

INTEREST = ("statutory", "fixed", "over_base", "none")
CLAIMS = ("invoice", "credit_note")
COSTS = ("reminder", "demand", "instalment_plan", "court_fee", "lawyer", "other")
DESIGNATIONS = ("costs", "compensation", "interest", "principal")


@dataclass(frozen=True, slots=True)
class Interest:
    """What bears interest by: the statute, a contract rate (percent a year), a margin over the base."""

    kind: str = "statutory"
    rate: Decimal | None = None
    margin: Decimal | None = None
    compounding: str | None = None


@sheet(frozen=True, slots=True)
class Claim:
    """A claim line. `interest_from` is the first interest day (default: the day after `due`).

    A credit note reduces principal from the start of its `due` day (or `interest_from`); it goes to
    the claim named by `credits`, else to the oldest. `arose_on` is the day the claim came into being.
    """

    ref: str
    amount: Decimal
    due: date
    interest_from: date | None = None
    kind: str = "invoice"
    credits: str | None = None
    arose_on: date | None = None


@sheet(frozen=True, slots=True)
class Payment:
    """Money received, effective at the start of `on`; `designated` is the debtor's own choice."""

    on: date
    amount: Decimal
    designated: str | None = None
    claim: str | None = None


@sheet(frozen=True, slots=True)
class Cost:
    """A measure taken on a day; without an amount the country's tariff is charged."""

    kind: str
    on: date
    amount: Decimal | None = None


@sheet(frozen=True, slots=True)
class Request:
    """What a debtor owes under `jurisdiction` on `as_of`; None means the pack's own convention."""

    jurisdiction: str
    currency: str
    as_of: date
    claims: tuple[Claim, ...]
    payments: tuple[Payment, ...] = ()
    costs: tuple[Cost, ...] = ()
    interest: Interest = Interest()
    series: str | None = None
    as_of_counted: bool | None = None
    payment_day_counted: bool | None = None
    day_count: str | None = None
    rounding: str | None = None
    allocation: tuple[str, ...] | None = None
    overlay: Overlay = NONE
