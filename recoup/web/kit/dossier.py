"""A case file as a download."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from recoup.journeys.dossier import Dossier


def dossier_response(dossier: Dossier) -> HttpResponse:
    """Downloaded under its own name, kept in no cache."""
    response = HttpResponse(dossier.content(), content_type="application/zip")
    response.headers["Content-Disposition"] = (
        content_disposition_header(True, dossier.filename) or "attachment"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
