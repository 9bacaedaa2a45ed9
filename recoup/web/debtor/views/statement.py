"""What is owed, worked out in full: as a page and on paper."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from recoup.journeys.promise_to_pay import OPEN_TO_DEBTORS
from recoup.journeys.statement import spoken, statement, statement_paper
from recoup.kernel.refusal import Refusal
from recoup.web.debtor.here import Here, debtor_page, for_the_sure
from recoup.web.debtor.views.home import frame
from recoup.web.kit.statement import pdf_response, statement_context


@require_safe
@debtor_page
def page(request: HttpRequest, here: Here) -> HttpResponse:
    return shown(request, here)


def shown(request: HttpRequest, here: Here, status: int = 200) -> HttpResponse:
    slots = frame(here) | {
        "pdf": reverse("debtor:statement_pdf"), "open": here.case.stage in OPEN_TO_DEBTORS
    }  # fmt: skip
    try:
        found = statement(case=here.case, on=here.today)
        slots |= statement_context(found, get_language() or "en")
    except Refusal as refusal:
        slots["refusal"] = refusal
    return render(request, "debtor/statement.html", slots, status=status)


@require_safe
@debtor_page
@for_the_sure
def paper(request: HttpRequest, here: Here) -> HttpResponse:
    """In the language asked for, else the one we write to this debtor in."""
    language = spoken(request.GET.get("language"), here.case.debtor.language)
    if here.case.stage not in OPEN_TO_DEBTORS:
        return shown(request, here, 409)
    try:
        made = statement_paper(case=here.case, on=here.today, language=language, at=here.now)
    except Refusal:
        return shown(request, here, 409)
    return pdf_response(made)
