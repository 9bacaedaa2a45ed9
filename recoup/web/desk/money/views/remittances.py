"""Remittances: what would be paid, pay it, and what was paid."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, DecimalField, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from recoup.journeys.remit import remit
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_
from recoup.payments import operations as payments
from recoup.payments.models import DirectDebit, PayoutDecision, PayoutFile, Refund, Remittance
from recoup.payments.operations.reckon import Reckoning
from recoup.web.desk.acting import carried_out, tried
from recoup.web.desk.money.forms import RejectForm, RemitForm
from recoup.web.desk.money.frame import money_place, show_money
from recoup.web.desk.money.shown import money
from recoup.web.kit.middleware import Place

STATES = {
    "ordered": (N_("Ordered"), "accent"), "paid": (N_("Paid"), "money"), "returned": (N_("Came back"), "danger"),
    "proposed": (N_("Waits for approval"), "needs"), "rejected": (N_("Rejected"), "danger"),
}  # fmt: skip


NONE = Decimal(0)


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
    may_leave: bool


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
    text = ngettext(
        "%(count)d remittance proposed; another person approves it.",
        "%(count)d remittances proposed; another person approves them.",
        number,
    )
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
        held=held, page=page, rows=rows_of(page, returned), sums=sums(payable), files=undecided(place),
    )  # fmt: skip


def rows_of(page: Any, returned: set[Any]) -> list[Row]:
    decisions = dict(
        PayoutDecision.objects.filter(payout__in={r.payout_id for r in page}).values_list(
            "payout_id", "approved"
        )
    )
    return [row(r, r.id in returned, decisions.get(r.payout_id)) for r in page]


def undecided(place: Place) -> list[dict[str, Any]]:
    """Payment files that wait for a second person, with the exact file's hash."""
    rows = PayoutFile.objects.filter(
        agency_id=place.agency.id, decision__isnull=True, document__isnull=False
    )
    rows = rows.select_related("document", "account").annotate(
        many=Count("remittances", distinct=True) + Count("refunds", distinct=True) + Count("debits", distinct=True),
        sum=Coalesce(total_of(Remittance, "net"), Value(NONE)) + Coalesce(total_of(Refund, "amount"), Value(NONE))
        + Coalesce(total_of(DirectDebit, "amount"), Value(NONE)),
    )  # fmt: skip
    own = _("You proposed it; another person approves it.")
    return [
        {
            "file": each, "sum": money(each.sum, each.account.currency), "many": each.many,
            "sha256": each.document.sha256 if each.document else "", "form": RejectForm(),
            "why_not": own if each.by_id is not None and each.by_id == place.actor.id else "",
        }
        for each in rows.order_by("-made_at")[:20]
    ]  # fmt: skip


def total_of(model: Any, name: str) -> Subquery:
    rows = model.objects.filter(payout=OuterRef("pk")).order_by().values("payout")
    number = DecimalField(max_digits=19, decimal_places=4)
    return Subquery(rows.annotate(t=Sum(name)).values("t"), output_field=number)


def sums(payable: list[Reckoning]) -> list[Money]:
    found: dict[str, Money] = {}
    for each in payable:
        found[each.currency] = found.get(each.currency, Money.zero(each.currency)) + each.net
    return list(found.values())


def row(remittance: Remittance, ever_returned: bool, approved: bool | None) -> Row:
    seen = remittance.seen  # type: ignore[attr-defined]
    state = (
        "paid"
        if seen
        else "returned"
        if ever_returned and remittance.end_to_end_id == remittance.number
        else "rejected"
        if approved is False
        else "ordered"
        if approved
        else "proposed"
    )
    label, tone = STATES[state]
    fees = money(remittance.commission + remittance.vat, remittance.currency)
    return Row(
        remittance, money(remittance.gross, remittance.currency), fees, money(remittance.net, remittance.currency),
        _(label), tone, state in ("returned", "rejected"), bool(approved),
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
