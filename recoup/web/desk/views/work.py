"""The work list and the preview beside it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recoup.cases.models import SavedView
from recoup.strategy.candidates import MOST
from recoup.tenancy.models import Member
from recoup.tenancy.roles import Role
from recoup.web.desk import filters as asked_for
from recoup.web.desk import worklist
from recoup.web.desk.acting import case_or_404
from recoup.web.desk.case_page import preview_context
from recoup.web.desk.filters import ONLY, SORTS, Filters
from recoup.web.desk.frame import show
from recoup.web.desk.rights import ALWAYS
from recoup.web.desk.worklist import address
from recoup.web.kit.components import Tab
from recoup.web.kit.middleware import Place, staff_place


@require_safe
def work(request: HttpRequest, view: str = "calls") -> HttpResponse:
    """What is to be done, in one of its views, filtered and sorted as asked; the first row is previewed."""
    place = staff_place(request)
    if view not in worklist.VIEWS:
        raise Http404
    filters, number = asked_for.read(request.GET), asked_for.read_page(request.GET)
    counts = worklist.counts(place)
    page, rows = worklist.page_of(place, view, number, filters, counts[view])
    first = next((row.number for row in rows if row.number), "")
    shown = previewed(place, first) if first else {}
    return show(
        request, place, "desk/work.html", counts=counts, view=worklist.VIEWS[view],
        title=_(worklist.VIEWS[view].title), empty=_(worklist.VIEWS[view].empty), page=page, rows=rows,
        tabs=tabs(view, counts), first=first, capped=page.count >= MOST,
        **filter_context(place, view, filters), **shown,
    )  # fmt: skip


def tabs(view: str, counts: dict[str, int]) -> list[Tab]:
    return [
        Tab(_(v.title), worklist.url(v.name), v.name == view, counts[v.name])
        for v in worklist.VIEWS.values()
    ]


def filter_context(place: Place, view: str, filters: Filters) -> dict[str, Any]:
    """What the bar above the rows shows: only lists of tasks are filtered."""
    ranked = view in ("calls", "tasks")
    sees_all = place.role in ALWAYS
    return {
        "ranked": ranked, "filters": filters, "only": [(k, _(v)) for k, v in ONLY.items()],
        "sorts": [(k, _(v)) for k, v in SORTS.items()], "sees_all": sees_all,
        "own_filter_dropped": bool(filters.owner) and not sees_all,
        "owners": collectors(place) if sees_all and ranked else [],
        "saved": saved_views(place) if ranked else [],
    }  # fmt: skip


def saved_views(place: Place) -> list[dict[str, Any]]:
    """The person's own kept views; their filters are read again when they are opened."""
    found = SavedView.objects.filter(member=place.member).order_by("name")
    return [{"id": v.id, "name": v.name, "address": address(v.query)} for v in found]


def collectors(place: Place) -> list[tuple[str, str]]:
    """Whose list may be looked at, by name."""
    found = Member.objects.filter(agency_id=place.agency.id, active=True, role=Role.COLLECTOR)
    rows = found.order_by("user__name").values_list("id", "user__name")
    return [(str(id), name) for id, name in rows[: worklist.SHOWN]]


def previewed(place: Place, number: str) -> dict[str, Any]:
    """The preview of a case, with why its call stands where it does."""
    case = case_or_404(place, number)
    found = worklist.candidate_of(place, case)
    return preview_context(place, case) | {"worth": worklist.worth_why(found) if found else None}


@require_safe
def preview(request: HttpRequest, number: str) -> HttpResponse:
    """The preview of one case, put beside the list."""
    place = staff_place(request)
    context = previewed(place, number)
    return render(request, "desk/preview.html", context | {"today": place.now.date()})


@require_safe
def next_case(request: HttpRequest, number: str) -> HttpResponse:
    """The case after this one in the person's own list of calls: the most worth doing that is not this.
    The list when nothing is left."""
    place = staff_place(request)
    number = case_or_404(place, number).number
    found = worklist.found_tasks(place, "calls", Filters())
    left = [one for one in found if one.number != number]
    at = next((i for i, one in enumerate(found) if one.number == number), -1)
    after = [one for one in found[at + 1 :] if one.number != number] or left
    if not after:
        return redirect("desk:work")
    return redirect("desk:case", after[0].number)
