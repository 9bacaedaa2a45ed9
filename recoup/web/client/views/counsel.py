"""What the house advises its client on a case: from what is the client's own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recoup.strategy.models import Counsel
from recoup.web.client.views.case import case_of, head
from recoup.web.kit.evaluation import evaluation_shown
from recoup.web.kit.middleware import client_place


@require_safe
def counsel(request: HttpRequest, number: str) -> HttpResponse:
    place = client_place(request)
    case = case_of(place, number)
    newest = Counsel.objects.filter(case=case).order_by("-made_at", "-id").first()
    return render(request, "client/counsel.html", head(request, place, case, "counsel") | {
        "newest": newest, "found": evaluation_shown(newest.answer, newest.facts, newest.on) if newest else None,
    })  # fmt: skip
