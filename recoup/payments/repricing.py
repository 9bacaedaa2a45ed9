"""What invoiced commission would have been by other terms: for a preview, nothing is written."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Min

from recoup.agreements.rules import Terms, commission, phase_of
from recoup.cases.models import ClaimLine
from recoup.cases.queries import principal_of
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.payments.models import RemittedAllocation
from recoup.payments.operations.reckon import Earned, price_of, worth


@dataclass(frozen=True, slots=True)
class Repriced:
    """A currency's commission as invoiced (net of tax) and as it would be; `left_out` lines have no price
    in the other terms."""

    currency: str
    invoices: int
    lines: int
    was: Money
    would_be: Money
    left_out: int


def repriced(agency: UUID, terms: Terms, first: date, last: date) -> list[Repriced]:
    """The commission remitted from `first` to `last`, both counted, by `terms` instead; a constant number
    of queries. Each payment keeps its place after the earlier ones of its case (the minimum once)."""
    wanted = RemittedAllocation.objects.filter(
        agency_id=agency, remittance__on__range=(first, last)
    )
    cases = set(wanted.values_list("allocation__case_id", flat=True))
    rows = RemittedAllocation.objects.filter(agency_id=agency, allocation__case_id__in=cases).select_related(
        "remittance", "allocation__case__client", "allocation__case__debtor",
        "allocation__case__agreement__rate_card",
    )  # fmt: skip
    dues = dict(
        ClaimLine.objects.filter(case_id__in=cases, kind=ClaimLine.Kind.INVOICE)
        .values_list("case_id").annotate(first=Min("due_on")).values_list("case_id", "first")
    )  # fmt: skip
    return summed(rows.order_by("id"), terms, dues, principal_of(cases), first, last)


def summed(
    rows: Iterable[RemittedAllocation], terms: Terms, dues: dict[UUID, date], claims: dict[UUID, Money],
    first: date, last: date,
) -> list[Repriced]:  # fmt: skip
    before: dict[UUID, Earned] = defaultdict(list)
    found: dict[str, list[tuple[UUID, Money, Money | None]]] = defaultdict(list)
    for each in rows:
        row = each.allocation
        basis, phase = (
            Money(worth(row), row.currency).rounded(),
            phase_of(row.because.get("phase", "")),
        )
        if first <= each.remittance.on <= last:
            was = Money(each.commission, row.currency)
            found[row.currency].append(
                (
                    each.remittance_id,
                    was,
                    instead(row.case, terms, dues, claims, basis, phase, before),
                )
            )
        before[row.case_id].append((basis, phase))
    return [total(currency, lines) for currency, lines in sorted(found.items())]


def instead(case, terms, dues, claims, basis, phase, before) -> Money | None:  # type: ignore[no-untyped-def]
    try:
        price = price_of(case, dues, claims)
        return commission(
            terms, collected=basis, claim=price.claim, age_days=price.age_days, cross_border=price.cross_border,
            phase=phase, before=tuple(before[case.id]),
        ).amount  # fmt: skip
    except Refusal:
        return None


def total(currency: str, lines: list[tuple[UUID, Money, Money | None]]) -> Repriced:
    zero = Money.zero(currency)
    priced = [(was, now) for _, was, now in lines if now is not None]
    return Repriced(
        currency, len({remittance for remittance, *_ in lines}), len(priced),
        sum((was for was, _ in priced), zero), sum((now for _, now in priced), zero), len(lines) - len(priced),
    )  # fmt: skip
