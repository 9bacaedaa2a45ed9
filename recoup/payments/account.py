"""The account of a case: what came to be owed and what was paid, in the order of days. Pure.

Each amount is the difference between what the law says on two days, so that the rows add up to what is
owed on the last day, whatever the rounding, the caps and the set-offs were.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from recoup.jurisdictions.owed import Owed
from recoup.payments.rules import CaseFacts, in_order, owed_of

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Entry:
    """`kind`: invoice, credit_note, interest, compensation, costs, payment or waived. `amount` is added
    to the `balance` after it (taken off when negative), in the currency of the case."""

    on: date
    kind: str
    ref: str
    amount: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Sums:
    """What had come to be owed by a day, and what had been taken off it."""

    interest: Decimal = NOTHING
    compensation: Decimal = NOTHING
    costs: Decimal = NOTHING
    credited: Decimal = NOTHING


def account(facts: CaseFacts, on: date) -> list[Entry]:
    """The rows up to `on`; the last balance is `owed_of(facts, on).total`.

    A payment stands with what of it was used; interest stands on each day on which something else
    happened, and on `on`. Raises as `owed_of` does.
    """
    rows: list[Entry] = []
    balance, before = NOTHING, Sums()
    for day in days_of(facts, on):
        after = owed_of(facts, on) if day == on else owed_of(facts, day, to_pay=True)
        sums = sums_of(facts, after)
        for kind, ref, amount in happened(facts, day, on, before, sums, after):
            if amount:
                balance += amount
                rows.append(Entry(day, kind, ref, amount, balance))
        before = sums
    return rows


def days_of(facts: CaseFacts, on: date) -> list[date]:
    """Days on which something but interest happens, and `on`. A claim due later stands on `on`."""
    days = {claim.due for claim in facts.claims} | {cost.on for cost in facts.costs}
    return sorted({day for day in days | {paid.on for paid in facts.paid} if day < on} | {on})


def sums_of(facts: CaseFacts, at: Owed) -> Sums:
    invoiced = sum((c.amount for c in facts.claims if c.kind == "invoice"), NOTHING)
    paid = {
        part: sum((getattr(one, part) for one in at.allocations), NOTHING)
        for part in ("costs", "compensation", "principal")
    }
    fixed = at.compensation.open if at.compensation.currency == at.currency else NOTHING
    return Sums(
        interest=at.interest_accrued, compensation=fixed + paid["compensation"],
        costs=at.costs + paid["costs"], credited=invoiced - at.principal - paid["principal"],
    )  # fmt: skip


def happened(
    facts: CaseFacts, day: date, on: date, was: Sums, now: Sums, at: Owed
) -> Iterator[tuple[str, str, Decimal]]:
    """(kind, reference, amount) in the order in which the law takes them."""
    for claim in facts.claims:
        if claim.kind == "invoice" and (claim.due == day or (day == on and claim.due > on)):
            yield "invoice", claim.ref, claim.amount
    notes = [c.ref for c in facts.claims if c.kind != "invoice" and c.due == day]
    yield "interest", "", now.interest - was.interest
    yield "credit_note", ", ".join(notes), was.credited - now.credited
    yield "compensation", "", now.compensation - was.compensation
    yield "costs", "", now.costs - was.costs
    payments = [p for p in in_order(facts.paid) if p.on <= at.as_of]
    for paid, used in zip(payments, at.allocations, strict=True):
        if paid.on == day:
            kind = "waived" if paid.waived else "payment"
            yield kind, "", used.unallocated - used.amount
