"""Danger signals as a client sees them: from its own data, from what its people saw, and what is published."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from recoup.cases.models import Case
from recoup.cases.states import OPEN, Stage
from recoup.journeys.signals import level_now, observe
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money, parse_amount
from recoup.kernel.refusal import Refusal
from recoup.parties.models import Debtor
from recoup.watch.models import Alert, Item, Signal, Trade, Watching
from recoup.watch.operations import stop_watching, watch_debtor
from recoup.watch.operations.trades import NewTrade, keep_trades
from recoup.watch.queries import levels
from recoup.watch.rules import Level, Standing
from recoup.watch.states import BANDS
from recoup.web.client.frame import client_of, frame, may_submit
from recoup.web.kit.amounts import AmountField
from recoup.web.kit.formats import refusal_text
from recoup.web.kit.middleware import Place, client_place
from recoup.web.kit.signals import kind_choices, level_shown, proposals_shown, signal_shown
from recoup.web.kit.words import word

MOST = 200


class SeenForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=gettext_lazy("What did you see?"))
    on = forms.DateField(label=gettext_lazy("On which day?"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("What exactly, where, from whom?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:
        more.setdefault("initial", {}).setdefault("key", new_id())
        more.setdefault("use_required_attribute", False)
        super().__init__(*args, **more)
        self.fields["kind"].choices = kind_choices()  # type: ignore[attr-defined]


TRADES = {
    "order": gettext_lazy("An order"),
    "limit": gettext_lazy("The credit limit from a day on"),
}


class TradeForm(forms.Form):
    """An order, or the credit limit from a day on."""

    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=tuple(TRADES.items()))
    on = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))  # fmt: skip
    amount = AmountField(label=gettext_lazy("Amount"))
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3, min_length=3)
    ref = forms.CharField(label=gettext_lazy("Your number of it"), max_length=60, required=False)
    prefix = "trade"

    def __init__(self, *args: Any, **more: Any) -> None:
        more.setdefault("use_required_attribute", False)
        super().__init__(*args, **more)


@require_safe
def signals(request: HttpRequest) -> HttpResponse:
    """The client's debtors of whom something warns, or which it watches."""
    place = client_place(request)
    client, today = client_of(place), place.now.date()
    of = Q(client_id=client.id) | Q(public=True)
    warned = Signal.objects.filter(of, withdrawn_at=None, on__lte=today, expires_on__gt=today)
    watched = set(Watching.objects.filter(client_id=client.id, ended_at=None).values_list("debtor_id", flat=True))  # fmt: skip
    ids = set(warned.values_list("debtor_id", flat=True)) | watched
    found = sorted(levels(ids, today, client=client.id).items(), key=lambda p: (-p[1].score, p[0]))[:MOST]  # fmt: skip
    debtors = Debtor.objects.in_bulk([id for id, _level in found])
    standing = standings(place, [id for id, _level in found])
    alerts = Alert.objects.filter(client_id=client.id).select_related("debtor").order_by("-at", "-id")[:10]  # fmt: skip
    return render(request, "client/signals.html", frame(request, place, client) | {
        "rows": [
            {"debtor": debtors[id], "level": level_shown(level), "watched": id in watched,
             "proposals": ", ".join(p.label for p in proposals_shown(level, standing[id]))}
            for id, level in found if id in debtors
        ],
        "alerts": [(a, word(a.now)) for a in alerts],
    })  # fmt: skip


def standings(place: Place, debtors: list[UUID]) -> dict[UUID, Standing]:
    """What the client has with each debtor; two queries."""
    assert place.client_id is not None
    cases: dict[UUID, list[str]] = {id: [] for id in debtors}
    mine = Case.objects.filter(client_id=place.client_id, debtor_id__in=debtors, stage__in=list(OPEN))  # fmt: skip
    for debtor, stage in mine.values_list("debtor_id", "stage"):
        cases[debtor].append(stage)
    overdue: dict[UUID, int] = dict.fromkeys(debtors, 0)
    late = Item.objects.filter(client_id=place.client_id, debtor_id__in=debtors, open__gt=0, case=None, due_on__lt=place.now.date())  # fmt: skip
    for debtor in late.values_list("debtor_id", flat=True):
        overdue[debtor] += 1
    return {
        id: Standing(len(cases[id]), cases[id].count(Stage.LEGAL), overdue[id]) for id in debtors
    }


def currency_with(place: Place, debtor: Debtor) -> str:
    """In which currency the client last sold to it; the house's where it has not."""
    of = {"client_id": place.client_id, "debtor": debtor}
    last = Item.objects.filter(**of).order_by("-due_on", "-id").values_list("currency", flat=True)
    return last.first() or place.agency.currency


@require_safe
def debtor(request: HttpRequest, id: UUID) -> HttpResponse:
    place = client_place(request)
    return shown(request, place, debtor_or_404(place, id), SeenForm(initial={"on": place.now.date()}))  # fmt: skip


def debtor_or_404(place: Place, id: UUID) -> Debtor:
    """Row security shows a client its own debtors only."""
    return get_object_or_404(Debtor, id=id, agency=place.agency)


def shown(
    request: HttpRequest, place: Place, debtor: Debtor, form: SeenForm, status: int = 200, trade_form: TradeForm | None = None
) -> HttpResponse:  # fmt: skip
    client, today = client_of(place), place.now.date()
    level: Level = levels([debtor.id], today, client=client.id)[debtor.id]
    rows = Signal.objects.filter(Q(client_id=client.id) | Q(public=True), debtor=debtor, withdrawn_at=None)  # fmt: skip
    watching = Watching.objects.filter(debtor=debtor, client_id=client.id, ended_at=None).first()
    return render(request, "client/signal_debtor.html", frame(request, place, client) | {
        "debtor": debtor, "level": level_shown(level), "form": form, "watching": watching,
        "proposals": proposals_shown(level, standings(place, [debtor.id])[debtor.id]),
        "trade_form": trade_form or TradeForm(initial={"on": today, "currency": currency_with(place, debtor)}),
        "trades": [
            (t, TRADES[t.kind], Money(t.amount, t.currency).rounded())
            for t in Trade.objects.filter(client=client, debtor=debtor).order_by("-on", "-id")[:10]
        ],
        "signals": [signal_shown(row, today) for row in rows.order_by("-on", "-id")[:100]],
        "bands": [(b.value, word(b.value)) for _least, b in BANDS[:-1]], "why_not": may_submit(place),
    }, status=status)  # fmt: skip


def acting(request: HttpRequest, id: UUID) -> tuple[Place, Debtor]:
    place = client_place(request)
    if may_submit(place) is not None:
        raise Http404
    return place, debtor_or_404(place, id)


@require_POST
def observed(request: HttpRequest, id: UUID) -> HttpResponse:
    """One of the client's people has seen something: it stays between the client and the house."""
    place, found = acting(request, id)
    form = SeenForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            with transaction.atomic():
                observe(agency=place.agency, debtor=found, kind=said["kind"], on=said["on"], note=said["note"],
                        client=place.client_id, key=said["key"], by=place.actor, at=place.now)  # fmt: skip
        except Refusal as refusal:
            field = str(refusal.params.get("field", ""))
            form.add_error(field if field in form.fields else None, refusal_text(refusal))
        else:
            messages.success(request, _("Thank you. It is kept, and counts from now on."))
            return redirect("client:signal_debtor", found.id)
    return shown(request, place, found, form, 422)


@require_POST
def watching(request: HttpRequest, id: UUID) -> HttpResponse:
    place, found = acting(request, id)
    if "stop" in request.POST:
        for one in Watching.objects.filter(debtor=found, client_id=place.client_id, ended_at=None):
            stop_watching(watching=one, by=place.actor, at=place.now)
        return redirect("client:signal_debtor", found.id)
    try:
        with transaction.atomic():
            now = level_now(found.id, place.client_id, place.now.date())
            watch_debtor(debtor=found, client=place.client_id, band=request.POST.get("band", ""), now=now,
                         by=place.actor, at=place.now)  # fmt: skip
        messages.success(request, _("You are told by e-mail and here when the level rises."))
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
    return redirect("client:signal_debtor", found.id)


@require_POST
def trade(request: HttpRequest, id: UUID) -> HttpResponse:
    """An order or a limit: from them the signals of orders and limits are worked out."""
    place, found = acting(request, id)
    form = TradeForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            with transaction.atomic():
                currency = said["currency"].upper()
                amount = parse_amount(said["amount"], currency, field=_("Amount"))
                key = said["ref"].strip() or f"{said['on']}:{amount}"
                keep_trades(client=client_of(place), trades=[NewTrade(found, said["kind"], said["on"], amount, currency, key)],
                            by=place.actor, at=place.now)  # fmt: skip
        except Refusal as refusal:
            field = str(refusal.params.get("field", ""))
            form.add_error(field if field in form.fields else None, refusal_text(refusal))
        else:
            messages.success(request, _("Kept. What follows from it is worked out tonight."))
            return redirect("client:signal_debtor", found.id)
    return shown(request, place, found, SeenForm(initial={"on": place.now.date()}), 422, form)
