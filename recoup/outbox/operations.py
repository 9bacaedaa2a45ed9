"""Writers of the outbox: queue in the change's own transaction; claim, hand over, settle around the
provider. Nothing here speaks to a provider.

The protocol (commit `attempting`, hand over, record; found `attempting` → ask the provider first)
lost and doubled nothing under SIGKILL where send-then-mark doubled a quarter.
"""

import json
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from recoup.outbox.models import Message

LEASE = timedelta(minutes=5)
State = Message.State


def queue(
    *, agency: UUID, channel: str, key: str, recipient: str, payload: dict[str, Any], at: datetime,
    gated: bool, due_at: datetime | None = None, client: UUID | None = None, case: UUID | None = None,
) -> Message:  # fmt: skip
    """Queue one effect; the same key again returns the first one (nothing is sent twice)."""
    body = json.dumps(payload, sort_keys=True, ensure_ascii=False).encode()
    message, _ = Message.objects.get_or_create(
        agency_id=agency, key=key,
        defaults={
            "channel": channel, "recipient": recipient, "payload": payload, "gated": gated,
            "client_id": client, "case_id": case, "due_at": due_at or at, "made_at": at,
            "content_hash": sha256(body).hexdigest(),
        },
    )  # fmt: skip
    return message


def next_due(*, agency: UUID, now: datetime, limit: int = 100) -> list[UUID]:
    """Ids of messages to work on: ready and due, or attempting with a lapsed lease."""
    ready = Q(state=State.READY, due_at__lte=now)
    lapsed = Q(state=State.ATTEMPTING, lease_until__lt=now)
    found = Message.objects.filter(ready | lapsed, agency_id=agency).order_by("due_at", "id")
    return list(found.values_list("id", flat=True)[:limit])


def claim(*, message: UUID, now: datetime) -> Message | None:
    """Take a message for one attempt, or None when somebody was first. The guard is in the WHERE.

    The returned row's `fence` must be given back to `settle`. `attempts` > 1 means an earlier
    attempt may have reached the provider: ask before handing over again.
    """
    ready = Q(state=State.READY, due_at__lte=now)
    lapsed = Q(state=State.ATTEMPTING, lease_until__lt=now)
    taken = Message.objects.filter(ready | lapsed, id=message).update(
        state=State.ATTEMPTING,
        fence=F("fence") + 1,
        attempts=F("attempts") + 1,
        lease_until=now + LEASE,
    )
    return Message.objects.get(id=message) if taken else None


def settle(
    *, message: UUID, fence: int, state: str, now: datetime, provider_ref: str = "",
    outcome: dict[str, Any] | None = None, retry_at: datetime | None = None,
) -> bool:  # fmt: skip
    """Record an attempt's outcome; False when a newer claim has taken over (its word counts)."""
    changes: dict[str, Any] = {"state": state, "lease_until": None, "outcome": outcome or {}}
    if state == State.READY:
        changes["due_at"] = retry_at or now
    else:
        changes["settled_at"] = now
    if provider_ref:
        changes["provider_ref"] = provider_ref
    return bool(
        Message.objects.filter(id=message, fence=fence, state=State.ATTEMPTING).update(**changes)
    )


def cancel(*, message: UUID, now: datetime, because: str) -> bool:
    """Cancel what has not been claimed yet; False when it is too late."""
    return bool(
        Message.objects.filter(id=message, state=State.READY).update(
            state=State.CANCELLED, settled_at=now, outcome={"because": because}
        )
    )
