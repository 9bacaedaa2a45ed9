"""Refunds: what was too much and goes back; what is held; what became of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recoup.journeys.refund import propose_refund, release_refund
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_
from recoup.payments import operations as payments
from recoup.payments.models import Allocation, BankLine, Refund
from recoup.payments.queries import credited_back, to_send_back
from recoup.web.desk.acting import carried_out, say_first_wrong
from recoup.web.desk.money.forms import CancelRefundForm, RefundForm, ReleaseRefundForm
from recoup.web.desk.money.frame import money_place, show_money
from recoup.web.desk.money.shown import money
from recoup.web.kit.middleware import Place

MOST = 100
STATES = {
    "held": (N_("Held"), "needs"), "ordered": (N_("Ordered"), "accent"), "proposed": (N_("Waits for approval"), "needs"),
    "paid": (N_("Paid"), "money"), "cancelled": (N_("Taken back"), ""), "refused": (N_("Refused by the bank"), "danger"),
    "returned": (N_("Came back"), "danger"), "borne": (N_("Borne by us"), "danger"),
    "made_good": (N_("Came back to us"), "money"),
}  # fmt: skip
HELD = {
    "third_party": N_("Whoever paid is not called like the debtor: ask first whose money it is."),
    "other_account": N_(
        "It is not the account the money came from: ask the payer on a number you knew before."
    ),
}


@dataclass(frozen=True)
class Due:
    """An overpayment that waits to go back."""

    allocation: Allocation
    amount: Money
    form: RefundForm


@dataclass(frozen=True)
class Row:
    refund: Refund
    amount: Money
    state: str
    tone: str
    held: str
    why_not: str
    release: ReleaseRefundForm | None
    cancel: CancelRefundForm | None


@require_safe
def refunds(request: HttpRequest) -> HttpResponse:
    """What is to go back, and what is on its way; a constant number of queries."""
    return show_refunds(request, money_place(request))


def show_refunds(
    request: HttpRequest, place: Place, refused: tuple[UUID, RefundForm] | None = None
) -> HttpResponse:
    wrong, form = refused or (None, None)
    plain = [(row, row.open) for row in to_send_back(place.agency.id)[:MOST]]
    due = [
        Due(row, money(open, row.currency), form if form and row.id == wrong else RefundForm())
        for row, open in (*plain, *credited_back(place.agency.id)[:MOST])
    ]
    kept = Refund.objects.filter(agency_id=place.agency.id).select_related(
        "case__debtor", "line", "payout__decision"
    )
    kept = kept.annotate(seen=F("outcomes__kind")).order_by("-at", "-id", "-outcomes__id")
    rows: dict[UUID, Row] = {}
    for each in kept[: 3 * MOST]:
        rows.setdefault(each.id, row(each, place))
    return show_money(
        request, place, "refunds", "refunds", status=422 if refused else 200, due=due, rows=list(rows.values()),
    )  # fmt: skip


def row(refund: Any, place: Place) -> Row:
    state = state_of(refund)
    label, tone = STATES[state]
    own = (
        _("You proposed it yourself; another person clears it.")
        if refund.by_id == place.actor.id
        else ""
    )
    held = state == "held"
    return Row(
        refund, money(refund.amount, refund.currency), _(label), tone, _(HELD[refund.held_for]) if held else "", own,
        ReleaseRefundForm() if held else None, CancelRefundForm() if held else None,
    )  # fmt: skip


def state_of(refund: Any) -> str:
    if refund.ended_at:
        return str(refund.end)
    if refund.payout is None:
        return "held"
    if refund.seen == "refund":
        return "paid"
    return "ordered" if hasattr(refund.payout, "decision") else "proposed"


@require_POST
def propose(request: HttpRequest, id: UUID) -> HttpResponse:
    """Send back what a case was overpaid by."""
    place = money_place(request)
    rows = Allocation.objects.filter(agency_id=place.agency.id, line__isnull=False)
    found = get_object_or_404(rows.select_related("line", "case__debtor", "case__client"), id=id)
    assert found.line is not None
    form = RefundForm(request.POST)
    if not proposed(request, place, form, found.line, found):
        return show_refunds(request, place, (found.id, form))
    return redirect("desk:money:refunds")


@require_POST
def send_back(request: HttpRequest, id: UUID) -> HttpResponse:
    """Send back what is left of a line that pays nobody."""
    place = money_place(request)
    line = get_object_or_404(BankLine, id=id, agency_id=place.agency.id)
    form = RefundForm(request.POST)
    if not proposed(request, place, form, line, None):
        say_first_wrong(request, form)
        return redirect("desk:money:line", line.id)
    return redirect("desk:money:refunds")


def proposed(
    request: HttpRequest,
    place: Place,
    form: RefundForm,
    line: BankLine,
    allocation: Allocation | None,
) -> bool:
    def act() -> Refund:
        given = form.cleaned_data
        return propose_refund(
            line=line, allocation=allocation, holder=given["holder"], iban=given["iban"], because=given["because"],
            by=place.actor, at=place.now,
        )  # fmt: skip

    done = carried_out(form, act)
    if done:
        messages.success(request, _("Proposed; another person approves it."))
    return done


@require_POST
def release(request: HttpRequest, id: UUID) -> HttpResponse:
    """Another person says how it was cleared."""
    place = money_place(request)
    form = ReleaseRefundForm(request.POST)
    refund = refund_or_404(place, id)
    if carried_out(form, lambda: release_refund(refund=refund, how=form.cleaned_data["how"], by=place.actor, at=place.now)):  # fmt: skip
        messages.success(request, _("Cleared: its payment file waits for approval."))
    else:
        say_first_wrong(request, form)
    return redirect("desk:money:refunds")


@require_POST
def cancel(request: HttpRequest, id: UUID) -> HttpResponse:
    place = money_place(request)
    form = CancelRefundForm(request.POST)
    refund = refund_or_404(place, id)
    if carried_out(form, lambda: payments.cancel_refund(refund=refund, because=form.cleaned_data["because"], by=place.actor, at=place.now)):  # fmt: skip
        messages.success(request, _("Taken back: the money stays apart."))
    else:
        say_first_wrong(request, form)
    return redirect("desk:money:refunds")


def refund_or_404(place: Place, id: UUID) -> Refund:
    rows = Refund.objects.filter(agency_id=place.agency.id)
    return get_object_or_404(rows.select_related("case", "line", "entry"), id=id)
