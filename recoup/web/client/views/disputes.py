"""The disputes of one of the client's cases: read by all its people, answered and decided by some."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from recoup.cases.models import Case
from recoup.disputes.models import Dispute
from recoup.disputes.states import Side
from recoup.journeys.dispute import answer_dispute, decide
from recoup.jurisdictions.owed import Owed
from recoup.kernel.refusal import N_, Refusal
from recoup.payments.queries import owed
from recoup.tenancy.roles import Role
from recoup.web.client.views.case import case_of, head
from recoup.web.kit.disputes import DecideForm, RoomForm, SayForm, disputes_of, effects, of_dispute
from recoup.web.kit.middleware import Place, client_place
from recoup.web.kit.words import word

SPEAKERS = (Role.CLIENT_SUBMITTER, Role.CLIENT_APPROVER, Role.CLIENT_ADMINISTRATOR)
DECIDERS = (Role.CLIENT_APPROVER, Role.CLIENT_ADMINISTRATOR)


def why_not(place: Place, roles: tuple[Role, ...]) -> Refusal | None:
    """Why this person may not; None when they may."""
    if place.role in roles:
        return None
    return Refusal(
        "not_your_role", N_("Only these may do this: %(roles)s."), roles=[word(r) for r in roles]
    )


@require_safe
def disputes(request: HttpRequest, number: str) -> HttpResponse:
    place = client_place(request)
    case = case_of(place, number)
    found = head(request, place, case, "disputes") | {"disputes": disputes_of(case)}
    return render(request, "client/disputes.html", found)


@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: HttpRequest, id: UUID) -> HttpResponse:
    place = client_place(request)
    found = get_object_or_404(
        Dispute.objects.select_related("line", "case__debtor", "case__collector__user", "case__agency", "case__client"),
        id=id, agency=place.agency, client_id=place.client_id,
    )  # fmt: skip
    say = SayForm(side=Side.CLIENT)
    end = DecideForm(side=Side.CLIENT, currency=found.case.currency)
    if request.method == "POST":
        deciding = request.POST.get("act") == "decide"
        if why_not(place, DECIDERS if deciding else SPEAKERS) is not None:
            raise Http404
        if deciding:
            end = DecideForm(request.POST, side=Side.CLIENT, currency=found.case.currency)
            done = carried_out(end, lambda: decided(found, end, place))
        else:
            say = SayForm(request.POST, request.FILES, side=Side.CLIENT)
            done = carried_out(say, lambda: said(found, say, place))
        if done:
            messages.success(request, _("Decided. The claim and the debtor's page are up to date.") if deciding else _("Added."))  # fmt: skip
            return redirect("client:dispute", found.id)
    return render(
        request, "client/dispute.html",
        head(request, place, found.case, "disputes") | {
            "shown": of_dispute(found, Side.CLIENT), "say_form": say, "decide_form": end,
            "effects": effects(found.case, owed_today(found.case, place.now), Side.CLIENT),
            "say_why_not": why_not(place, SPEAKERS), "decide_why_not": why_not(place, DECIDERS),
        }, status=422 if say.errors or end.errors else 200,
    )  # fmt: skip


def carried_out(form: RoomForm, act: Any) -> bool:
    """Do it when the form is sound; a refusal stands in the form afterwards."""
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            act()
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True


def said(found: Dispute, form: SayForm, place: Place) -> None:
    told = form.cleaned_data
    answer_dispute(
        dispute=found, side=Side.CLIENT, text=told["text"], papers=told["papers"], audience=told["audience"],
        key=told["key"], by=place.actor, at=place.now,
    )  # fmt: skip


def decided(found: Dispute, form: DecideForm, place: Place) -> None:
    told = form.cleaned_data
    decide(
        dispute=found, state=told["state"], side=Side.CLIENT, because=told["because"], amount=told["amount"],
        by=place.actor, at=place.now,
    )  # fmt: skip


def owed_today(case: Case, now: datetime) -> Owed | None:
    try:
        return owed(case=case, on=now.date())
    except Refusal:
        return None
