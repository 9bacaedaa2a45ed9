"""Remittances: what would be paid, pay it, and what was paid."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from recoup.journeys.remit import remit
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_
from recoup.payments import operations as payments
from recoup.payments.models import Remittance
from recoup.payments.operations.reckon import Reckoning
from recoup.web.desk.acting import carried_out, tried
from recoup.web.desk.money.forms import RemitForm
from recoup.web.desk.money.frame import money_place, show_money
from recoup.web.desk.money.shown import money
from recoup.web.kit.middleware import Place

STATES = {
    "ordered": (N_("Ordered"), "accent"), "paid": (N_("Paid"), "money"), "returned": (N_("Came back"), "danger"),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A remittance in the list; `state` follows from what the bank has shown."""

    remittance: Remittance
    gross: Money
    fees: Money
    net: Money
    state: str
    tone: str
    returned: bool


@require_http_methods(["GET", "HEAD", "POST"])
def remittances(request: HttpRequest) -> HttpResponse:
    """What is ready to be paid up to a day, with what is held and why; POST pays it."""
    place = money_place(request)
    today = place.now.date()
    if request.method == "POST":
        form = RemitForm(request.POST)
        if carried_out(form, lambda: pay(request, place, form.cleaned_data["on"])):
            return redirect("desk:money:remittances")
        return show(request, place, form, today, status=422)
    asked = request.GET.get("on")
    form = (
        RemitForm({"on": asked, "key": place.agency.id})
        if asked
        else RemitForm(initial={"on": today})
    )
    on = form.cleaned_data["on"] if asked and form.is_valid() else today
    return show(request, place, form, on)


def pay(request: HttpRequest, place: Place, on: date) -> None:
    result = remit(agency=place.agency, on=min(on, place.now.date()), by=place.actor, at=place.now)
    number = len(result.remittances)
    if not number:
        messages.info(request, _("There was nothing new to pay."))
        return
    text = ngettext("%(count)d remittance ordered.", "%(count)d remittances ordered.", number)
    messages.success(request, text % {"count": number})


def show(
    request: HttpRequest, place: Place, form: RemitForm, on: date, status: int = 200
) -> HttpResponse:
    payable, held = payments.preview(agency=place.agency.id, on=on)
    made = Remittance.objects.filter(agency_id=place.agency.id).select_related(
        "client", "invoice", "payout"
    )
    made = made.annotate(seen=Sum("outcomes__amount")).order_by("-on", "-number")
    page = Paginator(made, 50).get_page(request.GET.get("page"))
    returned = set(
        Remittance.objects.filter(outcomes__kind="payout_returned", id__in=[r.id for r in page]).values_list("id", flat=True)
    )  # fmt: skip
    return show_money(
        request, place, "remittances", "remittances", status=status, form=form, on=on, payable=payable,
        held=held, page=page, rows=[row(r, r.id in returned) for r in page], sums=sums(payable),
    )  # fmt: skip


def sums(payable: list[Reckoning]) -> list[Money]:
    found: dict[str, Money] = {}
    for each in payable:
        found[each.currency] = found.get(each.currency, Money.zero(each.currency)) + each.net
    return list(found.values())


def row(remittance: Remittance, ever_returned: bool) -> Row:
    seen = remittance.seen  # type: ignore[attr-defined]
    state = (
        "paid"
        if seen
        else "returned"
        if ever_returned and remittance.end_to_end_id == remittance.number
        else "ordered"
    )
    label, tone = STATES[state]
    fees = money(remittance.commission + remittance.vat, remittance.currency)
    return Row(
        remittance, money(remittance.gross, remittance.currency), fees, money(remittance.net, remittance.currency),
        _(label), tone, state == "returned",
    )  # fmt: skip


@require_POST
def again(request: HttpRequest, id: UUID) -> HttpResponse:
    """Pay a returned remittance once more, to the client's account as it is now."""
    place = money_place(request)
    found = get_object_or_404(
        Remittance.objects.select_related("payout"), id=id, agency_id=place.agency.id
    )
    tried(
        request, lambda: payments.pay_again(remittance=found, by=place.actor, at=place.now),
        _("Ordered again, with identifiers of its own."),
    )  # fmt: skip
    return redirect("desk:money:remittances")
