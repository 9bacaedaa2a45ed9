"""What clients owe the agency itself is collected by the same product: its unpaid invoices become a case of its
own, accepted at once; paid there, the invoices are settled and the case closes like any other."""

from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction

from recoup.agreements.operations import own_agreement
from recoup.cases.models import Case, Review, Task
from recoup.cases.operations import NewLine, accept_case, finish_task, keep_review, submit_case
from recoup.cases.queries import review_terms
from recoup.eventlog.operations import record
from recoup.files.models import Document
from recoup.files.operations import content_of, keep
from recoup.journeys.accept_and_assign import assigned, findings_of
from recoup.journeys.collect import report_direct_payment
from recoup.journeys.correct import correct_claim
from recoup.journeys.letter import own_payment
from recoup.journeys.submit_invoice import law_of
from recoup.kernel.actor import SYSTEM, Actor
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client, Debtor
from recoup.parties.operations import find_or_add_debtor, own_client
from recoup.payments import operations as payments
from recoup.payments.models import Invoice
from recoup.payments.queries import collected_in, open_of
from recoup.tenancy.models import Agency


@transaction.atomic
def collect_own(
    *, agency: Agency, invoices: Sequence[Invoice], by: Actor, at: datetime
) -> list[Case]:
    """A case for each client and currency of overdue `invoices`, of what is open of each. The same again is the
    case made before.

    Raises `Refusal` `invoice_collected`, `invoice_not_overdue`, `no_own_account`, and those of `submit_case`.
    """
    own = own_client(agency=agency, at=at)
    own_agreement(client=own, by=by, at=at)
    left, collected = open_of(invoices), collected_in(invoices)
    groups: dict[tuple[object, str], list[Invoice]] = {}
    for invoice in invoices:
        refuse_unfit(invoice, left[invoice.id] > 0, collected.get(invoice.number), at.date())
        groups.setdefault((invoice.client_id, invoice.currency), []).append(invoice)
    return [
        placed(agency, own, rows, [Money(left[i.id], i.currency).rounded() for i in rows], by, at)
        for rows in groups.values()
    ]


def refuse_unfit(invoice: Invoice, is_open: bool, case: Case | None, today: date) -> None:
    if case is not None:
        raise Refusal(
            "invoice_collected", N_("Invoice %(number)s is collected in case %(case)s: what is paid goes there."),
            number=invoice.number, case=case.number,
        )  # fmt: skip
    if not is_open or invoice.due_on is None or invoice.due_on >= today:
        raise Refusal(
            "invoice_not_overdue",
            N_("Invoice %(number)s is not overdue."),
            number=invoice.number,
        )


def placed(
    agency: Agency, own: Client, rows: Sequence[Invoice], left: Sequence[Money], by: Actor, at: datetime
) -> Case:  # fmt: skip
    own_payment(agency, rows[0].currency, "")
    debtor, id = debtor_of(agency, rows[0].client, by, at), new_id()
    key = sha256(" ".join(sorted(i.number for i in rows)).encode()).hexdigest()[:32]
    case = submit_case(
        agency=agency.id, client=own, agreement=own_agreement(client=own, by=by, at=at), debtor=debtor,
        currency=rows[0].currency, jurisdiction=law_of(debtor.country, own.country), submission_key=f"own:{key}", id=id,
        lines=[
            NewLine("invoice", i.number, i.on, due(i), open_part.amount, joined(agency, own, i.document, id, by, at))
            for i, open_part in zip(rows, left, strict=True)
        ],
        by=by, at=at,
    )  # fmt: skip
    accept_case(case=case, by=by, at=at)
    keep_review(
        case=case, verdict=Review.Verdict.ACCEPTED, findings=findings_of(case, at.date()),
        rules=review_terms(agency.id).version, by=by, at=at,
    )  # fmt: skip
    assigned(agency, case, at.date(), at)
    for invoice in rows:
        told(agency, invoice, case, by, at)
    return case


def due(invoice: Invoice) -> date:
    assert invoice.due_on is not None
    return invoice.due_on


def debtor_of(agency: Agency, client: Client, by: Actor, at: datetime) -> Debtor:
    """The client as a debtor: known by its number where it is one already."""
    return find_or_add_debtor(
        agency=agency.id, name=client.name, country=client.country, registration_number=client.registration_number,
        vat_number=client.vat_number, address=client.address, postcode=client.postcode, city=client.city,
        language=client.language, email=client.email, phone=client.phone, time_zone=client.time_zone, by=by, at=at,
    )  # fmt: skip


def joined(
    agency: Agency, own: Client, paper: Document | None, case: object, by: Actor, at: datetime
) -> Document | None:  # fmt: skip
    if paper is None:
        return None
    return keep(
        agency=agency.id, content=content_of(paper), name=paper.name, media_type=paper.media_type, kind="claim",
        by=by, at=at, client=own.id, case=case,  # type: ignore[arg-type]
    )  # fmt: skip


def told(agency: Agency, invoice: Invoice, case: Case, by: Actor, at: datetime) -> None:
    record(agency=agency.id, kind="InvoiceCollected", by=by, at=at, client=invoice.client_id, audience="internal",
           number=invoice.number, collecting=case.number)  # fmt: skip
    waiting = Task.objects.filter(
        agency_id=agency.id, key=f"invoice-unpaid:{invoice.id}", done_at=None
    )
    for task in waiting:
        finish_task(task=task, outcome="collected", by=SYSTEM, at=at)


@transaction.atomic
def own_invoice_paid(
    *, agency: Agency, invoice: Invoice, amount: Money, on: date, because: str, by: Actor, at: datetime
) -> Case | None:  # fmt: skip
    """Money on the agency's own account for an invoice; where it is collected, the case is paid (in the order of
    its law, and settles the invoice). Raises `Refusal` as `payments.note_invoice_paid` and `report_direct_payment`."""
    case = collected_in([invoice]).get(invoice.number)
    if case is None:
        payments.note_invoice_paid(
            invoice=invoice, amount=amount, on=on, because=because, by=by, at=at
        )
        return None
    report_direct_payment(agency=agency, case=whole(case), amount=amount, on=on, by=by, at=at)
    return case


@transaction.atomic
def own_invoice_credited(
    *, agency: Agency, invoice: Invoice, net: Money | None, because: str, by: Actor, at: datetime
) -> Invoice:
    """A credit note; where the invoice is collected, its claim becomes less by it from its beginning. Raises
    `Refusal` as `payments.credit_invoice` and `correct_claim`."""
    note = payments.credit_invoice(invoice=invoice, net=net, because=because, by=by, at=at)
    case = collected_in([invoice]).get(invoice.number)
    if case is not None:
        line = case.lines.get(ref=invoice.number, kind="invoice")
        correct_claim(
            agency=agency, case=whole(case), line=line, ref=note.number, amount=min(-note.total, line.amount),
            on=None, because=because, by=by, at=at,
        )  # fmt: skip
    return note


def whole(case: Case) -> Case:
    return Case.objects.select_related("client", "debtor", "agreement__rate_card").get(id=case.id)
