"""What is owed on a case, worked out in full: as a page and on paper."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from recoup.journeys.statement import spoken, statement, statement_paper
from recoup.kernel.refusal import Refusal
from recoup.web.desk.acting import case_or_404
from recoup.web.desk.frame import show
from recoup.web.kit.middleware import staff_place
from recoup.web.kit.statement import pdf_response, statement_context


@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    place = staff_place(request)
    case = case_or_404(place, number)
    slots: dict[str, Any] = {"case": case, "pdf": reverse("desk:statement_pdf", args=[number])}
    try:
        found = statement(case=case, on=place.now.date())
        slots |= statement_context(found, get_language() or "en")
    except Refusal as refusal:
        slots["refusal"] = refusal
    return show(request, place, "desk/statement.html", **slots)


@require_safe
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """Addressed to the debtor, in the language asked for; 409 where the law gives no figure."""
    place = staff_place(request)
    case = case_or_404(place, number)
    language = spoken(request.GET.get("language"), case.debtor.language)
    try:
        made = statement_paper(case=case, on=place.now.date(), language=language, at=place.now)
    except Refusal:
        response = page(request, number)
        response.status_code = 409
        return response
    return pdf_response(made)
