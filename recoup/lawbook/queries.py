"""Which entered values count, and which wait."""

from uuid import UUID

from django.db.models import QuerySet

from recoup.jurisdictions.overlay import NONE, Overlay, Published
from recoup.lawbook.models import PublishedRate

FIELDS = (
    "id", "supersedes_id", "confirmation__id", "series", "first", "last", "value", "source", "link",
)  # fmt: skip


def overlay_of(agency: UUID) -> Overlay:
    """The agency's confirmed values that nothing confirmed supersedes, in one query."""
    rows = list(
        PublishedRate.objects.filter(agency_id=agency)
        .order_by("series", "first", "id")
        .values_list(*FIELDS)
    )
    before = {row[0]: row[1] for row in rows}
    gone: set[UUID] = set()
    for _key, earlier, confirmed, *_ in rows:
        while confirmed and earlier is not None and earlier not in gone:
            gone.add(earlier)
            earlier = before[earlier]
    found = tuple(
        Published(series, first, last, value.normalize(), f"{source} ({link})")
        for key, _, confirmed, series, first, last, value, source, link in rows
        if confirmed and key not in gone
    )
    return Overlay(found) if found else NONE


def standing(agency: UUID) -> QuerySet[PublishedRate]:
    """Values, confirmed or waiting, that nothing supersedes or is about to."""
    return PublishedRate.objects.filter(agency_id=agency, superseded_by__isnull=True)


def entered(agency: UUID) -> QuerySet[PublishedRate]:
    """All values, the newest first, with their confirmations and what superseded them."""
    rows = PublishedRate.objects.filter(agency_id=agency)
    return rows.select_related("confirmation", "superseded_by").order_by("-entered_at", "-id")
