"""A client hands over claims against one debtor: the case, its lines, its book."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from recoup.agreements.models import Agreement, Quote
from recoup.cases.models import Case, ClaimLine
from recoup.cases.operations.tasks import add_task
from recoup.cases.queries import placed_elsewhere
from recoup.cases.states import Stage
from recoup.eventlog.operations import record
from recoup.files.models import Document
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money, round_half_up
from recoup.kernel.refs import case_number, rf_of_case
from recoup.kernel.refusal import N_, Refusal
from recoup.ledger.accounts import CaseAccount
from recoup.ledger.models import Book
from recoup.ledger.operations import Draft, Leg, open_book, post_many
from recoup.parties.models import Client, Debtor, Division
from recoup.tenancy.operations import next_number

REVIEW_DAYS = 2
Kind = ClaimLine.Kind


@dataclass(frozen=True, slots=True)
class NewLine:
    """An invoice or credit note to be claimed: `amount` positive, in the case's currency; a credit note may
    name the invoice it `credits`, or by its number one of the same submission that it `takes_from`."""

    kind: str
    ref: str
    issued_on: date | None
    due_on: date
    amount: Decimal
    document: Document | None = None
    credits: ClaimLine | None = None
    takes_from: str = ""


def one_at_a_time(*, client: UUID) -> None:
    """One submission of a client at a time, until the transaction ends: two at once would both find
    that an invoice is not placed yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", [str(client)])


@transaction.atomic
def submit_case(
    *, agency: UUID, client: Client, agreement: Agreement, debtor: Debtor, currency: str,
    jurisdiction: str, lines: Sequence[NewLine], submission_key: str, client_reference: str = "",
    interest: dict[str, Any] | None = None, known_dispute: bool = False, background: str = "",
    quote: Quote | None = None, division: Division | None = None, id: UUID | None = None, by: Actor, at: datetime,
) -> Case:  # fmt: skip
    """A new case with its claim lines posted in its book; the same `submission_key` again returns the
    first case. `id` where documents were kept for the case beforehand; `background` in the client's words.

    Raises `Refusal`: `claim_empty`, `claim_line_amount`, `claim_line_twice`, `claim_nothing_left`
    (credit notes take all), `invoice_already_placed` (same client, debtor and number in another case),
    `agreement_unsigned`.
    """
    one_at_a_time(client=client.id)
    known = Case.objects.filter(
        agency_id=agency, client=client, submission_key=submission_key
    ).first()
    if known is not None:
        return known
    refuse_unfit(agreement, currency, lines)
    refuse_placed(client, debtor, lines)
    number = case_number(at.year, next_number(agency=agency, series=f"case-{at.year}"))
    case = Case.objects.create(
        id=id or new_id(), agency_id=agency, client=client, debtor=debtor, number=number, reference=rf_of_case(number),
        client_reference=client_reference, currency=currency, jurisdiction=jurisdiction,
        interest=interest or {}, quote=quote, agreement=agreement, submission_key=submission_key,
        known_dispute=known_dispute, submitted_at=at, stage=Stage.SUBMITTED, division=division,
    )  # fmt: skip
    total = claim(case, lines, by=by, at=at)
    record(
        agency=agency, kind="CaseSubmitted", by=by, at=at, case=case.id, client=client.id, number=number,
        debtor=debtor.name, amount=str(total.amount), currency=currency, lines=len(lines),
    )  # fmt: skip
    if background.strip():
        record(agency=agency, kind="CaseBackground", by=by, at=at, case=case.id, client=client.id,
               words=background.strip()[:4000])  # fmt: skip
    add_task(
        agency=agency, key=f"review:{case.id}", kind="review", role="account_manager",
        sentence=N_("Review case %(number)s against %(debtor)s, %(amount)s."),
        params={"number": number, "debtor": debtor.name, "amount": str(total.amount), "currency": currency},
        owner=client.account_manager, due_on=at.date() + timedelta(days=REVIEW_DAYS),
        default=N_("The supervisor is asked to review it."), case=case, by=by, at=at,
    )  # fmt: skip
    return case


def refuse_unfit(agreement: Agreement, currency: str, lines: Sequence[NewLine]) -> None:
    if agreement.signed_at is None:
        raise Refusal(
            "agreement_unsigned",
            N_("The agreement %(found)s is not signed yet."),
            found=agreement.number,
        )
    if not any(line.kind == Kind.INVOICE for line in lines):
        raise Refusal("claim_empty", N_("A case needs at least one invoice."))
    seen: set[tuple[str, str]] = set()
    for line in lines:
        if line.amount <= 0 or line.amount != round_half_up(line.amount, currency):
            raise Refusal(
                "claim_line_amount", N_("%(row)s: %(found)s is not an amount to claim in %(currency)s."),
                row=line.ref, found=str(line.amount), currency=currency,
            )  # fmt: skip
        if (line.kind, line.ref) in seen:
            raise Refusal(
                "claim_line_twice", N_("%(found)s stands twice in this case."), found=line.ref
            )
        seen.add((line.kind, line.ref))
    if signed_total(lines, currency).amount <= 0:
        raise Refusal(
            "claim_nothing_left",
            N_("The credit notes take the whole claim; nothing is left to collect."),
        )


def refuse_placed(client: Client, debtor: Debtor, lines: Sequence[NewLine]) -> None:
    placed = placed_elsewhere(client.id, debtor.id, [line.ref for line in lines])
    if placed:
        ref, number = placed[0]
        raise Refusal(
            "invoice_already_placed",
            N_("Invoice %(found)s against %(debtor)s is already in case %(number)s."),
            found=ref, debtor=debtor.name, number=number,
        )  # fmt: skip


def sign(line: NewLine) -> int:
    return 1 if line.kind == Kind.INVOICE else -1


def signed_total(lines: Sequence[NewLine], currency: str) -> Money:
    return sum((Money(sign(line) * line.amount, currency) for line in lines), Money.zero(currency))


def claim(case: Case, lines: Sequence[NewLine], *, by: Actor, at: datetime) -> Money:
    """Keep the lines and post each: principal against claimed, credit notes the other way."""
    book = open_book(
        agency=case.agency_id,
        kind=Book.Kind.CASE,
        name=case.number,
        subject=case.id,
        client=case.client_id,
    )
    rows = [
        ClaimLine(
            id=new_id(), agency_id=case.agency_id, case=case, client_id=case.client_id, kind=line.kind,
            ref=line.ref, issued_on=line.issued_on, due_on=line.due_on, amount=line.amount,
            document=line.document, credits=line.credits,
        )
        for line in lines
    ]  # fmt: skip
    invoices = {row.ref: row for row in rows if row.kind == Kind.INVOICE}
    for row, line in zip(rows, lines, strict=True):
        if row.kind == Kind.CREDIT_NOTE and row.credits is None:
            row.credits = invoices.get(line.takes_from)
    ClaimLine.objects.bulk_create(rows)
    drafts = [drafted(book, case, row, sign(line)) for row, line in zip(rows, lines, strict=True)]
    post_many(agency=case.agency_id, drafts=drafts, by=by, at=at)
    return signed_total(lines, case.currency)


def drafted(book: Book, case: Case, row: ClaimLine, side: int) -> Draft:
    money = Money(side * row.amount, case.currency)
    legs = (Leg(book, CaseAccount.PRINCIPAL, money), Leg(book, CaseAccount.CLAIMED, -money))
    because = {"line": str(row.id), "ref": row.ref, "kind": row.kind}
    return Draft(
        "claim", f"claim:{row.id}", row.due_on, f"{row.ref}", legs, case.client_id, because
    )
