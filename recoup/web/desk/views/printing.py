"""Batches for the print house: how far each is, what came back, and stopping one."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recoup.cases.models import Case
from recoup.contact.models import PrintBatch, PrintedLetter
from recoup.contact.operations.printing import resume_batch, stop_batch
from recoup.contact.queries import letters_to_print
from recoup.web.desk import rights
from recoup.web.desk.acting import tried
from recoup.web.desk.frame import show
from recoup.web.kit.middleware import Place, staff_place
from recoup.web.kit.words import word

SHOWN = 50
TONES = {"open": "accent", "stopped": "needs", "handed": "", "acknowledged": "money"}


@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    place = staff_place(request)
    return show(
        request, place, "desk/print.html", batches=batches_of(place), back=back_of(place),
        waiting=letters_to_print(place.agency.id).count(), by_hand=not settings.PRINT_HOUSE,
        not_mine=rights.why_not(place, "print"),
    )  # fmt: skip


def batches_of(place: Place) -> list[dict[str, Any]]:
    """The latest, each with what became of its letters (one query)."""
    states = {
        name: Count("rows", filter=Q(rows__state=name)) for name in ("printed", "refused", "returned")
    }  # fmt: skip
    found = PrintBatch.objects.filter(agency_id=place.agency.id).annotate(**states)
    return [
        {"row": b, "state": word(f"batch_{b.state}"), "tone": TONES[b.state]}
        for b in found.order_by("-number")[:SHOWN]
    ]


def back_of(place: Place) -> list[dict[str, Any]]:
    """Letters that came back or were not printed, the newest first (two queries)."""
    rows = list(
        PrintedLetter.objects.filter(agency_id=place.agency.id, state__in=("returned", "refused"))
        .select_related("batch")
        .order_by("-settled_at")[:SHOWN]
    )
    cases = Case.objects.in_bulk({row.case_id for row in rows})
    return [
        {"row": row, "case": cases.get(row.case_id), "state": word(f"letter_{row.state}")}
        for row in rows
    ]


@require_POST
def batch(request: HttpRequest, id: UUID) -> HttpResponse:
    """Stop a batch, or let it go on."""
    place = staff_place(request, *rights.RIGHTS["print"])
    found = get_object_or_404(PrintBatch, id=id, agency_id=place.agency.id)
    if request.POST.get("act") == "stop":
        tried(request, lambda: stop_batch(batch=found, at=place.now), _("Not one letter more."))
    else:
        tried(
            request, lambda: resume_batch(batch=found, at=place.now), _("It goes on where it was.")
        )
    return redirect("desk:print")
