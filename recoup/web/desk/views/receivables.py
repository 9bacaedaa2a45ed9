"""What clients watch before they place it: by client and debtor, the longest overdue first."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Min, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from recoup.kernel.money import Money
from recoup.watch.models import Item
from recoup.watch.queries import levels
from recoup.web.desk.frame import show
from recoup.web.kit.middleware import Place, staff_place
from recoup.web.kit.signals import LevelShown, level_shown

MOST = 200


@dataclass(frozen=True, slots=True)
class Watched:
    """One client's open items of one debtor, in one currency."""

    client: str
    debtor: UUID
    name: str
    items: int
    open: Money
    late: int
    overdue: Money
    days: int
    level: LevelShown | None


@require_safe
def receivables(request: HttpRequest) -> HttpResponse:
    place = staff_place(request)
    return show(request, place, "desk/receivables.html", rows=rows_of(place), most=MOST)


def rows_of(place: Place) -> list[Watched]:
    """Two queries, however many there are."""
    today = place.now.date()
    late = Q(due_on__lt=today)
    found = list(
        Item.objects.filter(agency_id=place.agency.id, case=None, open__gt=0)
        .values("client__name", "debtor_id", "debtor__name", "currency")
        .annotate(items=Count("id"), sum=Sum("open"), late=Count("id", filter=late), overdue=Sum("open", filter=late), first=Min("due_on"))
        .order_by("first", "debtor__name", "client__name", "currency")[:MOST]
    )  # fmt: skip
    known = levels({row["debtor_id"] for row in found}, today)
    return [
        Watched(
            row["client__name"], row["debtor_id"], row["debtor__name"], row["items"], Money(row["sum"], row["currency"]).rounded(),
            row["late"], Money(row["overdue"] or 0 * row["sum"], row["currency"]).rounded(), overdue_days(row["first"], today),
            level_shown(known[row["debtor_id"]]) if known[row["debtor_id"]].parts else None,
        )
        for row in found
    ]  # fmt: skip


def overdue_days(first: date, today: date) -> int:
    return max(0, (today - first).days)
