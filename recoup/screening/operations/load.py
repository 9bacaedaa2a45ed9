"""A file becomes the list's next version: whole or not at all, in one transaction, by COPY."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import N_, Refusal
from recoup.screening.folding import blocks, folded
from recoup.screening.models import ListedParty, SanctionsList
from recoup.screening.rules import NOT_PARTIES, number_block
from recoup.screening.targets import targets

COLUMNS = "id, key, mark, schema, name, aliases, birth_date, countries, identifiers, sanctions"
BATCH = 2000
SHRUNK_BELOW = 0.5  # of the former version: a file cut off on its way looks like this
FRESH = """
    SELECT {} FROM incoming i WHERE NOT EXISTS (SELECT 1 FROM screening_listedparty p
        WHERE p.agency_id = %(agency)s AND p.key = i.key AND p.until IS NULL AND p.mark = i.mark)"""


@transaction.atomic
def load_list(
    *, agency: UUID, lines: Iterable[str], file: str, sha256: str, may_shrink: bool = False, by: Actor,
    at: datetime,
) -> SanctionsList:  # fmt: skip
    """Load a file of targets (`targets.targets`) as the next version. The same file again is the version
    that it made. Two at once: the second waits, then finds the first.

    Raises `Refusal` `list_broken`, `list_empty`, `list_doubled` (an id twice), `list_shrunk` (less than
    half of the former version, unless `may_shrink`); then nothing was changed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 31))", [str(agency)])
    last = SanctionsList.objects.filter(agency_id=agency).order_by("-number").first()
    if last is not None and last.sha256 == sha256:
        return last
    rows = _receive(lines, file)
    _check(rows, last, file, may_shrink)
    number = last.number + 1 if last else 1
    gone, added = _turn(agency, number)
    made = SanctionsList.objects.create(
        agency_id=agency, number=number, file_name=file[:200], sha256=sha256, rows=rows, added=added,
        gone=gone, loaded_at=at, by_name=by.name,
    )  # fmt: skip
    record(agency=agency, kind="SanctionsListLoaded", by=by, at=at, audience="internal", number=number,
           file=file[:200], rows=rows, added=added, gone=gone, sha256=sha256)  # fmt: skip
    return made


def _receive(lines: Iterable[str], file: str) -> int:
    rows = 0
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS incoming")
        cursor.execute(
            """CREATE TEMPORARY TABLE incoming (id uuid, key text, mark text, schema text, name text,
               aliases text[], birth_date text, countries text[], identifiers text[], sanctions text)
               ON COMMIT DROP"""
        )
        with cursor.copy(f"COPY incoming ({COLUMNS}) FROM STDIN") as copy:
            for one in targets(lines, file=file):
                copy.write_row((
                    new_id(), one.key, one.mark, one.schema, one.name, list(one.aliases), one.birth_date,
                    list(one.countries), list(one.identifiers), one.sanctions,
                ))  # fmt: skip
                rows += 1
        cursor.execute("CREATE INDEX ON incoming (key)")
        cursor.execute("ANALYZE incoming")
    return rows


def _check(rows: int, last: SanctionsList | None, file: str, may_shrink: bool) -> None:
    if not rows:
        raise Refusal("list_empty", N_("%(file)s has no entries; nothing was loaded."), file=file, field="file")  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM incoming GROUP BY key HAVING count(*) > 1 LIMIT 1")
        twice = cursor.fetchone()
    if twice:
        raise Refusal("list_doubled", N_("%(file)s has the entry %(found)s twice; nothing was loaded."),
                      file=file, found=twice[0], field="file")  # fmt: skip
    if last is not None and rows < last.rows * SHRUNK_BELOW and not may_shrink:
        raise Refusal(
            "list_shrunk", N_("%(file)s has %(rows)s entries, the version in use %(before)s: it may have been cut off. Nothing was loaded; load it as complete if it is."),
            file=file, rows=rows, before=last.rows, field="file",
        )  # fmt: skip


def _turn(agency: UUID, number: int) -> tuple[int, int]:
    """End the wordings that are gone, add the new ones with their names; how many of each."""
    known: dict[str, Any] = {"agency": agency, "number": number}
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE screening_listedparty p SET until = %(number)s WHERE p.agency_id = %(agency)s
               AND p.until IS NULL
               AND NOT EXISTS (SELECT 1 FROM incoming i WHERE i.key = p.key AND i.mark = p.mark)""",
            known,
        )
        gone = cursor.rowcount
        cursor.execute(
            f"INSERT INTO screening_listedparty ({COLUMNS}, agency_id, since)"
            + FRESH.format(f"{COLUMNS}, %(agency)s, %(number)s"),
            known,
        )
        added = cursor.rowcount
    _names(agency, number)
    return gone, added


def _names(agency: UUID, number: int) -> None:
    """The pieces by which the new entries are found, batch by batch; by way of a table of this
    transaction, since nothing is copied straight into a table with row security."""
    after = UUID(int=0)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pieces")
        cursor.execute("CREATE TEMPORARY TABLE pieces (id uuid, party uuid, block text, name text) ON COMMIT DROP")  # fmt: skip
        while batch := _fresh(agency, number, after):
            with cursor.copy("COPY pieces (id, party, block, name) FROM STDIN") as copy:
                for id, name, aliases, identifiers in batch:
                    for block, fold in _pieces(name, aliases, identifiers):
                        copy.write_row((new_id(), id, block, fold))
            after = batch[-1][0]
        cursor.execute(
            """INSERT INTO screening_listedname (id, agency_id, party_id, block, name)
               SELECT id, %s, party, block, name FROM pieces ORDER BY block""",
            [agency],
        )


def _fresh(agency: UUID, number: int, after: UUID) -> list[tuple[UUID, str, list[str], list[str]]]:
    new = ListedParty.objects.filter(agency_id=agency, since=number, id__gt=after)
    new = new.exclude(schema__in=NOT_PARTIES).order_by("id")
    return list(new.values_list("id", "name", "aliases", "identifiers")[:BATCH])


def _pieces(name: str, aliases: list[str], numbers: list[str]) -> set[tuple[str, str]]:
    found = {(block, fold[:2000]) for said in (name, *aliases) for fold in (folded(said),) for block in blocks(fold)}  # fmt: skip
    return found | {(block, "") for block in map(number_block, numbers) if block}
