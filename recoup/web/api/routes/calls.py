"""Calls by the agency's dialler: which are to be made, a permit before each, a report after it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status
from pydantic import AwareDatetime, BaseModel, Field

from recoup.cases.models import Task
from recoup.contact.models import ContactAttempt
from recoup.contact.outcomes import OUTCOMES
from recoup.contact.rules import zone
from recoup.disputes.states import Reason
from recoup.journeys.outside_call import Told, permit_outside, report_outside
from recoup.kernel.days import parse_day
from recoup.kernel.money import parse_amount
from recoup.keys.rules import Scope
from recoup.parties.models import Contact
from recoup.web.api import schemas, shown
from recoup.web.api.door import rules
from recoup.web.api.pages import Paged, page
from recoup.web.api.routes.cases import Number, case_of
from recoup.web.kit.derivations import verdict_text
from recoup.web.kit.events import instant
from recoup.web.kit.middleware import place_of

router = Router(tags=["Calls"])


class Person(BaseModel):
    """Who may be asked for. The number comes with the permit."""

    id: UUID
    name: str
    role: str
    language: str


class CallDue(BaseModel):
    task: UUID
    case: str
    debtor: str
    sentence: str
    due_on: str
    due_at: schemas.Instant | None = Field(description="An agreed call back's instant.")
    time_zone: str = Field(description="The debtor's.")
    people: list[Person]


class CallsDue(BaseModel):
    items: list[CallDue]
    next: str | None


class PermitAsked(schemas.Body):
    contact: UUID | None = Field(None, description="Whom to call; else whoever can be called.")


class PermitGiven(BaseModel):
    """The gate's answer, kept either way."""

    permitted: bool
    permit: UUID | None = Field(description="To be named in the report.")
    phone: str | None = Field(description="The number that may be rung.")
    until: schemas.Instant | None = Field(description="How long the permit is good for one call.")
    code: str | None = Field(description="Why not, for programs.")
    because: str | None = Field(description="Why not, in your language.")
    earliest_at: schemas.Instant | None = Field(description="The earliest lawful moment.")
    local_time: str = Field(description="What the clock says there, HH:MM.")


class CallTold(schemas.Body):
    permit: UUID
    outcome: str = Field(json_schema_extra={"enum": list(OUTCOMES)}, max_length=24)
    note: str = Field("", max_length=2000)
    contact: UUID | None = Field(None, description="Who was spoken to.")
    promised_on: schemas.Day | None = None
    promised_amount: schemas.Amount | None = None
    back_at: AwareDatetime | None = Field(None, description="RFC 3339, of a call back agreed.")
    invoices: list[schemas.Some60] = Field(
        default_factory=list, max_length=100, description="Which of them are disputed."
    )
    reason: Reason | None = Field(None, description="Why they are disputed.")


class CallKept(BaseModel):
    id: UUID
    case: str
    outcome: str
    right_party: bool | None
    made_at: schemas.Instant
    next_is: str = Field(description="Who acts next: debtor, collector, finance or plan.")
    clock: str = Field(description="Whether the plan's clock stands or runs.")


@router.get("/calls", response=CallsDue, summary="List the calls to be made")
@rules(Scope.CALLS)
def list_calls(request: HttpRequest, paged: Query[Paged]) -> Any:
    """Those due today or before; without numbers, since each number comes with its permit."""
    place = place_of(request)
    due = Task.objects.filter(
        agency=place.agency, kind="call", done_at=None, due_on__lte=place.now.date(), case__isnull=False
    )  # fmt: skip
    return page(request, due.select_related("case__debtor"), paged, rows_of)


def rows_of(tasks: Any) -> list[dict[str, Any]]:
    said = shown.tasks(tasks)
    reachable = Contact.objects.filter(
        debtor__in={t.case.debtor_id for t in tasks}, bad_since=None, opted_out_at=None
    ).exclude(phone="")
    people: dict[UUID, list[dict[str, Any]]] = {}
    for one in reachable.order_by("made_at"):
        known = {"id": one.id, "name": one.name, "role": one.role, "language": one.language}
        people.setdefault(one.debtor_id, []).append(known)
    return [
        {
            "task": task.id, "case": task.case.number, "debtor": task.case.debtor.name,
            "sentence": row["sentence"], "due_on": row["due_on"],
            "due_at": instant(task.due_at) if task.due_at else None,
            "time_zone": task.case.debtor.time_zone, "people": people.get(task.case.debtor_id, []),
        }
        for task, row in zip(tasks, said, strict=True)
    ]  # fmt: skip


@router.post(
    "/cases/{number}/permits", response={201: PermitGiven}, summary="Ask whether to call now"
)
@rules(Scope.CALLS, repeatable=True)
def ask_permit(request: HttpRequest, number: Number, asked: PermitAsked) -> Any:
    """The gate's answer at this moment, kept whether yes or no: law, hours and holidays there, frequency, holds,
    disputes. A permit is good for one call within two hours; asked again before that call, it is the same one."""
    place, case = place_of(request), case_of(request, number)
    answer = permit_outside(
        agency=place.agency, case=case, contact=person(case.debtor_id, asked.contact), by=place.actor, at=place.now,
    )  # fmt: skip
    verdict, yes = answer.verdict, answer.permit is not None
    return Status(201, {
        "permitted": yes, "permit": answer.permit, "phone": answer.phone if yes else None,
        "until": instant(answer.until) if answer.until else None,
        "code": None if yes else verdict.code, "because": None if yes else verdict_text(verdict),
        "earliest_at": instant(verdict.earliest_at) if verdict.earliest_at else None,
        "local_time": f"{place.now.astimezone(zone(case.debtor.time_zone)):%H:%M}",
    })  # fmt: skip


@router.post("/cases/{number}/calls", response={201: CallKept}, summary="Report a call")
@rules(Scope.CALLS, repeatable=True)
def report_call(request: HttpRequest, number: Number, asked: CallTold) -> Any:
    """How the call of a permit went; what its outcome calls for is done at once (a promise holds the case, a
    dispute is opened, a call back is agreed …). One permit is one call: reported twice, it is kept once."""
    place, case = place_of(request), case_of(request, number)
    on, amount = asked.promised_on, asked.promised_amount
    made = report_outside(
        agency=place.agency, case=case, permit=asked.permit, by=place.actor, at=place.now,
        told=Told(
            outcome=asked.outcome, note=asked.note, contact=person(case.debtor_id, asked.contact),
            promised_on=parse_day(on, field="promised_on") if on else None,
            promised_amount=parse_amount(amount, case.currency, field="promised_amount") if amount else None,
            back_at=asked.back_at, invoices=asked.invoices, reason=asked.reason or "",
        ),
    )  # fmt: skip
    return Status(201, kept(made, case.number))


def kept(made: ContactAttempt, number: str) -> dict[str, Any]:
    outcome = OUTCOMES[made.outcome]
    return {
        "id": made.id, "case": number, "outcome": made.outcome, "right_party": made.right_party,
        "made_at": instant(made.made_at), "next_is": outcome.next_is, "clock": outcome.clock,
    }  # fmt: skip


def person(debtor: UUID, id: UUID | None) -> Contact | None:
    return get_object_or_404(Contact, id=id, debtor_id=debtor) if id else None
