"""Clients are paid, and told with their papers."""

from datetime import date, datetime

from recoup.journeys.mail import mail_client
from recoup.journeys.restored import look_for_restore
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_
from recoup.payments import operations as payments
from recoup.payments.models import PayoutDecision, PayoutFile, Remittance
from recoup.payments.operations import RemitResult
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency


def remit(*, agency: Agency, on: date, by: Actor, at: datetime) -> RemitResult:
    """Remit what was received up to day `on`; each client gets its statement and invoice by e-mail.

    Three transactions of its own: identifiers are committed before any file exists, papers before
    anybody is told of them.

    Doing it again for the same day pays and sends nothing more.
    """
    with scope(agency.id):
        result = payments.order(agency=agency.id, on=on, by=by, at=at)
    fault("payout.ordered")
    with scope(agency.id):
        payments.complete_papers(agency=agency.id, by=by, at=at)
    fault("payout.papers_written")
    with scope(agency.id):
        rows = Remittance.objects.filter(agency_id=agency.id, on=on)
        for row in rows.select_related("client", "invoice"):
            tell(agency, row, at)
            fault("payout.told")
        for made in (*result.remittances, *result.payouts):
            made.refresh_from_db()
    return result


def approve(
    *, agency: Agency, payout: PayoutFile, sha256: str, by: Actor, at: datetime
) -> PayoutDecision:
    """A second person's word (`approve_payout`), after a look of our own whether this is the database that the
    house's payments left from: the worker looks once a minute, and a file may have left before the backup was
    put back. Raises as `approve_payout` does."""
    look_for_restore(agency=agency, at=at)
    return payments.approve_payout(payout=payout, sha256=sha256, by=by, at=at)


def tell(agency: Agency, row: Remittance, at: datetime) -> None:
    """The key makes it once, also when an earlier run died before it came here."""
    if row.statement_id is None:
        return
    papers = [row.statement_id]
    if row.invoice and row.invoice.document_id:
        papers.append(row.invoice.document_id)
    mail_client(
        agency=agency, client=row.client, key=f"remittance:{row.id}", template="remittance",
        subject=N_("Remittance %(number)s is on the way to you"),
        paragraphs=[
            N_("We have received %(gross)s for you. After our commission and the tax on it, %(net)s are on their way to your account."),
            N_("The statement and our invoice are attached."),
        ],
        params={"number": row.number, "gross": Money(row.gross, row.currency).rounded(),
                "net": Money(row.net, row.currency).rounded()},
        attachments=papers, at=at,
    )  # fmt: skip
