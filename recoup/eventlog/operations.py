"""Writers of the event log: record what happened, then seal it into the chain."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from datetime import datetime
from secrets import token_hex
from typing import Any
from uuid import UUID

from django.db import connection

from recoup.eventlog.models import Event, Seal, Unsealed
from recoup.eventlog.rules import (
    GENESIS,
    PLAIN,
    VERSION,
    canonical_bytes,
    closed,
    link_of,
    may_name,
)
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id, new_id_text
from recoup.kernel.sheets import sheet
from recoup.tenancy.bulk import insert_many


@sheet(frozen=True, slots=True)
class Happened:
    """An event to be recorded. `data` holds JSON values only (amounts as strings, days as ISO)."""

    kind: str
    at: datetime
    by: Actor
    case: UUID | None = None
    client: UUID | None = None
    audience: str = "client"
    data: dict[str, Any] = field(default_factory=dict)


def record(
    *, agency: UUID, kind: str, by: Actor, at: datetime, case: UUID | None = None,
    client: UUID | None = None, audience: str = "client", **data: Any,
) -> UUID:  # fmt: skip
    """Record one event in the caller's transaction; returns its id."""
    row = row_of(agency, Happened(kind, at, by, case, client, audience, data))
    row.save(force_insert=True)
    return row.id


FEW = 50
EVENT = {
    "id": "uuid", "kind": "text", "at": "timestamptz", "by_kind": "text", "by_id": "uuid", "by_name": "text",
    "client_id": "uuid", "case_id": "uuid", "audience": "text", "data": "jsonb", "salts": "jsonb",
}  # fmt: skip


def record_many(*, agency: UUID, events: Iterable[Happened]) -> None:
    """Record many events with one statement, in the order given."""
    events = list(events)
    if len(events) > FEW:
        insert_many(
            "eventlog_event", EVENT,
            (
                (new_id_text(), e.kind, e.at, e.by.kind, e.by.id, e.by.name, e.client, e.case, e.audience, json.dumps(e.data), json.dumps(salts))
                for e, salts in zip(events, salts_for(events), strict=True)
            ),
            constants={"agency_id": ("uuid", agency)},
        )  # fmt: skip
    else:
        Event.objects.bulk_create([row_of(agency, e) for e in events])


def row_of(agency: UUID, e: Happened) -> Event:
    return Event(
        id=new_id(), agency_id=agency, kind=e.kind, at=e.at, by_kind=e.by.kind, by_id=e.by.id,
        by_name=e.by.name, client_id=e.client, case_id=e.case, audience=e.audience, data=e.data,
        salts=salts_of(e.data),
    )  # fmt: skip


SALT = 32  # hexadecimal digits: 128 bits


def salts_of(data: dict[str, Any]) -> dict[str, str]:
    return {key: token_hex(SALT // 2) for key in may_name(data)}


def salts_for(events: Sequence[Happened]) -> Iterator[dict[str, str]]:
    """`salts_of` of each, with randomness fetched once: asked for salt by salt, the system takes longer than
    all the rest of an event."""
    keys = [may_name(e.data) for e in events]
    grains = token_hex(SALT // 2 * sum(map(len, keys)))
    taken = 0
    for mine in keys:
        yield {key: grains[taken + SALT * n : taken + SALT * (n + 1)] for n, key in enumerate(mine)}
        taken += SALT * len(mine)


def document_of(event: Event) -> dict[str, Any]:
    """What is hashed of an event: the version and every column; what may name a person by its commitment."""
    return {
        "v": PLAIN if event.salts is None else VERSION, "id": str(event.id), "agency": str(event.agency_id), "kind": event.kind,
        "at": event.at.isoformat(), "by": [event.by_kind, str(event.by_id or ""), event.by_name],
        "client": str(event.client_id or ""), "case": str(event.case_id or ""),
        "audience": event.audience, "data": closed(event.data, event.salts or {}),
    }  # fmt: skip


def opened(event: Event) -> dict[str, list[Any]]:
    """What its commitments stand for, by key: salt and value; nothing of what was erased."""
    return {key: [salt, event.data[key]] for key, salt in (event.salts or {}).items()}


def forget_words(event: Event) -> dict[str, Any]:
    """Leave only the commitments, inside the caller's transaction; what it held. The chain stays as it is;
    the database refuses any other change."""
    salts = event.salts or {}
    held = {key: event.data[key] for key in salts}
    Event.objects.filter(id=event.id).update(data=closed(event.data, salts), salts={})
    return held


def canonical(event: Event) -> bytes:
    return canonical_bytes(document_of(event))


def link(previous: str, event: Event) -> str:
    return link_of(previous, document_of(event))


def seal_waiting(*, agency: UUID, limit: int = 5000) -> int:
    """Give waiting events their places in the chain, in batches; returns how many.

    One sealer at a time per agency (advisory lock), so that the chain never forks. Sealing apart from
    recording keeps writers from queueing behind one another.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [str(agency)])
    waiting = list(Unsealed.objects.filter(agency_id=agency).order_by("id")[:limit])
    if not waiting:
        return 0
    last = Seal.objects.filter(agency_id=agency).order_by("-seq").first()
    seq, previous = (last.seq, last.hash) if last else (0, GENESIS)
    events = Event.objects.in_bulk([w.event_id for w in waiting])
    seals = []
    for row in waiting:
        seq, event = seq + 1, events[row.event_id]
        seal = Seal(
            agency_id=agency, seq=seq, event=event, previous=previous, hash=link(previous, event)
        )
        seals.append(seal)
        previous = seal.hash
    Seal.objects.bulk_create(seals, batch_size=2000)
    Unsealed.objects.filter(id__in=[w.id for w in waiting]).delete()
    return len(seals)
