"""Events of a card provider. The bytes are checked as they came; nothing else says who speaks."""

import logging

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from recoup.journeys.card import take_event
from recoup.kernel.refusal import Refusal
from recoup.payments import cards

log = logging.getLogger(__name__)
LARGEST = 500_000


@csrf_exempt
@require_POST
def card(request: HttpRequest, name: str) -> HttpResponse:
    """200: taken, known before or nothing to us; 400: not the provider's word; 503: come again."""
    provider = cards.provider()
    if provider is None or provider.name != name:
        raise Http404
    now = timezone.now()
    raw = request.read(LARGEST + 1)
    if len(raw) > LARGEST:
        return HttpResponse("too large\n", status=400, content_type="text/plain")
    try:
        event = provider.read(raw, request.headers, now)
    except Refusal as refusal:
        log.warning("card event refused: %s", refusal.code)
        return HttpResponse(f"{refusal.code}\n", status=400, content_type="text/plain")
    try:
        take_event(provider=provider, event=event, at=now)
    except DatabaseError:
        log.exception("card event %s could not be taken", event.id)
        return HttpResponse(
            "later\n", status=503, content_type="text/plain", headers={"Retry-After": "60"}
        )
    return HttpResponse("ok\n", content_type="text/plain")
