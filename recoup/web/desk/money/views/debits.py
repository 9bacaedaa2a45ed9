"""Direct debits: mandates, what is collected and when, the file for a second person."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from recoup.journeys.debits import announce, collect
from recoup.kernel.money import Money, parse_amount
from recoup.kernel.refusal import N_, Refusal
from recoup.payments import operations as payments
from recoup.payments.models import DebitMandate, DirectDebit, TrustAccount
from recoup.payments.operations.debit import paid_by, standing_mandate
from recoup.web.desk.acting import carried_out, say_first_wrong
from recoup.web.desk.money.forms import (
    AnnounceForm,
    CancelDebitForm,
    CollectForm,
    CreditorIdForm,
    MandateForm,
    RevokeMandateForm,
)
from recoup.web.desk.money.frame import money_place, show_money
from recoup.web.desk.money.shown import money
from recoup.web.desk.money.views.lines import case_called
from recoup.web.kit.middleware import Place

MOST = 100
STATES = {
    "planned": (N_("Being announced"), ""), "announced": (N_("Announced"), "accent"), "unsent": (N_("Not announced"), "danger"),
    "proposed": (N_("Waits for approval"), "needs"), "ordered": (N_("Ordered"), "accent"),
    "collected": (N_("Collected"), "money"), "returned": (N_("Came back"), "danger"),
    "cancelled": (N_("Taken back"), ""), "refused": (N_("Refused by the bank"), "danger"),
}  # fmt: skip
CANCELLABLE = ("planned", "announced", "unsent")


@dataclass(frozen=True)
class Row:
    debit: DirectDebit
    amount: Money
    state: str
    tone: str
    cancel: CancelDebitForm | None
    file: UUID | None


@require_safe
def debits(request: HttpRequest) -> HttpResponse:
    return show_debits(request, money_place(request))


def show_debits(
    request: HttpRequest, place: Place, status: int = 200, **forms: Any
) -> HttpResponse:
    kept = DirectDebit.objects.filter(agency_id=place.agency.id).select_related(
        "case__debtor", "mandate", "message", "payout__decision", "payout__document"
    )
    rows = list(kept.order_by("-collect_on", "-id")[:MOST])
    said = paid_by(rows)
    mandates = DebitMandate.objects.filter(agency_id=place.agency.id).select_related("case__debtor")
    accounts = list(
        TrustAccount.objects.filter(agency_id=place.agency.id, currency="EUR").order_by("id")
    )
    choices = [(str(a.id), f"{a.name} {a.iban}") for a in accounts]
    return show_money(
        request, place, "debits", "debits", status=status, rows=[row(d, said.get(d.number)) for d in rows],
        mandates=[(m, None if m.revoked_at else RevokeMandateForm()) for m in mandates.order_by("-at")[:MOST]],
        accounts=accounts, may_collect=any(a.creditor_id for a in accounts),
        collect_form=forms.get("collect") or CollectForm(initial={"up_to": place.now.date()}),
        announce_form=forms.get("announce") or AnnounceForm(),
        mandate_form=forms.get("mandate") or MandateForm(),
        creditor_form=forms.get("creditor") or CreditorIdForm(accounts=choices),
    )  # fmt: skip


def row(debit: DirectDebit, said: str | None) -> Row:
    state = said or state_of(debit)
    label, tone = STATES[state]
    payout = debit.payout
    approved = payout is not None and hasattr(payout, "decision") and payout.decision.approved
    return Row(
        debit, money(debit.amount, debit.currency), _(label), tone, CancelDebitForm() if state in CANCELLABLE else None,
        payout.document_id if payout is not None and approved else None,
    )  # fmt: skip


def state_of(debit: DirectDebit) -> str:
    if debit.ended_at:
        return str(debit.end)
    if debit.payout is not None:
        return "ordered" if hasattr(debit.payout, "decision") else "proposed"
    if debit.message is None or debit.message.state in ("ready", "attempting"):
        return "planned"
    return "announced" if debit.message.state == "sent" else "unsent"


@require_POST
def creditor(request: HttpRequest) -> HttpResponse:
    """The identifier under which an account collects."""
    place = money_place(request)
    accounts = TrustAccount.objects.filter(agency_id=place.agency.id, currency="EUR")
    known = {str(a.id): a for a in accounts}
    form = CreditorIdForm(request.POST, accounts=[(id, a.name) for id, a in known.items()])

    def act() -> None:
        given = form.cleaned_data
        payments.set_creditor_id(
            account=known[given["account"]], creditor_id=given["creditor_id"], by=place.actor, at=place.now
        )  # fmt: skip

    if not carried_out(form, act):
        return show_debits(request, place, 422, creditor=form)
    messages.success(request, _("Kept."))
    return redirect("desk:money:debits")


@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """A mandate that was signed on paper."""
    place = money_place(request)
    form = MandateForm(request.POST)

    def act() -> None:
        given = {k: v for k, v in form.cleaned_data.items() if k not in ("case", "key")}
        case = case_called(place, form.cleaned_data["case"])
        payments.make_mandate(case=case, by=place.actor, at=place.now, **given)

    if not carried_out(form, act):
        return show_debits(request, place, 422, mandate=form)
    messages.success(request, _("The mandate is noted."))
    return redirect("desk:money:debits")


@require_POST
def revoke(request: HttpRequest, id: UUID) -> HttpResponse:
    place = money_place(request)
    found = get_object_or_404(DebitMandate, id=id, agency_id=place.agency.id)
    form = RevokeMandateForm(request.POST)
    if carried_out(form, lambda: payments.revoke_mandate(mandate=found, because=form.cleaned_data["because"], by=place.actor, at=place.now)):  # fmt: skip
        messages.success(request, _("Revoked: nothing more is collected by it."))
    else:
        say_first_wrong(request, form)
    return redirect("desk:money:debits")


@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """A collection on a day, announced to the debtor."""
    place = money_place(request)
    form = AnnounceForm(request.POST)

    def act() -> None:
        given = form.cleaned_data
        case = case_called(place, given["case"])
        mandate = standing_mandate(case.id)
        if mandate is None:
            raise Refusal("no_mandate", N_("Case %(number)s has no mandate."), field="case", number=case.number)  # fmt: skip
        announce(
            agency=place.agency, mandate=mandate, amount=Money(parse_amount(given["amount"], "EUR"), "EUR"),
            collect_on=given["collect_on"], by=place.actor, at=place.now,
        )  # fmt: skip

    if not carried_out(form, act):
        return show_debits(request, place, 422, announce=form)
    messages.success(request, _("Planned: the debtor is told now."))
    return redirect("desk:money:debits")


@require_POST
def cancel(request: HttpRequest, id: UUID) -> HttpResponse:
    place = money_place(request)
    rows = DirectDebit.objects.filter(agency_id=place.agency.id)
    found = get_object_or_404(rows.select_related("case", "mandate"), id=id)
    form = CancelDebitForm(request.POST)
    if carried_out(form, lambda: payments.cancel_debit(debit=found, because=form.cleaned_data["because"], by=place.actor, at=place.now)):  # fmt: skip
        messages.success(request, _("It is not collected."))
    else:
        say_first_wrong(request, form)
    return redirect("desk:money:debits")


@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Put what was announced into files."""
    place = money_place(request)
    form = CollectForm(request.POST)
    made: list[Any] = []

    def act() -> None:
        made.extend(
            collect(agency=place.agency.id, up_to=form.cleaned_data["up_to"], by=place.actor, at=place.now)
        )  # fmt: skip

    if not carried_out(form, act):
        return show_debits(request, place, 422, collect=form)
    if not made:
        messages.info(request, _("Nothing was announced and waits to be collected by that day."))
        return redirect("desk:money:debits")
    text = ngettext(
        "%(count)d collection file waits for another person's approval.",
        "%(count)d collection files wait for another person's approval.",
        len(made),
    )
    messages.success(request, text % {"count": len(made)})
    return redirect("desk:money:remittances")
