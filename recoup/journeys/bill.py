"""A case's own fees are billed with the event that earns them; what cannot be billed holds nobody up."""

from datetime import datetime

from django.db import transaction

from recoup.cases.models import Case
from recoup.cases.operations import add_task
from recoup.journeys.mail import mail_client
from recoup.kernel.actor import SYSTEM, Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.payments import operations as payments
from recoup.payments.models import Invoice
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


def tell(agency: Agency, invoice: Invoice, at: datetime) -> None:
    assert invoice.document_id is not None
    total = Money(abs(invoice.total), invoice.currency).rounded()
    credit = invoice.credits_id is not None
    mail_client(
        agency=agency, client=invoice.client, key=f"invoice:{invoice.id}", template="invoice",
        subject=N_("Our credit note %(number)s of %(total)s") if credit else N_("Our invoice %(number)s of %(total)s"),
        paragraphs=[
            N_("Attached you find our credit note %(number)s of %(total)s. It is set against what you owe us.") if credit
            else N_("Attached you find our invoice %(number)s of %(total)s, with its data as XML inside the PDF. It says what it is for and where to pay it."),
        ],
        params={"number": invoice.number, "total": total}, attachments=[invoice.document_id], at=at,
    )  # fmt: skip
