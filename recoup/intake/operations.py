"""Writers of placements, their rows' verdicts, kept mappings and drafts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from recoup.eventlog.operations import record
from recoup.files.models import Document
from recoup.intake.columns import Mapping
from recoup.intake.columns.mapping import signature
from recoup.intake.models import Draft, KeptMapping, PlacedRow, Placement
from recoup.intake.states import MOVES, State
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client
from recoup.tenancy.operations import next_number


@transaction.atomic
def open_placement(
    *, client: Client, document: Document, name: str, source: str, key: str, by: Actor, at: datetime
) -> Placement:
    """A new placement of rows that are kept as `document`; nothing is made of them yet. The same `key`
    again returns the first one."""
    known = Placement.objects.filter(agency_id=client.agency_id, client=client, key=key).first()
    if known is not None:
        return known
    same = Placement.objects.filter(
        agency_id=client.agency_id,
        client=client,
        document=document,
        state=State.DONE,
    )
    number = next_number(agency=client.agency_id, series=f"placement-{at.year}")
    return Placement.objects.create(
        agency_id=client.agency_id, client=client, number=f"P-{at.year}-{number:06d}", key=key, name=name[:200],
        source=source, document=document, earlier=same.order_by("-made_at").first(), state=State.READ, made_at=at,
        by_kind=by.kind, by_id=by.id, by_name=by.name,
    )  # fmt: skip


def move_placement(*, placement: Placement, now: State, **changes: Any) -> None:
    """The move in one UPDATE with the state before in its WHERE. Raises `Refusal`
    `placement_moved_meanwhile` when somebody was first, or the table has no such move."""
    was = [state for state, to in MOVES.items() if now in to]
    if not Placement.objects.filter(id=placement.id, state__in=was).update(state=now, **changes):
        placement.refresh_from_db()
        raise Refusal(
            "placement_moved_meanwhile", N_("Placement %(number)s is “%(found)s” already; nothing was changed."),
            number=placement.number, found=placement.state,
        )  # fmt: skip
    for name, value in {"state": now, **changes}.items():
        setattr(placement, name, value)


@transaction.atomic
def refuse_placement(*, placement: Placement, refusal: Refusal, by: Actor, at: datetime) -> None:
    """The file as a whole cannot be taken: its sentence is kept, nothing else."""
    said = refusal.as_error() | {"text": refusal.text, "params": plain(refusal.params)}
    move_placement(placement=placement, now=State.REFUSED, refusal=said, finished_at=at)
    record(
        agency=placement.agency_id, kind="PlacementRefused", by=by, at=at, client=placement.client_id,
        number=placement.number, name=placement.name, because=refusal.sentence()[:500],
    )  # fmt: skip


def plain(params: dict[str, Any]) -> dict[str, Any]:
    return {k: v if isinstance(v, int | str) else str(v) for k, v in params.items()}


def show_placement(
    *, placement: Placement, mapping: Mapping, preview: dict[str, Any], rows: int
) -> None:
    """What is shown before confirming; only while it waits."""
    Placement.objects.filter(id=placement.id, state=State.READ).update(
        mapping=mapping.as_json(), preview=preview, rows=rows
    )
    placement.mapping, placement.preview, placement.rows = mapping.as_json(), preview, rows


@transaction.atomic
def confirm_placement(
    *, placement: Placement, mapping: Mapping, names: list[str], by: Actor, at: datetime
) -> None:
    """The client says that it is right: it waits for the worker, and the mapping is remembered for the
    same headings. Raises `Refusal` `placement_moved_meanwhile`."""
    move_placement(
        placement=placement, now=State.QUEUED, confirmed_at=at, mapping=mapping.as_json()
    )
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY placement")
    if names:
        KeptMapping.objects.update_or_create(
            agency_id=placement.agency_id, client_id=placement.client_id, signature=signature(names),
            defaults={"mapping": mapping.as_json(), "used_at": at},
        )  # fmt: skip
    record(
        agency=placement.agency_id, kind="PlacementConfirmed", by=by, at=at, client=placement.client_id,
        number=placement.number, name=placement.name, rows=placement.rows,
    )  # fmt: skip


def kept_mapping(*, client: Client, names: list[str]) -> Mapping | None:
    """The mapping that this client confirmed last for these headings."""
    found = KeptMapping.objects.filter(
        agency_id=client.agency_id, client=client, signature=signature(names)
    ).first()
    return Mapping.read(found.mapping) if found else None


def keep_rows(*, placement: Placement, rows: Sequence[PlacedRow]) -> None:
    """Verdicts of some rows; one that has its verdict keeps it. Counts them as done."""
    before = PlacedRow.objects.filter(placement=placement).count()
    PlacedRow.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)
    fresh = PlacedRow.objects.filter(placement=placement).count() - before
    Placement.objects.filter(id=placement.id).update(done=F("done") + fresh)


@transaction.atomic
def finish_placement(
    *, placement: Placement, summary: dict[str, Any], by: Actor, at: datetime
) -> None:
    move_placement(
        placement=placement, now=State.DONE, summary=summary, finished_at=at, done=placement.rows
    )
    record(
        agency=placement.agency_id, kind="PlacementTaken", by=by, at=at, client=placement.client_id,
        number=placement.number, name=placement.name, rows=placement.rows, accepted=summary["accepted"],
        rejected=summary["rejected"], duplicates=summary["duplicates"], cases=summary["cases"],
    )  # fmt: skip


@transaction.atomic
def mark_undone(*, placement: Placement, cases: int, by: Actor, at: datetime) -> None:
    move_placement(placement=placement, now=State.UNDONE, undone_at=at)
    record(
        agency=placement.agency_id, kind="PlacementUndone", by=by, at=at, client=placement.client_id,
        number=placement.number, name=placement.name, cases=cases,
    )  # fmt: skip


# Drafts --------------------------------------------------------------------------------------------


def save_draft(
    *, client: Client, key: UUID, content: dict[str, Any], version: int, by: Actor, at: datetime
) -> Draft:
    """Keep a submission as far as it is filled in. `version` is the one the form was made from: with an
    older one nothing is overwritten. Raises `Refusal` `draft_newer`, `draft_ended`."""
    draft, fresh = Draft.objects.get_or_create(
        agency_id=client.agency_id, client=client, key=key,
        defaults={"content": content, "version": 1, "made_at": at, "saved_at": at, "by_name": by.name},
    )  # fmt: skip
    if fresh:
        return draft
    if draft.content == content and draft.ended_at is None:
        return draft
    open_one = Draft.objects.filter(id=draft.id, ended_at__isnull=True, version=version)
    if not open_one.update(content=content, version=version + 1, saved_at=at, by_name=by.name):
        draft.refresh_from_db()
        if draft.ended_at:
            raise Refusal("draft_ended", N_("This draft was submitted or thrown away already."))
        raise Refusal(
            "draft_newer", N_("%(who)s has saved a newer version of this draft; reload the page to see it."),
            who=draft.by_name,
        )  # fmt: skip
    draft.refresh_from_db()
    return draft


def end_draft(*, client: Client, key: UUID | str, at: datetime) -> None:
    """Submitted or thrown away; it is no longer offered. A key that no form had ends none."""
    if isinstance(key, str):
        try:
            key = UUID(key)
        except ValueError:
            return
    Draft.objects.filter(
        agency_id=client.agency_id, client=client, key=key, ended_at__isnull=True
    ).update(ended_at=at)


def limit_of(placement: Placement) -> list[UUID]:
    """The divisions that whoever handed it over is limited to, as the database has stamped it; empty: none
    in particular."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT within FROM intake_placement WHERE id = %s", [placement.id])
        row = cursor.fetchone()
    return list(row[0]) if row else []
