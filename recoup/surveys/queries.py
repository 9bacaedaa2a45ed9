"""How satisfied clients are: only what they have answered, never an estimate."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.db.models import Count

from recoup.surveys.models import MARKS, Survey


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """`mean` is None while nobody has answered; `marks` counts each from 1 to 5."""

    asked: int
    answered: int
    mean: Decimal | None
    marks: dict[int, int]


def satisfaction(agency: UUID, since: datetime) -> Satisfaction:
    """Of the surveys asked since then; one query."""
    rows = Survey.objects.filter(agency_id=agency, asked_at__gte=since).values("mark")
    counts = {row["mark"]: row["n"] for row in rows.annotate(n=Count("id"))}
    marks = {mark: counts.get(mark, 0) for mark in MARKS}
    answered = sum(marks.values())
    total = sum(mark * n for mark, n in marks.items())
    mean = (Decimal(total) / answered).quantize(Decimal("0.1"), ROUND_HALF_UP) if answered else None
    return Satisfaction(sum(counts.values()), answered, mean, marks)
