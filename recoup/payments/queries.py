"""Reads of money: what is owed, what was collected, which lines wait, whether trust money agrees."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypedDict
from uuid import UUID

from django.db.models import DecimalField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from recoup.cases.models import Case, Charge, ClaimLine
from recoup.cases.states import MOVED
from recoup.files.models import Document
from recoup.jurisdictions.overlay import NONE, using
from recoup.jurisdictions.owed import Claim, Cost, Owed
from recoup.jurisdictions.owed.bulk import interest_factors
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.lawbook.queries import overlay_of
from recoup.ledger.accounts import TRUST_LIABILITIES, HouseAccount
from recoup.ledger.models import Posting
from recoup.payments.models import (
    Allocation,
    BankLine,
    Invoice,
    InvoiceSettlement,
    LineOutcome,
    PayoutDecision,
    Refund,
)
from recoup.payments.rules import (
    PARTS,
    CaseFacts,
    Paid,
    Parts,
    in_order,
    owed_if_right,
    owed_of,
    parts_of,
)
from recoup.tenancy.bulk import among
from recoup.tenancy.restores import open_restore

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

NOTHING = Decimal(0)
NUMBER = DecimalField(max_digits=19, decimal_places=4)


def owed(*, case: Case, on: date) -> Owed:
    """What the debtor owes on day `on` by the case's law, contract, charges and payments.

    Reversed payments are left out, direct ones and waivers count; later ones are named in `why`.
    Raises `NotKnown` where a rate for the period is not established, `NotAnswered` where the
    country gives no answer.
    """
    return owed_of(facts_of([case])[case.id], on)


def owed_without(*, case: Case, on: date, disputed: Iterable[tuple[str, Decimal, date]]) -> Owed:
    """`owed` if the debtor were right in all it disputes: (invoice, amount, its due day) each."""
    return owed_if_right(facts_of([case])[case.id], on, disputed)


def to_pay(*, case: Case, on: date) -> Owed:
    """What a payment received on day `on` must be for nothing to stay owed. Differs from `owed` by the
    interest of that day where the law lets a payment stop interest at its beginning."""
    return owed_of(facts_of([case])[case.id], on, to_pay=True)


def owed_many(
    agency: UUID, case_ids: Iterable[UUID], on: date, *, refused: dict[UUID, Refusal] | None = None,
    to_pay: bool = False,
) -> dict[UUID, Owed]:  # fmt: skip
    """`owed` for many cases with five queries. A case whose law gives no answer is left out and
    stands in `refused`; without `refused` its refusal is raised."""
    found: dict[UUID, Owed] = {}
    for facts in facts_of(Case.objects.filter(agency_id=agency, id__in=list(case_ids))).values():
        try:
            found[facts.id] = owed_of(facts, on, to_pay=to_pay)
        except Refusal as refusal:
            if refused is None:
                raise
            refused[facts.id] = refusal
    return found


@dataclass(frozen=True, slots=True)
class Plain:
    """What the rows alone say of cases: `principal` of those on which nothing has been paid or credited
    and whose law is known to have an answer (the total is at least that); the rest is asked of the law.
    `first_due`: when the oldest invoice fell due; `paid`: on which something was paid."""

    principal: dict[UUID, Decimal]
    first_due: dict[UUID, date]
    paid: set[UUID]


def plain_principals(agency: UUID, cases: Iterable[Case], on: date) -> Plain:
    """In three queries, without asking the law for figures; see `Plain`."""
    known = {case.id: case for case in cases}
    sums: dict[UUID, Decimal] = defaultdict(Decimal)
    first: dict[UUID, date] = {}
    odd = set()
    rows = ClaimLine.objects.filter(case_id__among=among(known))
    for case, amount, due, kind in rows.values_list("case_id", "amount", "due_on", "kind"):
        if kind != ClaimLine.Kind.INVOICE:
            odd.add(case)
            continue
        sums[case] += amount
        if case not in first or due < first[case]:
            first[case] = due
    paid = set()
    allocations = Allocation.objects.filter(case_id__among=among(known))
    for case, waived in allocations.values_list("case_id", "waived").distinct():
        odd.add(case)
        if not waived:
            paid.add(case)
    with using(overlay_of(agency)):
        answered = {
            code: is_answered(code, on) for code in {c.jurisdiction for c in known.values()}
        }
    plain = {
        case: total for case, total in sums.items()
        if case not in odd and not known[case].interest and answered[known[case].jurisdiction]
        and first[case] > EARLIEST
    }  # fmt: skip
    return Plain(plain, first, paid)


def is_answered(code: str, on: date) -> bool:
    """Whether the statutory rate is simple and known to `on`, so that `owed` would not be refused."""
    try:
        interest_factors(code, until=on)
    except Refusal:
        return False
    return True


EARLIEST = date(
    2003, 1, 1
)  # from here on every held rate is known; what is older is asked of the law


def facts_of(cases: Iterable[Case]) -> dict[UUID, CaseFacts]:
    """What the law must know of each case, and the agency's entered rates, with four queries for all
    (five with the cases' own)."""
    known = {case.id: case for case in cases}
    claims = claims_of(known)
    costs = costs_of(known)
    paid, booked = payments_of(known)
    agency = next((case.agency_id for case in known.values()), None)
    overlay = overlay_of(agency) if agency else NONE
    return {
        case.id: CaseFacts(
            id=case.id, currency=case.currency, jurisdiction=case.jurisdiction,
            interest=case.interest, claims=tuple(claims[case.id]), costs=tuple(costs[case.id]),
            paid=tuple(paid[case.id]), booked=booked[case.id], overlay=overlay,
        )
        for case in known.values()
    }  # fmt: skip


def claims_of(cases: dict[UUID, Case]) -> dict[UUID, list[Claim]]:
    found: dict[UUID, list[Claim]] = defaultdict(list)
    rows = ClaimLine.objects.filter(case_id__among=among(cases)).order_by("due_on", "id")
    fields = ("case_id", "ref", "amount", "due_on", "kind", "issued_on", "credits__ref")
    for case, ref, amount, due, kind, issued, credits in rows.values_list(*fields):
        found[case].append(
            Claim(ref=ref, amount=amount, due=due, kind=kind, credits=credits, arose_on=issued)
        )
    for case, lines in found.items():
        if any(MOVED in line.ref for line in lines):
            found[case] = without_moved(lines)
    return found


def without_moved(lines: list[Claim]) -> list[Claim]:
    """Lines without the invoices that went on in a case of their own, and the credit notes that say so:
    the fixed compensation for an invoice is owed once, where the invoice is now."""
    gone = {line.ref.partition(MOVED)[0] for line in lines if MOVED in line.ref}
    return [line for line in lines if MOVED not in line.ref and line.ref not in gone]


def costs_of(cases: dict[UUID, Case]) -> dict[UUID, list[Cost]]:
    found: dict[UUID, list[Cost]] = defaultdict(list)
    rows = Charge.objects.filter(case_id__among=among(cases), reversal=None).order_by("on", "id")
    for case, kind, on, amount in rows.values_list("case_id", "kind", "on", "amount"):
        found[case].append(Cost(kind, on, amount))
    return found


def payments_of(cases: dict[UUID, Case]) -> tuple[dict[UUID, list[Paid]], dict[UUID, Parts]]:
    """The payments that count, and the sums of the parts of all rows."""
    live: dict[UUID, list[Paid]] = defaultdict(list)
    booked: dict[UUID, Parts] = defaultdict(Parts)
    rows = Allocation.objects.filter(case_id__among=among(cases)).order_by("received_on", "id")
    rows = rows.annotate(gone_back=Coalesce(refunds_live(), Value(NOTHING, output_field=NUMBER)))
    fields = ("id", "case_id", "received_on", "amount", "designated", "waived", "reverses_id")
    for row in rows.values(*fields, "reversed_by__id", "gone_back", *PARTS):
        # What went back was never paid: the payment is so much less, and so is what was too much.
        parts = Parts(*(row[name] for name in PARTS)) - Parts(overpaid=row["gone_back"])
        amount = row["amount"] - row["gone_back"]
        booked[row["case_id"]] += parts
        # A row of nothing moves parts after a correction; it is no payment.
        if amount and row["reverses_id"] is None and row["reversed_by__id"] is None:
            live[row["case_id"]].append(
                Paid(row["id"], row["received_on"], amount, row["designated"], row["waived"], parts)
            )
    return live, booked


def refunds_live() -> Subquery:
    """What of an allocation is on its way back or has arrived there."""
    rows = Refund.objects.filter(allocation=OuterRef("pk"), ended_at__isnull=True).order_by()
    return Subquery(
        rows.values("allocation").annotate(t=Sum("amount")).values("t"), output_field=NUMBER
    )


def collected(case: Case) -> Money:
    """What the debtor has paid on the claim, to us or to the client: without overpayments and waivers."""
    rows = Allocation.objects.filter(case=case, waived=False)
    found = rows.aggregate(total=Sum("amount") - Sum("overpaid"))["total"]
    return Money(found or NOTHING, case.currency).rounded()


def collected_of(cases: Iterable[UUID]) -> dict[UUID, Decimal]:
    """`collected` for many; one query."""
    rows = Allocation.objects.filter(case_id__in=list(cases), waived=False).values("case_id")
    return {
        row["case_id"]: row["total"] for row in rows.annotate(total=Sum("amount") - Sum("overpaid"))
    }


def not_paid_out(case: Case) -> Decimal:
    """What has come in for a case through us and is in no remittance yet."""
    found = Allocation.objects.filter(
        case=case, waived=False, direct=False, remitted__isnull=True
    ).aggregate(sum=Sum("amount") - Sum("overpaid"))
    return found["sum"] or NOTHING


def waived(case: Case) -> Money:
    """What has been given up on the claim."""
    found = Allocation.objects.filter(case=case, waived=True).aggregate(total=Sum("amount"))[
        "total"
    ]
    return Money(found or NOTHING, case.currency).rounded()


class Left(TypedDict):
    left: Decimal


if TYPE_CHECKING:
    Lines = QuerySet[WithAnnotations[BankLine, Left]]


def with_left(lines: QuerySet[BankLine]) -> "Lines":
    """Lines with `left`: what of their amount is not explained yet (signed as the line)."""
    given = (
        Allocation.objects.filter(line=OuterRef("pk"))
        .order_by()
        .values("line")
        .annotate(t=Sum("amount"))
        .values("t")
    )
    other = (
        LineOutcome.objects.filter(line=OuterRef("pk"))
        .order_by()
        .values("line")
        .annotate(t=Sum("amount"))
        .values("t")
    )
    number = DecimalField(max_digits=19, decimal_places=4)
    none = Value(NOTHING, output_field=number)
    return lines.annotate(
        left=F("amount")
        - Coalesce(Subquery(given, output_field=number), none)
        - Coalesce(Subquery(other, output_field=number), none)
    )


def left_of(lines: Iterable[BankLine]) -> dict[UUID, Decimal]:
    """What is left of each line, in one query."""
    wanted = BankLine.objects.filter(id__in=[line.id for line in lines])
    return dict(with_left(wanted).values_list("id", "left"))


def open_lines(agency: UUID) -> "Lines":
    """Lines that are not explained yet, the oldest first, with `left`."""
    lines = with_left(BankLine.objects.filter(agency_id=agency)).exclude(left=NOTHING)
    return lines.order_by("booked_on", "id")


def open_lines_of_file(file: UUID) -> "Lines":
    return with_left(BankLine.objects.filter(statement__file_id=file)).exclude(left=NOTHING)


@dataclass(frozen=True, slots=True)
class TrustCheck:
    """One currency's trust money: what the bank has, and whose it is by account (credits positive)."""

    currency: str
    bank: Money
    owed: dict[str, Money]

    @property
    def difference(self) -> Money:
        return self.bank - sum(self.owed.values(), Money.zero(self.currency))


def trust_check(agency: UUID, *, on: date | None = None) -> list[TrustCheck]:
    """Trust bank against what it is owed to, by currency, in one query."""
    rows = Posting.objects.filter(
        agency_id=agency, account__in=[HouseAccount.TRUST_BANK, *TRUST_LIABILITIES]
    )
    if on is not None:
        rows = rows.filter(value_on__lte=on)
    sums: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in rows.values("currency", "account").annotate(total=Sum("amount")).order_by():
        sums[row["currency"]][row["account"]] = row["total"]
    return [
        TrustCheck(
            currency,
            Money(found.get(HouseAccount.TRUST_BANK, NOTHING), currency).rounded(),
            {str(a): Money(-found.get(a, NOTHING), currency).rounded() for a in TRUST_LIABILITIES},
        )
        for currency, found in sorted(sums.items())
    ]


def trial_balance(agency: UUID, *, on: date | None = None) -> list[dict[str, Any]]:
    """Balances by kind of book, account and currency that are not zero: `debit`, `credit` as Money, in
    one query."""
    rows = Posting.objects.filter(agency_id=agency)
    if on is not None:
        rows = rows.filter(value_on__lte=on)
    grouped = rows.values("book__kind", "account", "currency").annotate(total=Sum("amount"))
    found = []
    for row in grouped.exclude(total=0).order_by("currency", "book__kind", "account"):
        amount = Money(row["total"], row["currency"]).rounded()
        zero = Money.zero(row["currency"])
        found.append(
            {
                "book": row["book__kind"], "account": row["account"], "currency": row["currency"],
                "debit": amount if amount.amount > 0 else zero,
                "credit": -amount if amount.amount < 0 else zero,
            }
        )  # fmt: skip
    return found


def may_leave(document: Document) -> bool:
    """Whether a payment file was approved as it is, and the database is no restored one: the bank may have it."""
    return (
        open_restore(document.agency_id) is None
        and PayoutDecision.objects.filter(
            payout__document=document, approved=True, sha256=document.sha256
        ).exists()
    )


class Open(TypedDict):
    open: Decimal


def to_send_back(agency: UUID) -> "QuerySet[WithAnnotations[Allocation, Open]]":
    """Allocations of which something was too much and nothing has been ordered back yet (`open`), the
    oldest first. A claim that was credited after it was paid stands in `credited_back`."""
    rows = Allocation.objects.filter(
        agency_id=agency, overpaid__gt=0, reverses__isnull=True, reversed_by__isnull=True, line__isnull=False
    )  # fmt: skip
    left = F("overpaid") - Coalesce(refunds_live(), Value(NOTHING, output_field=NUMBER))
    rows = rows.annotate(open=left).filter(open__gt=0).exclude(case__in=corrected(agency))
    return rows.select_related("case__debtor", "line").order_by("received_on", "id")


def corrected(agency: UUID) -> "QuerySet[Case]":
    """Cases whose payments were parted anew, so that what is too much of which payment is the law's to say."""
    rows = Allocation.objects.filter(
        agency_id=agency, amount=0, direct=False, waived=False, reverses__isnull=True
    )
    return Case.objects.filter(agency_id=agency, id__in=rows.exclude(overpaid=0).values("case"))


def credited_back(agency: UUID) -> list[tuple[Allocation, Decimal]]:
    """Of credited claims: which payments were too much by which amount that has not been ordered back; a handful
    of queries."""
    found = {
        id: amount for each in overpaid_now(corrected(agency)).values() for id, amount in each.items()
    }  # fmt: skip
    rows = Allocation.objects.filter(id__among=among(found)).select_related("case__debtor", "line")
    return [(row, found[row.id]) for row in rows.order_by("received_on", "id")]


def overpaid_now(cases: Iterable[Case]) -> dict[UUID, dict[UUID, Decimal]]:
    """By case: what of each payment that came to us no claim takes any more, as the law parts them today; never
    more than is booked. A case whose law gives no answer is left out."""
    found: dict[UUID, dict[UUID, Decimal]] = {}
    facts = facts_of(cases)
    ours = set(
        Allocation.objects.filter(case_id__among=among(facts), line__isnull=False).values_list(
            "id", flat=True
        )
    )
    for case, known in facts.items():
        paid = in_order(known.paid)
        if not paid or known.booked.overpaid <= 0:
            continue
        try:
            answer = owed_of(known, paid[-1].on, to_pay=True)
        except Refusal:
            continue
        left, rest = known.booked.overpaid, {}
        for each, allocation in reversed(list(zip(paid, answer.allocations, strict=True))):
            over = min(parts_of(allocation).overpaid, left)
            if each.id in ours and over > 0:
                rest[each.id], left = over, left - over
        found[case] = rest
    return found


def open_of(invoices: Iterable[Invoice]) -> dict[UUID, Decimal]:
    """What of each invoice is still owed (less than nothing: a credit note not used up), in one query. What
    a remittance has deducted is settled by it."""
    found = {each.id: each.total if is_billed_apart(each) else NOTHING for each in invoices}
    rows = InvoiceSettlement.objects.filter(invoice_id__among=among(found)).values("invoice_id")
    for row in rows.annotate(total=Sum("amount")).order_by():
        found[row["invoice_id"]] -= row["total"]
    return found


def invoices_in(case: Case) -> list[Invoice]:
    """The agency's invoices that a case of its own collects, the oldest first."""
    refs = case.lines.filter(kind=ClaimLine.Kind.INVOICE).values("ref")
    rows = Invoice.objects.filter(agency_id=case.agency_id, number__in=refs)
    return list(rows.select_related("client").order_by("due_on", "number"))


def settled_by(case: Case, invoices: Iterable[Invoice]) -> dict[UUID, Decimal]:
    """What the payments of a case of the agency's own have settled of each invoice."""
    rows = InvoiceSettlement.objects.filter(invoice__in=list(invoices), because=case.number)
    return dict(
        rows.values("invoice_id").annotate(sum=Sum("amount")).values_list("invoice_id", "sum")
    )


def collected_in(invoices: Iterable[Invoice]) -> dict[str, Case]:
    """By number of an invoice: the case of the agency's own that collects it, open or ended; one query."""
    wanted = list(invoices)
    rows = ClaimLine.objects.filter(
        case__client__own=True, kind=ClaimLine.Kind.INVOICE, ref__in=[i.number for i in wanted],
        agency_id__in={i.agency_id for i in wanted},
    )  # fmt: skip
    return {
        row.ref: row.case
        for row in rows.select_related("case").order_by("id")
        if row.case.stage != "declined"
    }


def is_billed_apart(invoice: Invoice) -> bool:
    """Whether it is paid for itself: not a commission invoice that its remittance has settled."""
    return invoice.due_on is not None or invoice.credits_id is not None
