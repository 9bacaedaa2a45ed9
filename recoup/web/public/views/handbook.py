"""The handbook: what the law of each country says, by its pack and the values the agency has confirmed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recoup.jurisdictions.facts import NO_SOURCE, Fact
from recoup.jurisdictions.laws import Law, all_laws, law
from recoup.jurisdictions.overlay import ENTERED, using
from recoup.jurisdictions.rules import CODES
from recoup.jurisdictions.series import SeriesStatus, series
from recoup.kernel.money import Money
from recoup.kernel.refusal import NotAnswered, NotKnown, Refusal
from recoup.lawbook.queries import overlay_of
from recoup.web.kit.components import Why
from recoup.web.kit.formats import country_text, day_text, number_text, percent_text
from recoup.web.kit.middleware import place_of
from recoup.web.public.handbook_words import KEYS, PARTS, QUESTIONS, VALUES
from recoup.web.public.words import fold

SAMPLES = (Decimal(1000), Decimal(10_000), Decimal(100_000))
COSTS = ("reminder", "demand", "instalment_plan", "lawyer", "court_fee")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an answer. `own`: in the words of the research, mostly English."""

    depth: int
    key: str
    text: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One question; without lines it is not answered."""

    label: str
    lines: tuple[Line, ...]
    source: str
    note: str
    provisional: bool
    id: str


@dataclass(frozen=True, slots=True)
class Part:
    id: str
    title: str
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of today, with its source; `text` where it cannot be given."""

    label: str
    value: Any
    source: str = ""
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """`entered`: the agency put it beside the pack, and a second person confirmed it."""

    status: SeriesStatus
    value: Decimal
    source: str
    entered: bool


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    place = place_of(request)
    today = place.now.date()
    with using(overlay_of(place.agency.id)):
        rows = listed(today)
    rows.sort(key=lambda row: fold(str(row["name"])))
    return render(request, "public/handbook.html", {"rows": rows, "today": today})


def listed(today: date) -> list[dict[str, Any]]:
    return [
        {"slug": one.code.lower(), "name": named(one.code), "currency": one.currency,
         "rate": rate_of(one, today).value, "asked": len(one.facts()),
         "answered": sum(fact.value is not None for fact in one.facts())}
        for one in all_laws()
    ]  # fmt: skip


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """One country, under one address however its code is typed; 404 for any that has no pack."""
    if code.upper() not in CODES:
        raise Http404
    if code != code.lower():
        return redirect("public:law_country", code.lower(), permanent=True)
    place = place_of(request)
    with using(overlay_of(place.agency.id)):
        shown = country(law(code.upper()), place.now.date())
    return render(request, "public/handbook_country.html", shown)


def country(own: Law, today: date) -> dict[str, Any]:
    parts = list(parts_of(own))
    answers = [answer for part in parts for answer in part.answers]
    return {
        "name": named(own.code), "law": own, "today": today, "figures": figures(own, today),
        "costs": costs(own, today), "samples": [Money(sum, own.currency) for sum in SAMPLES],
        "known": known(own, today), "parts": parts, "notes": own.notes(),
        "provisional": [a for a in answers if a.provisional and a.lines],
        "open": [a for a in answers if not a.lines], "checked": day_text(date.fromisoformat(own.rules.checked_to)),
    }  # fmt: skip


def named(code: str) -> str:
    first, _dash, state = code.partition("-")
    return country_text(first) + (f" ({state})" if state else "")


def parts_of(own: Law) -> Iterator[Part]:
    for key, title in PARTS.items():
        found = [fact for fact in own.facts() if fact.name.startswith(f"{key}.")]
        yield Part(key.replace("_", "-"), str(title), [answer_of(fact) for fact in found])


def answer_of(fact: Fact) -> Answer:
    key = fact.name.partition(".")[2]
    source = _("no source noted") if fact.source == NO_SOURCE else _(fact.source)
    if fact.verified.startswith("http") and fact.verified not in source:
        source = f"{source} ({fact.verified})"
    label = str(QUESTIONS.get(key, key.replace("_", " ")))
    lines = () if fact.value is None else tuple(flat(fact.value))
    return Answer(
        label, lines, source, fact.note or "", fact.provisional, fact.name.replace(".", "-")
    )


def flat(value: Any, key: str = "", depth: int = 0) -> Iterator[Line]:
    """A pack's value as lines: mappings and lists one level further in."""
    shown = str(KEYS.get(key, key.replace("_", " ")))
    if isinstance(value, dict):
        if shown:
            yield Line(depth, shown, "")
        for name, inner in value.items():
            yield from flat(inner, name, depth + bool(shown))
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        if shown:
            yield Line(depth, shown, "")
        for one in value:
            yield from flat(one, "", depth + 1)
    else:
        found = value if isinstance(value, list) else [value]
        own = any(isinstance(one, str) and one not in VALUES for one in found)
        yield Line(depth, shown, ", ".join(map(said, found)), own)


def said(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _("not answered") if value is None else str(VALUES.get(value, value))


# Figures of today --------------------------------------------------------------------------


def figures(own: Law, today: date) -> list[Figure]:
    return [rate_of(own, today), compensation_of(own, today), notice_of(own), limit_of(own, today)]


def rate_of(own: Law, today: date) -> Figure:
    """The statutory rate of a debt that falls into default today."""
    label = _("Interest on a debt in default since today")
    try:
        found = own.late_interest(default_on=today, on=today)
    except NotAnswered:
        return Figure(label, _("none as of right, or not established"))
    except NotKnown as missing:
        return Figure(label, _("not known: %(found)s") % {"found": missing.params["found"]})
    rate = percent_text(found.rate, 4)
    if found.base is None or found.margin is None:
        return Figure(label, rate, found.source, found.provisional)
    rows = [
        (_("Base rate"), percent_text(found.base, 4)),
        (_("Margin"), percent_text(found.margin, 4)),
    ]
    why = Why(title=label, rows=rows, total=(_("A year"), rate), source=found.source)
    return Figure(label, Opened(rate, why), found.source, found.provisional)


@dataclass(frozen=True, slots=True)
class Opened:
    """A figure that opens its derivation."""

    text: str
    why: Why

    def __str__(self) -> str:
        return self.text


def compensation_of(own: Law, today: date) -> Figure:
    label = _("Fixed compensation for one invoice of %(amount)s") % {
        "amount": number_text(SAMPLES[1])
    }
    try:
        found = own.compensation(overdue=SAMPLES[1], since=today)
    except Refusal:
        return Figure(label, _("not answered"))
    if not found.amount:
        return Figure(label, _("none"))
    return Figure(label, Money(found.amount, found.currency), found.source, found.provisional)


def notice_of(own: Law) -> Figure:
    label = _("Days that a demand must leave")
    try:
        found = own.minimum_notice_days()
    except Refusal:
        return Figure(label, _("not answered"))
    return Figure(label, number_text(found.days), found.source, found.provisional)


def limit_of(own: Law, today: date) -> Figure:
    """An example says more than a number of years: the last day for an invoice due today."""
    label = _("The last day to act on an invoice due on %(day)s") % {"day": day_text(today)}
    try:
        found = own.limitation_ends_on(due=today, arose=today - timedelta(days=30))
    except Refusal:
        return Figure(label, _("not answered"))
    return Figure(label, found.ends_on, found.source, found.provisional)


def costs(own: Law, today: date) -> list[dict[str, Any]]:
    """What each measure of the tariff comes to for three claims; `None` where there is no answer."""
    names = {
        "reminder": _("Reminder"), "demand": _("Collection demand"),
        "instalment_plan": _("Instalment plan"), "lawyer": _("Lawyer"), "court_fee": _("Court fee"),
    }  # fmt: skip
    return [
        {"label": names[kind], "sums": [cost(own, kind, value, today) for value in SAMPLES],
         "source": own.rules.costs["kinds"][kind]["source"]}
        for kind in COSTS if kind in own.rules.costs.get("kinds", {})
    ]  # fmt: skip


def cost(own: Law, kind: str, value: Decimal, today: date) -> Money | None:
    try:
        charge, currency = own.cost(kind, value=value, on=today)
    except Refusal:
        return None
    return Money(charge.amount, currency)


def known(own: Law, today: date) -> list[Known]:
    """Each series the answers rest on: its last value and how far it is known."""
    rows = []
    for name in own.series_names():
        found = series(name)
        last = found.rows[-1]
        rows.append(
            Known(found.status(today=today), last.value, last.source, last.verified == ENTERED)
        )
    return rows
