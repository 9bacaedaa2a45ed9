"""The client's cases: found by any reference, a page at a time."""

import re
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recoup.cases.models import Case
from recoup.cases.queries import principal_of
from recoup.cases.states import OPEN, Stage
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.payments.queries import owed_many
from recoup.web.client.frame import client_of, frame
from recoup.web.kit.components import Tab
from recoup.web.kit.middleware import Place, client_place
from recoup.web.kit.words import word

PER_PAGE = 25
TONES = {
    Stage.CONTACT: "accent",
    Stage.LEGAL: "legal",
    Stage.SUBMITTED: "",
    Stage.DECLINED: "danger",
}
SORTS = {"debtor": "debtor__name", "submitted": "submitted_at", "stage": "stage"}


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    place = client_place(request)
    client = client_of(place)
    q, show = request.GET.get("q", "").strip()[:100], request.GET.get("show", "open")
    found = searched(Case.objects.filter(agency=place.agency, client=client), q)
    if not q:
        found = shown(found, show)
    page = Paginator(sorted_by(found, request.GET.get("sort", "")), PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "client/cases.html", frame(request, place, client) | {
        "page": page, "rows": rows(place, list(page.object_list)), "q": q, "tabs": tabs(show if not q else ""),
        "show": show,
    })  # fmt: skip


def searched(found: QuerySet[Case], q: str) -> QuerySet[Case]:
    """By case number, creditor reference, own reference, invoice number, or the debtor's name or number."""
    found = found.select_related("debtor")
    if not q:
        return found
    plain = re.sub(r"[\s.\-/]", "", q)
    return found.filter(
        Q(number__icontains=q) | Q(reference__iexact=plain) | Q(client_reference__icontains=q)
        | Q(debtor__name__icontains=q) | Q(debtor__vat_number__iexact=plain)
        | Q(debtor__registration_number__iexact=plain) | Q(lines__ref__icontains=q)
    ).distinct()  # fmt: skip


def shown(found: QuerySet[Case], show: str) -> QuerySet[Case]:
    if show == "all":
        return found
    return found.exclude(stage__in=OPEN) if show == "ended" else found.filter(stage__in=OPEN)


def sorted_by(found: QuerySet[Case], sort: str) -> QuerySet[Case]:
    column = SORTS.get(sort.removeprefix("-"), "submitted_at")
    descending = sort.startswith("-") or sort.removeprefix("-") not in SORTS
    return found.order_by(f"-{column}" if descending else column, "-number")


def tabs(show: str) -> list[Tab]:
    names = {"open": _("Open"), "ended": _("Ended"), "all": _("All")}
    return [
        Tab(name, f"{reverse('client:cases')}?show={code}", code == show)
        for code, name in names.items()
    ]


def rows(place: Place, page: list[Case]) -> list[dict[str, Any]]:
    """Prepared rows; the number of queries does not grow with them."""
    ids = [case.id for case in page]
    refused: dict[Any, Refusal] = {}
    owed = owed_many(place.agency.id, ids, place.now.date(), refused=refused)
    principal = principal_of(ids)
    return [
        {
            "case": case, "debtor": case.debtor, "claimed": principal.get(case.id),
            "owed": Money(owed[case.id].total, case.currency) if case.id in owed and case.stage in OPEN else None,
            "ended": case.stage not in OPEN, "stage": word(case.stage), "tone": TONES.get(Stage(case.stage), ""),
        }
        for case in page
    ]  # fmt: skip
