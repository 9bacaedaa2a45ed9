"""Owed, as the rows of a letter. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from recoup.cases.models import ClaimLine
from recoup.jurisdictions.owed import Owed
from recoup.kernel.money import Money, split
from recoup.paper.documents.debtor_letter import InterestSegment, InvoiceRow


def invoice_rows(owed: Owed, lines: Sequence[ClaimLine]) -> tuple[InvoiceRow, ...]:
    """One row per claim with something open; the rows add up to `owed.total` to the cent.

    Interest is shared out by each claim's own, compensation evenly over the invoices (it is owed once
    per invoice), costs stand on the first row: they are owed once for the case.
    """
    issued = {line.ref: line.issued_on or line.due_on for line in lines}
    claims = [c for c in owed.claims if c.principal or c.interest] or list(owed.claims[:1])
    currency = owed.currency

    def share(total: Decimal, weights: list[Decimal]) -> list[Money]:
        if not total or not any(weights):
            return [
                Money(total if i == 0 else Decimal(0), currency).rounded()
                for i in range(len(weights))
            ]
        return split(Money(total, currency), weights)

    interest = share(owed.interest, [c.interest for c in claims])
    same = owed.compensation.currency == currency
    compensation = share(owed.compensation.open if same else Decimal(0), [Decimal(1)] * len(claims))
    costs = share(owed.costs, [Decimal(1)] + [Decimal(0)] * (len(claims) - 1))
    return tuple(
        InvoiceRow(
            number=claim.ref, issued_on=issued.get(claim.ref, claim.due), due_on=claim.due,
            amount=Money(claim.principal, currency).rounded(), interest=interest[i], compensation=compensation[i],
            costs=costs[i], paid=Money.zero(currency), segments=segments(owed, claim.ref),
        )
        for i, claim in enumerate(claims)
    )  # fmt: skip


def segments(owed: Owed, ref: str) -> tuple[InterestSegment, ...]:
    return tuple(
        InterestSegment(
            from_on=s.first, to_on=s.last, days=s.days, principal=Money(s.principal, owed.currency).rounded(),
            rate=s.rate, interest=Money(s.interest, owed.currency).rounded(), source=s.source,
            base=s.base, margin=s.margin, provisional=s.provisional,
        )
        for s in owed.segments
        if s.claim == ref
    )  # fmt: skip
