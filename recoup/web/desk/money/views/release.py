"""A second person's word: payment files, changed accounts, terms of payment, learned rules."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from recoup.journeys.client_account import change_account
from recoup.journeys.remit import approve as approve_file
from recoup.parties.models import Client
from recoup.payments import operations as payments
from recoup.payments.models import (
    AccountChange,
    ApproverLimit,
    MatchRule,
    PayoutFile,
    PayoutStop,
    PayoutTerms,
)
from recoup.tenancy.models import Member
from recoup.tenancy.roles import Role
from recoup.web.desk.acting import carried_out, say_first_wrong, tried
from recoup.web.desk.money.forms import (
    AccountForm,
    ConfirmAccountForm,
    LimitForm,
    PayoutTermsForm,
    RejectForm,
    ResumeForm,
    StopForm,
)
from recoup.web.desk.money.frame import money_place, show_money
from recoup.web.kit.fresh import fresh_factor
from recoup.web.kit.middleware import Place


@require_POST
@fresh_factor("desk:money:remittances")
def approve(request: HttpRequest, id: UUID) -> HttpResponse:
    """Release the file whose hash the page showed."""
    place = money_place(request)
    payout = get_object_or_404(PayoutFile, id=id, agency_id=place.agency.id)
    seen = request.POST.get("sha256", "")[:64]
    tried(
        request,
        lambda: approve_file(
            agency=place.agency, payout=payout, sha256=seen, by=place.actor, at=place.now
        ),
        _("Approved: the file may go to the bank."),
    )
    return redirect("desk:money:remittances")


@require_POST
def reject(request: HttpRequest, id: UUID) -> HttpResponse:
    place = money_place(request)
    payout = get_object_or_404(PayoutFile, id=id, agency_id=place.agency.id)
    form = RejectForm(request.POST)
    if carried_out(
        form,
        lambda: payments.reject_payout(
            payout=payout, because=form.cleaned_data["because"], by=place.actor, at=place.now
        ),
    ):
        messages.success(
            request, _("Rejected: the file never leaves. Its payments can be ordered again.")
        )
    else:
        say_first_wrong(request, form)
    return redirect("desk:money:remittances")


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_factor("desk:money:accounts")
def accounts(request: HttpRequest) -> HttpResponse:
    """Clients' accounts: which were changed and wait to be confirmed; POST changes one."""
    place = money_place(request)
    clients = choices(place)
    if request.method == "POST":
        form = AccountForm(request.POST, clients=clients)
        if carried_out(form, lambda: change(place, form.cleaned_data)):
            messages.success(
                request, _("Noted. Another person confirms it before anything is paid to it.")
            )
            return redirect("desk:money:accounts")
        return page(request, place, status=422, form=form)
    return page(request, place)


def choices(place: Place) -> list[tuple[str, str]]:
    rows = Client.objects.filter(agency_id=place.agency.id).order_by("name", "id")
    return [
        (str(id), f"{name} ({ref})")
        for id, name, ref in rows.values_list("id", "name", "reference")
    ]


def approvers(place: Place) -> list[tuple[str, str]]:
    rows = Member.objects.filter(
        agency_id=place.agency.id, active=True,
        role__in=(Role.FINANCE_OFFICER, Role.SUPERVISOR, Role.ADMINISTRATOR),
    )  # fmt: skip
    return [(str(m.id), str(m.user)) for m in rows.select_related("user").order_by("user__name")]


def change(place: Place, given: dict[str, Any]) -> None:
    client = Client.objects.get(id=given["client"], agency_id=place.agency.id)
    change_account(
        agency=place.agency, client=client, iban=given["iban"], bic=given["bic"], by=place.actor, at=place.now
    )  # fmt: skip


@require_POST
def terms(request: HttpRequest) -> HttpResponse:
    """Set when a client is paid, and from which amount on."""
    place = money_place(request)
    clients = choices(place)
    form = PayoutTermsForm(request.POST, clients=clients)
    if carried_out(form, lambda: set_terms(place, form.cleaned_data)):
        messages.success(request, _("Kept; it counts from the next run on."))
        return redirect("desk:money:accounts")
    return page(request, place, status=422, terms_form=form)


def set_terms(place: Place, given: dict[str, Any]) -> None:
    payments.set_payout_terms(
        client=Client.objects.get(id=given["client"], agency_id=place.agency.id), schedule=given["schedule"],
        day=given["day"], least=Decimal(given["least"]), by=place.actor, at=place.now,
    )  # fmt: skip


def not_stopped(place: Place) -> list[tuple[str, str]]:
    """Who can be stopped: not who is stopped already."""
    stopped = PayoutStop.objects.filter(agency_id=place.agency.id, ended_at=None)
    gone = {str(id) for id in stopped.values_list("client_id", flat=True)}
    return [(id, name) for id, name in choices(place) if id not in gone]


def page(
    request: HttpRequest, place: Place, *, status: int = 200, resumed: UUID | None = None, **given: Any
) -> HttpResponse:  # fmt: skip
    """`given`: a form that was not carried out, shown again as it was typed; `resumed`: the stop its form is of."""
    clients, resume = choices(place), given.pop("resume_form", None)
    changes = AccountChange.objects.filter(agency_id=place.agency.id).select_related("client")
    rules = MatchRule.objects.filter(agency_id=place.agency.id).select_related("debtor", "line")
    agreed = PayoutTerms.objects.filter(agency_id=place.agency.id).select_related("client")
    return show_money(
        request, place, "accounts", "accounts", status=status,
        waiting_changes=[
            (row, ConfirmAccountForm(), _("You changed it yourself; another person confirms it.") if row.by_id == place.actor.id else "")
            for row in changes.filter(confirmed_at__isnull=True).order_by("-at")
        ],
        changes=list(changes.filter(confirmed_at__isnull=False).order_by("-at")[:25]),
        rules=list(rules.filter(revoked_at__isnull=True).order_by("-at")[:100]),
        stops=[
            (row, resume if row.id == resumed else ResumeForm(), _("You stopped it yourself; another person lets it go on.") if row.by_id == place.actor.id else "")
            for row in PayoutStop.objects.filter(agency_id=place.agency.id, ended_at=None).select_related("client").order_by("-at")
        ],
        limits=list(ApproverLimit.objects.filter(agency_id=place.agency.id).select_related("member__user").order_by("member__user__name", "currency")),
        limits_why_not="" if place.role == Role.ADMINISTRATOR else _("An administrator sets this."),
        agreed=[(row, row.get_schedule_display()) for row in agreed.order_by("client__name")[:200]],
        **{
            "form": AccountForm(clients=clients), "terms_form": PayoutTermsForm(clients=clients),
            "stop_form": StopForm(clients=not_stopped(place)), "limit_form": LimitForm(people=approvers(place)),
        } | given,
    )  # fmt: skip


@require_POST
@fresh_factor("desk:money:accounts")
def confirm(request: HttpRequest, id: UUID) -> HttpResponse:
    place = money_place(request)
    row = get_object_or_404(AccountChange, id=id, agency_id=place.agency.id)
    form = ConfirmAccountForm(request.POST)
    if carried_out(
        form,
        lambda: payments.confirm_account(
            change=row, how=form.cleaned_data["how"], by=place.actor, at=place.now
        ),
    ):
        messages.success(request, _("Confirmed: it is paid to from now on."))
    else:
        say_first_wrong(request, form)
    return redirect("desk:money:accounts")


@require_POST
def revoke(request: HttpRequest, id: UUID) -> HttpResponse:
    place = money_place(request)
    rule = get_object_or_404(MatchRule, id=id, agency_id=place.agency.id)
    tried(
        request, lambda: payments.revoke_rule(rule=rule, by=place.actor, at=place.now),
        _("Revoked: it suggests nothing any more."),
    )  # fmt: skip
    return redirect("desk:money:accounts")
