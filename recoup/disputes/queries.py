"""Reads of disputes worth a name."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from recoup.disputes.models import Dispute
from recoup.disputes.rules import Contested
from recoup.disputes.states import State
from recoup.tenancy.bulk import among


def open_disputes(cases: Iterable[UUID]) -> dict[UUID, list[Contested]]:
    """What is in dispute, by case, in one query."""
    found: dict[UUID, list[Contested]] = defaultdict(list)
    rows = Dispute.objects.filter(case_id__among=among(cases), state=State.OPEN).order_by("id")
    for case, ref, amount, due in rows.values_list(
        "case_id", "line__ref", "amount", "line__due_on"
    ):
        found[case].append(Contested(ref, amount, due))
    return found


def last_raised(cases: Iterable[UUID]) -> dict[UUID, datetime]:
    """When the newest open dispute of each case was raised: what was written before asks for too much."""
    rows = Dispute.objects.filter(case_id__among=among(cases), state=State.OPEN).order_by(
        "raised_at"
    )
    return dict(rows.values_list("case_id", "raised_at"))
