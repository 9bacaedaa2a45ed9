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
from recoup.web.kit.formats import day_text, money_text, rate_text
from recoup.web.kit.middleware import Place

MOST = 200


@require_safe
def under_way(request: HttpRequest) -> HttpResponse:
    return show_under_way(request, money_place(request))


def show_under_way(
    request: HttpRequest, place: Place, status: int = 200, **forms: Any
) -> HttpResponse:
    exchanges, cards, lines = exchanges_of(place), cards_of(place), open_lines_of(place)
    ticked = {id for form in forms.values() for id in form.data.getlist(form.add_prefix("rows"))}
    sold, bought = sold_of(exchanges, lines), bought_of(exchanges, lines)
    paid = paid_out_of(cards, lines)
    return show_money(
        request, place, "under_way", "under_way", status=status,
        exchanges=[
            {"row": e, "from": money(e.from_amount, e.from_currency), "to": money(e.to_amount, e.to_currency),
             "rate": rate_text(e.rate), "ticked": str(e.id) in ticked}
            for e in exchanges
        ],
        cards=[
            {"row": c, "amount": money(c.amount if c.state == "paid" else -c.amount, c.currency), "back": c.state != "paid", "ticked": str(c.id) in ticked}
            for c in cards
        ],
        exchange_form=forms.get("exchange") or ExchangedForm(rows=[], lines=choices(sold), bought=choices(bought)),
        card_form=forms.get("card") or CardPayoutForm(rows=[], lines=choices(paid)),
        no_exchange="" if sold and bought else _("The bank's two lines of it are on no statement yet."),
        no_payout="" if paid else _("The provider's payout is on no statement yet."),
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


def open_lines_of(place: Place) -> list[Any]:
    return list(open_lines(place.agency.id)[:MOST])


def sold_of(exchanges: list[Exchange], lines: list[Any]) -> list[Any]:
    """What went out in a currency that waits to be exchanged."""
    of = {e.from_currency for e in exchanges}
    return [line for line in lines if line.currency in of and line.left < 0]


def bought_of(exchanges: list[Exchange], lines: list[Any]) -> list[Any]:
    of = {e.to_currency for e in exchanges}
    return [line for line in lines if line.currency in of and line.left > 0]


def paid_out_of(cards: list[CardPayment], lines: list[Any]) -> list[Any]:
    """A payout, or what is taken back where more was charged back than paid."""
    of = {c.currency for c in cards}
    return [line for line in lines if line.currency in of]


def choices(lines: list[Any]) -> list[tuple[str, str]]:
    """The only one is chosen; of several none, lest the first be taken unseen."""
    shown = [
        (
            str(line.id),
            f"{day_text(line.booked_on)} · {money_text(money(line.left, line.currency))} · {line.counterparty}",
        )
        for line in lines
    ]
    return shown if len(shown) == 1 else [("", _("Choose …")), *shown]


@require_POST
def exchanged(request: HttpRequest) -> HttpResponse:
    """The bank has exchanged these payments."""
    place = money_place(request)
    waiting, lines = exchanges_of(place), open_lines_of(place)
    known = {str(e.id): e for e in waiting}
    form = ExchangedForm(
        request.POST, rows=list(known), lines=choices(sold_of(waiting, lines)), bought=choices(bought_of(waiting, lines))
    )  # fmt: skip
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
    cards = cards_of(place)
    known = {str(c.id): c for c in cards}
    lines = choices(paid_out_of(cards, open_lines_of(place)))
    form = CardPayoutForm(request.POST, rows=list(known), lines=lines)

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
