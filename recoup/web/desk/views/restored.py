"""The database was restored: what waits, what to compare, and the word that lets it leave again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recoup.contact.channels import standard_channels
from recoup.journeys.restored import payouts_to_compare, release, said, waiting
from recoup.tenancy.models import Restore
from recoup.tenancy.restores import open_restore
from recoup.web.desk.acting import tried
from recoup.web.desk.frame import show
from recoup.web.kit.derivations import phrase
from recoup.web.kit.middleware import Place, staff_place
from recoup.web.kit.words import word


@require_safe
def restored(request: HttpRequest) -> HttpResponse:
    """Why nothing leaves, how much waits by channel, and which payment files may be at the bank."""
    place = heads_place(request)
    agency = place.agency.id
    found = open_restore(agency)
    earlier = Restore.objects.filter(agency_id=agency, released_at__isnull=False)
    return show(
        request, place, "desk/restored.html", restore=found, because=sentence(found) if found else "",
        waiting=[(name, word(name), n) for name, n in waiting(agency)] if found else [],
        payouts=payouts_to_compare(agency, found) if found else [],
        earlier=[(one, sentence(one)) for one in earlier.order_by("-noticed_at")[:20]],
    )  # fmt: skip


def sentence(restore: Restore) -> str:
    told = said(restore)
    return phrase(told.text, told.params)


@require_POST
def restored_release(request: HttpRequest) -> HttpResponse:
    place = heads_place(request)
    found = open_restore(place.agency.id)
    if found is None:
        messages.info(request, _("Nothing was restored"))
        return redirect("desk:restored")
    compared = [name for name in request.POST.getlist("compared") if name in standard_channels()]
    tried(request, lambda: release(
        agency=place.agency, restore=found, note=request.POST.get("note", ""), compared=compared, by=place.actor,
        at=place.now,
    ), _("Released: what waits leaves again, and each provider is asked first."))  # fmt: skip
    return redirect("desk:restored")


def heads_place(request: HttpRequest) -> Place:
    """Administrator or supervisor."""
    return staff_place(request, "none")
