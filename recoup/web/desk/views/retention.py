"""How long personal data is kept, what is due, and what is preserved."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recoup.journeys.retain import retain
from recoup.retention.operations import lift_preservation, preserve, set_term
from recoup.retention.queries import erased_by_class, is_preserved, log_of_before
from recoup.retention.states import WHAT, RecordClass
from recoup.web.desk.acting import tried
from recoup.web.desk.frame import show
from recoup.web.desk.views.acts import acting_on
from recoup.web.kit.middleware import staff_place


@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """Each class with its term, its ground and what is due today (a dry run)."""
    place = staff_place(request, "none")
    found = retain(agency=place.agency, on=place.now.date(), by=place.actor, at=place.now, dry=True)
    gone = erased_by_class(place.agency.id)
    rows = [
        {"class": r.record_class, "what": _(WHAT[RecordClass(r.record_class)]), "found": r, "gone": gone.get(r.record_class)}
        for r in found
    ]  # fmt: skip
    return show(
        request, place, "desk/retention.html", rows=rows, before=log_of_before(place.agency.id)
    )


@require_POST
def retention_set(request: HttpRequest) -> HttpResponse:
    place = staff_place(request, "none")
    months = request.POST.get("months", "")
    tried(request, lambda: set_term(
        agency=place.agency.id, record_class=request.POST.get("class", ""), months=int(months) if months.isascii() and months.isdigit() and len(months) < 5 else 0,
        ground=request.POST.get("ground", ""), by=place.actor, at=place.now,
    ), _("Kept."))  # fmt: skip
    return redirect("desk:retention")


@require_POST
def keep_whole(request: HttpRequest, number: str) -> HttpResponse:
    """Preserve a case, or lift it where it is preserved."""
    place, case = acting_on(request, number, "dossier")
    if is_preserved(case):
        tried(request, lambda: lift_preservation(case=case, by=place.actor, at=place.now), _("Preservation lifted"))  # fmt: skip
    else:
        because = request.POST.get("because", "")
        tried(request, lambda: preserve(case=case, because=because, by=place.actor, at=place.now), _("Preserved: nothing of this case is erased"))  # fmt: skip
    return redirect("desk:case", number)
