"""The books: does the trust bank hold what is owed, and every sheet as a page, XLSX or PDF."""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recoup.journeys.close_books import close_books
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.ledger.accounts import TRUST_LIABILITIES
from recoup.ledger.models import PeriodClose
from recoup.paper.languages import LANGUAGES
from recoup.payments.books import (
    MOST_ON_PAGE,
    SHEETS,
    Period,
    Sheet,
    cash_sheet,
    journal_sheet,
    statements_due,
    three_way,
)
from recoup.payments.queries import trust_check
from recoup.payments.sheets import sheet_paper, xlsx
from recoup.web.desk.acting import carried_out, say_first_wrong
from recoup.web.desk.money.forms import CloseBooksForm, PeriodForm
from recoup.web.desk.money.frame import money_place, show_money
from recoup.web.kit.fresh import fresh_factor
from recoup.web.kit.middleware import Place
from recoup.web.kit.statement import pdf_response

BOOKS = {"house": N_("House"), "client": N_("Clients"), "case": N_("Cases")}
ACCOUNTS = {
    "trust_bank": N_("Trust bank"), "unallocated": N_("Not allocated yet"), "overpaid": N_("Overpaid, debtors'"),
    "in_transit": N_("Payouts on their way"), "agency_share": N_("Our commission, still there"),
    "trust": N_("Clients' money"), "receivable": N_("Owed by clients"), "revenue": N_("Commission"),
    "vat_out": N_("Tax on commission"), "settled_fees": N_("Commission taken"), "advanced": N_("Borne for clients"),
    "fx_position": N_("To be exchanged"), "fx_difference": N_("Exchange differences"),
    "card_clearing": N_("At the card provider"), "provider_fees": N_("Fees of the card provider"),
    "opening": N_("Brought forward"), "principal": N_("Principal"), "interest": N_("Interest"),
    "compensation": N_("Compensation"), "costs": N_("Costs"), "claimed": N_("Claimed"), "paid": N_("Paid"),
    "waived": N_("Waived"),
}  # fmt: skip
TITLES = {
    "trial-balance": N_("Trial balance"), "client-ledger": N_("Client ledger"), "journal": N_("Journal"),
    "cash-book": N_("Cash book"), "reconciliation": N_("Three-way reconciliation"),
}  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def said(text: str) -> str:
    """A heading, an account or a book in the reader's language."""
    return _(ACCOUNTS.get(text) or BOOKS.get(text) or text)


@require_safe
def books(request: HttpRequest) -> HttpResponse:
    """Does it agree, which statements are missing, and the sheet that was asked for."""
    place = money_place(request)
    name = request.GET.get("sheet", "trial-balance")
    if name not in SHEETS:
        raise Http404
    form, period = asked_period(request, place)
    closed = PeriodClose.objects.filter(agency_id=place.agency.id).order_by("-up_to")[:12]
    query = request.GET.copy()
    query["sheet"] = name
    return show_money(
        request, place, "books", "books", checks=checks(place), form=form, sheet=shown(name, place, period),
        period=period, tabs_of_sheets=[(key, _(title), key == name) for key, title in TITLES.items()],
        query=query.urlencode(), closed=list(closed), due=missing(place), three=three(place, period),
        close_form=CloseBooksForm(initial={"up_to": last_of_month(place.now.date())}),
    )  # fmt: skip


def checks(place: Place) -> list[dict[str, Any]]:
    return [
        {
            "currency": check.currency, "bank": check.bank, "difference": check.difference,
            "holds": not check.difference,
            "rows": [(_(ACCOUNTS[a]), check.owed[a]) for a in map(str, TRUST_LIABILITIES)],
        }
        for check in trust_check(place.agency.id)
    ]  # fmt: skip


def three(place: Place, period: Period) -> list[Any]:
    """The reconciliation at the period's end, only where it does not hold."""
    return [t for t in three_way(place.agency.id, period.last, period.known_at) if not t.holds]


def missing(place: Place) -> list[Any]:
    """Two days without a statement at least: yesterday's may come today, before a weekend later."""
    today = place.now.date()
    return statements_due(place.agency.id, today - timedelta(days=2 + 2 * (today.isoweekday() < 3)))


def asked_period(request: HttpRequest, place: Place) -> tuple[PeriodForm, Period]:
    """The month so far, when none is asked for; `known` is the end of a day of the agency's."""
    today = place.now.date()
    whole = PeriodForm(request.GET if "first" in request.GET else None, initial={"first": today.replace(day=1), "last": today})  # fmt: skip
    if whole.is_bound and whole.is_valid():
        given = whole.cleaned_data
        zone: tzinfo = ZoneInfo(place.agency.time_zone)
        known = given["known"]
        at = datetime.combine(known, time.max, zone) if known else None
        return whole, Period(given["first"], given["last"], at)
    return whole, Period(today.replace(day=1), today)


def shown(name: str, place: Place, period: Period) -> dict[str, Any]:
    sheet = made(name, place, period, MOST_ON_PAGE)
    return {
        "title": _(sheet.title), "head": [(said(h), is_money(sheet, at)) for at, h in enumerate(sheet.head)],
        "rows": [[(c, at in sheet.words) for at, c in enumerate(worded(sheet, row))] for row in sheet.rows],
        "foot": sheet.foot, "cut": len(sheet.rows) == MOST_ON_PAGE, "empty": not sheet.rows,
    }  # fmt: skip


def is_money(sheet: Sheet, at: int) -> bool:
    """Whether a column holds amounts: its heading stands over them."""
    return any(isinstance(row[at], Money) for row in (*sheet.rows, *sheet.foot))


def worded(sheet: Sheet, row: list[Any]) -> list[Any]:
    return [
        said(c) if isinstance(c, str) and (at in sheet.words or c == "Brought forward") else c
        for at, c in enumerate(row)
    ]


def made(name: str, place: Place, period: Period, most: int | None = None) -> Sheet:
    if name == "journal":
        return journal_sheet(place.agency.id, period, most)
    if name == "cash-book":
        return cash_sheet(place.agency.id, period, most)
    return SHEETS[name](place.agency.id, period)


@require_safe
@fresh_factor("desk:money:books", reading=True)
def sheet_xlsx(request: HttpRequest, name: str) -> HttpResponse:
    """The whole sheet as a workbook."""
    place, period = asked(request, name)
    content = xlsx(made(name, place, period), period, say=said)
    response = HttpResponse(content, content_type=XLSX)
    file = f"{name}-{period.first}-{period.last}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, file) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def sheet_pdf(request: HttpRequest, name: str) -> HttpResponse:
    """The whole sheet on paper, dated at the end of its period or at what was known."""
    place, period = asked(request, name)
    wanted = (get_language() or "en").lower()
    language = next((code for code in LANGUAGES if code.lower() == wanted), "en")
    at = period.known_at or datetime.combine(
        period.last, time.max, ZoneInfo(place.agency.time_zone)
    )
    try:
        paper = sheet_paper(
            made(name, place, period),
            period,
            house=place.agency,
            say=said,
            language=language,
            at=at,
        )
    except Refusal as refusal:
        messages.error(request, refusal.sentence())
        return redirect("desk:money:books")
    return pdf_response(paper)


def asked(request: HttpRequest, name: str) -> tuple[Place, Period]:
    place = money_place(request)
    if name not in SHEETS:
        raise Http404
    return place, asked_period(request, place)[1]


@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Close the books up to a day, once the three ways agree."""
    place = money_place(request)
    form = CloseBooksForm(request.POST)
    if carried_out(
        form,
        lambda: close_books(
            agency=place.agency, up_to=form.cleaned_data["up_to"], by=place.actor, at=place.now
        ),
    ):
        messages.success(request, _("The books are closed up to that day."))
    else:
        say_first_wrong(request, form)
    return redirect(reverse("desk:money:books"))


def last_of_month(today: date) -> date:
    return today.replace(day=1) - timedelta(days=1)
