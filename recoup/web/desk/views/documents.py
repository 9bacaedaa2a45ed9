"""A document's bytes, for staff."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from recoup.files.models import Document
from recoup.payments.queries import may_leave
from recoup.web.kit.downloads import attachment
from recoup.web.kit.middleware import staff_place


@require_safe
def document(request: HttpRequest, id: UUID) -> HttpResponse:
    """Downloaded, never shown in our own origin: it came from outside."""
    place = staff_place(request)
    found = get_object_or_404(Document, id=id, agency_id=place.agency.id)
    if found.kind == "payout_file" and not may_leave(found):
        raise Http404  # nobody takes it to the bank before a second person has approved it
    return attachment(found)
