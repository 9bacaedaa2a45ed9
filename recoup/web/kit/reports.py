"""The reports as pages show them, at the desk and in the portal: the same figures, each with the way to
its cases."""

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from babel.dates import format_skeleton
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from recoup.kernel.days import add_months
from recoup.kernel.money import Money, round_half_up
from recoup.kernel.refusal import N_
from recoup.reports import reading
from recoup.reports.models import Subscription
from recoup.reports.reading import Asked, CaseRow, Sum
from recoup.reports.rules import Cohort, cohorts_of, forecast
from recoup.reports.states import AGES, FUNNEL, GROUPINGS, OTHERS, Every
from recoup.reports.workbook import Workbook
from recoup.web.kit.components import Series, Tab
from recoup.web.kit.divisions import division_text
from recoup.web.kit.formats import country_text, current
from recoup.web.kit.middleware import Place
from recoup.web.kit.words import word

PERIODS = {"12": N_("a year"), "24": N_("two years"), "all": N_("everything")}
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
LINES = 6  # months of placement in the chart
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Page = dict[str, Any]


def asked_of(request: HttpRequest, place: Place) -> tuple[Asked, str]:
    """Whose figures, and the period's name: a client's people see their own only."""
    period = request.GET.get("since", "24")
    if period not in PERIODS:
        raise Http404
    division = division_text(request.GET.get("division", "")) if place.client_id else ""
    return asked_for(place.agency.id, place.now.date(), period, place.client_id, division), period


def query_of(asked: Asked, period: str) -> str:
    return "?" + urlencode(
        {"since": period} | ({"division": asked.division} if asked.division else {})
    )


def asked_for(
    agency: UUID, today: date, period: str, client: UUID | None, division: str = ""
) -> Asked:
    first = BEGINNING
    if period != "all":
        month = add_months(today.replace(day=1), 1 - int(period))
        first = datetime(month.year, month.month, 1, tzinfo=UTC)
    return Asked(agency, today, first, client, division)


def known(place: Place, name: str) -> None:
    """404 for what there is no report of, or none for a client."""
    if name not in names(place):
        raise Http404


def names(place: Place) -> list[str]:
    client = place.client_id is not None
    mine = [g.name for g in GROUPINGS.values() if not (g.house if client else g.client)]
    return [*mine, *OTHERS]


def title_of(name: str) -> tuple[str, str]:
    """Title and meaning, in the reader's language."""
    if name in GROUPINGS:
        return _(GROUPINGS[name].title), _(GROUPINGS[name].means)
    return _(OTHERS[name][0]), _(OTHERS[name][1])


def report_page(request: HttpRequest, place: Place, name: str, door: str) -> Page:
    """The slots of kit/parts/report.html."""
    known(place, name)
    asked, period = asked_of(request, place)
    title, means = title_of(name)
    query = query_of(asked, period)
    mine = Subscription.objects.filter(member=place.member, next_on__isnull=False).first()
    return {
        "name": name, "title": title, "means": means, "period": period, "door": door,
        "periods": [(query_of(asked, key), _(text), key == period) for key, text in PERIODS.items()],
        "tabs": [Tab(title_of(n)[0], reverse(f"{door}:report_one", args=[n]) + query, current=n == name) for n in names(place)],
        "xlsx": reverse(f"{door}:reports_xlsx") + query, "mail_url": reverse(f"{door}:reports_mail"),
        "mine": mine, "rhythms": [("", _("never")), (Every.WEEK, _("every Monday")), (Every.MONTH, _("on the first of the month"))],
        **PAGES.get(name, sums_page)(asked, name, f"{door}:report_cases", query),
    }  # fmt: skip


def sums_page(asked: Asked, name: str, to: str, query: str) -> Page:
    """A table by currency; with a chart where the rows have an order."""
    how = GROUPINGS[name]
    parts = [
        {"currency": currency, "rows": [row_of(r, name, to, query) for r in ordered(rows, name)], "total": total(rows), "chart": chart(rows, name)}
        for currency, rows in by_currency(reading.grouped(asked, name))
    ]  # fmt: skip
    return {"head": _(how.head), "parts": parts, "kind": "sums"}


def placement_page(asked: Asked, name: str, to: str, query: str) -> Page:
    page = sums_page(asked, name, to, query)
    for part in page["parts"]:
        part["chart"] = None
    for currency, cohorts in cohorts_by_currency(asked):
        part = next((p for p in page["parts"] if p["currency"] == currency), None)
        if part:
            part["stairs"] = stairs(cohorts[-LINES:])
    return page


def cohorts_by_currency(asked: Asked) -> list[tuple[str, list[Cohort]]]:
    rows = reading.stairs(asked)
    found = []
    for currency in sorted({r.currency for r in rows}):
        mine = [(r.month, r.placed, r.after, r.principal) for r in rows if r.currency == currency]
        found.append((currency, cohorts_of(mine, asked.today)))
    return found


def stairs(cohorts: list[Cohort]) -> dict[str, Any] | None:
    """Cumulative recovery by months after placement, a line for each month of placement."""
    longest = max((len(c.steps) for c in cohorts), default=0)
    if longest < 2:
        return None
    series = [
        Series(month_text(c.month), [*c.cumulative(), *[None] * (longest - len(c.steps))])
        for c in cohorts
    ]  # fmt: skip
    lowest = min((v for one in series for v in one.values if v is not None), default=Decimal(0))
    return None if lowest < 0 else {"labels": [str(n) for n in range(longest)], "series": series}


def funnel_page(asked: Asked, name: str, to: str, query: str) -> Page:
    words = {step: _(text) for step, text, _condition in FUNNEL}
    parts = []
    for currency, rows in by_currency(reading.funnel(asked)):
        whole = next((r.cases for r in rows if r.key == "placed"), 0)
        shown = [
            row_of(r, name, to, query) | {"label": words[r.key], "share": reading.percent(Decimal(r.cases), Decimal(whole))}
            for r in rows
        ]  # fmt: skip
        bars = {"labels": [row["label"] for row in shown], "series": [Series(_("Cases"), [Decimal(r.cases) for r in rows])]}  # fmt: skip
        parts.append({"currency": currency, "rows": shown, "bars": bars})
    return {"parts": parts, "kind": "funnel", "head": _("Step")}


def contacts_page(asked: Asked, name: str, to: str, query: str) -> Page:
    rows = reading.contacts(asked)
    oldest_first = rows[:12][::-1]
    bars = {
        "labels": [month_text(r.month) for r in oldest_first],
        "series": [
            Series(_("Contacts"), [Decimal(r.attempts) for r in oldest_first]),
            Series(_("Right person reached"), [Decimal(r.reached) for r in oldest_first]),
            Series(_("Promises"), [Decimal(r.promises) for r in oldest_first]),
            Series(_("Payments"), [Decimal(r.paid) for r in oldest_first]),
        ],
    }  # fmt: skip
    found = [{"month": month_text(r.month), "cells": contact_cells(r, to, query)} for r in rows]
    return {"kind": "contacts", "contacts": found, "bars": bars if rows else None}


def contact_cells(r: reading.Contacts, to: str, query: str) -> list[tuple[int, str]]:
    """Each figure of a month with the way to its cases."""
    names = ("attempts", "reached", "promises", "kept", "paid")
    return [
        (getattr(r, n), f"{reverse(to, args=['contacts'])}{query}&{urlencode({'key': f'{n}:{r.month:%Y-%m}'})}")
        for n in names
    ]  # fmt: skip


def cost_page(asked: Asked, name: str, to: str, query: str) -> Page:
    by = "country" if asked.client else "client"
    parts = [
        {"currency": currency, "rows": [row_of(r, by, to, query) for r in ordered(rows, by)], "total": total(rows)}
        for currency, rows in by_currency(reading.grouped(asked, by))
    ]  # fmt: skip
    return {"kind": "cost", "parts": parts, "head": _(GROUPINGS[by].head)}


def forecast_page(asked: Asked, name: str, to: str, query: str) -> Page:
    """From all months of placement: the period of the page would leave out what it learns from."""
    whole = Asked(asked.agency, asked.today, BEGINNING, asked.client)
    parts = []
    for currency, cohorts in cohorts_by_currency(whole):
        found = forecast(cohorts, asked.today)
        rows: list[dict[str, Any]] = [
            {"month": month_text(e.month), "low": money(e.low, currency), "likely": money(e.likely, currency),
             "high": money(e.high, currency), "left_out": money(e.left_out, currency)}
            for e in found
        ]  # fmt: skip
        chart = {
            "labels": [r["month"] for r in rows],
            "series": [Series(_(t), [r[k].amount for r in rows]) for k, t in (("low", N_("Low")), ("likely", N_("Likely")), ("high", N_("High")))],
        }  # fmt: skip
        open_cases = f"{reverse(to, args=['forecast'])}?{urlencode({'since': 'all', 'key': 'open', 'currency': currency})}"
        parts.append({"currency": currency, "rows": rows, "open_cases": open_cases, "bars": chart if rows and min(r["likely"].amount for r in rows) >= 0 else None})  # fmt: skip
    return {"kind": "forecast", "parts": parts}


PAGES: dict[str, Callable[[Asked, str, str, str], Page]] = {
    "placement": placement_page, "funnel": funnel_page, "contacts": contacts_page, "cost": cost_page,
    "forecast": forecast_page,
}  # fmt: skip


def by_currency(rows: list[Sum]) -> Iterator[tuple[str, list[Sum]]]:
    for currency in sorted({r.currency for r in rows}):
        yield currency, [r for r in rows if r.currency == currency]


def ordered(rows: list[Sum], name: str) -> list[Sum]:
    """Bands and months in their order, names by what they have placed."""
    if name in ("age", "ageing"):
        return sorted(rows, key=lambda r: int(r.key) if r.key.isdigit() else 10**6)
    if name == "placement":
        return sorted(rows, key=lambda r: r.key, reverse=True)
    return sorted(rows, key=lambda r: (-r.placed, r.key))


def row_of(r: Sum, name: str, to: str, query: str) -> dict[str, Any]:
    href = (
        reverse(to, args=[name]) + query + "&" + urlencode({"key": r.key, "currency": r.currency})
    )
    return {"label": label_of(name, r.key, r.label), "href": href, "cases": r.cases, **figures(r)}


def figures(r: Sum) -> dict[str, Any]:
    return {
        "placed": money(r.placed, r.currency), "collected": money(r.collected, r.currency), "principal": money(r.principal, r.currency),
        "given_up": money(r.given_up, r.currency), "open": money(r.open, r.currency), "commission": money(r.commission, r.currency),
        "rate": r.rate, "cost": r.cost, "attempts": r.attempts,
    }  # fmt: skip


def total(rows: list[Sum]) -> dict[str, Any]:
    names = ("cases", "placed", "collected", "principal", "given_up", "commission", "attempts")
    sums = [sum((getattr(r, n) for r in rows), 0 * getattr(rows[0], n)) for n in names]
    return {"cases": sums[0], **figures(Sum("", "", rows[0].currency, *sums))}


def chart(rows: list[Sum], name: str) -> dict[str, Any] | None:
    """Recovery rates, or what is open in each band."""
    mine = ordered(rows, name)[:12]
    if len(mine) < 2:
        return None
    values = [(r.open if name == "ageing" else r.rate) for r in mine]
    if min(values) < 0:
        return None
    what = _("Open principal") if name == "ageing" else _("Recovery rate")
    return {
        "labels": [label_of(name, r.key, r.label)[:24] for r in mine], "series": [Series(what, values)],
        "unit": rows[0].currency if name == "ageing" else "%", "title": what,
    }  # fmt: skip


def money(amount: Decimal, currency: str) -> Money:
    return Money(round_half_up(amount, currency), currency)


def month_text(month: date) -> str:
    return format_skeleton("yMMM", month, locale=current())


def label_of(name: str, key: str, label: str) -> str:
    """A row's name, in the reader's language."""
    if name == "placement":
        return month_text(date.fromisoformat(f"{key}-01"))
    if name in ("age", "ageing"):
        return band_text(key)
    if name == "country":
        return country_text(key)
    if name == "division":
        return label or _("the whole company")
    return label or _("nobody")


def band_text(key: str) -> str:
    if not key.isdigit():
        return _("not known")
    first = int(key)
    after = next((a for a in AGES if a > first), None)
    if after is None:
        return _("%(days)s days and more") % {"days": first}
    return _("%(first)s to %(last)s days") % {"first": first, "last": after - 1} if first else _("up to %(last)s days") % {"last": after - 1}  # fmt: skip


def cases_page(request: HttpRequest, place: Place, name: str, door: str) -> Page:
    """The slots of kit/parts/report_cases.html: the cases behind one row, and what they add up to."""
    known(place, name)
    asked, period = asked_of(request, place)
    key, currency = request.GET.get("key", ""), request.GET.get("currency", "")
    every = (
        name == "contacts" and not currency
    )  # a month's contacts are counted whatever the currency
    if (
        not (every or (len(currency) == 3 and currency.isalpha()))
        or reading.condition_of(name, key) is None
    ):
        raise Http404
    after = asked_after(request.GET.get("after", ""))
    rows = reading.cases_behind(asked, name, key, currency, after=after)
    sums = None if every else sums_behind(asked, name, key, currency)
    label = label_behind(name, key, sums)
    return {
        "title": title_of(name)[0], "label": label, "rows": [case_row(r, door) for r in rows[: reading.PER_PAGE]],
        "sums": {"cases": sums.cases, **figures(sums)} if sums else None, "after": after,
        "onwards": rows[reading.PER_PAGE - 1].id if len(rows) > reading.PER_PAGE else None,
        "back": reverse(f"{door}:report_one", args=[name]) + query_of(asked, period), "door": door,
    }  # fmt: skip


def sums_behind(asked: Asked, name: str, key: str, currency: str) -> Sum | None:
    if name not in GROUPINGS and name != "funnel":
        return reading.summed(asked, name, key, currency)
    whole = reading.funnel(asked) if name == "funnel" else reading.grouped(asked, name)
    return next((r for r in whole if (r.key, r.currency) == (key, currency)), None)


CONTACTS = {
    "attempts": N_("Contacts"), "reached": N_("Right person reached"), "promises": N_("Promises"),
    "kept": N_("of which kept"), "paid": N_("Payments"),
}  # fmt: skip


def label_behind(name: str, key: str, sums: Sum | None) -> str:
    if name == "funnel":
        return _({step: text for step, text, _c in FUNNEL}[key])
    if name == "forecast":
        return _("Open cases")
    if name == "contacts":
        what, _sep, month = key.partition(":")
        return f"{_(CONTACTS[what])}, {month_text(date.fromisoformat(f'{month}-01'))}"
    return label_of(name, key, sums.label) if sums else ""


def asked_after(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def case_row(r: CaseRow, door: str) -> dict[str, Any]:
    return {
        "row": r, "href": reverse(f"{door}:case", args=[r.number]), "stage": word(r.stage), "placed": money(r.placed, r.currency),
        "collected": money(r.collected, r.currency), "principal": money(r.principal, r.currency),
        "open": money(r.placed - r.principal - r.given_up, r.currency),
    }  # fmt: skip


def workbook(asked: Asked, path: Path, *, house: bool) -> int:
    """All reports by group and all cases. Returns how many cases."""
    book = Workbook(path, say=lambda text: _(text), on=asked.today)
    for how in GROUPINGS.values():
        if not (how.client if house else how.house):
            rows = ordered(reading.grouped(asked, how.name), how.name)
            book.sums(_(how.title), how.head, ((label_of(how.name, r.key, r.label), r) for r in rows))  # fmt: skip
    words = {step: text for step, text, _c in FUNNEL}
    book.sums(_(OTHERS["funnel"][0]), N_("Step"), ((_(words[r.key]), r) for r in reading.funnel(asked)))  # fmt: skip
    count = book.cases(_("Cases"), reading.all_cases(asked), house=house)
    book.close()
    return count


def workbook_response(request: HttpRequest, place: Place) -> HttpResponse:
    """Written to a file as it is read; only the packed file is held for the answer."""
    asked, _period = asked_of(request, place)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reports.xlsx"
        workbook(asked, path, house=place.client_id is None)
        response = HttpResponse(path.read_bytes(), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="reports-{asked.today}.xlsx"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def write_for(subscription: Subscription, on: date, path: Path) -> int:
    """The workbook of a subscriber, as the pages would give it to them."""
    asked = asked_for(subscription.agency_id, on, "24", subscription.client_id)
    return workbook(asked, path, house=subscription.client_id is None)
