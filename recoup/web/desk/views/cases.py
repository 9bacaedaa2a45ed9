"""All cases, found by any reference; and the answers beside the search box while one types."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recoup.cases.models import Case, ClaimLine
from recoup.cases.search import Hits, cases_with, look_up
from recoup.kernel.money import Money
from recoup.parties.models import Client, Contact, Debtor
from recoup.web.desk import worklist
from recoup.web.desk.filters import PER_PAGE, is_uuid
from recoup.web.desk.forms import SearchForm
from recoup.web.desk.frame import show
from recoup.web.desk.worklist import LOADED, case_url, chip
from recoup.web.kit.formats import money_text
from recoup.web.kit.middleware import Place, staff_place

ASKED = ("q", "stage", "after", "undo")
BESIDE = 6  # answers of each kind beside the box


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Search and filter, newest first, one page after another by the last row's key; one case found by
    its very number is opened at once."""
    place = staff_place(request)
    if unknown := [k for k in request.GET if k not in ASKED]:
        raise BadRequest(f"no such filter: {unknown[0][:40]}")
    form = SearchForm(request.GET)
    if form.is_valid():
        asked = form.cleaned_data
        found, full = matching(place, asked["q"].strip(), asked["stage"])
    else:  # a search that cannot be made finds nothing, rather than everything
        asked, full = {"q": request.GET.get("q", "")[:200], "stage": ""}, False
        found = Case.objects.none()
    after = request.GET.get("after", "")
    if after:
        if not is_uuid(after):
            raise BadRequest("no such place in the list")
        found = found.filter(id__lt=UUID(after))
    rows = list(found.order_by("-id")[: PER_PAGE + 1])
    more, rows = len(rows) > PER_PAGE, rows[:PER_PAGE]
    if len(rows) == 1 and asked["q"].strip().upper() in (rows[0].number, rows[0].reference):
        return redirect(case_url(rows[0]))
    return show(
        request, place, "desk/cases.html", form=form, q=asked["q"], stage=asked["stage"], full=full,
        rows=worklist.case_rows(place, rows), onwards=rows[-1].id if more else None, after=after,
    )  # fmt: skip


def matching(place: Place, q: str, stage: str) -> tuple[QuerySet[Case], bool]:
    """Cases that `q` leads to, and whether there are more hits than were fetched."""
    hits = look_up(q) if q else Hits()
    found = cases_with(hits) if q else Case.objects.all()
    found = found.filter(agency_id=place.agency.id).prefetch_related(*LOADED)
    return (found.filter(stage=stage) if stage else found), hits.full


@require_safe
def quick(request: HttpRequest) -> HttpResponse:
    """A few of each kind, while one types."""
    place = staff_place(request)
    q = request.GET.get("q", "").strip()[:100]
    groups = answers(place, look_up(q, most=BESIDE)) if len(q) > 1 or q.isdigit() else []
    return render(request, "desk/quick.html", {"groups": groups, "q": q})


Group = tuple[str, list[dict[str, Any]]]


def answers(place: Place, hits: Hits) -> list[Group]:
    """Headed lists of {url, text, hint}; a kind that found nothing is left out."""
    found = [
        (_("Cases"), case_answers(hits)), (_("Debtors"), debtor_answers(hits)),
        (_("People"), people_answers(hits)), (_("Invoices and amounts"), line_answers(hits)),
        (_("Clients"), client_answers(hits)),
    ]  # fmt: skip
    return [(heading, rows) for heading, rows in found if rows]


def case_answers(hits: Hits) -> list[dict[str, Any]]:
    rows = Case.objects.filter(id__in=hits.cases).select_related("debtor", "client")
    return [one_case(case, case.number) for case in rows]


def one_case(case: Case, text: str) -> dict[str, Any]:
    stage, tone = chip(case.stage)
    return {"url": case_url(case), "text": text, "hint": f"{case.debtor.name} · {case.client.name}",
            "badge": stage, "tone": tone}  # fmt: skip


def debtor_answers(hits: Hits) -> list[dict[str, Any]]:
    rows = Debtor.objects.filter(id__in=hits.debtors)
    return [
        {"url": f"{reverse('desk:cases')}?q={quote(d.name)}", "text": d.name, "hint": f"{d.country} {d.city}"}
        for d in rows
    ]  # fmt: skip


def people_answers(hits: Hits) -> list[dict[str, Any]]:
    rows = Contact.objects.filter(id__in=hits.contacts).select_related("debtor")
    return [
        {"url": f"{reverse('desk:cases')}?q={quote(c.email or c.name)}", "text": str(c), "hint": c.debtor.name}
        for c in rows
    ]  # fmt: skip


def line_answers(hits: Hits) -> list[dict[str, Any]]:
    rows = ClaimLine.objects.filter(id__in=[*hits.lines, *hits.amounts]).select_related(
        "case__debtor", "case__client"
    )
    return [
        one_case(line.case, line.ref) | {"amount": money_text(Money(line.amount, line.case.currency))}
        for line in rows[: 2 * BESIDE]
    ]  # fmt: skip


def client_answers(hits: Hits) -> list[dict[str, Any]]:
    rows = Client.objects.filter(id__in=hits.clients)
    return [
        {"url": reverse("desk:client", args=[c.id]), "text": c.name, "hint": c.reference}
        for c in rows
    ]
