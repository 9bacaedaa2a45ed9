"""What is owed on a case, worked out in full: as a page and on paper."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from recoup.journeys.statement import spoken, statement, statement_paper
from recoup.kernel.refusal import Refusal
from recoup.web.client.frame import client_of, frame
from recoup.web.client.views.case import case_of
from recoup.web.kit.middleware import client_place
from recoup.web.kit.statement import pdf_response, statement_context


@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    place = client_place(request)
    case = case_of(place, number)
    slots = frame(request, place, client_of(place)) | {
        "case": case, "pdf": reverse("client:statement_pdf", args=[number]),
    }  # fmt: skip
    try:
        found = statement(case=case, on=place.now.date())
        slots |= statement_context(found, get_language() or "en")
    except Refusal as refusal:
        slots["refusal"] = refusal
    return render(request, "client/statement.html", slots)


@require_safe
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """Addressed to the client; 409 with the reason where the law gives no figure."""
    place = client_place(request)
    case = case_of(place, number)
    language = spoken(request.GET.get("language"), get_language() or "en")
    try:
        made = statement_paper(
            case=case, on=place.now.date(), to=case.client, language=language, at=place.now
        )
    except Refusal:
        response = page(request, number)
        response.status_code = 409
        return response
    return pdf_response(made)
