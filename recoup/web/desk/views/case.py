"""A case's page and its story, live."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recoup.cases.models import Case
from recoup.web.desk.acting import case_or_404
from recoup.web.desk.case_page import case_context, entries_of
from recoup.web.desk.frame import show
from recoup.web.kit.middleware import Place, staff_place


@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    place = staff_place(request)
    return show_case(request, place, case_or_404(place, number))


@require_safe
def timeline(request: HttpRequest, number: str) -> HttpResponse:
    """The story alone; fetched again whenever the event stream says that something happened."""
    place = staff_place(request)
    found = case_or_404(place, number)
    return render(request, "desk/timeline.html", {"entries": entries_of(found)})


def show_case(request: HttpRequest, place: Place, case: Case, **bound: Any) -> HttpResponse:
    """The page, with a refused form as it was sent (then 422)."""
    context = case_context(place, case, bound, request.GET.get("act", ""))
    return show(request, place, "desk/case.html", status=422 if bound else 200, **context)
