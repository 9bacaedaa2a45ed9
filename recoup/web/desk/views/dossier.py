"""The case as a sealed file, to take to a court."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from recoup.journeys.dossier import make_dossier
from recoup.kernel.refusal import Refusal
from recoup.web.desk.views.acts import acting_on
from recoup.web.kit.derivations import phrase
from recoup.web.kit.dossier import dossier_response, reader_of


@require_POST
def dossier(request: HttpRequest, number: str) -> HttpResponse:
    """Its making is an event, so it is no GET; a damaged document makes none."""
    place, case = acting_on(request, number, "dossier")
    try:
        made = make_dossier(
            case=case,
            client=False,
            by=place.actor,
            at=place.now,
            reader=reader_of(get_language() or "en"),
        )
        return dossier_response(made)
    except Refusal as refusal:
        messages.error(request, phrase(refusal.text, refusal.params))
        return redirect("desk:case", number)
