"""Reads of webhooks worth a name."""

from collections.abc import Iterable
from uuid import UUID

from recoup.webhooks.models import Attempt


def last_attempts(deliveries: Iterable[UUID]) -> dict[UUID, Attempt]:
    """The newest attempt of each delivery, in one query."""
    rows = Attempt.objects.filter(delivery_id__in=list(deliveries))
    newest = rows.order_by("delivery_id", "-at", "-id").distinct("delivery_id")
    return {row.delivery_id: row for row in newest}
