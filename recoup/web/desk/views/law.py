"""How far the law is known: each country's series, which are due to be refreshed. Read only."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from recoup.jurisdictions.laws import all_laws
from recoup.web.desk.frame import show
from recoup.web.kit.middleware import staff_place


@require_safe
def law(request: HttpRequest) -> HttpResponse:
    place = staff_place(request)
    today = place.now.date()
    found = [(one, status) for one in all_laws() for status in one.series_status(today=today)]
    rows = sorted(found, key=lambda r: (not r[1].stale, r[0].code, r[1].name))
    return show(
        request, place, "desk/law.html", rows=rows, stale=sum(status.stale for _, status in rows),
        without=[one for one in all_laws() if not one.series_names()],
    )  # fmt: skip
