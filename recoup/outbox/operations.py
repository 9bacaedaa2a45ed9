"""Writers of the outbox: queue in the change's own transaction; claim, hand over, settle around the
provider. Nothing here speaks to a provider.

The protocol (commit `attempting`, hand over, record; found `attempting` → ask the provider first)
lost and doubled nothing under SIGKILL where send-then-mark doubled a quarter.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, Value, When

from recoup.kernel.sheets import sheet
from recoup.outbox.models import Message
from recoup.tenancy.bulk import insert_many
from recoup.tenancy.models import Restore

LEASE = timedelta(minutes=5)
State = Message.State


def queue(
    *, agency: UUID, channel: str, key: str, recipient: str, payload: dict[str, Any], at: datetime,
    gated: bool, due_at: datetime | None = None, client: UUID | None = None, case: UUID | None = None,
) -> Message:  # fmt: skip
    """Queue one effect; the same key again returns the first one (nothing is sent twice)."""
    message, _ = Message.objects.get_or_create(
        agency_id=agency, key=key,
        defaults={
            "channel": channel, "recipient": recipient, "payload": payload, "gated": gated,
            "client_id": client, "case_id": case, "due_at": due_at or at, "made_at": at,
            "content_hash": hash_of(payload),
        },
    )  # fmt: skip
    return message


@sheet(frozen=True, slots=True)
class Unwritten:
    """A message to a debtor whose content is typeset later; `payload` says what is to be written."""

    id: UUID
    channel: str
    key: str
    client: UUID
    case: UUID
    payload: str


MESSAGE = {
    "id": "uuid", "channel": "text", "key": "text", "client_id": "uuid", "case_id": "uuid", "payload": "jsonb",
}  # fmt: skip


def queue_unwritten(*, agency: UUID, messages: Iterable[Unwritten], at: datetime) -> int:
    """Queue many at once, gated, without content; the caller has made sure that the keys are new (the
    database refuses a second one). `fill` gives each its content, once."""
    fixed = {
        "agency_id": ("uuid", agency), "state": ("text", State.READY), "gated": ("boolean", True),
        "recipient": ("text", ""), "content_hash": ("text", ""), "due_at": ("timestamptz", at),
        "made_at": ("timestamptz", at), "fence": ("int", 0), "attempts": ("int", 0), "doubt": ("boolean", False),
        "provider_ref": ("text", ""), "outcome": ("jsonb", "{}"),
    }  # fmt: skip
    rows = ((m.id, m.channel, m.key, m.client, m.case, m.payload) for m in messages)
    return insert_many("outbox_message", MESSAGE, rows, constants=fixed)


def fill(*, message: UUID, recipient: str, payload: dict[str, Any]) -> bool:
    """Give an unwritten message its content; False when it has some (what is to be sent never changes)."""
    return bool(
        Message.objects.filter(id=message, content_hash="").update(
            recipient=recipient, payload=payload, content_hash=hash_of(payload)
        )
    )


def hash_of(payload: dict[str, Any]) -> str:
    return sha256(json.dumps(payload, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def workable(now: datetime) -> Q:
    """Ready and due, or attempting with a lapsed lease."""
    ready = Q(state=State.READY, due_at__lte=now)
    lapsed = Q(state=State.ATTEMPTING, lease_until__lt=now)
    return ready | lapsed


# While the database is a restored one that nobody has compared, nothing is worked (a trigger says so too).
RESTORED = Restore.objects.filter(agency_id=OuterRef("agency_id"), released_at__isnull=True)


def next_due(*, agency: UUID, now: datetime, limit: int = 100) -> list[UUID]:
    """Ids of messages to work on, the longest due first."""
    found = Message.objects.filter(workable(now), ~Exists(RESTORED), agency_id=agency).order_by(
        "due_at", "id"
    )
    return list(found.values_list("id", flat=True)[:limit])


def claim(*, message: UUID, now: datetime) -> Message | None:
    """Take a message for one attempt, or None when somebody was first. The guard is in the WHERE.

    The returned row's `fence` must be given back to `settle`. Taken over from a lapsed lease, it is in
    `doubt`: the provider is to be asked before anything is handed over.
    """
    taken = Message.objects.filter(workable(now), ~Exists(RESTORED), id=message).update(
        state=State.ATTEMPTING,
        fence=F("fence") + 1,
        attempts=F("attempts") + 1,
        lease_until=now + LEASE,
        doubt=Case(
            When(state=State.ATTEMPTING, then=Value(True)),
            default=F("doubt"),
            output_field=BooleanField(),
        ),
    )
    return Message.objects.get(id=message) if taken else None


def settle(
    *, message: UUID, fence: int, state: str, now: datetime, provider_ref: str = "",
    outcome: dict[str, Any] | None = None, retry_at: datetime | None = None, doubt: bool = False,
) -> bool:  # fmt: skip
    """Record an attempt's outcome; False when a newer claim has taken over (its word counts).

    For `ready` (again, from `retry_at`): `doubt` says whether this attempt may have arrived after all.
    """
    changes: dict[str, Any] = {"state": state, "lease_until": None, "outcome": outcome or {}}
    if state == State.READY:
        changes |= {"due_at": retry_at or now, "doubt": doubt}
    else:
        changes["settled_at"] = now
    if provider_ref:
        changes["provider_ref"] = provider_ref
    return bool(
        Message.objects.filter(id=message, fence=fence, state=State.ATTEMPTING).update(**changes)
    )


def put_in_doubt(*, agency: UUID, but: Iterable[str] = ()) -> int:
    """All that waits may have left already, as far as this database can know: the provider is asked first,
    and where it cannot be asked a person is. `but`: channels of which somebody knows better."""
    waiting = Message.objects.filter(agency_id=agency, state__in=[State.READY, State.ATTEMPTING])
    return waiting.exclude(channel__in=list(but)).update(doubt=True)


def set_back(*, message: UUID, now: datetime, because: str, retry_at: datetime) -> int:
    """An attempt broke before it began: counted and tried again later, so that one bad message never
    stands before the others. Returns how many attempts there have been."""
    known = Message.objects.filter(id=message, state=State.READY)
    known.update(attempts=F("attempts") + 1, due_at=retry_at, outcome={"because": because})
    return int(known.values_list("attempts", flat=True).first() or 0)


def cancel(*, message: UUID, now: datetime, because: str) -> bool:
    """Cancel what has not been claimed yet; False when it is too late."""
    return bool(
        Message.objects.filter(id=message, state=State.READY).update(
            state=State.CANCELLED, settled_at=now, outcome={"because": because}
        )
    )


def forget_message(message: Message) -> dict[str, Any]:
    """Empty whom a settled message went to and what it said, inside the caller's transaction; what it held.
    The hash of what it said stays."""
    held = {"recipient": message.recipient, "payload": message.payload}
    Message.objects.filter(id=message.id).update(recipient="", payload={})
    return held
