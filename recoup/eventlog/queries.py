"""Reads of the log in the order of its chain."""

from uuid import UUID

from django.db.models import QuerySet

from recoup.eventlog.models import Event, Seal


def seal_of(event: UUID) -> int:
    """An event's place in the chain; 0 where it has none."""
    return Seal.objects.filter(event_id=event).values_list("seq", flat=True).first() or 0


def sealed_after(events: QuerySet[Event], seq: int) -> QuerySet[Event]:
    """Those of `events` that were sealed after place `seq`, in the chain's order. Sealing follows the
    commit, so that none can later appear before one that was read, as it could by time or id."""
    return events.filter(seal__seq__gt=seq).order_by("seal__seq")
