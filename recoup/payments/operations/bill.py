"""The agency's own invoices: set-up and withdrawal fees by the case's card, disbursements, credit notes; and
how they are settled. Commission is billed with its remittance (reckon, remit)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from recoup.agreements.rules import Terms, Vat, vat_rate
from recoup.cases.models import Case
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.ledger.accounts import ClientAccount, HouseAccount
from recoup.ledger.models import Book
from recoup.ledger.operations import Draft, Leg, Subject, open_books, post
from recoup.parties.models import Client
from recoup.payments.models import (
    BankLine,
    Invoice,
    InvoiceSettlement,
    LineOutcome,
    OwnAccount,
    TrustAccount,
)
from recoup.payments.operations.booking import HOUSE, Unit, one_at_a_time
from recoup.payments.queries import collected_in, left_of, open_of
from recoup.payments.transfers.order import Account, check_account
from recoup.tenancy.models import Agency
from recoup.tenancy.operations import next_number

Kind = Invoice.Kind
PAY_WITHIN = timedelta(days=30)


@transaction.atomic
def bill_fee(*, case: Case, kind: str, by: Actor, at: datetime) -> Invoice | None:
    """The set-up or the withdrawal fee of a case by its own card, once; None where the card asks for
    nothing. Raises `Refusal` `currency_not_in_card`, `vat_not_known`."""
    one_at_a_time(case.agency_id)
    key = f"{kind}:{case.id}"
    known = Invoice.objects.filter(agency_id=case.agency_id, key=key).first()
    if known is not None:
        return known
    terms = Terms.read(case.agreement.rate_card.terms)
    prices = terms.prices(case.currency)
    net = prices.set_up if kind == Kind.SET_UP else prices.withdrawal
    if not net:
        return None
    line = line_of(case, kind, net, clause_of(case, terms, kind))
    return issue(case.client, case, kind, [line], key=key, by=by, at=at)


def clause_of(case: Case, terms: Terms, kind: str) -> str:
    return f"{case.agreement.rate_card.version} § {terms.clauses[kind]}"


def line_of(case: Case, kind: str, net: Money, clause: str, what: str = "") -> dict[str, Any]:
    return {"case": case.number, "debtor": case.debtor.name, "kind": str(kind), "net": str(net.amount),
            "clause": clause, "what": what}  # fmt: skip


@transaction.atomic
def bill_disbursement(
    *, case: Case, net: Money, what: str, key: str, by: Actor, at: datetime
) -> Invoice:
    """What the agency laid out for a case in its own name (a court's fee, a register's). It is taxed as the
    service it belongs to (Directive 2006/112/EC, article 78(b)). The same `key` again is the same invoice.

    Raises `Refusal` `amount_not_positive`, `line_currency`, `reason_missing`, `vat_not_known`.
    """
    if not what.strip():
        raise Refusal("reason_missing", N_("Please say what was paid for."), field="what")
    if net.amount <= 0 or net != net.rounded():
        raise Refusal("amount_not_positive", N_("“%(found)s” must be more than nothing."), field="amount", found=str(net.amount))  # fmt: skip
    one_at_a_time(case.agency_id)
    known = Invoice.objects.filter(agency_id=case.agency_id, key=f"disbursement:{key}").first()
    if known is not None:
        return known
    line = line_of(case, Kind.DISBURSEMENT, net, what.strip()[:80], what.strip()[:200])
    return issue(
        case.client, case, Kind.DISBURSEMENT, [line], key=f"disbursement:{key}", by=by, at=at
    )


def issue(
    client: Client, case: Case | None, kind: str, lines: Sequence[dict[str, Any]], *, key: str, by: Actor, at: datetime
) -> Invoice:  # fmt: skip
    """Number, ledger and row in one; the paper is written from the row afterwards."""
    house = Agency.objects.get(id=client.agency_id)
    on = at.date()
    assert case is not None
    tax = vat_rate(house.country, client.country, client.vat_number, on=on)
    currency = case.currency
    net = sum((Money(Decimal(line["net"]), currency) for line in lines), Money.zero(currency))
    vat = net.times(tax.percent / 100)
    number = (
        f"INV-{on.year}-{next_number(agency=client.agency_id, series=f'invoice-{on.year}'):06d}"
    )
    card = case.agreement.rate_card.version
    made = Invoice(
        agency_id=client.agency_id, kind=kind, client=client, case=case, number=number, on=on,
        due_on=on + PAY_WITHIN, currency=currency, net=net.amount, vat=vat.amount, total=(net + vat).amount,
        lines=[{"tax": tax_row(tax, card)}, *lines], key=key[:100], at=at,
    )  # fmt: skip
    return book(made, by=by, at=at)


def tax_row(tax: Vat, card: str) -> dict[str, str]:
    return {"percent": str(tax.percent), "code": tax.code, "reason": tax.reason, "clause": tax.clause,
            "source": tax.source, "cards": card}  # fmt: skip


def book(invoice: Invoice, *, by: Actor, at: datetime) -> Invoice:
    """The client owes it; revenue and tax are the agency's own. A credit note is the same, turned."""
    unit = Unit(invoice.currency)
    client = Subject(Book.Kind.CLIENT, invoice.client.name, invoice.client_id, invoice.client_id)
    books = open_books(agency=invoice.agency_id, wanted=[HOUSE, client])
    house = books[Book.Kind.HOUSE, None]
    legs = (
        Leg(
            books[Book.Kind.CLIENT, invoice.client_id],
            ClientAccount.RECEIVABLE,
            unit(invoice.total),
        ),
        Leg(house, HouseAccount.REVENUE, unit(-invoice.net)),
        Leg(house, HouseAccount.VAT_OUT, unit(-invoice.vat)),
    )
    kind = "credit_note" if invoice.credits_id else "invoice"
    memo = f"{invoice.number} {invoice.client.name}"
    draft = Draft(
        kind,
        f"invoice:{invoice.number}",
        invoice.on,
        memo,
        legs,
        None,
        {"tax": invoice.lines[0]["tax"]},
    )
    invoice.entry = post(agency=invoice.agency_id, draft=draft, by=by, at=at)
    fault("invoice.posted")
    invoice.save(force_insert=True)
    record(
        agency=invoice.agency_id, kind="InvoiceIssued" if not invoice.credits_id else "CreditNoteIssued", by=by, at=at,
        case=invoice.case_id, client=invoice.client_id, number=invoice.number, currency=invoice.currency,
        amount=str(unit(invoice.total).amount), what=str(invoice.kind),
    )  # fmt: skip
    apply_credits(invoice.client_id, invoice.currency, by=by, at=at)
    return invoice


@transaction.atomic
def credit_invoice(*, invoice: Invoice, net: Money | None = None, because: str, by: Actor, at: datetime) -> Invoice:  # fmt: skip
    """A credit note on an invoice, on all that is left of it or on a part (net of tax), with a number of its
    own series. Raises `Refusal` `reason_missing`, `credit_too_much`, `amount_not_positive`."""
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    one_at_a_time(invoice.agency_id)
    earlier = list(invoice.credit_notes.all())
    left_net = invoice.net + sum((c.net for c in earlier), Decimal(0))
    left_vat = invoice.vat + sum((c.vat for c in earlier), Decimal(0))
    wanted = left_net if net is None else net.amount
    if wanted <= 0 or (net is not None and net != net.rounded()):
        raise Refusal("amount_not_positive", N_("“%(found)s” must be more than nothing."), field="net", found=str(wanted))  # fmt: skip
    if wanted > left_net or invoice.kind == Kind.CREDIT_NOTE:
        raise Refusal(
            "credit_too_much", N_("Only %(left)s of invoice %(number)s are left to be credited."),
            field="net", left=str(Unit(invoice.currency)(left_net)), number=invoice.number,
        )  # fmt: skip
    tax = invoice.lines[0]["tax"]
    unit = Unit(invoice.currency)
    vat = (
        left_vat if wanted == left_net else unit(wanted).times(Decimal(tax["percent"]) / 100).amount
    )
    number = next_number(agency=invoice.agency_id, series=f"credit-note-{at.year}")
    line = {"case": invoice.case.number if invoice.case else invoice.lines[1]["case"],
            "debtor": invoice.lines[1]["debtor"], "kind": Kind.CREDIT_NOTE.value, "net": str(unit(wanted).amount),
            "clause": because.strip()[:80], "what": because.strip()[:200]}  # fmt: skip
    made = Invoice(
        agency_id=invoice.agency_id, kind=Kind.CREDIT_NOTE, client=invoice.client, case=invoice.case,
        number=f"CN-{at.year}-{number:06d}", on=at.date(), currency=invoice.currency, net=-unit(wanted).amount,
        vat=-vat, total=-(unit(wanted).amount + vat), lines=[{"tax": tax}, line], credits=invoice, at=at,
    )  # fmt: skip
    return book(made, by=by, at=at)


def apply_credits(client: UUID, currency: str, *, by: Actor, at: datetime) -> None:
    """Credit notes are set against what the client owes, their own invoice first, then the oldest."""
    rows = Invoice.objects.filter(client_id=client, currency=currency).order_by("on", "number")
    left = open_of(rows)
    notes = [r for r in rows if left[r.id] < 0]
    collected = collected_in(rows) if notes else {}
    for note in notes:
        own_first = [r for r in rows if r.id == note.credits_id] + [
            r for r in rows if r.id != note.credits_id
        ]
        owing = [
            r for r in own_first
            if left[r.id] > 0 and (r.id == note.credits_id or r.number not in collected)
        ]  # fmt: skip
        for invoice in owing:
            amount = min(left[invoice.id], -left[note.id])
            if amount <= 0:
                break
            for row, sign, other in ((invoice, 1, note), (note, -1, invoice)):
                settled(
                    row,
                    sign * amount,
                    at.date(),
                    by,
                    at,
                    against=other,
                    because=f"set against {other.number}",
                )
                left[row.id] -= sign * amount


def settled(
    invoice: Invoice,
    amount: Decimal,
    on: date,
    by: Actor,
    at: datetime,
    *,
    because: str,
    **more: Any,
) -> InvoiceSettlement:
    return InvoiceSettlement.objects.create(
        agency_id=invoice.agency_id, invoice=invoice, client_id=invoice.client_id, amount=amount, on=on, at=at,
        by_name=by.name, because=because[:300], **more,
    )  # fmt: skip


@transaction.atomic
def note_invoice_paid(
    *, invoice: Invoice, amount: Money, on: date, because: str, by: Actor, at: datetime
) -> InvoiceSettlement:
    """A person has seen the money on the agency's own account. Raises `Refusal` `reason_missing`,
    `invoice_not_open`, `day_ahead`."""
    if not because.strip():
        raise Refusal("reason_missing", N_("Please say where you saw it."), field="because")
    if on > at.date():
        raise Refusal(
            "day_ahead", N_("%(found)s is still to come."), field="on", found=on.isoformat()
        )
    one_at_a_time(invoice.agency_id)
    refuse_beyond(invoice, amount)
    entry = post_settled(invoice, amount, on, f"note:{invoice.number}:{at.isoformat()}", (), by, at)
    made = settled(invoice, amount.amount, on, by, at, because=because.strip(), entry=entry)
    tell_settled(invoice, amount, by, at)
    return made


@transaction.atomic
def settle_invoice(
    *, invoice: Invoice, line: BankLine, by: Actor, at: datetime
) -> InvoiceSettlement:
    """A client paid the agency's invoice to the trust account: it is the agency's share there now. As much of
    the line as the invoice takes. Raises `Refusal` `invoice_not_open`, `line_spent`, `line_currency`."""
    one_at_a_time(invoice.agency_id)
    left = left_of([line])[line.id]
    if line.currency != invoice.currency:
        raise Refusal("line_currency", N_("Paid in %(found)s, invoice %(number)s is in %(currency)s."),
                      found=line.currency, number=invoice.number, currency=invoice.currency)  # fmt: skip
    if left <= 0:
        raise Refusal("line_spent", N_("This line is already explained."))
    amount = Unit(invoice.currency)(min(left, open_of([invoice])[invoice.id]))
    refuse_beyond(invoice, amount)
    book = open_books(agency=invoice.agency_id, wanted=[HOUSE])[Book.Kind.HOUSE, None]
    legs = (
        Leg(book, HouseAccount.UNALLOCATED, amount),
        Leg(book, HouseAccount.AGENCY_SHARE, -amount),
    )
    entry = post_settled(
        invoice, amount, line.value_on, f"line:{invoice.number}:{line.key}", legs, by, at
    )
    LineOutcome.objects.create(
        agency_id=line.agency_id, line=line, kind=LineOutcome.Kind.INVOICE, amount=amount.amount, entry=entry, at=at,
        by_name=by.name, because={"invoice": invoice.number},
    )  # fmt: skip
    made = settled(
        invoice, amount.amount, line.value_on, by, at, because="bank line", line=line, entry=entry
    )
    tell_settled(invoice, amount, by, at)
    return made


def refuse_beyond(invoice: Invoice, amount: Money) -> None:
    if case := collected_in([invoice]).get(invoice.number):
        raise Refusal(
            "invoice_collected", N_("Invoice %(number)s is collected in case %(case)s: what is paid goes there."),
            number=invoice.number, case=case.number,
        )  # fmt: skip
    left = open_of([invoice])[invoice.id]
    if amount.amount <= 0 or amount.amount > left or amount.currency != invoice.currency:
        raise Refusal(
            "invoice_not_open", N_("Of invoice %(number)s %(left)s are open, not %(found)s."), field="amount",
            number=invoice.number, left=str(Unit(invoice.currency)(left)), found=str(amount),
        )  # fmt: skip


def post_settled(
    invoice: Invoice,
    amount: Money,
    on: date,
    source: str,
    more: tuple[Leg, ...],
    by: Actor,
    at: datetime,
) -> Any:
    client = Subject(Book.Kind.CLIENT, invoice.client.name, invoice.client_id, invoice.client_id)
    books = open_books(agency=invoice.agency_id, wanted=[HOUSE, client])
    legs = (
        *more,
        Leg(books[Book.Kind.HOUSE, None], HouseAccount.SETTLED_FEES, amount),
        Leg(books[Book.Kind.CLIENT, invoice.client_id], ClientAccount.RECEIVABLE, -amount),
    )
    draft = Draft("invoice_paid", f"invoice-{source}"[:200], on, f"{invoice.number} paid", legs)
    return post(agency=invoice.agency_id, draft=draft, by=by, at=at)


def tell_settled(invoice: Invoice, amount: Money, by: Actor, at: datetime) -> None:
    record(agency=invoice.agency_id, kind="InvoicePaid", by=by, at=at, client=invoice.client_id,
           case=invoice.case_id, number=invoice.number, amount=str(amount.amount), currency=amount.currency)  # fmt: skip


def set_own_account(
    *, agency: UUID, currency: str, bank: str, iban: str, bic: str = "", by: Actor, at: datetime
) -> OwnAccount:
    """Where the agency's own invoices in a currency are paid to. Raises `Refusal` `iban_invalid`,
    `account_is_trust` (client money and own money never share an account)."""
    plain = iban.replace(" ", "").upper()
    check_account(Account(name="own", iban=plain, bic=bic or None), "creditor")
    if TrustAccount.objects.filter(agency_id=agency, iban=plain).exists():
        raise Refusal("account_is_trust", N_("%(found)s holds client money; own money needs an account of its own."), field="iban", found=plain)  # fmt: skip
    with transaction.atomic():
        made, _ = OwnAccount.objects.update_or_create(
            agency_id=agency,
            currency=currency,
            defaults={"bank": bank[:100], "iban": plain, "bic": bic},
        )
        record(
            agency=agency,
            kind="OwnAccountSet",
            by=by,
            at=at,
            audience="internal",
            currency=currency,
            iban=plain,
        )
    return made
