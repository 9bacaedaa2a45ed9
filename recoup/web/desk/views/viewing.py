"""Looking at a client's portal as the client sees it: with a reason, for half an hour, and changing nothing."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from recoup.eventlog.operations import record
from recoup.parties.models import Client
from recoup.web.desk.rights import RIGHTS
from recoup.web.kit.middleware import VIEWING, staff_place

LASTS = timedelta(minutes=30)


@require_POST
def view_as(request: HttpRequest, id: UUID) -> HttpResponse:
    place = staff_place(request, *RIGHTS["view_as"])
    client = get_object_or_404(Client, id=id, agency=place.agency)
    because = " ".join(request.POST.get("because", "").split())[:300]
    if len(because) < 5:
        messages.error(request, _("Please say why you look: the client is told."))
        return redirect("desk:client", id)
    assert place.member is not None
    # The client reads it in its events: whoever looks is not invisible.
    record(agency=place.agency.id, kind="PortalViewed", by=place.actor, at=place.now, client=client.id,
           audience="client", because=because)  # fmt: skip
    request.session[VIEWING] = {
        "client": str(client.id), "member": str(place.member.id), "until": (timezone.now() + LASTS).isoformat(),
    }  # fmt: skip
    return redirect("client:dashboard")


@require_POST
def view_as_end(request: HttpRequest) -> HttpResponse:
    staff_place(request)
    kept = request.session.pop(VIEWING, None)
    return redirect("desk:client", kept["client"]) if kept else redirect("desk:clients")
