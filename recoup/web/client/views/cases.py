"""The client's cases: found by any reference, a page at a time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recoup.cases.models import Case, SavedView
from recoup.cases.operations import remove_view, save_view
from recoup.cases.states import OPEN, Stage
from recoup.kernel.days import add_months
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.parties.rules import match_name
from recoup.payments.models import Allocation
from recoup.payments.queries import collected_of, owed_many
from recoup.reports.models import Standing
from recoup.web.client.frame import client_of, frame
from recoup.web.client.portfolio import PLACES, age_word, words
from recoup.web.kit.components import Tab
from recoup.web.kit.divisions import division_text, divisions_shown, of_division
from recoup.web.kit.export import exported
from recoup.web.kit.formats import refusal_text
from recoup.web.kit.middleware import Place, client_place
from recoup.web.kit.words import word

MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])", re.ASCII)
# code -> days from the oldest due date to the placement, from and to
DAYS_OF = {"0-30": (0, 30), "31-60": (31, 60), "61-90": (61, 90), "91-180": (91, 180), "181-365": (181, 365), "366-": (366, 0)}  # fmt: skip
BATCH, MOST_EXPORTED = 500, 250_000
PER_PAGE = 25
TONES = {
    Stage.CONTACT: "accent",
    Stage.LEGAL: "legal",
    Stage.SUBMITTED: "",
    Stage.DECLINED: "danger",
}
ENDED = ("ended", "declined")
SORTS = {"debtor": "case__debtor__name", "submitted": "submitted_at", "stage": "case__stage"}


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    place = client_place(request)
    client = client_of(place)
    asked = asked_of(request.GET)
    parts = divisions_shown(client, asked.division)
    page = Paginator(found_by(place, asked).values_list("case_id", flat=True), PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "client/cases.html", frame(request, place, client) | {
        "page": page, "rows": rows(place, list(page.object_list)), "q": asked.q, "show": asked.show,
        "tabs": tabs(asked.show if not asked.q and not asked.narrowed else ""), "chips": chips(asked, parts),
        "divisions": parts, "rest": asked.pairs_without("division"),
        "query": asked.query, "views": kept_views(place, asked), "narrowed": asked.narrowed,
    })  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """Which cases; only what the page offers, anything else counts as not asked."""

    q: str = ""
    show: str = "open"
    placed: str = ""
    paid: str = ""
    age: str = ""
    sort: str = ""
    division: str = ""

    @property
    def narrowed(self) -> bool:
        return bool(self.placed or self.paid or self.age or self.division or self.show in PLACES)

    @property
    def query(self) -> str:
        return urlencode(self.pairs_without(""))

    def pairs_without(self, left_out: str) -> list[tuple[str, str]]:
        pairs = {"q": self.q, "show": self.show, "placed": self.placed, "paid": self.paid, "age": self.age, "division": self.division, "sort": self.sort}  # fmt: skip
        return [(name, value) for name, value in pairs.items() if value and name != left_out]


def asked_of(get: QueryDict) -> Asked:
    show = get.get("show", "open")
    sort = get.get("sort", "")
    return Asked(
        q=get.get("q", "").strip()[:100], show=show if show in ("open", "ended", "all", *PLACES) else "open",
        placed=month_text(get.get("placed", "")), paid=month_text(get.get("paid", "")),
        age=get.get("age", "") if get.get("age", "") in {*DAYS_OF} else "",
        sort=sort if sort.removeprefix("-") in SORTS else "", division=division_text(get.get("division", "")),
    )  # fmt: skip


def month_text(text: str) -> str:
    return text if MONTH.fullmatch(text) else ""


def found_by(place: Place, asked: Asked) -> QuerySet[Standing]:
    """What is kept of the cases asked for, in their order: narrow rows, so that counting and turning pages
    cost the same with a hundred thousand."""
    assert place.client_id is not None
    own = Standing.objects.filter(agency_id=place.agency.id, client_id=place.client_id)
    found = searched(own, asked.q)
    if not asked.q:
        found = shown(found, asked.show)
    if asked.division:
        found = found.filter(**of_division(asked.division))
    if asked.placed:
        first = date.fromisoformat(f"{asked.placed}-01")
        found = found.filter(placed_on__gte=first, placed_on__lt=add_months(first, 1))
    if asked.paid:
        first = date.fromisoformat(f"{asked.paid}-01")
        paid = Allocation.objects.filter(
            case=OuterRef("case_id"), waived=False, received_on__gte=first, received_on__lt=add_months(first, 1)
        )  # fmt: skip
        found = found.filter(Exists(paid.exclude(amount=0)))
    if asked.age:
        low, high = DAYS_OF[asked.age]
        if low:
            found = found.filter(due_on__lte=F("placed_on") - timedelta(days=low))
        if high:
            found = found.filter(due_on__gte=F("placed_on") - timedelta(days=high))
    return sorted_by(found, asked.sort)


def chips(asked: Asked, divisions: list[tuple[str, str, bool]]) -> list[tuple[str, str]]:
    """What the list is narrowed to, each with the address without it."""
    found = []
    for name, value, said in (
        ("show", asked.show if asked.show in PLACES else "", words().get(asked.show, "")),
        ("placed", asked.placed, _("placed in %(month)s")), ("paid", asked.paid, _("paid in %(month)s")),
        ("age", asked.age, age_word(asked.age) if asked.age else ""),
        ("division", asked.division, next((text.replace("%", "％") for _code, text, here in divisions if here), _("Division"))),
    ):  # fmt: skip
        if value:
            rest = replace(asked, **{name: "open" if name == "show" else ""})
            found.append((said % {"month": value} if "%" in said else said, f"?{rest.query}"))
    return found


def kept_views(place: Place, asked: Asked) -> list[tuple[SavedView, bool]]:
    rows = SavedView.objects.filter(member=place.member).order_by("name")
    return [(row, row.query == asked.query) for row in rows]


@require_POST
def view_keep(request: HttpRequest) -> HttpResponse:
    """Keep what the list shows now under a name; the same name again replaces it."""
    place = client_place(request)
    asked = asked_of(QueryDict(request.POST.get("query", "")[:500]))
    try:
        assert place.member is not None
        save_view(member=place.member, name=request.POST.get("name", ""), query=asked.query, by=place.actor, at=place.now)  # fmt: skip
        messages.success(request, _("Kept."))
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
    return redirect(f"{reverse('client:cases')}?{asked.query}")


@require_POST
def view_remove(request: HttpRequest, id: UUID) -> HttpResponse:
    place = client_place(request)
    remove_view(view=get_object_or_404(SavedView, id=id, member=place.member), by=place.actor, at=place.now)  # fmt: skip
    return redirect("client:cases")


@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """What the list shows, all its pages, as a table: written piece by piece, formulas made harmless."""
    if kind not in ("csv", "xlsx"):
        raise Http404
    place = client_place(request)
    found = found_by(place, asked_of(request.GET))
    day = place.now.date().isoformat()
    return exported(kind, f"cases-{day}", headings(), export_rows(place, found))


def headings() -> list[str]:
    return [
        _("Case"), _("Payment reference"), _("Your reference"), _("Division"), _("Debtor"), _("Country"), _("VAT number"), _("Stage"),
        _("Submitted"), _("Currency"), _("Claimed"), _("Paid"), _("Owed today"),
    ]  # fmt: skip


def export_rows(place: Place, found: QuerySet[Standing]) -> Iterator[list[Any]]:
    """In batches, so that the memory does not grow with the list."""
    ids = list(found.values_list("case_id", flat=True)[:MOST_EXPORTED])
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        by_id = by_ids(part)
        paid = collected_of(part)
        owed = owed_many(place.agency.id, part, place.now.date(), refused={})
        for id in part:
            case = by_id[id]
            total = owed[id].total if id in owed and case.stage in OPEN else None
            yield [
                case.number, case.reference, case.client_reference, case.division.name if case.division else "", case.debtor.name, case.debtor.country,
                case.debtor.vat_number, word(case.stage), case.submitted_at.date(), case.currency,
                Money(case.standing.claimed, case.currency).rounded().amount, paid.get(id, Decimal(0)), total,
            ]  # fmt: skip


def searched(found: QuerySet[Standing], q: str) -> QuerySet[Standing]:
    """By case number, creditor reference, own reference, invoice number, or the debtor's name or number."""
    if not q:
        return found
    plain, folded = re.sub(r"[\s.\-/]", "", q).lower(), match_name(q)
    where = Q(found_by__contains=q.lower())
    if plain:
        where |= Q(found_by__contains=f"\n{plain}\n")
    # A letter or two that are left of signs stand in most names; signs of Chinese say enough alone.
    if len(folded) > 2 or not folded.isascii():
        where |= Q(found_by__contains=folded)
    return found.filter(where)


def shown(found: QuerySet[Standing], show: str) -> QuerySet[Standing]:
    """All, the ended ones, those in one place of the overview, or all that are in one."""
    if show == "all":
        return found
    if show in PLACES:
        return found.filter(place=show)
    # What is not ended, rather than what is in a place: so the newest are read along their index.
    return found.filter(place__in=ENDED) if show == "ended" else found.exclude(place__in=ENDED)


def sorted_by(found: QuerySet[Standing], sort: str) -> QuerySet[Standing]:
    column = SORTS.get(sort.removeprefix("-"), "submitted_at")
    descending = sort.startswith("-") or sort.removeprefix("-") not in SORTS
    return found.order_by(f"-{column}" if descending else column, "-case_id")


def tabs(show: str) -> list[Tab]:
    names = {"open": _("Open"), "ended": _("Ended"), "all": _("All")}
    return [
        Tab(name, f"{reverse('client:cases')}?show={code}", code == show)
        for code, name in names.items()
    ]


def by_ids(ids: list[UUID]) -> dict[UUID, Case]:
    return Case.objects.select_related("debtor", "division", "standing").in_bulk(ids)


def rows(place: Place, ids: list[UUID]) -> list[dict[str, Any]]:
    """Prepared rows; the number of queries does not grow with them."""
    page = by_ids(ids)
    refused: dict[Any, Refusal] = {}
    owed = owed_many(place.agency.id, ids, place.now.date(), refused=refused)
    return [
        {
            "case": case, "debtor": case.debtor, "division": case.division.name if case.division else "", "claimed": Money(case.standing.claimed, case.currency),
            "owed": Money(owed[case.id].total, case.currency) if case.id in owed and case.stage in OPEN else None,
            "ended": case.stage not in OPEN, "stage": word(case.stage), "tone": TONES.get(Stage(case.stage), ""),
        }
        for case in (page[id] for id in ids)
    ]  # fmt: skip
