"""Payouts stopped and let go on, and how much each may release."""

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from recoup.parties.models import Client
from recoup.payments import operations as payments
from recoup.payments.models import PayoutStop
from recoup.tenancy.models import Member
from recoup.tenancy.roles import Role
from recoup.web.desk.acting import carried_out
from recoup.web.desk.money.forms import LimitForm, ResumeForm, StopForm
from recoup.web.desk.money.frame import money_place
from recoup.web.desk.money.views.release import approvers, choices, page
from recoup.web.kit.middleware import staff_place


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    place = money_place(request)
    form = StopForm(request.POST, clients=choices(place))

    def act() -> None:
        client = Client.objects.get(id=form.cleaned_data["client"], agency_id=place.agency.id)
        payments.stop_payouts(client=client, because=form.cleaned_data["because"], by=place.actor, at=place.now)  # fmt: skip

    if not carried_out(form, act):
        return page(request, place, status=422, stop_form=form)
    return done(request, _("Stopped: nothing is paid to it until another person lets it go on."))


@require_POST
def resume(request: HttpRequest, id: UUID) -> HttpResponse:
    place = money_place(request)
    found = get_object_or_404(PayoutStop, id=id, agency_id=place.agency.id)
    form = ResumeForm(request.POST)

    def act() -> None:
        payments.resume_payouts(stop=found, because=form.cleaned_data["because"], by=place.actor, at=place.now)  # fmt: skip

    if not carried_out(form, act):
        return page(request, place, status=422, resumed=found.id, resume_form=form)
    return done(request, _("It is paid again from the next run on."))


@require_POST
def limit(request: HttpRequest) -> HttpResponse:
    """An administrator says how much somebody may release."""
    place = staff_place(request)
    if place.role != Role.ADMINISTRATOR:  # not a supervisor either, who releases files
        raise Http404
    form = LimitForm(request.POST, people=approvers(place))

    def act() -> None:
        given = form.cleaned_data
        member = Member.objects.select_related("user").get(
            id=given["member"], agency_id=place.agency.id
        )
        payments.set_limit(member=member, currency=given["currency"], most=Decimal(given["most"]), by=place.actor, at=place.now)  # fmt: skip

    if not carried_out(form, act):
        return page(request, place, status=422, limit_form=form)
    return done(request, _("Kept; whoever has no limit releases nothing from now on."))


def done(request: HttpRequest, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("desk:money:accounts")
