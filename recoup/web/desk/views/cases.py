"""All cases, found by any reference."""

import re
from decimal import Decimal

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from recoup.cases.models import Case, ClaimLine
from recoup.parties.rules import match_name
from recoup.web.desk import worklist
from recoup.web.desk.forms import SearchForm
from recoup.web.desk.frame import show
from recoup.web.desk.worklist import LOADED, PER_PAGE, case_url
from recoup.web.kit.middleware import Place, staff_place

AMOUNT = re.compile(r"[0-9]{1,13}([.,][0-9]{1,2})?", re.ASCII)


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Search and filter; one case found by its very number is opened at once."""
    place = staff_place(request)
    form = SearchForm(request.GET)
    if form.is_valid():
        asked = form.cleaned_data
        found = matching(place, asked["q"].strip(), asked["stage"])
    else:  # a search that cannot be made finds nothing, rather than everything
        asked, found = {"q": request.GET.get("q", "")[:200], "stage": ""}, Case.objects.none()
    page = Paginator(found.order_by("-submitted_at", "-id"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = list(page)
    if len(rows) == 1 and asked["q"].strip().upper() in (rows[0].number, rows[0].reference):
        return redirect(case_url(rows[0]))
    return show(
        request, place, "desk/cases.html", form=form, page=page, q=asked["q"],
        stage=asked["stage"], rows=worklist.case_rows(place, rows),
    )  # fmt: skip


def matching(place: Place, q: str, stage: str) -> QuerySet[Case]:
    """Cases whose number, reference, debtor, client or invoice says `q`."""
    found = Case.objects.filter(agency_id=place.agency.id).select_related(*LOADED)
    if stage:
        found = found.filter(stage=stage)
    if not q:
        return found
    tight = re.sub(r"\s", "", q).upper()
    folded = match_name(q)
    invoiced = ClaimLine.objects.filter(case=OuterRef("pk"), ref__icontains=q)
    where = (
        Q(number__icontains=tight) | Q(reference__icontains=tight) | Q(client_reference__icontains=q)
        | Q(debtor__name__icontains=q) | Q(client__name__icontains=q) | Exists(invoiced)
        | Q(debtor__registration_number=tight) | Q(debtor__vat_number=tight)
    )  # fmt: skip
    if AMOUNT.fullmatch(tight):
        amount = Decimal(tight.replace(",", "."))
        where |= Q(Exists(ClaimLine.objects.filter(case=OuterRef("pk"), amount=amount)))
    if folded:
        where |= Q(debtor__match_name__contains=folded)
    return found.filter(where)
