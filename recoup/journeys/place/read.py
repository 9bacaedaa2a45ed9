"""A list of debts comes in, is kept as it came, and is shown as it will be read."""

import json
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction

from recoup.cases.operations import one_at_a_time
from recoup.files.models import Document
from recoup.files.operations import content_of, keep
from recoup.files.quarantine import held_back
from recoup.files.scan import scan
from recoup.intake.columns import FIELDS, Layout, Mapping, Profile, lay_out, profile
from recoup.intake.columns.header import refuse_missing
from recoup.intake.columns.named import named_columns
from recoup.intake.models import Placement
from recoup.intake.operations import (
    confirm_placement,
    kept_mapping,
    open_placement,
    refuse_placement,
    show_placement,
)
from recoup.intake.states import State
from recoup.intake.tables import Row, Sheet, Table, read_table
from recoup.journeys.quarantine import keep_apart
from recoup.journeys.submit_invoice import agreement_of
from recoup.kernel.actor import Actor
from recoup.kernel.bulk import undisturbed
from recoup.kernel.faults import fault
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client
from recoup.tenancy.context import scope

KIND = "placement"
MOST_ROWS = 250_000
CSV, XLSX, JSON = (
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/json",
)


@dataclass(frozen=True, slots=True)
class Looked:
    """A placement's rows under a mapping."""

    layout: Layout
    profile: Profile


def receive_file(
    *, client: Client, name: str, content: bytes, key: str = "",
    chosen: AnyMapping[str, Any] | None = None, by: Actor, at: datetime,
) -> Placement:  # fmt: skip
    """Keep a list and look at it once, under what was `chosen` (see `named_columns`) if anything. A file
    that cannot be read is a placement that says why, by name; one that is being worked already is
    returned as it stands.

    Raises `Refusal` `agreement_missing`, and those of a file that is not even kept (`no_rows`,
    `not_a_table`, `file_too_large`, `workbook_…`).
    """
    agreement_of(client)
    found = scan(content)
    if (against := held_back(name, found)) is not None:
        with scope(client.agency_id):
            keep_apart(
                agency=client.agency_id, content=content, name=name, found=found, by=by, at=at
            )
        raise against
    with undisturbed():
        table = read_table(content, file=name)
    media = XLSX if table.format == "xlsx" else CSV
    return received(client, name, content, media, "file", key, table, by, at, chosen)


def receive_rows(
    *, client: Client, rows: Sequence[AnyMapping[str, str]], key: str, by: Actor, at: datetime
) -> Placement:
    """Rows of a request: each a mapping of field codes (`recoup.intake.columns.FIELDS`) to text, days as
    2026-01-31, amounts as 1234.56. Raises `Refusal` `agreement_missing`, `no_rows`, `field_unknown`."""
    agreement_of(client)
    if not rows:
        raise Refusal("no_rows", N_("%(file)s has no rows; nothing was taken."), file="rows")
    for number, row in enumerate(rows, 1):
        if unknown := set(row) - set(FIELDS):
            raise Refusal("field_unknown", N_("Row %(row)d: there is no field “%(found)s”."), row=number,
                          found=sorted(unknown)[0])  # fmt: skip
    content = json.dumps([dict(row) for row in rows], ensure_ascii=False, sort_keys=True).encode()
    return received(client, f"{key}.json", content, JSON, "api", key, table_of_rows(rows), by, at)


def received(
    client: Client, name: str, content: bytes, media: str, source: str, key: str, table: Table, by: Actor,
    at: datetime, chosen: AnyMapping[str, Any] | None = None,
) -> Placement:  # fmt: skip
    with scope(client.agency_id), transaction.atomic():
        one_at_a_time(client=client.id)
        document = kept(client, name, content, media, by, at)
        waiting = Placement.objects.filter(
            agency_id=client.agency_id, client=client, document=document,
            state__in=[State.READ, State.QUEUED, State.RUNNING],
        ).first()  # fmt: skip
        if waiting is not None and not (chosen and waiting.state == State.READ):
            return waiting
        placement = waiting or open_placement(
            client=client, document=document, name=name, source=source, by=by, at=at,
            key=key or f"{document.id}:{Placement.objects.filter(document=document).count()}",
        )  # fmt: skip
        if placement.state == State.READ and (chosen or not placement.preview):
            try:
                asked = named_columns(table, chosen, file=name) if chosen else None
                look(placement=placement, table=table, chosen=asked)
            except Refusal as refusal:
                refuse_placement(placement=placement, refusal=refusal, by=by, at=at)
        fault("placement.received_uncommitted")
    return placement


def kept(
    client: Client, name: str, content: bytes, media: str, by: Actor, at: datetime
) -> Document:
    with scope(client.agency_id, client=client.id):
        known = Document.objects.filter(
            agency_id=client.agency_id,
            client_id=client.id,
            kind=KIND,
            sha256=sha256(content).hexdigest(),
        ).first()
    return known or keep(
        agency=client.agency_id, content=content, name=name, media_type=media, kind=KIND, by=by, at=at,
        client=client.id,
    )  # fmt: skip


def table_of(placement: Placement) -> Table:
    """The rows as they came, read again from the store."""
    content = content_of(placement.document)
    if placement.source == "api":
        return table_of_rows(json.loads(content))
    return read_table(content, file=placement.name)


def table_of_rows(rows: Sequence[AnyMapping[str, str]]) -> Table:
    """A request's rows as a table whose first row holds the field codes; the n-th row of the request is
    row n + 1, as in a file."""
    codes = [code for code in FIELDS if any(code in row for row in rows)]
    head = Row(1, list(codes))
    body = [Row(n, [str(row.get(code, "")) for code in codes]) for n, row in enumerate(rows, 2)]
    return Table((Sheet("", [head, *body]),), "json", "utf-8")


def look(
    *, placement: Placement, table: Table | None = None, chosen: AnyMapping[str, Any] | None = None
) -> Looked:
    """Lay the rows out under what was `chosen`, else under the mapping remembered for these headings,
    else under what the headings say; keep it as the preview. Raises `Refusal` as `lay_out`, and
    `rows_too_many`."""
    table = table or table_of(placement)
    first = laid_out(placement, table, chosen)
    found = Looked(first, profile(first))
    show_placement(
        placement=placement,
        mapping=first.mapping,
        preview=preview_of(table, found),
        rows=len(first.rows),
    )
    return found


def laid_out(placement: Placement, table: Table, chosen: AnyMapping[str, Any] | None) -> Layout:
    if chosen is not None:
        mapping = Mapping.read({**placement.mapping, **chosen})
        layout = lay_out(table, mapping, file=placement.name)
    else:
        layout = lay_out(table, None, file=placement.name)
        remembered = kept_mapping(client=placement.client, names=layout.names)
        if remembered is not None:
            layout = lay_out(table, remembered, file=placement.name)
    if len(layout.rows) > MOST_ROWS:
        raise Refusal("rows_too_many", N_("%(file)s has %(found)d rows; up to %(most)d can be taken at once."),
                      file=placement.name, found=len(layout.rows), most=MOST_ROWS)  # fmt: skip
    if not layout.rows:
        raise Refusal(
            "no_rows", N_("%(file)s has no rows; nothing was taken."), file=placement.name
        )
    return layout


def looked(placement: Placement) -> Looked:
    """The rows under the placement's own mapping, without keeping anything. Raises as `lay_out`,
    `columns_missing`."""
    with undisturbed():
        layout = lay_out(table_of(placement), Mapping.read(placement.mapping), file=placement.name)
        refuse_missing(layout, placement.name)
        return Looked(layout, profile(layout))


def preview_of(table: Table, found: Looked) -> dict[str, Any]:
    left = [
        {"row": o.row, "why": o.why, "text": o.text, "amount": o.amount}
        for o in found.layout.left_out
    ]
    return {
        "format": table.format, "encoding": table.encoding, "delimiter": table.delimiter, "guessed": table.guessed,
        "hidden_sheets": list(table.left_out), "sheet": found.layout.sheet, "header": found.layout.header,
        "sheets": [sheet.name for sheet in table.sheets if sheet.rows],
        "columns": [column.as_json() for column in found.profile.columns], "missing": list(found.profile.missing),
        "left_out": left[:200], "rows": found.profile.rows,
    }  # fmt: skip


def confirm(*, placement: Placement, by: Actor, at: datetime) -> None:
    """The client says that the preview is right. Raises `Refusal` `columns_missing`, `format_unclear`,
    `placement_moved_meanwhile`, `agreement_missing`."""
    agreement_of(placement.client)
    found = looked(placement)
    refuse_unclear(found, placement.name)
    with scope(placement.agency_id):
        confirm_placement(
            placement=placement,
            mapping=found.layout.mapping,
            names=found.layout.names,
            by=by,
            at=at,
        )


def refuse_unclear(found: Looked, file: str) -> None:
    """A column that can be read two ways is never guessed. Raises `Refusal` `format_unclear`."""
    for column in found.profile.unclear:
        raise Refusal(
            "format_unclear",
            N_("%(file)s, column “%(field)s”: “%(found)s” can be read in two ways; say how amounts and days are written in this file."),
            file=file, field=column.name, found=column.unclear,
        )  # fmt: skip


def placement_of(client: Client, id: UUID) -> Placement:
    return Placement.objects.select_related("client", "document").get(
        agency_id=client.agency_id, client=client, id=id
    )
