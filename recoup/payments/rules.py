"""What a case's money facts mean: the question to the law, the split of a payment, what may be done. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from recoup.jurisdictions.overlay import NONE, Overlay
from recoup.jurisdictions.owed import Claim, Cost, Owed, Payment, Request
from recoup.jurisdictions.owed import owed as by_law
from recoup.jurisdictions.owed.parse import parse_interest
from recoup.jurisdictions.rules import rules
from recoup.kernel.sheets import sheet

ZERO = Decimal(0)


@sheet(frozen=True, slots=True)
class Parts:
    """A sum of money by what it is for; `overpaid` is what no claim could take."""

    costs: Decimal = ZERO
    compensation: Decimal = ZERO
    interest: Decimal = ZERO
    principal: Decimal = ZERO
    overpaid: Decimal = ZERO

    def __add__(self, other: "Parts") -> "Parts":
        return Parts(
            self.costs + other.costs, self.compensation + other.compensation,
            self.interest + other.interest, self.principal + other.principal,
            self.overpaid + other.overpaid,
        )  # fmt: skip

    def __neg__(self) -> "Parts":
        return Parts(
            -self.costs, -self.compensation, -self.interest, -self.principal, -self.overpaid
        )

    def __sub__(self, other: "Parts") -> "Parts":
        return self + -other

    @property
    def total(self) -> Decimal:
        return self.costs + self.compensation + self.interest + self.principal + self.overpaid

    @property
    def settled(self) -> Decimal:
        """What went to the claim: everything but the overpayment."""
        return self.total - self.overpaid

    def as_texts(self) -> dict[str, str]:
        return {name: str(getattr(self, name)) for name in PARTS}


PARTS = ("costs", "compensation", "interest", "principal", "overpaid")


@sheet(frozen=True, slots=True)
class Paid:
    """A payment, or an amount given up, that counts on a case; `parts` as it was booked."""

    id: UUID
    on: date
    amount: Decimal
    designated: str = ""
    waived: bool = False
    parts: Parts = Parts()


@sheet(frozen=True, slots=True)
class CaseFacts:
    """What the law must know of a case. `paid` holds what counts, `booked` the parts of all rows
    ever booked (undone ones and their mirror images too), which is what the ledger shows."""

    id: UUID
    currency: str
    jurisdiction: str
    interest: dict[str, Any]
    claims: tuple[Claim, ...]
    costs: tuple[Cost, ...] = ()
    paid: tuple[Paid, ...] = ()
    booked: Parts = field(default_factory=Parts)
    overlay: Overlay = NONE


def question(
    facts: CaseFacts, on: date, paid: Sequence[Paid] | None = None, *, to_pay: bool = False
) -> Request:
    """The request of recoup.jurisdictions: payments in the order of the days they were received.

    `to_pay`: the last day counts as a day of payment does, which in most countries bears no interest.
    """
    payments = facts.paid if paid is None else paid
    counted = rules(facts.jurisdiction).conventions.payment_day_counted if to_pay else None
    return Request(
        jurisdiction=facts.jurisdiction, currency=facts.currency, as_of=on, claims=facts.claims,
        payments=tuple(Payment(p.on, p.amount, p.designated or None) for p in in_order(payments)),
        costs=facts.costs, interest=parse_interest(facts.interest or None), as_of_counted=counted,
        overlay=facts.overlay,
    )  # fmt: skip


def in_order(paid: Iterable[Paid]) -> list[Paid]:
    """By day received; of one day in the order of booking (ids are in the order of making)."""
    return sorted(paid, key=lambda p: (p.on, p.id))


def owed_of(facts: CaseFacts, on: date, *, to_pay: bool = False) -> Owed:
    """What is owed on `on`, or `to_pay` on it to be quit. Raises `NotKnown`, `NotAnswered`, `Refusal`
    as `jurisdictions.owed` does."""
    return by_law(question(facts, on, to_pay=to_pay))


def owed_if_right(
    facts: CaseFacts, on: date, disputed: Iterable[tuple[str, Decimal, date]]
) -> Owed:
    """What would be owed if the debtor were right in all it disputes (invoice, amount, its due day): the
    law's own calculation with those amounts credited from the beginning, so that payments go to the rest."""
    credits = (
        Claim(ref=f"{ref} ?", amount=amount, due=due, kind="credit_note", credits=ref)
        for ref, amount, due in disputed
    )
    return owed_of(replace(facts, claims=(*facts.claims, *credits)), on)


@sheet(frozen=True, slots=True)
class Split:
    """How a change of a case's payments is booked: the parts of this row, and what is owed after."""

    parts: Parts
    own: Parts
    owed: Owed

    @property
    def corrects(self) -> bool:
        """Whether the row also moves parts of payments that were booked before."""
        return self.parts != self.own


def split(facts: CaseFacts, *, add: Paid | None = None, remove: UUID | None = None) -> Split:
    """The parts to book when `add` comes to a case's payments, or `remove` goes.

    The law allocates all payments anew in the order of days, since an earlier one changes the split
    of later ones; what is booked is the difference to what was booked so far, so that the ledger's
    sums are the law's. `own` is what the new payment itself went to (turned, for one that goes).
    """
    before = in_order(facts.paid)
    after = in_order([*(p for p in before if p.id != remove), *([add] if add else [])])
    on = max((p.on for p in (*before, *after)), default=None)
    assert on is not None, "a split needs a payment"
    answer = by_law(question(facts, on, after, to_pay=True))
    each = dict(zip((p.id for p in after), map(parts_of, answer.allocations), strict=True))
    total = sum(each.values(), Parts())
    own = each[add.id] if add else -next(p.parts for p in before if p.id == remove)
    return Split(parts=total - facts.booked, own=own, owed=answer)


def parts_of(allocation: Any) -> Parts:
    return Parts(
        allocation.costs, allocation.compensation, allocation.interest, allocation.principal,
        allocation.unallocated,
    )  # fmt: skip


def is_payday(schedule: str, day: int, on: date) -> bool:
    """Whether a client is paid on `on`: at each run, on a weekday (1 Monday), or from a day of the month on
    until a week later, so that a run that fell out is made up."""
    if schedule == "weekly":
        return on.isoweekday() == day
    return schedule != "monthly" or day <= on.day < day + 7
