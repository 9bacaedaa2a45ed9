"""The client's overview: four figures, what needs them, the last events."""

from dataclasses import dataclass, replace

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from recoup.agreements.queries import latest_agreement
from recoup.cases.models import Case
from recoup.eventlog.models import Event
from recoup.kernel.money import Money
from recoup.parties.models import Client
from recoup.web.client import figures
from recoup.web.client.frame import client_of, frame
from recoup.web.client.needs import needs_of
from recoup.web.client.portfolio import PLACES, Overview, overview
from recoup.web.kit.components import Entry
from recoup.web.kit.divisions import asked_division, divisions_shown, of_division
from recoup.web.kit.formats import number_text
from recoup.web.kit.middleware import Place, client_place
from recoup.web.kit.timeline import timeline_entries

SHOWN, SHOWN_NEEDS = 7, 5


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    place = client_place(request)
    client = client_of(place)
    today = place.now.date()
    division = asked_division(request.GET)
    to = f"&division={division}" if division else ""
    found = overview(place.agency.id, client.id, today, division=division, to=to)
    places = found.places
    agreement = latest_agreement(client)
    needs = needs_of(place)
    return render(request, "client/dashboard.html", frame(request, place, client) | {
        "cards": cards(place, client, found, division, to), "to": to,
        "divisions": divisions_shown(client, division), "rest": [], "places": [p for p in places if p.place in PLACES],
        "needs": needs[:SHOWN_NEEDS], "more_needs": len(needs), "has_cases": bool(places),
        "months": figures.months(client.id, today, division, to), "entries": last_events(place, client, division),
        "recovery": found.recovery, "latest_to": to.replace("&", "?"),
        "agreement": agreement, "unsigned": agreement is not None and agreement.signed_at is None,
        "waiting": agreement is not None and agreement.signed_at and not agreement.countersigned_at,
    })  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """A key figure that opens into its cases."""

    label: str
    amounts: list[Money]
    href: str
    hint: str = ""
    tone: str = ""


def cards(place: Place, client: Client, found: Overview, division: str, to: str) -> list[Card]:
    """The eight figures of the overview, in the order a debt travels. Of a part of the company, what is on its
    way and paid out is told by the cases' payments: remittances are of the whole."""
    places, part = found.places, bool(division) or place.limited

    def of(name: str) -> tuple[list[Money], str]:
        rows = [p for p in places if p.place == name]
        n = sum(p.cases for p in rows)
        return figures.summed(p.open for p in rows), ngettext("%(n)s case", "%(n)s cases", n) % {"n": number_text(n)}  # fmt: skip

    cases, money = reverse("client:cases"), reverse("client:money")
    placed = figures.summed(p.claimed for p in places if p.place != "declined")
    total = sum(p.cases for p in places if p.place != "declined")
    named = (
        (_("In a plan"), "plan", ""),
        (_("Disputed"), "disputed", "needs"),
        (_("At court"), "court", "legal"),
    )
    shown = [
        Card(_("Placed"), placed, f"{cases}?show=all{to}", ngettext("%(n)s case", "%(n)s cases", total) % {"n": number_text(total)}),
        Card(_("Collected"), found.collected, money, tone="money"),
        Card(_("On its way to you"), figures.on_its_way_by_case(client.id, division) if part else figures.on_its_way(client), money, _("held for you, before commission")),
        Card(_("Paid out to you"), figures.remitted_by_case(client.id, division) if part else figures.remitted(client.id), money, _("before commission") if part else "", tone="money"),
    ]  # fmt: skip
    for label, name, tone in named:
        amounts, hint = of(name)
        shown.append(
            Card(label, amounts, f"{cases}?show={name}{to}", hint, tone if amounts else "")
        )
    return shown


@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """The last events alone, fetched again when something happens."""
    place = client_place(request)
    return render(
        request,
        "client/dashboard.html#latest",
        {"entries": last_events(place, client_of(place), asked_division(request.GET))},
    )


def last_events(place: Place, client: Client, division: str = "") -> list[Entry]:
    """The newest first, each naming its case."""
    events = Event.objects.filter(agency=place.agency, client_id=place.client_id)
    if division:
        own = Case.objects.filter(client=client, **of_division(division))
        events = events.filter(case_id__in=own.values("id"))
    found = list(worth_telling(events, client).order_by("-id")[:SHOWN])
    cases = Case.objects.select_related("debtor").in_bulk({e.case_id for e in found if e.case_id})
    by_id = {f"event-{e.id}": cases.get(e.case_id) for e in found if e.case_id}
    entries = timeline_entries(found, document_url=document_url())
    return [
        replace(e, who=f"{e.who} · {of(by_id[e.id])}") if by_id.get(e.id) else e for e in entries
    ]


def worth_telling(events: QuerySet[Event], client: Client) -> QuerySet[Event]:
    """Without what is internal and without our own e-mails to the client and its people."""
    return (
        events.exclude(audience="internal")
        .exclude(kind="MessageSent", data__recipient=client.email)
        .exclude(kind="MessageSent", case_id=None)
    )


def of(case: Case | None) -> str:
    return f"{case.number} {case.debtor.name}" if case else ""


def document_url() -> str:
    nothing = "00000000-0000-0000-0000-000000000000"
    return reverse("client:document", args=[nothing]).replace(nothing, "{}")
