"""Reads of the room worth a name."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from recoup.cases.models import Case
from recoup.cases.states import OPEN
from recoup.legal.models import Deadline, Proceeding
from recoup.legal.states import Stage


def open_proceedings(agency: UUID) -> QuerySet[Proceeding]:
    found = Proceeding.objects.filter(agency_id=agency).exclude(stage=Stage.OVER)
    return found.select_related("case__debtor", "case__client", "lawyer").order_by(
        "opened_at", "id"
    )


def due_deadlines(agency: UUID) -> QuerySet[Deadline]:
    """Open deadlines of open proceedings, the most urgent first."""
    found = Deadline.objects.filter(agency_id=agency, done_at=None).exclude(
        proceeding__stage=Stage.OVER
    )
    return found.select_related("proceeding__case__debtor").order_by("on", "id")


def next_deadlines(cases: Iterable[UUID]) -> dict[UUID, tuple[str, date, str]]:
    """Of each case its next open deadline: (kind, day, number of the proceeding), one query."""
    rows = (
        Deadline.objects.filter(proceeding__case_id__in=list(cases), done_at=None)
        .exclude(proceeding__stage=Stage.OVER)
        .order_by("proceeding__case_id", "on", "id")
        .distinct("proceeding__case_id")
    )
    values = rows.values_list("proceeding__case_id", "kind", "on", "proceeding__number")
    return {case: (kind, on, number) for case, kind, on, number in values}


def of_case(case: UUID) -> list[Proceeding]:
    return list(
        Proceeding.objects.filter(case_id=case).select_related("lawyer").order_by("opened_at", "id")
    )


def limitation_due(agency: UUID, on: date, limit: int) -> Sequence[Case]:
    """Open cases whose end of limitation is looked at on day `on`: never looked at, due, or with other
    claim lines than it was worked out from."""
    found = (
        Case.objects.filter(agency_id=agency, stage__in=list(OPEN))
        .annotate(line_count=Count("lines"))
        .filter(
            Q(limitation_look=None) | Q(limitation_look__look_on__lte=on) | ~Q(limitation_look__lines=F("line_count"))
        )
    )  # fmt: skip
    return list(found.select_related("debtor", "client").order_by("id")[:limit])
