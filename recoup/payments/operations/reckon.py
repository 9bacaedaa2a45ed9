"""What each client is to be paid: allocations not remitted yet, commission by its card, tax. Reads only."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Min, Q

from recoup.agreements.rules import Terms, Vat, commission, phase_of, vat_rate
from recoup.cases.models import Case, ClaimLine
from recoup.cases.queries import principal_of
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.parties.models import Client
from recoup.payments.models import Allocation, RemittedAllocation
from recoup.tenancy.models import Agency

Earned = list[tuple[Money, str]]


@dataclass(frozen=True, slots=True)
class Reckoned:
    """One allocation in a remittance. `share` is the client's trust money in it (nothing for a payment
    to the client itself, less than nothing for one returned after it was remitted), `basis` what
    commission is due on."""

    allocation: Allocation
    share: Money
    basis: Money
    commission: Money
    vat: Money
    rate: Decimal
    band: str
    clause: str
    minimum: bool
    returned: bool

    def as_json(self) -> dict[str, Any]:
        row = self.allocation
        return {
            "allocation": str(row.id), "case": row.case.number, "debtor": row.case.debtor.name,
            "received_on": row.received_on.isoformat(), "direct": row.direct, "returned": self.returned,
            "received": str(self.share.amount), "basis": str(self.basis.amount),
            "commission": str(self.commission.amount), "vat": str(self.vat.amount), "rate": str(self.rate),
            "band": self.band, "clause": self.clause, "minimum": self.minimum,
        }  # fmt: skip


@dataclass(slots=True)
class Reckoning:
    """A client's money in one currency; gross = trust − returned. net = gross − commission − vat, or the
    gross where the card pays out in full and bills apart (`method`).

    `refusal` says why it could not be reckoned; the sums mean nothing then.
    """

    client: Client
    currency: str
    tax: Vat | None = None
    method: str = "net"
    cards: tuple[str, ...] = ()
    lines: list[Reckoned] = field(default_factory=list)
    refusal: Refusal | None = None

    def total(self, name: str) -> Money:
        return sum((getattr(line, name) for line in self.lines), Money.zero(self.currency))

    @property
    def gross(self) -> Money:
        return self.total("share")

    @property
    def commission(self) -> Money:
        return self.total("commission")

    @property
    def vat(self) -> Money:
        return self.total("vat")

    @property
    def net(self) -> Money:
        if self.method == "gross":
            return self.gross
        return self.gross - self.commission - self.vat

    @property
    def returned(self) -> Money:
        """What the client owes for payments that were returned after they were remitted."""
        zero = Money.zero(self.currency)
        return sum((-line.share for line in self.lines if line.returned), zero)

    @property
    def trust(self) -> Money:
        """What leaves the client's trust money."""
        return self.gross + self.returned

    def tax_as_json(self) -> dict[str, str]:
        tax = self.tax
        assert tax is not None
        return {"percent": str(tax.percent), "code": tax.code, "reason": tax.reason, "clause": tax.clause,
                "source": tax.source, "cards": ", ".join(self.cards)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Price:
    """What commission on a case is reckoned by."""

    terms: Terms
    version: str
    claim: Money
    age_days: int
    cross_border: bool


def reckonings(agency: Agency, on: date) -> list[Reckoning]:
    """For each client and currency with something to remit, in the order of clients; a constant number
    of queries."""
    groups: dict[tuple[UUID, str], list[Allocation]] = defaultdict(list)
    for row in waiting(agency.id, on):
        groups[row.client_id, row.currency].append(row)
    cases = {row.case_id: row.case for rows in groups.values() for row in rows}
    earlier = earned_before(cases)
    dues = dict(
        ClaimLine.objects.filter(case_id__in=list(cases), kind=ClaimLine.Kind.INVOICE)
        .values_list("case_id")
        .annotate(first=Min("due_on"))
        .values_list("case_id", "first")
    )
    claims = principal_of(cases)
    found = []
    for (_, currency), rows in groups.items():
        client = rows[0].case.client
        try:
            found.append(reckon(agency, client, currency, rows, earlier, dues, claims, on))
        except Refusal as refusal:
            found.append(Reckoning(client, currency, refusal=refusal))
    return sorted(found, key=lambda r: (r.client.reference, r.currency))


NOT_HERE_YET = (
    Q(exchange__isnull=False, exchange__settled_at__isnull=True)
    | Q(reverses__exchange__isnull=False, reverses__exchange__settled_at__isnull=True, reverses__remitted__isnull=True)
    | Q(card_payment__isnull=False, card_payment__settled_at__isnull=True)
    | Q(reverses__card_payment__isnull=False, reverses__card_payment__settled_at__isnull=True, reverses__remitted__isnull=True)
)  # fmt: skip
"""Paid in another currency and not exchanged yet, or by card and not paid out by the provider yet; and what
was undone before it was."""


def waiting(agency: UUID, on: date) -> list[Allocation]:
    """Allocations not remitted yet, without those undone before they were and their mirrors."""
    rows = list(
        Allocation.objects.filter(
            agency_id=agency, remitted__isnull=True, waived=False, received_on__lte=on
        )
        .exclude(NOT_HERE_YET)
        .exclude(case__client__own=True)
        .select_related("case__client", "case__debtor", "case__agreement__rate_card", "reverses__remitted")
        .order_by("case__client__reference", "received_on", "id")
    )  # fmt: skip
    by_id = {row.id: row for row in rows}
    gone: set[UUID] = set()
    for row in rows:
        first = by_id.get(row.reverses_id) if row.reverses_id else None
        if first is not None and worth(first) + worth(row) == 0:
            gone |= {row.id, first.id}
    return [row for row in rows if row.id not in gone and worth(row)]


def worth(row: Allocation) -> Decimal:
    return row.amount - row.overpaid


def reckon(
    agency: Agency, client: Client, currency: str, rows: Sequence[Allocation], earlier: dict[UUID, Earned],
    dues: dict[UUID, date], claims: dict[UUID, Money], on: date,
) -> Reckoning:  # fmt: skip
    """One client's reckoning. Raises `Refusal` when a card or the tax gives no answer."""
    tax = vat_rate(agency.country, client.country, client.vat_number, on=on)
    result = Reckoning(client, currency, tax, method_of(rows))
    taxed = Money.zero(currency)
    versions: dict[str, None] = {}
    for row in rows:
        price = price_of(row.case, dues, claims)
        versions[price.version] = None
        basis = Money(worth(row), currency).rounded()
        phase = phase_of(row.because.get("phase", ""))
        before = earlier.setdefault(row.case_id, [])
        earned = commission(
            price.terms, collected=basis, claim=price.claim, age_days=price.age_days,
            cross_border=price.cross_border, phase=phase, before=tuple(before),
        )  # fmt: skip
        before.append((basis, phase))
        # The tax of all lines is rounded once: each line carries the difference it makes.
        vat = (taxed + earned.amount).times(tax.percent / 100) - taxed.times(tax.percent / 100)
        taxed += earned.amount
        result.lines.append(
            Reckoned(
                row, Money.zero(currency) if row.direct else basis, basis, earned.amount, vat, earned.rate,
                earned.band, f"{price.version} § {earned.clause}", earned.minimum, is_returned(row),
            )
        )  # fmt: skip
    result.cards = tuple(versions)
    return result


def method_of(rows: Sequence[Allocation]) -> str:
    """How the client is paid: as its newest card says. Raises `Refusal` as the card does."""
    newest = max(rows, key=lambda row: (row.case.agreement.made_at, row.case.agreement_id))
    return Terms.read(newest.case.agreement.rate_card.terms).method


def price_of(case: Case, dues: dict[UUID, date], claims: dict[UUID, Money]) -> Price:
    """The card and the facts it asks for. Raises `Refusal` as the card does."""
    card = case.agreement.rate_card
    terms = Terms.read(card.terms)
    age = max(0, (case.submitted_at.date() - dues[case.id]).days)
    abroad = case.client.country != case.debtor.country
    return Price(terms, card.version, claims[case.id], age, abroad)


def is_returned(row: Allocation) -> bool:
    """A payment taken back, or found to be too much, after it was remitted."""
    if row.because.get("of") == "remitted":
        return True
    return row.reverses is not None and hasattr(row.reverses, "remitted") and not row.direct


def earned_before(cases: dict[UUID, Case]) -> dict[UUID, Earned]:
    """What commission was reckoned on before, by case, in the order it was."""
    found: dict[UUID, Earned] = defaultdict(list)
    rows = RemittedAllocation.objects.filter(allocation__case_id__in=list(cases)).select_related(
        "allocation"
    )
    for each in rows.order_by("id"):
        row = each.allocation
        money = Money(worth(row), row.currency).rounded()
        found[row.case_id].append((money, phase_of(row.because.get("phase", ""))))
    return found
