"""The client's own figures."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recoup.kernel.refusal import Refusal
from recoup.reports.operations import subscribe
from recoup.web.client.frame import client_of, frame
from recoup.web.kit.derivations import phrase
from recoup.web.kit.divisions import asked_division, divisions_shown
from recoup.web.kit.middleware import client_place
from recoup.web.kit.reports import cases_page, report_page, workbook_response


@require_safe
def report(request: HttpRequest, name: str = "placement") -> HttpResponse:
    place = client_place(request)
    client, slots = client_of(place), report_page(request, place, name, "client")
    divisions = divisions_shown(client, asked_division(request.GET))
    if not divisions:
        own = reverse("client:report_one", args=["division"])
        slots["tabs"] = [tab for tab in slots["tabs"] if not tab.url.startswith(own)]
    return render(request, "client/reports.html", frame(request, place, client) | slots | {
        "divisions": divisions, "rest": [("since", slots["period"])],
    })  # fmt: skip


@require_safe
def report_cases(request: HttpRequest, name: str) -> HttpResponse:
    """The cases behind one row."""
    place = client_place(request)
    slots = cases_page(request, place, name, "client")
    return render(request, "client/report_cases.html", frame(request, place, client_of(place)) | slots)  # fmt: skip


@require_safe
def reports_xlsx(request: HttpRequest) -> HttpResponse:
    return workbook_response(request, client_place(request))


@require_POST
def reports_mail(request: HttpRequest) -> HttpResponse:
    """To the asker's own address, each week or month; "" stops it."""
    place = client_place(request)
    assert place.member is not None
    try:
        subscribe(member=place.member, every=request.POST.get("every", ""), on=place.now.date(), by=place.actor, at=place.now)  # fmt: skip
        messages.success(request, _("Kept."))
    except Refusal as refusal:
        messages.error(request, phrase(refusal.text, refusal.params))
    return redirect("client:reports")
