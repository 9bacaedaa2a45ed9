"""One case, as its client sees it: story, money, documents."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recoup.cases.models import Case, Charge
from recoup.cases.queries import principal_of
from recoup.cases.states import Stage
from recoup.eventlog.models import Event
from recoup.files.models import Document
from recoup.kernel.money import Money
from recoup.kernel.refs import grouped
from recoup.kernel.refusal import Refusal
from recoup.payments.models import Allocation
from recoup.payments.queries import collected, owed
from recoup.web.client.frame import client_of, frame
from recoup.web.client.next_step import next_of
from recoup.web.client.views.cases import TONES
from recoup.web.client.views.dashboard import document_url, worth_telling
from recoup.web.kit.components import Entry, Tab
from recoup.web.kit.derivations import owed_figures, total_figure
from recoup.web.kit.formats import country_text
from recoup.web.kit.middleware import Place, client_place
from recoup.web.kit.timeline import timeline_entries
from recoup.web.kit.words import word

MOST_EVENTS = 500


def case_of(place: Place, number: str) -> Case:
    """The client's case with that number; 404 for any other, known or not."""
    known = Case.objects.select_related("debtor", "collector__user", "agency", "client")
    return get_object_or_404(known, agency=place.agency, client_id=place.client_id, number=number)


@require_safe
def story(request: HttpRequest, number: str) -> HttpResponse:
    place = client_place(request)
    case = case_of(place, number)
    return render(request, "client/case_story.html", head(request, place, case, "story") | {
        "entries": entries(case), "facts": facts(case),
    })  # fmt: skip


@require_safe
def story_fragment(request: HttpRequest, number: str) -> HttpResponse:
    """Next step and timeline alone, fetched again when something happens."""
    place = client_place(request)
    case = case_of(place, number)
    return render(request, "client/story_live.html", {
        "entries": entries(case), "next": next_of(case, place.now.date()), "ended": ended(case),
    })  # fmt: skip


@require_safe
def money(request: HttpRequest, number: str) -> HttpResponse:
    place = client_place(request)
    case = case_of(place, number)
    found, refusal = None, None
    try:
        found = owed(case=case, on=place.now.date())
    except Refusal as not_known:
        refusal = not_known
    return render(request, "client/case_money.html", head(request, place, case, "money") | {
        "owed": owed_figures(found) if found else [], "total": total_figure(found) if found else None,
        "refusal": refusal, "lines": lines(case), "payments": payments(case), "charges": charges(case),
        "collected": collected(case),
    })  # fmt: skip


@require_safe
def documents(request: HttpRequest, number: str) -> HttpResponse:
    place = client_place(request)
    case = case_of(place, number)
    found = Document.objects.filter(agency=place.agency, case_id=case.id, client_id=place.client_id)
    return render(request, "client/case_documents.html", head(request, place, case, "documents") | {
        "documents": found.exclude(audience="internal").order_by("-made_at", "-id"),
    })  # fmt: skip


def head(request: HttpRequest, place: Place, case: Case, tab: str) -> dict[str, Any]:
    """The case's title, amount, stage, next step and tabs."""
    return frame(request, place, client_of(place)) | {
        "case": case, "debtor": case.debtor, "claimed": principal_of([case.id]).get(case.id),
        "stage": word(case.stage), "tone": TONES.get(Stage(case.stage), ""), "tabs": tabs(case, tab),
        "next": next_of(case, place.now.date()), "ended": ended(case),
    }  # fmt: skip


def ended(case: Case) -> str:
    """How the case ended, blank while it is open."""
    if case.stage == Stage.DECLINED:
        move = case.moves.order_by("-at").first()
        return _("Declined: %(because)s") % {"because": move.because if move else ""}
    if case.stage == Stage.CLOSED and hasattr(case, "closure"):
        return _("Closed: %(code)s") % {"code": word(case.closure.code)}
    return ""


def tabs(case: Case, now: str) -> list[Tab]:
    names = {
        "story": (_("Story"), "case"),
        "money": (_("Money"), "case_money"),
        "plan": (_("Plan"), "plan"),
        "documents": (_("Documents"), "case_documents"),
    }
    return [
        Tab(label, reverse(f"client:{name}", args=[case.number]), code == now)
        for code, (label, name) in names.items()
    ]


def entries(case: Case) -> list[Entry]:
    events = Event.objects.filter(agency_id=case.agency_id, case_id=case.id)
    told = worth_telling(events, case.client).order_by("-id")
    return timeline_entries(told[:MOST_EVENTS], document_url=document_url())


def facts(case: Case) -> list[tuple[str, Any]]:
    debtor = case.debtor
    country = country_text(debtor.country)
    place = ", ".join(
        filter(None, [*debtor.address, f"{debtor.postcode} {debtor.city}".strip(), country])
    )
    rows = [
        (_("Case"), case.number), (_("Payment reference"), grouped(case.reference)),
        (_("Your reference"), case.client_reference), (_("Submitted"), case.submitted_at.date()),
        (_("Debtor"), debtor.name), (_("Address"), place), (_("VAT number"), debtor.vat_number),
        (_("Registration number"), debtor.registration_number),
        (_("Collector"), str(case.collector.user) if case.collector else ""),
    ]  # fmt: skip
    return [row for row in rows if row[1]]


def lines(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "line": row, "credit": row.kind == "credit_note",
            "amount": Money(-row.amount if row.kind == "credit_note" else row.amount, case.currency),
        }
        for row in case.lines.select_related("document").order_by("due_on", "id")
    ]  # fmt: skip


def payments(case: Case) -> list[dict[str, Any]]:
    found = Allocation.objects.filter(case=case).exclude(amount=0)
    found = found.select_related("remitted__remittance")
    return [
        {
            "row": row, "amount": Money(row.amount, row.currency), "principal": Money(row.principal, row.currency),
            "other": Money(row.costs + row.compensation + row.interest, row.currency),
            "undone": row.reverses_id is not None,
            "remittance": row.remitted.remittance if hasattr(row, "remitted") else None,
        }
        for row in found.order_by("-received_on", "-id")
    ]  # fmt: skip


def charges(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "word": word(row.kind),
            "on": row.on,
            "because": row.because,
            "amount": Money(row.amount, case.currency),
        }
        for row in Charge.objects.filter(case=case).order_by("on", "id")
    ]
