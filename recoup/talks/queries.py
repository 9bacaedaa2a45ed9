"""Reads of talks worth a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery

from recoup.cases.models import Case
from recoup.talks.models import Enclosed, Said, Seen
from recoup.talks.rules import Side
from recoup.tenancy.models import Member

MOST = 300


@dataclass(frozen=True, slots=True)
class Line:
    """A message as its reader sees it; `read_at` is when the other side had read it, for one's own."""

    said: Said
    files: Sequence[Enclosed]
    mine: bool
    read_at: datetime | None


def talk_of(case: Case, side: Side) -> list[Line]:
    """The conversation on a case, the oldest first; three queries."""
    rows = list(
        Said.objects.filter(case=case).prefetch_related("enclosed__document").order_by("-at", "-id")[:MOST]
    )  # fmt: skip
    seen = Seen.objects.filter(case=case, side=side.other).aggregate(upto=Max("upto"))["upto"]
    return [
        Line(row, list(row.enclosed.all()), row.side == side,
             seen if row.side == side and seen is not None and seen >= row.at else None)
        for row in reversed(rows)
    ]  # fmt: skip


def unread(member: Member, side: Side) -> QuerySet[Said]:
    """What the other side has said and this person has not read."""
    read = Seen.objects.filter(member=member, case_id=OuterRef("case_id"), upto__gte=OuterRef("at"))
    return Said.objects.filter(~Exists(read), agency_id=member.agency_id, side=side.other)


def unread_on(case: UUID, member: Member, side: Side) -> int:
    return unread(member, side).filter(case_id=case).count()


def inbox_of(agency: UUID, client: UUID | None, most: int = 100) -> list[Said]:
    """The newest message of each case that has any, the newest first."""
    newest = Said.objects.filter(agency_id=agency, case=OuterRef("case")).order_by("-at", "-id")
    found = Said.objects.filter(agency_id=agency, id=Subquery(newest.values("id")[:1]))
    if client is not None:
        found = found.filter(client_id=client)
    return list(found.select_related("case__debtor", "case__client").order_by("-at", "-id")[:most])
