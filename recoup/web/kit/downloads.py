"""A document leaves as an attachment, of its own kind, with a policy under which nothing in it runs."""

from csp.constants import HEADER
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from recoup.files.kinds import shared_copy
from recoup.files.models import Document
from recoup.files.operations import content_of
from recoup.files.quarantine import is_held

POLICY = "sandbox; default-src 'none'; script-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"


def attachment(document: Document) -> HttpResponse:
    """The document's bytes to save; a file kept apart is not given to anybody (423)."""
    if is_held(document):
        text = _("This file is kept apart until it has been checked for malware.")
        return HttpResponse(text, status=423, content_type="text/plain; charset=utf-8")
    content = shared_copy(content_of(document), document.media_type)
    response = HttpResponse(content, content_type=document.media_type)
    response[HEADER] = POLICY
    response["Content-Disposition"] = (
        content_disposition_header(True, document.name) or "attachment"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
