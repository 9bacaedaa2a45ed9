"""Money that counts already and is not here yet: to be exchanged by the bank, or at the card provider."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recoup.kernel.money import Money, parse_amount
from recoup.payments import operations as payments
from recoup.payments.models import BankLine, CardPayment, Exchange
from recoup.payments.queries import open_lines
from recoup.web.desk.acting import carried_out
from recoup.web.desk.money.forms import CardPayoutForm, CountForm, ExchangedForm
from recoup.web.desk.money.frame import money_place, show_money
from recoup.web.desk.money.shown import money
from recoup.web.desk.money.views.lines import case_called, line_or_404, move_on, show_lines
from recoup.web.kit.formats import money_text
from recoup.web.kit.middleware import Place

MOST = 200


@require_safe
def under_way(request: HttpRequest) -> HttpResponse:
    return show_under_way(request, money_place(request))


def show_under_way(
    request: HttpRequest, place: Place, status: int = 200, **forms: Any
) -> HttpResponse:
    exchanges, cards, lines = exchanges_of(place), cards_of(place), lines_of(place)
    return show_money(
        request, place, "under_way", "under_way", status=status,
        exchanges=[
            {"row": e, "from": money(e.from_amount, e.from_currency), "to": money(e.to_amount, e.to_currency)}
            for e in exchanges
        ],
        cards=[
            {"row": c, "amount": money(c.amount if c.state == "paid" else -c.amount, c.currency), "back": c.state != "paid"}
            for c in cards
        ],
        exchange_form=forms.get("exchange") or ExchangedForm(rows=[], lines=lines),
        card_form=forms.get("card") or CardPayoutForm(rows=[], lines=lines),
    )  # fmt: skip


def exchanges_of(place: Place) -> list[Exchange]:
    rows = Exchange.objects.filter(
        agency_id=place.agency.id, settled_at__isnull=True, allocation__reversed_by__isnull=True
    )
    return list(rows.select_related("allocation__case", "line").order_by("at")[:MOST])


def cards_of(place: Place) -> list[CardPayment]:
    """Paid and not paid out; and charged back after they were."""
    rows = CardPayment.objects.filter(agency_id=place.agency.id)
    paid = rows.filter(state="paid", settled_at__isnull=True)
    back = rows.filter(state="charged_back", settled_at__isnull=False, recouped_at__isnull=True)
    return list((paid | back).select_related("case").order_by("changed_at")[:MOST])


def lines_of(place: Place) -> list[tuple[str, str]]:
    return [
        (
            str(line.id),
            f"{line.booked_on} {money_text(money(line.left, line.currency))} {line.counterparty}",
        )
        for line in open_lines(place.agency.id)[:MOST]
    ]


@require_POST
def exchanged(request: HttpRequest) -> HttpResponse:
    """The bank has exchanged these payments."""
    place = money_place(request)
    known = {str(e.id): e for e in exchanges_of(place)}
    form = ExchangedForm(request.POST, rows=list(known), lines=lines_of(place))
    gained: list[Decimal] = []
    chosen: list[BankLine] = []

    def act() -> None:
        given = form.cleaned_data
        chosen.append(line_called(place, given["bought"]))
        gained.append(payments.settle_exchange(
            exchanges=[known[id] for id in given["rows"]], sold=line_called(place, given["line"]),
            bought=chosen[0], by=place.actor, at=place.now,
        ))  # fmt: skip

    if not carried_out(form, act):
        return show_under_way(request, place, 422, exchange=form)
    messages.success(
        request,
        _("Exchanged; the difference of %(sum)s is ours.")
        % {"sum": money_text(money(gained[0], chosen[0].currency))},
    )
    return redirect("desk:money:under_way")


@require_POST
def card_payout(request: HttpRequest) -> HttpResponse:
    """The provider's payout for these payments is on the statement."""
    place = money_place(request)
    known = {str(c.id): c for c in cards_of(place)}
    form = CardPayoutForm(request.POST, rows=list(known), lines=lines_of(place))

    def act() -> None:
        given = form.cleaned_data
        payments.settle_card_payout(
            line=line_called(place, given["line"]), payments=[known[id] for id in given["rows"]], by=place.actor, at=place.now
        )  # fmt: skip

    if not carried_out(form, act):
        return show_under_way(request, place, 422, card=form)
    messages.success(request, _("Settled: the clients can be paid."))
    return redirect("desk:money:under_way")


def line_called(place: Place, id: str) -> BankLine:
    return BankLine.objects.get(agency_id=place.agency.id, id=id)


@require_POST
def count(request: HttpRequest, id: UUID) -> HttpResponse:
    """A line in one currency pays a case in another, at a rate that a person states."""
    place = money_place(request)
    line = line_or_404(place, id)
    form = CountForm(request.POST)

    def act() -> None:
        given = form.cleaned_data
        payments.allocate_exchanged(
            line=line, case=case_called(place, given["case"]),
            amount=Money(parse_amount(given["amount"], line.currency), line.currency), rate=Decimal(given["rate"]),
            rate_on=given["rate_on"], source=given["source"], because={"said": given["because"]}, by=place.actor, at=place.now,
        )  # fmt: skip

    if carried_out(form, act):
        messages.success(
            request, _("Counted at this rate; it is paid on once the bank has exchanged it.")
        )
        return move_on(place, line)
    return show_lines(request, place, line, status=422, count=form)
