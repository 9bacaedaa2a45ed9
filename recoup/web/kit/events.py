"""An event as one document: the same in the API and in webhooks."""

from datetime import UTC, datetime
from typing import Any

from recoup.eventlog.models import Event
from recoup.web.kit.timeline import entry

# Of an event's data: how the house told two acts apart, and ways in, meant for nobody outside.
HIDDEN = frozenset(("key", "link", "token", "browser", "ip", "trail"))


def instant(at: datetime) -> str:
    """RFC 3339 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def event_document(row: Event, number: str | None) -> dict[str, Any]:
    """The event as the timeline tells it in the active language, with its data; `number`: its case's."""
    told = entry(row)
    return {
        "id": str(row.id), "kind": row.kind, "at": instant(row.at), "by": told.who, "case": number,
        "sentence": told.what, "body": told.body,
        "data": {name: value for name, value in row.data.items() if name not in HIDDEN},
    }  # fmt: skip
