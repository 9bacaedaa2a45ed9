"""The rate card: its versions, a new one with a look at what it does, published from a day on."""

import json
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recoup.agreements.models import RateCard
from recoup.agreements.operations import day_at, publish_rate_card
from recoup.agreements.queries import card_on, not_on_card
from recoup.agreements.rules.edited import DAYS, fields_of, samples, with_fields
from recoup.agreements.rules.terms import Terms
from recoup.journeys.resign import ask_clients
from recoup.kernel.refusal import Refusal
from recoup.payments.repricing import repriced
from recoup.web.desk import rights
from recoup.web.desk.acting import carried_out, tried
from recoup.web.desk.forms import DAY, DeskForm
from recoup.web.desk.frame import show
from recoup.web.kit.middleware import Place, staff_place

AT_ONCE = 50


class CardForm(DeskForm):
    """The figures of a card in plain fields, named as `rules.edited` has them."""

    prefix = "card"
    version = forms.RegexField(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,19}$", label=gettext_lazy("Version"))
    valid_from = forms.DateField(label=gettext_lazy("In force from"), widget=DAY)

    def __init__(self, data: Any = None, *, base: RateCard, **more: Any) -> None:
        super().__init__(data, **more)
        self.base, self.names = base, fields_of(base.terms)
        for name, text in self.names.items():
            figure = {"inputmode": "decimal", "class": "d-figure", "aria-label": label_of(name)}
            self.fields[name] = forms.CharField(
                max_length=20, initial=text, label=label_of(name), widget=forms.TextInput(figure)
            )  # fmt: skip
        self.doc: dict[str, Any] = {}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        try:
            self.doc = with_fields(self.base.terms, {n: given.get(n, "") for n in self.names})
        except Refusal as refusal:
            self.refuse(refusal)
        return given


def label_of(name: str) -> str:
    """What a figure is called, for those who hear the page and for what is refused."""
    match name.split("."):
        case ["age", n]:
            return _("Age %(number)d, days") % {"number": int(n) + 1}
        case ["rate", size, age]:
            named = {"size": int(size) + 1, "age": int(age) + 1}
            return _("Commission at size %(size)d, age %(age)d, percent") % named
        case [code, "limit", n]:
            return _("%(currency)s, limit %(number)d") % {"currency": code, "number": int(n) + 1}
        case [code, "minimum"]:
            return _("%(currency)s, minimum") % {"currency": code}
        case [code, "set_up"]:
            return _("%(currency)s, set-up fee") % {"currency": code}
    plain = {
        "cross_border": _("Across a border"), "legal": _("In court"), "valid_days": _("Quotes hold, days"),
        "remitted_within": _("Paid out within, days"), "notice": _("Notice, days"),
    }  # fmt: skip
    return plain.get(name, name)


@require_safe
def prices(request: HttpRequest) -> HttpResponse:
    """Every version, which is in force, who stands on an older one."""
    place = staff_place(request)
    today = day_at(place.agency, place.now)
    cards = list(RateCard.objects.filter(agency_id=place.agency.id))
    try:
        current: RateCard | None = card_on(place.agency.id, today)
    except Refusal:
        current = None
    shown = next((c for c in cards if c.version == request.GET.get("version")), current)
    return show(
        request, place, "desk/prices.html", cards=cards, current=current, shown=shown,
        table=table(shown) if shown else None, why_not=rights.why_not(place, "price"),
        behind=not_on_card(current).count() if current else 0,
    )  # fmt: skip


def table(card: RateCard) -> dict[str, Any]:
    """A card as rows for the page: sizes by ages in its own currency, then each currency."""
    terms = Terms.read(card.terms)
    limits = terms.prices(card.currency).limits
    return {
        "ages": [f"≤ {age}" for age in terms.ages] + [f"> {terms.ages[-1]}"],
        "rows": list(zip([f"≤ {limit:,}" for limit in limits] + [f"> {limits[-1]:,}"], terms.rates, strict=True)),
        "cross": terms.cross_border, "legal": terms.phases["legal"],
        "currencies": [(p.currency, [f"{limit:,}" for limit in p.limits], p.minimum, p.set_up) for p in terms.currencies.values()],
        "days": [(name, card.terms[name]) for name in DAYS],
    }  # fmt: skip


@require_safe
def document(request: HttpRequest, version: str) -> HttpResponse:
    """A version as JSON, as quotes, agreements and invoices read it."""
    place = staff_place(request)
    card = get_object_or_404(RateCard, agency_id=place.agency.id, version=version)
    doc = {"version": card.version, "valid_from": card.valid_from.isoformat(), "currency": card.currency,
           "published_at": card.published_at.isoformat(), "terms": card.terms}  # fmt: skip
    response = HttpResponse(
        json.dumps(doc, indent=1, ensure_ascii=False), content_type="application/json"
    )
    response["Content-Disposition"] = f'attachment; filename="rate-card-{card.version}.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The figures of the newest card to change: a look at the effect first, then publish."""
    place = allowed(request)
    base = RateCard.objects.filter(agency_id=place.agency.id).first()
    if base is None:
        raise Http404
    today = day_at(place.agency, place.now)
    if request.method != "POST":
        form = CardForm(
            base=base,
            initial={"valid_from": today + timedelta(days=30), "version": following(base.version)},
        )
        return edit(request, place, form)
    form = CardForm(request.POST, base=base)

    def act() -> None:
        publish_rate_card(
            agency=place.agency.id, version=form.cleaned_data["version"], valid_from=form.cleaned_data["valid_from"],
            currency=base.currency, terms=form.doc, by=place.actor, at=place.now,
        )  # fmt: skip

    if "publish" in request.POST and carried_out(form, act):
        return redirect("desk:prices")
    return edit(request, place, form, effect(place, form, today) if form.is_valid() else None)


def following(version: str) -> str:
    """2026-1 → 2026-2."""
    head, dash, tail = version.rpartition("-")
    return f"{head}{dash}{int(tail) + 1}" if tail.isascii() and tail.isdigit() else f"{version}-2"


def effect(place: Place, form: CardForm, today: date) -> dict[str, Any]:
    """What the new figures do: to sample debts, and to what was invoiced last month."""
    old, terms = Terms.read(form.base.terms), Terms.read(form.doc)
    last = today.replace(day=1) - timedelta(days=1)
    changed = [
        (n, form.names[n], form.cleaned_data[n])
        for n in form.names
        if form.names[n] != form.cleaned_data[n]
    ]
    return {
        "changed": changed, "samples": samples(old, terms, form.base.currency), "month": last,
        "months": repriced(place.agency.id, terms, last.replace(day=1), last),
    }  # fmt: skip


def edit(
    request: HttpRequest, place: Place, form: CardForm, found: dict[str, Any] | None = None
) -> HttpResponse:
    doc = form.base.terms
    sizes, ages = range(len(doc["commission"]["rates"])), range(len(doc["commission"]["ages"]))
    return show(
        request, place, "desk/price_new.html", status=422 if form.errors else 200, form=form, base=form.base, effect=found,
        ages=[form[f"age.{n}"] for n in ages],
        rates=[(n, [form[f"rate.{n}.{age}"] for age in range(len(ages) + 1)]) for n in sizes],
        currencies=[
            (code, [form[f"{code}.limit.{n}"] for n in range(len(each["limits"]))], form[f"{code}.minimum"], form[f"{code}.set_up"])
            for code, each in doc["currencies"].items()
        ],
        points=[(label_of(name), form[name]) for name in ("cross_border", "legal")],
        days=[(label_of(name), form[name]) for name in ("valid_days", "remitted_within", "notice")],
    )  # fmt: skip


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask the clients on an older card to sign anew, some at a time; the old agreement stands until then."""
    place = allowed(request)
    card = card_on(place.agency.id, day_at(place.agency, place.now))
    tried(
        request, lambda: ask_clients(agency=place.agency, card=card, most=AT_ONCE, by=place.actor, at=place.now),
        _("The new version is written and the clients are asked to sign it."),
    )  # fmt: skip
    return redirect("desk:prices")


def allowed(request: HttpRequest) -> Place:
    place = staff_place(request)
    if rights.why_not(place, "price"):
        raise Http404
    return place
