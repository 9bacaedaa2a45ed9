"""The papers of remittances: payment file, statement, commission invoice. From committed rows only, so
that a run that died is completed with the same bytes."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from recoup.agreements.papers import sender
from recoup.cases.operations import add_task
from recoup.files.models import Document
from recoup.files.operations import keep
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.paper.documents.agreement import Method
from recoup.paper.documents.commission_invoice import (
    CommissionInvoice,
    CommissionLine,
    LineKind,
    VatKind,
    VatLine,
    commission_invoice,
)
from recoup.paper.documents.remittance_statement import (
    RemittanceLine,
    RemittanceStatement,
    remittance_statement,
)
from recoup.paper.factur_x import ubl, with_xml
from recoup.paper.languages import LANGUAGES
from recoup.paper.parts import Address, Paper, Person
from recoup.paper.payment import Payment
from recoup.parties.models import Client
from recoup.payments.models import Invoice, OwnAccount, PayoutFile, Refund, Remittance
from recoup.payments.operations.booking import one_at_a_time
from recoup.payments.transfers import Account, Transfer, TransferOrder, pain001
from recoup.payments.transfers.pain008 import Debit, DebitOrder, pain008
from recoup.tenancy.models import Agency

Writer = Callable[..., None]
VAT_KINDS = {
    "domestic": VatKind.STANDARD, "no_number": VatKind.STANDARD, "reverse_charge": VatKind.REVERSE_CHARGE,
    "outside": VatKind.OUTSIDE, "none": VatKind.EXEMPT,
}  # fmt: skip


def complete_papers(*, agency: UUID, by: Actor, at: datetime) -> None:
    """Write whatever paper is missing, each in a transaction of its own; doing it again writes
    nothing. A paper that cannot be written (a character without a glyph) makes a task, the rest go on."""
    house = Agency.objects.get(id=agency)
    payouts = PayoutFile.objects.filter(agency_id=agency, document__isnull=True)
    rows = Remittance.objects.filter(agency_id=agency, statement__isnull=True)
    bills = Invoice.objects.filter(agency_id=agency, document__isnull=True)
    missing: list[tuple[Any, Writer]] = [
        (each, write_payout) for each in payouts.select_related("account")
    ]
    with_client = ("client__account_manager__user",)
    missing += [
        (r, write_statement) for r in rows.select_related(*with_client, "invoice", "payout")
    ]
    missing += [
        (b, write_invoice) for b in bills.select_related(*with_client, "remittance", "credits")
    ]
    for each, write in missing:
        try:
            with transaction.atomic():
                one_at_a_time(agency)
                write(house, each, by=by, at=at)
                fault("payout.paper_uncommitted")
            fault("payout.paper_written")
        except Refusal as refusal:
            failed(house, each, refusal, by=by, at=at)


def failed(house: Agency, each: Any, refusal: Refusal, *, by: Actor, at: datetime) -> None:
    number = getattr(each, "number", None) or each.message_id
    add_task(
        agency=house.id, key=f"paper:{each.id}", kind="paper_failed", role="finance_officer",
        sentence=N_("The paper of %(number)s could not be written: %(reason)s"),
        params={"number": number, "reason": refusal.sentence()}, due_on=at.date(),
        default=N_("It is tried again at the next remittance."), by=by, at=at,
    )  # fmt: skip


def payee(client: Client) -> Account:
    return Account(
        name=client.name,
        iban=client.payout_iban,
        bic=client.payout_bic or None,
        country=client.country,
    )


def order_of(house: Agency, payout: PayoutFile) -> TransferOrder:
    """The order that a payout file says; the same rows give the same order."""
    rows = payout.remittances.select_related("client").order_by("number")
    return TransferOrder(
        message_id=payout.message_id, created_at=payout.made_at, execute_on=payout.on,
        debtor=Account(name=house.name, iban=payout.account.iban, bic=payout.account.bic or None),
        transfers=(
            *(
                Transfer(
                    end_to_end_id=row.end_to_end_id, amount=Money(row.net, row.currency).rounded().amount,
                    currency=row.currency, to=payee(row.client), remittance=f"{row.number} {house.name}",
                )
                for row in rows
            ),
            *(refund_transfer(house, each) for each in payout.refunds.select_related("case").order_by("number")),
        ),
    )  # fmt: skip


def refund_transfer(house: Agency, refund: Refund) -> Transfer:
    """The payer reads which payment comes back."""
    case = f" case {refund.case.number}" if refund.case else ""
    return Transfer(
        end_to_end_id=refund.number, amount=Money(refund.amount, refund.currency).rounded().amount,
        currency=refund.currency, to=Account(name=refund.holder, iban=refund.iban, bic=refund.bic or None),
        remittance=f"{refund.number} refund{case} {house.name}",
    )  # fmt: skip


def debits_of(house: Agency, payout: PayoutFile) -> DebitOrder:
    """What a collection file says; the same rows give the same order. All of its mandates are of one scheme."""
    rows = list(payout.debits.select_related("mandate", "case__client").order_by("number"))
    return DebitOrder(
        message_id=payout.message_id, created_at=payout.made_at, collect_on=payout.on,
        creditor=Account(name=house.name, iban=payout.account.iban, bic=payout.account.bic or None),
        creditor_id=payout.account.creditor_id, scheme=rows[0].mandate.scheme if rows else "CORE",
        debits=tuple(
            Debit(
                end_to_end_id=row.number, amount=Money(row.amount, row.currency).rounded().amount,
                of=Account(name=row.mandate.holder, iban=row.mandate.iban, bic=row.mandate.bic or None),
                mandate=row.mandate.reference, signed_on=row.mandate.signed_on, sequence=row.sequence,
                remittance=f"{row.case.reference} {row.case.number} {row.case.client.name}",
            )
            for row in rows
        ),
        batch_booking=False,
    )  # fmt: skip


def write_payout(house: Agency, payout: PayoutFile, *, by: Actor, at: datetime) -> None:
    content = (
        pain008(debits_of(house, payout)) if payout.collects else pain001(order_of(house, payout))
    )
    payout.document = keep(
        agency=house.id, content=content, name=f"{payout.message_id}.xml", media_type="application/xml",
        kind="payout_file", title=payout.message_id, audience="internal", by=by, at=at,
    )  # fmt: skip
    fault("payout.file_kept")
    payout.save(update_fields=["document"])


def write_statement(house: Agency, row: Remittance, *, by: Actor, at: datetime) -> None:
    data, language = statement_of(house, row), language_for(row.client)
    row.statement = file_paper(
        remittance_statement(data, language=language, at=row.at), "remittance", row.client, by, at
    )
    fault("payout.statement_kept")
    row.save(update_fields=["statement"])


def write_invoice(house: Agency, bill: Invoice, *, by: Actor, at: datetime) -> None:
    data, language = invoice_of(house, bill), language_for(bill.client)
    remitted = getattr(bill, "remittance", None)
    at_written = bill.at or (remitted.at if remitted else at)
    paper = commission_invoice(data, language=language, at=at_written)
    paper = with_xml(paper, data, language=language, at=at_written)
    keep(
        agency=house.id, content=ubl(data), name=f"{bill.number}.xml", media_type="application/xml",
        kind="invoice_ubl", title=f"{bill.number} UBL", client=bill.client_id, by=by, at=at,
    )  # fmt: skip
    bill.document = file_paper(
        paper, "credit_note" if bill.credits_id else "invoice", bill.client, by, at
    )
    fault("payout.invoice_kept")
    bill.save(update_fields=["document"])


def file_paper(paper: Paper, kind: str, client: Client, by: Actor, at: datetime) -> Document:
    return keep(
        agency=client.agency_id, content=paper.content, name=paper.filename, media_type="application/pdf",
        kind=kind, title=paper.title[:200], language=language_for(client), client=client.id, by=by, at=at,
    )  # fmt: skip


def statement_of(house: Agency, row: Remittance) -> RemittanceStatement:
    def money(line: dict[str, Any], name: str) -> Money:
        return Money(Decimal(line[name]), row.currency)

    days = [date.fromisoformat(line["received_on"]) for line in row.lines]
    return RemittanceStatement(
        paper_id=row.number, number=row.number, written_on=row.on, period_from=min(days), period_to=max(days),
        sender=sender(house), recipient=address(row.client), contact=contact(house, row.client), method=Method.NET,
        lines=tuple(
            RemittanceLine(
                case_number=line["case"], debtor=line["debtor"], received_on=date.fromisoformat(line["received_on"]),
                received=money(line, "received"), commission=money(line, "commission"), vat=money(line, "vat"),
            )
            for line in row.lines
        ),
        remitted=Money(row.net, row.currency).rounded(), paid_on=row.payout.on if row.payout else row.on,
        holder=row.client.name, iban=row.client.payout_iban, account=None, reference=row.end_to_end_id,
        invoice_number=row.invoice.number if row.invoice else None,
    )  # fmt: skip


def invoice_of(house: Agency, bill: Invoice) -> CommissionInvoice:
    """Lines cite card and clause; `basis` × `percent` is shown where it is the price."""
    tax, *lines = bill.lines
    days = [date.fromisoformat(line.get("received_on", bill.on.isoformat())) for line in lines]
    net, vat = (Money(abs(each), bill.currency).rounded() for each in (bill.net, bill.vat))
    remitted = getattr(bill, "remittance", None)
    kind = VAT_KINDS[tax["tax"]["code"]]
    return CommissionInvoice(
        paper_id=bill.number, number=bill.number, written_on=bill.on, supplied_from=min(days), supplied_to=max(days),
        sender=sender(house), sender_vat_number=house.vat_number or house.registration_number,
        recipient=address(bill.client), recipient_vat_number=bill.client.vat_number or None,
        contact=contact(house, bill.client), rate_card_version=tax["tax"]["cards"],
        lines=tuple(invoice_line(line, bill.currency) for line in lines),
        vat=(VatLine(kind=kind, rate=Decimal(tax["tax"]["percent"]), net=net, vat=vat),), total=net + vat,
        settled_by=remitted.number if remitted and not bill.due_on else None, due_on=bill.due_on,
        payment=own_payment(house, bill) if bill.due_on else None,
        credits=(bill.credits.number, bill.credits.on) if bill.credits else None,
    )  # fmt: skip


def own_payment(house: Agency, bill: Invoice) -> Payment:
    """Where the invoice is paid to. Raises `Refusal` `own_account_missing`: never the clients' account."""
    account = OwnAccount.objects.filter(agency_id=house.id, currency=bill.currency).first()
    if account is None:
        raise Refusal(
            "own_account_missing", N_("There is no account of our own in %(found)s for it to be paid to; enter one with our invoices."),
            found=bill.currency,
        )  # fmt: skip
    return Payment(
        holder=house.name,
        bank=account.bank,
        reference=bill.number,
        iban=account.iban,
        bic=account.bic or None,
    )


def invoice_line(line: dict[str, Any], currency: str) -> CommissionLine:
    if "kind" in line:
        return CommissionLine(
            case_number=line["case"], debtor=line["debtor"], kind=LineKind(line["kind"]),
            net=Money(Decimal(line["net"]), currency), clause=line["clause"],
        )  # fmt: skip
    least = bool(line["minimum"])
    return CommissionLine(
        case_number=line["case"], debtor=line["debtor"], kind=LineKind.MINIMUM if least else LineKind.COMMISSION,
        net=Money(Decimal(line["commission"]), currency), clause=line["clause"],
        basis=None if least else Money(Decimal(line["basis"]), currency),
        percent=None if least else Decimal(line["rate"]),
    )  # fmt: skip


def address(client: Client) -> Address:
    place = f"{client.postcode} {client.city}".strip()
    lines = tuple(line for line in (*client.address, place) if line)
    return Address(name=client.name, lines=lines, country=client.country)


def contact(house: Agency, client: Client) -> Person:
    """The client's account manager, else the house."""
    phone = house.phone or house.email
    if client.account_manager is None:
        return Person(name=house.name, phone=phone, email=house.email)
    user = client.account_manager.user
    return Person(name=str(user), phone=phone, email=user.email)


def language_for(client: Client) -> str:
    """The client's language where papers are written in it, else English."""
    return client.language if client.language in LANGUAGES else "en"
