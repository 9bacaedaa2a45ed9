"""A document leaves as an attachment, of its own kind, with a policy under which nothing in it runs."""

from collections.abc import Iterable
from uuid import UUID

from csp.constants import HEADER
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from recoup.files.kinds import shared_copy
from recoup.files.models import Document
from recoup.files.operations import content_of
from recoup.files.quarantine import is_held
from recoup.retention.queries import files_gone
from recoup.tenancy.context import scope

POLICY = "sandbox; default-src 'none'; script-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"


def attachment(document: Document) -> HttpResponse:
    """The document's bytes to save; a file kept apart is not given to anybody (423), one that retention has
    erased to nobody any more (410)."""
    if is_held(document):
        text = _("This file is kept apart until it has been checked for malware.")
        return HttpResponse(text, status=423, content_type="text/plain; charset=utf-8")
    try:
        kept = content_of(document)
    except FileNotFoundError:
        if not erased(document.agency_id, [document.sha256]):
            raise  # bytes that nobody has erased are missing
        text = _("This file has been erased: the time for which it is kept is over.")
        return HttpResponse(text, status=410, content_type="text/plain; charset=utf-8")
    content = shared_copy(kept, document.media_type)
    response = HttpResponse(content, content_type=document.media_type)
    response[HEADER] = POLICY
    response["Content-Disposition"] = (
        content_disposition_header(True, document.name) or "attachment"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def erased(agency: UUID, digests: Iterable[str]) -> set[str]:
    """Of these, whose bytes retention has removed; what was erased is the house's to know, that it was, everybody's."""
    with scope(agency):
        return files_gone(agency, digests)
