"""Disputes: what a debtor says is wrong, what each side says and shows, and how it ends."""

from typing import Any, Literal
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status
from pydantic import BaseModel, Field

from recoup.cases.models import ClaimLine
from recoup.disputes.models import Dispute, Statement
from recoup.disputes.states import Reason, Side, State
from recoup.files.models import Document
from recoup.files.operations import content_of
from recoup.journeys.dispute import answer_dispute, decide, dispute
from recoup.journeys.evidence import Paper
from recoup.journeys.submit_invoice import uploads
from recoup.kernel.ids import new_id
from recoup.kernel.money import parse_amount
from recoup.kernel.refusal import N_, Refusal
from recoup.keys.rules import Scope
from recoup.web.api import schemas
from recoup.web.api.door import rules
from recoup.web.api.pages import Paged, page
from recoup.web.api.routes.cases import Number, case_of
from recoup.web.api.shown import day, figure
from recoup.web.kit.events import instant
from recoup.web.kit.middleware import Place, place_of

router = Router(tags=["Disputes"])


class DisputeAsked(schemas.Body):
    invoice: schemas.Some60 = Field(description="Number of the invoice in the case.")
    reason: Reason
    amount: schemas.Amount | None = Field(None, description="The part that is disputed; none: all.")
    text: schemas.Some500 = Field(description="In the debtor's words; the debtor reads it.")


class StatementAsked(schemas.Body):
    text: schemas.Some500
    audience: Literal["debtor", "client"] = Field(
        "client",
        description="`debtor`: the debtor reads it too; `client`: only you and the agency.",
    )
    documents: list[UUID] = Field(
        default_factory=list,
        max_length=10,
        description="Of files sent to /uploads: PDF, JPEG, PNG.",
    )


class OutcomeAsked(schemas.Body):
    outcome: Literal["upheld", "partly", "rejected", "settled"]
    amount: schemas.Amount | None = Field(
        None, description="Taken off the claim, where it is upheld in part or settled."
    )
    because: schemas.Some500 = Field(description="Why; all sides read it.")


class StatementShown(BaseModel):
    side: Side
    audience: str
    at: schemas.Instant
    by: str
    text: str
    document: UUID | None


class RequestShown(BaseModel):
    side: Side
    what: str
    due_on: schemas.Day
    answered_at: schemas.Instant | None


class DisputeShown(BaseModel):
    id: UUID
    number: str
    case: str
    invoice: str
    reason: Reason
    amount: schemas.Amount
    currency: str
    text: str
    state: State
    raised_by: Side
    raised_at: schemas.Instant
    answer_by: schemas.Day
    ended_at: schemas.Instant | None
    because: str
    taken_off: schemas.Amount | None
    credit_note: str | None = Field(description="Number of the correction that the outcome made.")
    statements: list[StatementShown]
    requests: list[RequestShown]


DisputePage = schemas.page_of(DisputeShown)


def seen(place: Place) -> QuerySet[Dispute]:
    found = Dispute.objects.filter(agency=place.agency)
    if place.client_id is not None:
        found = found.filter(client_id=place.client_id)
    said = Statement.objects.order_by("at", "id")
    if place.client_id is not None:
        said = said.exclude(audience="internal")
    return found.select_related("line", "case", "note").prefetch_related(
        Prefetch("statements", said), "requests"
    )


def side_of(place: Place) -> Side:
    """A client's key speaks for the client, a key of the agency for the house."""
    return Side.CLIENT if place.client_id is not None else Side.HOUSE


def one(place: Place, id: UUID) -> Dispute:
    return get_object_or_404(seen(place), id=id)


def shown(rows: Any) -> list[dict[str, Any]]:
    return [shown_one(row) for row in rows]


def shown_one(row: Dispute) -> dict[str, Any]:
    currency = row.case.currency
    return {
        "id": row.id, "number": row.number, "case": row.case.number, "invoice": row.line.ref, "reason": row.reason,
        "amount": figure(row.amount, currency), "currency": currency, "text": row.text, "state": row.state,
        "raised_by": row.side, "raised_at": instant(row.raised_at), "answer_by": day(row.answer_by),
        "ended_at": instant(row.ended_at) if row.ended_at else None, "because": row.because,
        "taken_off": figure(row.taken_off, currency) if row.taken_off is not None else None,
        "credit_note": row.note.ref if row.note else None,
        "statements": [
            {"side": s.side, "audience": s.audience, "at": instant(s.at), "by": s.by_name, "text": s.text,
             "document": s.document_id}
            for s in row.statements.all()
        ],
        "requests": [
            {"side": r.side, "what": r.what, "due_on": day(r.due_on),
             "answered_at": instant(r.answered_at) if r.answered_at else None}
            for r in row.requests.all()
        ],
    }  # fmt: skip


class DisputesAsked(Paged):
    state: State | None = None
    case: str | None = Field(None, max_length=20, description="Number of a case.")


@router.get("/disputes", response=DisputePage, summary="List disputes")
@rules(Scope.CASES_READ)
def list_disputes(request: HttpRequest, asked: Query[DisputesAsked]) -> Any:
    """The newest first."""
    found = seen(place_of(request))
    if asked.state is not None:
        found = found.filter(state=asked.state)
    if asked.case is not None:
        found = found.filter(case__number=asked.case)
    return page(request, found, asked, shown)


@router.post("/cases/{number}/disputes", response={201: DisputeShown}, summary="Report a dispute")
@rules(Scope.CASES_WRITE, repeatable=True)
def report_dispute(request: HttpRequest, number: Number, asked: DisputeAsked) -> Any:
    """The debtor has told you that an invoice is wrong: contact about it rests, about the rest it goes on.
    Disputed already: the first dispute stands and is answered."""
    place, case = place_of(request), case_of(request, number, lock=True)
    line = case.lines.filter(ref=asked.invoice, kind=ClaimLine.Kind.INVOICE).first()
    if line is None:
        raise Refusal("invoice_unknown", N_("There is no invoice “%(found)s” in this case."), field="invoice", found=asked.invoice)  # fmt: skip
    amount = parse_amount(asked.amount, case.currency, field="amount") if asked.amount else None
    made = dispute(
        case=case, line=line, reason=asked.reason, amount=amount, text=asked.text, side=side_of(place),
        by=place.actor, at=place.now,
    )  # fmt: skip
    return Status(201, shown_one(one(place, made.dispute.id)))


@router.get("/disputes/{id}", response=DisputeShown, summary="Read a dispute")
@rules(Scope.CASES_READ)
def read_dispute(request: HttpRequest, id: UUID) -> Any:
    return shown_one(one(place_of(request), id))


@router.post("/disputes/{id}/statements", response={201: DisputeShown}, summary="Answer a dispute")
@rules(Scope.CASES_WRITE, repeatable=True)
def answer(request: HttpRequest, id: UUID, asked: StatementAsked) -> Any:
    """Say something and show papers; what is not for the debtor it does not see."""
    place = place_of(request)
    found = one(place, id)
    answer_dispute(
        dispute=found, side=side_of(place), text=asked.text, audience=asked.audience,
        papers=[papers_of(file) for file in uploads(place.agency.id, found.case.client, asked.documents)],
        key=new_id(), by=place.actor, at=place.now,
    )  # fmt: skip
    return Status(201, shown_one(one(place, id)))


def papers_of(file: Document) -> Paper:
    return Paper(file.name, content_of(file))


@router.post("/disputes/{id}/outcome", response=DisputeShown, summary="Decide a dispute")
@rules(Scope.CASES_WRITE, repeatable=True)
def decide_dispute(request: HttpRequest, id: UUID, asked: OutcomeAsked) -> Any:
    """What is taken off is credited at once: from the invoice's beginning where the debtor was right, from
    today where you have settled. Interest and payments are worked out anew."""
    place = place_of(request)
    found = one(place, id)
    amount = (
        parse_amount(asked.amount, found.case.currency, field="amount") if asked.amount else None
    )
    decide(
        dispute=found, state=asked.outcome, side=side_of(place), because=asked.because, amount=amount,
        by=place.actor, at=place.now,
    )  # fmt: skip
    return shown_one(one(place, id))
