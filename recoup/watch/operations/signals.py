"""Signals are raised, by people with evidence or by the books, and taken back with a reason."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from recoup.eventlog.operations import Happened, record, record_many
from recoup.files.models import Document
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Debtor
from recoup.tenancy.bulk import insert_many
from recoup.watch.models import Signal
from recoup.watch.rules import Raised, kind_of
from recoup.watch.states import VERSION, Source

OLDEST = timedelta(days=1095)
SAID = N_("%(note)s")


@transaction.atomic
def observe_signal(
    *, debtor: Debtor, kind: str, on: date, note: str, document: Document | None = None,
    client: UUID | None = None, key: UUID, by: Actor, at: datetime,
) -> Signal:  # fmt: skip
    """Somebody has seen something, with evidence: a note, or a document with a note. `client`: that client
    sees it too; without one only the house does. The same `key` again makes no second one.

    Raises `Refusal` `signal_unknown`, `evidence_missing`, `day_ahead`, `signal_old`.
    """
    kind_of(kind)
    if len(note.strip()) < 5:
        raise Refusal("evidence_missing", N_("Say what was seen, and where: a signal without evidence is a rumour."), field="note")  # fmt: skip
    if on > at.date():
        raise Refusal("day_ahead", N_("%(found)s is still to come."), field="on", found=on.isoformat())  # fmt: skip
    if on < at.date() - OLDEST:
        raise Refusal("signal_old", N_("%(found)s is more than three years ago."), field="on", found=on.isoformat())  # fmt: skip
    return kept(
        debtor=debtor, kind=kind, source=Source.OBSERVED, on=on, because=SAID, params={"note": note.strip()[:250]},
        note=note.strip()[:1000], document=document, client=client, public=False, key=f"seen:{key}", by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def publish_notice(
    *, debtor: Debtor, kind: str, on: date, because: str, params: dict[str, Any], key: str,
    document: Document | None = None, client: UUID | None = None, by: Actor, at: datetime,
) -> Signal:  # fmt: skip
    """A court or a register has said something about the debtor: published, every client of it may see that; in
    a proceeding of `client`, that client and the house. `because`: a marked sentence with gaps. The same `key`
    again makes no second one."""
    return kept(
        debtor=debtor, kind=kind, source=Source.NOTICE, on=on, because=because, params=params, note="",
        document=document, client=client, public=client is None, key=f"notice:{key}", by=by, at=at,
    )  # fmt: skip


def kept(
    *, debtor: Debtor, kind: str, source: str, on: date, because: str, params: dict[str, Any], note: str,
    document: Document | None, client: UUID | None, public: bool, key: str, by: Actor, at: datetime,
) -> Signal:  # fmt: skip
    known = kind_of(kind)
    made, fresh = Signal.objects.get_or_create(
        agency_id=debtor.agency_id, key=key[:160],
        defaults={
            "debtor": debtor, "client_id": client, "public": public, "kind": kind, "source": source, "on": on,
            "weight": known.weight, "half_life": known.half_life,
            "expires_on": on + timedelta(days=known.lasts), "because": because[:300], "params": params,
            "note": note, "document": document, "rule": VERSION, "at": at, "by_name": by.name,
        },
    )  # fmt: skip
    if fresh:
        record(
            agency=debtor.agency_id, kind="SignalRaised", by=by, at=at, client=client,
            audience="client" if client else "internal", debtor=debtor.name, signal=kind, on=on.isoformat(),
            because=because, params=params, source=str(source),
        )  # fmt: skip
    return made


@dataclass(frozen=True, slots=True)
class NewSignal:
    """A computed signal to be: of one client's data, or (without) of the house's."""

    debtor: UUID
    debtor_name: str
    client: UUID | None
    raised: Raised

    @property
    def key(self) -> str:
        """The newest fact names it: found again on another day it is the same signal."""
        return f"{self.raised.kind}:{self.debtor}:{self.client or 'house'}:{self.raised.on.isoformat()}"


SIGNAL = {
    "id": "uuid", "debtor_id": "uuid", "client_id": "uuid", "kind": "text", "on": "date", "weight": "numeric",
    "half_life": "int", "expires_on": "date", "because": "text", "params": "jsonb", "key": "text",
}  # fmt: skip


def raise_many(*, agency: UUID, signals: Sequence[NewSignal], by: Actor, at: datetime) -> int:
    """Computed signals, many at once; those that are known make no second one. Returns how many are new.
    In the caller's transaction."""
    if not signals:
        return 0
    keys = [s.key for s in signals]
    known = set(Signal.objects.filter(agency_id=agency, key__in=keys).values_list("key", flat=True))
    fresh = list({s.key: s for s in signals if s.key not in known}.values())
    if not fresh:
        return 0
    insert_many(
        "watch_signal", SIGNAL, [row_of(s) for s in fresh],
        constants={
            "agency_id": ("uuid", agency), "source": ("text", Source.COMPUTED), "public": ("boolean", False),
            "note": ("text", ""), "rule": ("text", VERSION), "at": ("timestamptz", at),
            "by_name": ("text", by.name), "withdrawn_by": ("text", ""), "withdrawn_because": ("text", ""),
        },
        on_conflict="ON CONFLICT DO NOTHING",
    )  # fmt: skip
    record_many(agency=agency, events=[happened(s, by, at) for s in fresh])
    return len(fresh)


def row_of(signal: NewSignal) -> tuple[Any, ...]:
    raised, known = signal.raised, kind_of(signal.raised.kind)
    return (
        new_id(), signal.debtor, signal.client, raised.kind, raised.on, known.weight, known.half_life,
        raised.on + timedelta(days=known.lasts), raised.because, json.dumps(raised.params), signal.key,
    )  # fmt: skip


def happened(signal: NewSignal, by: Actor, at: datetime) -> Happened:
    raised = signal.raised
    return Happened(
        "SignalRaised", at, by, None, signal.client, "client" if signal.client else "internal",
        {
            "debtor": signal.debtor_name, "signal": raised.kind, "on": raised.on.isoformat(),
            "because": raised.because, "params": raised.params, "source": Source.COMPUTED.value,
        },
    )  # fmt: skip


@transaction.atomic
def withdraw_signal(*, signal: Signal, because: str, by: Actor, at: datetime) -> None:
    """It was wrong, or meant somebody else: it counts no more, and stays on record.
    Raises `Refusal` `reason_missing`, `signal_withdrawn`."""
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    changed = Signal.objects.filter(id=signal.id, withdrawn_at__isnull=True).update(
        withdrawn_at=at, withdrawn_by=by.name, withdrawn_because=because.strip()[:300]
    )
    if not changed:
        raise Refusal("signal_withdrawn", N_("This signal was taken back before."))
    record(
        agency=signal.agency_id, kind="SignalWithdrawn", by=by, at=at, client=signal.client_id,
        audience="client" if signal.client_id else "internal", signal=signal.kind, because=because.strip()[:300],
    )  # fmt: skip
