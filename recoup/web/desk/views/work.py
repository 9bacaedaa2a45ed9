"""The work list and the preview beside it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recoup.web.desk import worklist
from recoup.web.desk.acting import case_or_404
from recoup.web.desk.case_page import preview_context
from recoup.web.desk.frame import show
from recoup.web.kit.components import Tab
from recoup.web.kit.middleware import staff_place


@require_safe
def work(request: HttpRequest, view: str = "calls") -> HttpResponse:
    """What is to be done, in one of its views; the first row is previewed."""
    place = staff_place(request)
    if view not in worklist.VIEWS:
        raise Http404
    page, rows = worklist.page_of(place, view, request.GET.get("page"))
    counts = worklist.counts(place)
    tabs = [
        Tab(_(v.title), worklist.url(v.name), v.name == view, counts[v.name])
        for v in worklist.VIEWS.values()
    ]
    first = next((row.number for row in rows if row.number), "")
    shown = preview_context(place, case_or_404(place, first)) if first else {}
    return show(
        request, place, "desk/work.html", counts=counts, view=worklist.VIEWS[view], title=_(worklist.VIEWS[view].title),
        empty=_(worklist.VIEWS[view].empty), page=page, rows=rows, tabs=tabs, first=first, **shown,
    )  # fmt: skip


@require_safe
def preview(request: HttpRequest, number: str) -> HttpResponse:
    """The preview of one case, put beside the list."""
    place = staff_place(request)
    context = preview_context(place, case_or_404(place, number))
    return render(request, "desk/preview.html", context | {"today": place.now.date()})
