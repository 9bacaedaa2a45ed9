"""A case file as a download, and how its index is told."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from recoup.eventlog.models import Event
from recoup.journeys.dossier import Dossier, Reader
from recoup.web.kit.timeline import entry
from recoup.web.kit.words import word


def reader_of(language: str) -> Reader:
    """The index in `language`, its events told as on the case's page."""
    return Reader(language, word, tell)


def tell(event: Event) -> tuple[str, str]:
    told = entry(event)
    return told.what, told.who


def dossier_response(dossier: Dossier) -> HttpResponse:
    """Downloaded under its own name, kept in no cache."""
    response = HttpResponse(dossier.content(), content_type="application/zip")
    response.headers["Content-Disposition"] = (
        content_disposition_header(True, dossier.filename) or "attachment"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
