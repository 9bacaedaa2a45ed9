"""Kept views of the work list, and one act on many cases with a look at it before."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from recoup.cases.models import Case, SavedView
from recoup.cases.operations import (
    Done,
    assign_many,
    hold_many,
    note_many,
    postpone_tasks,
    remove_view,
    save_view,
)
from recoup.kernel.refusal import Refusal
from recoup.web.desk import filters, rights, worklist
from recoup.web.desk.acting import tried
from recoup.web.desk.case_page import assignable
from recoup.web.desk.forms import BULK_ACTS, BulkForm
from recoup.web.desk.frame import show
from recoup.web.desk.rights import RIGHTS
from recoup.web.kit.derivations import phrase
from recoup.web.kit.middleware import Place, staff_place


@require_POST
def view_keep(request: HttpRequest, view: str) -> HttpResponse:
    """Keep the filter that is set, under a name."""
    place = staff_place(request)
    if view not in ("calls", "tasks") or place.member is None:
        raise Http404
    member = place.member
    asked = filters.read(QueryDict(request.POST.get("query", "")[:500]))
    query = f"{view}?{asked.query}" if asked else ""
    name = request.POST.get("name", "")
    tried(
        request,
        lambda: save_view(member=member, name=name, query=query, by=place.actor, at=place.now),
        _("The view is kept."),
    )
    return redirect(worklist.address(query) if query else worklist.url(view))


@require_POST
def view_remove(request: HttpRequest, id: UUID) -> HttpResponse:
    place = staff_place(request)
    found = get_object_or_404(SavedView, id=id, member=place.member)
    remove_view(view=found, by=place.actor, at=place.now)
    messages.success(request, _("The view is removed."))
    return redirect(worklist.url(found.query.partition("?")[0]))


# One act on many ----------------------------------------------------------------------------------


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """What would happen to the chosen cases; with `confirm`, does it. What cannot be done is listed by
    case, before and afterwards."""
    place = staff_place(request)
    act = request.POST.get("bulk-act", "")
    form = BulkForm(request.POST, members=assignable(place))
    numbers = list(dict.fromkeys(request.POST.getlist("case")))
    if act in BULK_ACTS and rights.why_not(place, RIGHT_OF[act]) is not None:
        staff_place(request, *RIGHTS[RIGHT_OF[act]])
    cases = chosen(place, numbers)
    if not cases:
        messages.error(request, _("No case was chosen."))
        return redirect("desk:work")
    if not form.is_valid():
        return page(request, place, form, cases, None, 422)
    confirmed = "confirm" in request.POST
    try:
        found = carried(place, form, [c.id for c in cases], keep=confirmed)
    except Refusal as refusal:
        form.refuse(refusal)
        return page(request, place, form, cases, None, 422)
    if not confirmed:
        return page(request, place, form, cases, found, 200)
    messages.success(request, done_text(len(found.done)))
    if found.left:
        return page(request, place, form, cases, found, 200, over=True)
    return redirect("desk:work")


RIGHT_OF = {"postpone": "call", "hold": "hold", "note": "note", "assign": "assign"}


def chosen(place: Place, numbers: list[str]) -> list[Case]:
    known = Case.objects.filter(agency_id=place.agency.id, number__in=numbers[:5001])
    return list(known.select_related("debtor", "client").order_by("number"))


def carried(place: Place, form: BulkForm, ids: list[UUID], *, keep: bool) -> Done:
    """Do it, and take it back again where it is only looked at: the preview is the act itself."""
    with transaction.atomic():
        found = ACTS[form.cleaned_data["act"]](place, form.cleaned_data, ids)
        if not keep:
            transaction.set_rollback(True)
    return found


def postpone(place: Place, said: dict[str, Any], ids: list[UUID]) -> Done:
    return postpone_tasks(agency=place.agency.id, ids=ids, until=said["until"], because=said["because"],
                          by=place.actor, at=place.now)  # fmt: skip


def hold(place: Place, said: dict[str, Any], ids: list[UUID]) -> Done:
    return hold_many(agency=place.agency.id, ids=ids, kind="client_asks", because=said["because"],
                     until=said["until"], by=place.actor, at=place.now)  # fmt: skip


def note(place: Place, said: dict[str, Any], ids: list[UUID]) -> Done:
    return note_many(agency=place.agency.id, ids=ids, text=said["because"], by=place.actor, at=place.now)  # fmt: skip


def assign(place: Place, said: dict[str, Any], ids: list[UUID]) -> Done:
    because = {"by_hand": place.actor.name, "reason": said["because"]}
    return assign_many(
        agency=place.agency.id, given=dict.fromkeys(ids, said["collector"]),
        because=dict.fromkeys(ids, because), by=place.actor, at=place.now,
    )  # fmt: skip


ACTS: dict[str, Callable[[Place, dict[str, Any], list[UUID]], Done]] = {
    "postpone": postpone, "hold": hold, "note": note, "assign": assign,
}  # fmt: skip


def page(
    request: HttpRequest, place: Place, form: BulkForm, cases: list[Case], found: Done | None, status: int,
    *, over: bool = False,
) -> HttpResponse:  # fmt: skip
    left = [(case, phrase(no.text, no.params)) for case, no in found.left] if found else []
    return show(
        request, place, "desk/bulk.html", status=status, form=form, cases=cases, found=found, left=left,
        over=over, sentence=done_text(len(found.done)) if over and found else "", back=reverse("desk:work"),
    )  # fmt: skip


def done_text(count: int) -> str:
    return ngettext("Done on %(count)d case.", "Done on %(count)d cases.", count) % {"count": count}
