"""The reports of the house: for supervisors and administrators."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recoup.reports.operations import subscribe
from recoup.web.desk.acting import tried
from recoup.web.desk.frame import show
from recoup.web.kit.middleware import staff_place
from recoup.web.kit.reports import cases_page, report_page, workbook_response


@require_safe
def report(request: HttpRequest, name: str = "placement") -> HttpResponse:
    place = staff_place(request, "none")
    return show(request, place, "desk/reports.html", **report_page(request, place, name, "desk"))


@require_safe
def report_cases(request: HttpRequest, name: str) -> HttpResponse:
    """The cases behind one row."""
    place = staff_place(request, "none")
    return show(
        request, place, "desk/report_cases.html", **cases_page(request, place, name, "desk")
    )


@require_safe
def reports_xlsx(request: HttpRequest) -> HttpResponse:
    return workbook_response(request, staff_place(request, "none"))


@require_POST
def reports_mail(request: HttpRequest) -> HttpResponse:
    """To the asker's own address, each week or month; "" stops it."""
    place = staff_place(request, "none")
    assert place.member is not None
    member, every = place.member, request.POST.get("every", "")
    tried(request, lambda: subscribe(member=member, every=every, on=place.now.date(), by=place.actor, at=place.now), _("Kept."))  # fmt: skip
    return redirect("desk:reports")
