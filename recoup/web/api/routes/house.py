"""Who asks, who has access, what is to be done, what happened, and the sandbox's day."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router
from pydantic import Field

from recoup.cases.models import Task
from recoup.cases.operations import finish_task
from recoup.cases.queries import open_tasks
from recoup.eventlog.models import Event
from recoup.eventlog.queries import seal_of, sealed_after
from recoup.journeys.client_acts import do_task
from recoup.kernel.refusal import N_, Refusal
from recoup.keys.rules import Scope
from recoup.notices.models import Notice
from recoup.notices.operations import choose
from recoup.notices.rules import USUAL, How
from recoup.parties.models import Client
from recoup.tenancy.models import Member
from recoup.web.api import schemas, shown
from recoup.web.api.door import rules
from recoup.web.api.pages import Paged, after, page, signed
from recoup.web.kit.middleware import place_of

router = Router(tags=["House"])


class UsersAsked(Paged):
    pass


@router.get("/me", response=schemas.Me, summary="Read what this key is")
@rules(Scope.CASES_READ)
def read_me(request: HttpRequest) -> Any:
    place, key = place_of(request), request.api_key  # type: ignore[attr-defined]
    client = Client.objects.filter(id=place.client_id).first() if place.client_id else None
    return {
        "key": key.shown, "name": key.name, "scopes": key.scopes, "agency": place.agency.slug,
        "client": client.reference if client else None, "sandbox": place.agency.sandbox,
        "today": shown.day(place.now.date()),
    }  # fmt: skip


@router.get("/users", response=schemas.UserPage, summary="List who has access")
@rules(Scope.USERS_READ)
def list_users(request: HttpRequest, paged: Query[Paged]) -> Any:
    """Your own people; a client does not see the agency's."""
    place = place_of(request)
    found = Member.objects.filter(agency=place.agency, client_id=place.client_id).select_related(
        "user"
    )
    return page(request, found, paged, lambda rows: [user(row) for row in rows])


class Told(schemas.Body):
    """How somebody is told what happens in the cases."""

    how: How


def person_of(request: HttpRequest, id: UUID) -> Member:
    """One of the client's own people; the house's are told by their work."""
    place = place_of(request)
    if place.client_id is None:
        raise Refusal("clients_only", N_("Only a client's people are told by e-mail; use a key of that client."))  # fmt: skip
    known = Member.objects.filter(agency=place.agency, client_id=place.client_id)
    return get_object_or_404(known.select_related("user"), user_id=id)


@router.get("/users/{id}/notifications", response=Told, summary="Read how somebody is told")
@rules(Scope.USERS_READ)
def read_notifications(request: HttpRequest, id: UUID) -> Any:
    known = Notice.objects.filter(member=person_of(request, id)).first()
    return {"how": known.how if known else USUAL}


@router.put("/users/{id}/notifications", response=Told, summary="Choose how somebody is told")
@rules(Scope.USERS_WRITE)
def choose_notifications(request: HttpRequest, id: UUID, asked: Told) -> Any:
    """At once, daily, weekly or never. What an unsubscribe link has stopped only that person starts again."""
    place = place_of(request)
    made = choose(member=person_of(request, id), how=asked.how, by=place.actor, at=place.now)
    return {"how": made.how}


def user(row: Member) -> dict[str, Any]:
    return {"id": row.user_id, "name": row.user.name, "email": row.user.email, "role": row.role,
            "active": row.active}  # fmt: skip


@router.get("/tasks", response=schemas.TaskPage, summary="List what needs you")
@rules(Scope.CASES_READ)
def list_tasks(request: HttpRequest, paged: Query[Paged]) -> Any:
    """Open tasks, each with its deadline and what happens if nobody does it."""
    place = place_of(request)
    found = open_tasks(agency=place.agency.id, client=place.client_id)
    return page(request, found, paged, shown.tasks)


@router.post("/tasks/{id}/answer", response=schemas.Task, summary="Answer a task")
@rules(Scope.CASES_WRITE, repeatable=True)
def answer_task(request: HttpRequest, id: UUID, asked: schemas.TaskAnswer) -> Any:
    """Done, with what came of it; what a client has done its collector looks at. 409 when somebody was
    first, and for a plan, which is answered at its case."""
    place = place_of(request)
    found = Task.objects.filter(agency=place.agency).select_related("case")
    if place.client_id is not None:
        found = found.filter(client_id=place.client_id)
    task = get_object_or_404(found.select_related("case__client", "case__collector__user"), id=id)
    if task.kind == "approve_plan":
        raise Refusal("task_elsewhere", N_("A plan is answered at its case: /cases/%(case)s/plan/answer."), case=str(task.case))  # fmt: skip
    if place.client_id is not None:
        do_task(task=task, outcome=asked.outcome, by=place.actor, at=place.now)
    else:
        finish_task(task=task, outcome=asked.outcome, by=place.actor, at=place.now)
    return shown.tasks([task])[0]


class FeedAsked(Paged):
    cursor: str | None = Field(
        None, max_length=400, description="`next` of the page before; keep it and ask again later."
    )


@router.get("/events", response=schemas.EventPage, summary="Follow what happens")
@rules(Scope.CASES_READ)
def list_events(request: HttpRequest, asked: Query[FeedAsked]) -> Any:
    """Every event, the oldest first, in the order of the sealed chain: nothing slips in behind a cursor.
    `next` is never null here while there was anything: ask with it again. An event stands here within a
    minute; webhooks tell at once."""
    place = place_of(request)
    last = after(request, asked.cursor) if asked.cursor else None
    found = Event.objects.filter(agency=place.agency)
    if place.client_id is not None:
        found = found.filter(client_id=place.client_id).exclude(audience="internal")
    rows = list(sealed_after(found, seal_of(last) if last else 0)[: asked.limit])
    latest = rows[-1].id if rows else last
    return {"items": shown.events(rows), "next": signed(request, latest) if latest else None}
