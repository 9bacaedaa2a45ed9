"""The answer of `owed`, with everything a *Why?* panel needs. Frozen and pure.

Named tuples: a portfolio makes millions of them, and they are made three times as fast as frozen dataclasses.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from recoup.jurisdictions.reason import Reason
from recoup.jurisdictions.series import provisional


class Segment(NamedTuple):
    """Interest on one claim at one rate on one principal; `first` and `last` are both interest days.

    `rate`, `base` and `margin` in percent a year; `days` and `basis` by the day count; `interest` is
    rounded for showing, the total is not the sum of these unless rounding is by segment.
    """

    claim: str
    first: date
    last: date
    days: int
    basis: int
    principal: Decimal
    rate: Decimal
    base: Decimal | None
    margin: Decimal | None
    interest: Decimal
    source: str
    verified: str
    series: str | None
    provisional: bool


class Allocation(NamedTuple):
    """Where a payment went; the parts and `unallocated` always add up to `amount`."""

    on: date
    amount: Decimal
    costs: Decimal
    compensation: Decimal
    interest: Decimal
    principal: Decimal
    unallocated: Decimal


class Compensation(NamedTuple):
    """Fixed compensation the debtor came to owe, once per invoice, and what is still open of it."""

    amount: Decimal
    currency: str
    paid: Decimal
    open: Decimal
    source: str | None
    verified: str | None


class CostLine(NamedTuple):
    """A cost as charged: the tariff's or the stated amount, before any set-off."""

    kind: str
    on: date
    amount: Decimal
    source: str | None
    verified: str | None
    condition: str | None


class ClaimLine(NamedTuple):
    """What is open on one claim: principal and interest, its first interest day, accrued and paid."""

    ref: str
    amount: Decimal
    due: date
    interest_from: date
    principal: Decimal
    interest: Decimal
    interest_accrued: Decimal


class Limitation(NamedTuple):
    """The last day to act, taking only what the request shows into account; `reasons` say how."""

    ends_on: date
    reasons: tuple[Reason, ...]
    source: str
    verified: str
    provisional: bool

    @property
    def rule(self) -> str:
        """The reasons in English, one after the other."""
        return " ".join(reason.sentence() for reason in self.reasons)


class Owed(NamedTuple):
    """What is owed on `as_of`. Principal, interest and costs are what is still open then.

    `per_diem` is the interest that each further day adds at the rates of the last interest day.
    `conventions` names the day count, rounding and end-day conventions that were used.
    """

    jurisdiction: str
    currency: str
    as_of: date
    principal: Decimal
    interest: Decimal
    interest_accrued: Decimal
    interest_paid: Decimal
    compensation: Compensation
    costs: Decimal
    total: Decimal
    unallocated: Decimal
    per_diem: Decimal
    segments: tuple[Segment, ...]
    allocations: tuple[Allocation, ...]
    claims: tuple[ClaimLine, ...]
    cost_lines: tuple[CostLine, ...]
    limitation: Limitation | None
    why: tuple[Reason, ...]
    not_answered: tuple[str, ...]
    conventions: Mapping[str, Any]

    @property
    def provisional(self) -> bool:
        """Whether any figure rests on a rule or value whose text nobody has read."""
        used = [self.compensation.verified] if self.compensation.amount else []
        used += [line.verified for line in self.cost_lines]
        used += [r.params["verified"] for r in self.why if r.code == "interest_limited"]
        return any(segment.provisional for segment in self.segments) or any(
            provisional(verified) for verified in used if verified
        )

    @property
    def entered(self) -> bool:
        """Whether any figure rests on a value entered beside the pack."""
        return any(reason.code == "entered_value" for reason in self.why)
