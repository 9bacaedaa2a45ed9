"""The client's overview: four figures, what needs them, the last events."""

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from recoup.agreements.queries import latest_agreement
from recoup.cases.models import Case, Task
from recoup.cases.queries import open_tasks
from recoup.eventlog.models import Event
from recoup.parties.models import Client
from recoup.web.client import figures
from recoup.web.client.frame import client_of, frame
from recoup.web.kit.components import Entry
from recoup.web.kit.middleware import Place, client_place
from recoup.web.kit.timeline import filled, readable, timeline_entries

SHOWN = 7


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    place = client_place(request)
    client = client_of(place)
    stages = figures.by_stage(client.id)
    agreement = latest_agreement(client)
    return render(request, "client/dashboard.html", frame(request, place, client) | {
        "placed": figures.placed(stages), "collected": figures.collected(client.id),
        "on_its_way": figures.on_its_way(client), "tasks": tasks(place), "stages": stages,
        "months": figures.months(client.id, place.now.date()), "entries": last_events(place, client),
        "agreement": agreement, "unsigned": agreement is not None and agreement.signed_at is None,
        "waiting": agreement is not None and agreement.signed_at and not agreement.countersigned_at,
    })  # fmt: skip


@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """The last events alone, fetched again when something happens."""
    place = client_place(request)
    return render(
        request, "client/dashboard.html#latest", {"entries": last_events(place, client_of(place))}
    )


def tasks(place: Place) -> list[dict[str, Any]]:
    return [
        {
            "sentence": filled(task.sentence, readable(task.params)), "due_on": task.due_on,
            "default": filled(task.default, {}), "case": task.case, "href": where(task),
        }
        for task in open_tasks(agency=place.agency.id, client=place.client_id)
    ]  # fmt: skip


def where(task: Task) -> str:
    """Where it is done."""
    if task.case is None:
        return ""
    name = "client:plan" if task.kind == "approve_plan" else "client:case"
    return reverse(name, args=[task.case.number])


def last_events(place: Place, client: Client) -> list[Entry]:
    """The newest first, each naming its case."""
    events = Event.objects.filter(agency=place.agency, client_id=place.client_id)
    found = list(worth_telling(events, client).order_by("-id")[:SHOWN])
    cases = Case.objects.select_related("debtor").in_bulk({e.case_id for e in found if e.case_id})
    by_id = {f"event-{e.id}": cases.get(e.case_id) for e in found if e.case_id}
    entries = timeline_entries(found, document_url=document_url())
    return [
        replace(e, who=f"{e.who} · {of(by_id[e.id])}") if by_id.get(e.id) else e for e in entries
    ]


def worth_telling(events: QuerySet[Event], client: Client) -> QuerySet[Event]:
    """Without what is internal and without our own e-mails to the client."""
    return events.exclude(audience="internal").exclude(
        kind="MessageSent", data__recipient=client.email
    )


def of(case: Case | None) -> str:
    return f"{case.number} {case.debtor.name}" if case else ""


def document_url() -> str:
    nothing = "00000000-0000-0000-0000-000000000000"
    return reverse("client:document", args=[nothing]).replace(nothing, "{}")
