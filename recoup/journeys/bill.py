"""A case's own fees are billed with the event that earns them; what cannot be billed holds nobody up. What is not
paid is dunned."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case
from recoup.cases.operations import add_task
from recoup.eventlog.operations import record
from recoup.journeys.mail import mail_client
from recoup.kernel.actor import SYSTEM, Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.outbox.models import Message
from recoup.payments import operations as payments
from recoup.payments.models import Invoice, OwnAccount
from recoup.payments.queries import collected_in, open_of
from recoup.tenancy.models import Agency


def bill_fee(*, case: Case, kind: str, by: Actor, at: datetime) -> Invoice | None:
    """Set-up fee at acceptance, withdrawal fee when the client takes the case back. A card without a price in
    the currency, or a tax rate that is not known, makes a task."""
    try:
        with transaction.atomic():
            return payments.bill_fee(case=case, kind=kind, by=by, at=at)
    except Refusal as refusal:
        add_task(
            agency=case.agency_id, key=f"bill:{kind}:{case.id}", kind="not_billed", role="finance_officer",
            sentence=N_("The fee of case %(number)s could not be billed: %(reason)s"),
            params={"number": case.number, "reason": refusal.sentence()}, due_on=at.date(),
            default=N_("Nothing is billed."), case=case, by=by, at=at,
        )  # fmt: skip
        return None


def send_invoices(*, agency: Agency, at: datetime) -> int:
    """Write the papers of invoices that have none and send each to its client, once. Returns how many were sent."""
    fresh = Invoice.objects.filter(
        agency_id=agency.id, document__isnull=True, remittance__isnull=True
    )
    wanted = list(fresh.values_list("id", flat=True))
    if not wanted:
        return 0
    payments.complete_papers(agency=agency.id, by=SYSTEM, at=at)
    written = Invoice.objects.filter(id__in=wanted, document__isnull=False).select_related("client")
    for invoice in written:
        tell(agency, invoice, at)
    return len(written)


# Days after the due day on which a client is reminded of our invoice: the house's own rhythm.
REMINDED_AFTER = (3, 14, 28)
BETWEEN = timedelta(days=10)  # at least, also when the first comes late


@dataclass(frozen=True, slots=True)
class Reminder:
    """The `step`-th reminder of an invoice, of which `left` is still owed."""

    invoice: Invoice
    step: int
    left: Money

    @property
    def last(self) -> bool:
        return self.step == len(REMINDED_AFTER)


def remind_overdue(*, agency: Agency, on: date, at: datetime) -> int:
    """Dun what clients owe the house itself: one e-mail a client with all that is due for a reminder, each
    step of an invoice once, with the invoices again; after the last one a person decides. Paid, credited and
    set-off invoices rest, and those in a case of our own. Returns how many invoices were reminded of."""
    rows = Invoice.objects.filter(
        agency_id=agency.id, due_on__lt=on - timedelta(days=REMINDED_AFTER[0] - 1), document__isnull=False
    )  # fmt: skip
    overdue = list(rows.select_related("client").order_by("due_on", "number"))
    left, collected = open_of(overdue), collected_in(overdue)
    accounts = {a.currency: a for a in OwnAccount.objects.filter(agency_id=agency.id)}
    before = reminders(agency.id)
    due: dict[UUID, list[Reminder]] = defaultdict(list)
    for invoice in overdue:
        sent, last = before.get(str(invoice.document_id), (0, None))
        assert invoice.due_on is not None
        if left[invoice.id] <= 0 or invoice.currency not in accounts or sent == len(REMINDED_AFTER):
            continue
        late = (on - invoice.due_on).days >= REMINDED_AFTER[sent]
        if late and invoice.number not in collected and (last is None or at - last >= BETWEEN):
            owed = Money(left[invoice.id], invoice.currency).rounded()
            due[invoice.client_id].append(Reminder(invoice, sent + 1, owed))
    for theirs in due.values():
        with transaction.atomic():
            remind(agency, theirs, accounts, on, at)
    return sum(len(theirs) for theirs in due.values())


def reminders(agency: UUID) -> dict[str, tuple[int, datetime]]:
    """By the document of an invoice: how often its client was reminded, and when last; one query."""
    rows = Message.objects.filter(agency_id=agency, key__startswith="invoice-reminder:")
    found: dict[str, tuple[int, datetime]] = {}
    for documents, at in rows.order_by("made_at").values_list("payload__attachments", "made_at"):
        for document in documents:
            found[document] = (found.get(document, (0, at))[0] + 1, at)
    return found


def remind(
    agency: Agency, due: Sequence[Reminder], accounts: Mapping[str, OwnAccount], on: date, at: datetime
) -> None:  # fmt: skip
    """One client's, in the caller's transaction."""
    client = due[0].invoice.client
    last = any(one.last for one in due)
    several = len(due) > 1
    currencies = dict.fromkeys(one.invoice.currency for one in due)
    mail_client(
        agency=agency, client=client, key=f"invoice-reminder:{client.id}:{on.isoformat()}", template="invoice_reminder",
        subject=SUBJECT[last, several],
        paragraphs=[
            *((N_("Of our invoice %(number)s, due on %(due)s, %(left)s are still open. It is attached once more."),
               {"number": one.invoice.number, "due": one.invoice.due_on, "left": one.left}) for one in due),
            *((N_("Please pay to %(iban)s (%(bank)s) and give the number of the invoice."),
               {"iban": accounts[currency].iban, "bank": accounts[currency].bank}) for currency in currencies),
            N_("If we hear nothing, a colleague decides what follows: we collect it as we collect for you.") if last
            else N_("Paid already, or is something wrong with it? Then please write to us."),
        ],
        params={"number": due[0].invoice.number, "count": len(due)},
        attachments=[one.invoice.document_id for one in due if one.invoice.document_id], at=at,
    )  # fmt: skip
    for one in due:
        note_reminder(agency, one, at)


SUBJECT = {
    (False, False): N_("Reminder: our invoice %(number)s"),
    (True, False): N_("Last reminder: our invoice %(number)s"),
    (False, True): N_("Reminder: %(count)d of our invoices"),
    (True, True): N_("Last reminder: %(count)d of our invoices"),
}


def note_reminder(agency: Agency, one: Reminder, at: datetime) -> None:
    invoice = one.invoice
    record(agency=agency.id, kind="InvoiceReminded", by=SYSTEM, at=at, client=invoice.client_id, number=invoice.number,
           step=one.step, left=str(one.left.amount), currency=one.left.currency)  # fmt: skip
    if one.last:
        add_task(
            agency=agency.id, key=f"invoice-unpaid:{invoice.id}", kind="invoice_unpaid", role="finance_officer",
            sentence=N_("%(client)s has not paid invoice %(number)s (%(left)s) after %(count)d reminders: call them, set it off, or have it collected."),
            params={"client": invoice.client.name, "number": invoice.number, "left": str(one.left), "count": one.step},
            due_on=at.date() + timedelta(days=3), default=N_("It stays open."), by=SYSTEM, at=at,
        )  # fmt: skip


def tell(agency: Agency, invoice: Invoice, at: datetime) -> None:
    assert invoice.document_id is not None
    total = Money(abs(invoice.total), invoice.currency).rounded()
    credit = invoice.credits_id is not None
    mail_client(
        agency=agency, client=invoice.client, key=f"invoice:{invoice.id}", template="invoice",
        subject=N_("Our credit note %(number)s") if credit else N_("Our invoice %(number)s"),
        paragraphs=[
            N_("Attached you find our credit note %(number)s of %(total)s. It is set against what you owe us.") if credit
            else N_("Attached you find our invoice %(number)s of %(total)s, with its data as XML inside the PDF. It says what it is for and where to pay it."),
        ],
        params={"number": invoice.number, "total": total}, attachments=[invoice.document_id], at=at,
    )  # fmt: skip
