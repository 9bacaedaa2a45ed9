"""Many cases of one client at once, as `submit_case` makes one: numbers, lines, books, postings, events and
review tasks, each with a statement for all. And their taking back, whole."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from recoup.agreements.models import Agreement
from recoup.cases.models import Case, ClaimLine, Closure, Move, Task
from recoup.cases.operations.submit import (
    REVIEW_DAYS,
    NewLine,
    drafted,
    one_at_a_time,
    sign,
    signed_total,
)
from recoup.cases.operations.tasks import finished
from recoup.cases.states import CloseCode, Stage
from recoup.eventlog.operations import Happened, record_many
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.kernel.refs import case_number, rf_of_case
from recoup.kernel.refusal import N_, Refusal
from recoup.ledger.models import Book, Entry
from recoup.ledger.operations import Draft, Leg, Subject, open_books, post_many
from recoup.parties.models import Client
from recoup.tenancy.operations import next_numbers

REVIEW = N_("Review case %(number)s against %(debtor)s, %(amount)s.")
REVIEW_DEFAULT = N_("The supervisor is asked to review it.")


@dataclass(frozen=True, slots=True)
class NewCase:
    """One case to be: its lines have been judged, and none is placed elsewhere."""

    key: str
    debtor: UUID
    debtor_name: str
    currency: str
    jurisdiction: str
    lines: tuple[NewLine, ...]
    client_reference: str = ""
    known_dispute: bool = False
    so_far: str = ""
    division: UUID | None = None
    id: UUID = field(default_factory=new_id)


@transaction.atomic
def submit_many(
    *,
    agency: UUID,
    client: Client,
    agreement: Agreement,
    cases: Sequence[NewCase],
    by: Actor,
    at: datetime,
) -> list[Case]:
    """Make the cases in the order given. Numbers are given together, so that a batch has consecutive
    ones; a key that has its case already raises `IntegrityError` and makes none."""
    if not cases:
        return []
    one_at_a_time(client=client.id)
    numbers = [
        case_number(at.year, n)
        for n in next_numbers(agency=agency, series=f"case-{at.year}", count=len(cases))
    ]
    rows = [
        Case(
            id=new.id, agency_id=agency, client=client, debtor_id=new.debtor, number=number,
            reference=rf_of_case(number), client_reference=new.client_reference, currency=new.currency,
            jurisdiction=new.jurisdiction, interest={}, agreement=agreement, submission_key=new.key,
            known_dispute=new.known_dispute, submitted_at=at, stage=Stage.SUBMITTED, division_id=new.division,
        )
        for new, number in zip(cases, numbers, strict=True)
    ]  # fmt: skip
    Case.objects.bulk_create(rows, batch_size=2000)
    claim_many(agency, client, rows, cases, by, at)
    totals = [signed_total(new.lines, new.currency) for new in cases]
    record_many(agency=agency, events=[submitted(c, n, t, by, at) for c, n, t in zip(rows, cases, totals, strict=True)])  # fmt: skip
    tasks = [review_task(agency, client, c, n, t, at) for c, n, t in zip(rows, cases, totals, strict=True)]  # fmt: skip
    Task.objects.bulk_create(tasks, batch_size=2000)
    return rows


def claim_many(
    agency: UUID,
    client: Client,
    rows: list[Case],
    cases: Sequence[NewCase],
    by: Actor,
    at: datetime,
) -> None:
    books = open_books(
        agency=agency, wanted=[Subject(Book.Kind.CASE, c.number, c.id, client.id) for c in rows]
    )
    lines, drafts = [], []
    for case, new in zip(rows, cases, strict=True):
        book = books[Book.Kind.CASE, case.id]
        for line in new.lines:
            row = ClaimLine(
                id=new_id(), agency_id=agency, case=case, client_id=client.id, kind=line.kind, ref=line.ref,
                issued_on=line.issued_on, due_on=line.due_on, amount=line.amount, document=line.document,
            )  # fmt: skip
            lines.append(row)
            drafts.append(drafted(book, case, row, sign(line)))
    ClaimLine.objects.bulk_create(lines, batch_size=2000)
    post_many(agency=agency, drafts=drafts, by=by, at=at)


def submitted(case: Case, new: NewCase, total: Money, by: Actor, at: datetime) -> Happened:
    data: dict[str, Any] = {
        "number": case.number, "debtor": new.debtor_name, "amount": str(total.amount),
        "currency": new.currency, "lines": len(new.lines),
    }  # fmt: skip
    if new.so_far:
        data["so_far"] = new.so_far
    return Happened("CaseSubmitted", at, by, case.id, case.client_id, data=data)


def review_task(
    agency: UUID, client: Client, case: Case, new: NewCase, total: Money, at: datetime
) -> Task:
    return Task(
        agency_id=agency, key=f"review:{case.id}", kind="review", role="account_manager", sentence=REVIEW,
        params={"number": case.number, "debtor": new.debtor_name, "amount": str(total.amount),
                "currency": new.currency},
        owner_id=client.account_manager_id, due_on=at.date() + timedelta(days=REVIEW_DAYS),
        default=REVIEW_DEFAULT, case=case, client_id=None, made_at=at,
    )  # fmt: skip


@transaction.atomic
def take_back_many(*, cases: Sequence[UUID], because: str, by: Actor, at: datetime) -> int:
    """Close cases that nobody has written for as withdrawn, without a report, and reverse what was
    claimed, so that their invoices can be placed again; returns how many. All or none.

    Raises `Refusal` `case_moved_meanwhile` when one is no longer submitted or accepted.
    """
    rows = list(Case.objects.select_for_update(of=("self",)).filter(id__in=cases).order_by("id"))
    late = [row for row in rows if row.stage not in (Stage.SUBMITTED, Stage.ACCEPTED)]
    if late or len(rows) != len(set(cases)):
        raise Refusal(
            "placement_begun", N_("Case %(number)s is being worked already; withdraw single cases instead."),
            number=late[0].number if late else "?",
        )  # fmt: skip
    if not rows:
        return 0
    agency, ids = rows[0].agency_id, [row.id for row in rows]
    Move.objects.bulk_create(
        [
            Move(agency_id=agency, case=row, client_id=row.client_id, was=row.stage, now=Stage.CLOSED,
                 by_name=by.name, at=at, because=because[:300])
            for row in rows
        ],
        batch_size=2000,
    )  # fmt: skip
    Case.objects.filter(id__in=ids).update(stage=Stage.CLOSED)
    Closure.objects.bulk_create(
        [
            Closure(agency_id=agency, case=row, client_id=row.client_id, code=CloseCode.WITHDRAWN, at=at,
                    by_name=by.name, because=because[:300])
            for row in rows
        ],
        batch_size=2000,
    )  # fmt: skip
    reverse_claims(agency, ids, by, at)
    finish_tasks(agency, ids, by, at)
    record_many(agency=agency, events=[withdrawn(row, because, by, at) for row in rows])
    return len(rows)


def withdrawn(case: Case, because: str, by: Actor, at: datetime) -> Happened:
    data = {"number": case.number, "code": CloseCode.WITHDRAWN.value, "because": because}
    return Happened("CaseClosed", at, by, case.id, case.client_id, data=data)


CLAIMS = """
    SELECT e.id FROM ledger_book b
    JOIN ledger_posting p ON p.agency_id = b.agency_id AND p.book_id = b.id
    JOIN ledger_entry e ON e.id = p.entry_id AND e.kind = 'claim'
    WHERE b.agency_id = %s AND b.kind = 'case' AND b.subject_id = ANY(%s)
    GROUP BY e.id
"""


def reverse_claims(agency: UUID, cases: list[UUID], by: Actor, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(CLAIMS, [agency, cases])
        ids = [row[0] for row in cursor.fetchall()]
    entries = Entry.objects.filter(id__in=ids).prefetch_related("postings__book")
    drafts = [
        Draft(
            "reversal", f"undone:{entry.id}", entry.value_on, f"{entry.memo}",
            tuple(Leg(p.book, p.account, Money(-p.amount, p.currency)) for p in entry.postings.all()),
            entry.client_id, reverses=entry.id,
        )
        for entry in entries
    ]  # fmt: skip
    post_many(agency=agency, drafts=drafts, by=by, at=at)


def finish_tasks(agency: UUID, cases: list[UUID], by: Actor, at: datetime) -> None:
    tasks = list(
        Task.objects.filter(case_id__in=cases, done_at__isnull=True).select_related("case")
    )
    Task.objects.filter(id__in=[t.id for t in tasks]).update(
        done_at=at, done_by=by.name, outcome="withdrawn"
    )
    record_many(agency=agency, events=[finished(t, "withdrawn", by, at) for t in tasks])
