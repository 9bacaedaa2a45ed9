"""Files kept apart: what the malware scanner found or could not say, released by a person with a reason."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recoup.files.models import Quarantine
from recoup.journeys.quarantine import release
from recoup.web.desk import rights
from recoup.web.desk.acting import tried
from recoup.web.desk.frame import show
from recoup.web.desk.rights import RIGHTS
from recoup.web.kit.middleware import staff_place


@require_safe
def quarantine(request: HttpRequest) -> HttpResponse:
    place = staff_place(request)
    rows = Quarantine.objects.filter(agency_id=place.agency.id).order_by("-at", "-id")
    context: dict[str, Any] = {
        "waiting": list(rows.filter(released_at__isnull=True)[:200]), "not_mine": rights.why_not(place, "quarantine"),
        "released": list(rows.filter(released_at__isnull=False)[:50]),
    }  # fmt: skip
    return show(request, place, "desk/quarantine.html", **context)


@require_POST
def let_go(request: HttpRequest, id: UUID) -> HttpResponse:
    place = staff_place(request, *RIGHTS["quarantine"])
    one = get_object_or_404(Quarantine, id=id, agency_id=place.agency.id)
    tried(
        request,
        lambda: release(
            one=one, because=request.POST.get("because", ""), by=place.actor, at=place.now
        ),
        _("Released: the file can be opened."),
    )
    return redirect("desk:quarantine")
