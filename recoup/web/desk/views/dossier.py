"""The case as a sealed file, to take to a court."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from recoup.journeys.dossier import make_dossier
from recoup.kernel.refusal import Refusal
from recoup.web.desk.views.acts import acting_on
from recoup.web.kit.derivations import phrase
from recoup.web.kit.dossier import dossier_response


@require_POST
def dossier(request: HttpRequest, number: str) -> HttpResponse:
    """Its making is an event, so it is no GET; a damaged document makes none."""
    place, case = acting_on(request, number, "dossier")
    try:
        return dossier_response(make_dossier(case=case, client=False, by=place.actor, at=place.now))
    except Refusal as refusal:
        messages.error(request, phrase(refusal.text, refusal.params))
        return redirect("desk:case", number)
