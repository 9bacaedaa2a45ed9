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
from recoup.web.client.portfolio import PLACES, Standing, recovery, standing
from recoup.web.kit.components import Entry
from recoup.web.kit.formats import number_text
from recoup.web.kit.middleware import Place, client_place
from recoup.web.kit.timeline import timeline_entries

SHOWN, SHOWN_NEEDS = 7, 5


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    place = client_place(request)
    client = client_of(place)
    today = place.now.date()
    places = standing(place.agency.id, client.id)
    agreement = latest_agreement(client)
    needs = needs_of(place)
    return render(request, "client/dashboard.html", frame(request, place, client) | {
        "cards": cards(place, client, places), "places": [p for p in places if p.place in PLACES],
        "needs": needs[:SHOWN_NEEDS], "more_needs": len(needs), "has_cases": bool(places),
        "months": figures.months(client.id, today), "entries": last_events(place, client),
        "recovery": recovery(place.agency.id, client.id, place.agency.time_zone, today),
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


def cards(place: Place, client: Client, places: list[Standing]) -> list[Card]:
    """The eight figures of the overview, in the order a debt travels."""

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
    found = [
        Card(_("Placed"), placed, f"{cases}?show=all", ngettext("%(n)s case", "%(n)s cases", total) % {"n": number_text(total)}),
        Card(_("Collected"), figures.collected(client.id), money, tone="money"),
        Card(_("On its way to you"), figures.on_its_way(client), money, _("held for you, before commission")),
        Card(_("Paid out to you"), figures.remitted(client.id), money, tone="money"),
    ]  # fmt: skip
    for label, name, tone in named:
        amounts, hint = of(name)
        found.append(Card(label, amounts, f"{cases}?show={name}", hint, tone if amounts else ""))
    return found


@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """The last events alone, fetched again when something happens."""
    place = client_place(request)
    return render(
        request, "client/dashboard.html#latest", {"entries": last_events(place, client_of(place))}
    )


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
