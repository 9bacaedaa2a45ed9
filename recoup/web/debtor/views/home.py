"""Who asks, for what, how much today and why; what was paid; our letters; what one can do."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from recoup.cases.models import Hold
from recoup.cases.states import HoldKind
from recoup.eventlog.models import Event
from recoup.files.models import Document
from recoup.journeys.dispute import rest_of
from recoup.journeys.promise_to_pay import OPEN_TO_DEBTORS
from recoup.jurisdictions.owed import Owed
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.payments.models import Allocation
from recoup.payments.queries import owed
from recoup.plans.queries import standing_plan
from recoup.web.debtor.here import Here, debtor_page, events_origin, for_the_sure
from recoup.web.debtor.next_step import next_of
from recoup.web.debtor.owed_rows import lines_of, of_total, rows_of
from recoup.web.kit.disputes import disputes_of
from recoup.web.kit.downloads import attachment


@dataclass(frozen=True, slots=True)
class Paid:
    on: date
    amount: Money
    waived: bool


@require_safe
@debtor_page
def home(request: HttpRequest, here: Here) -> HttpResponse:
    return render(request, "debtor/home.html", page(here))


def page(here: Here) -> dict[str, Any]:
    case, answer = here.case, owed_today(here)
    disputes = disputes_of(case)
    disputed = [one.ref for one in disputes if one.open]
    is_open = case.stage in OPEN_TO_DEBTORS
    return frame(here) | {
        "open": is_open,
        "total": Money(answer.total, case.currency) if answer else None,
        "why": of_total(answer) if answer else None,
        "rows": rows_of(answer) if answer else [],
        "per_day": Money(answer.per_diem, case.currency).rounded() if answer else None,
        "invoices": lines_of(case, answer),
        "disputes": disputes,
        "disputed": sorted(disputed),
        "rest": rest_of(case, here.today) if answer and disputed else None,
        "promise": promise_of(here),
        "next": next_of(here) if is_open else "",
        "answered": last_answer(here),
        "plan": standing_plan(case.id),
        "paid": payments(here),
        "letters": Document.objects.filter(case_id=case.id, audience="debtor").order_by("-made_at"),
    }


def last_answer(here: Here) -> bool:
    """Whether the last word between the two is ours: then it is shown that there is something to read."""
    rows = Event.objects.filter(case_id=here.case.id, kind__in=("DebtorWrote", "DebtorAnswered"))
    return rows.order_by("-at", "-id").values_list("kind", flat=True).first() == "DebtorAnswered"


def frame(here: Here) -> dict[str, Any]:
    """The slots of kit/debtor.html and what each page names."""
    return {
        "house": here.agency.name, "agency": here.agency, "case": here.case, "today": here.today,
        "creditor": here.case.client.name, "person": here.case.collector, "sure": here.sure,
        "events_origin": events_origin(here.request),
    }  # fmt: skip


def owed_today(here: Here) -> Owed | None:
    """None where the law gives no answer today; a person says it then."""
    try:
        return owed(case=here.case, on=here.today)
    except Refusal:
        return None


def promise_of(here: Here) -> Hold | None:
    return Hold.objects.filter(
        case=here.case, kind=HoldKind.PROMISE, lifted_at__isnull=True, until__gte=here.today
    ).first()


def payments(here: Here) -> list[Paid]:
    """What has come in and counts, the newest first."""
    rows = (
        Allocation.objects.filter(case=here.case, reverses__isnull=True, reversed_by__isnull=True)
        .exclude(amount=0)
        .order_by("-received_on", "-id")
    )
    return [
        Paid(row.received_on, Money(row.amount, row.currency).rounded(), row.waived) for row in rows
    ]


@require_safe
@debtor_page
@for_the_sure
def letter(request: HttpRequest, here: Here, id: UUID) -> HttpResponse:
    """A letter of this case; 404 for any other, known or not."""
    found = get_object_or_404(Document, id=id, case_id=here.case.id, audience="debtor")
    return attachment(found)
