"""Downloads: as an attachment, of their own kind, never guessed at by the browser."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from recoup.files.models import Document
from recoup.web.kit.downloads import attachment
from recoup.web.kit.middleware import client_place


@require_safe
def document(request: HttpRequest, id: UUID) -> HttpResponse:
    """One of the client's own documents; 404 for any other, known or not."""
    place = client_place(request)
    found = get_object_or_404(Document, id=id, agency=place.agency, client_id=place.client_id)
    if found.audience == "internal":
        raise Http404
    return attachment(found)
