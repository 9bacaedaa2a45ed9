"""The client's case as a sealed file for its own archive, without what is internal to us."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from recoup.journeys.dossier import make_dossier
from recoup.kernel.refusal import Refusal
from recoup.web.client.views.case import case_of
from recoup.web.kit.derivations import phrase
from recoup.web.kit.dossier import dossier_response, reader_of
from recoup.web.kit.middleware import client_place


@require_POST
def dossier(request: HttpRequest, number: str) -> HttpResponse:
    place = client_place(request)
    case = case_of(place, number)
    try:
        made = make_dossier(
            case=case,
            client=True,
            by=place.actor,
            at=place.now,
            reader=reader_of(get_language() or "en"),
        )
        return dossier_response(made)
    except Refusal as refusal:
        messages.error(request, phrase(refusal.text, refusal.params))
        return redirect("client:case_documents", number)
