"""Every invariant the database can be asked, per agency: `recoup prove`, and every few minutes in
operation. A check returns what it looked at and what it found wrong; nothing is repaired here."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from recoup.journeys.prove.chain import chain_unbroken
from recoup.journeys.prove.checks import CHECKS
from recoup.journeys.prove.documents import documents_there
from recoup.journeys.prove.guards import guards_in_force, rows_of_their_client
from recoup.journeys.prove.isolation import isolation_in_force
from recoup.journeys.prove.query import Query
from recoup.journeys.prove.records import RECORDS
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency


@dataclass(frozen=True)
class Check:
    """`found`: up to ten sentences, empty when it holds."""

    name: str
    holds: bool
    looked_at: int
    found: list[str]
    seconds: float


def prove(*, now: datetime) -> list[Check]:
    """All checks over all agencies."""
    agencies = list(Agency.objects.order_by("id"))
    checks = [measured("isolation policies present", [isolation_in_force()])]
    checks.append(measured("guards of the database in force", [guards_in_force()]))
    own = Query("rows of a case are under its client", *rows_of_their_client())
    for query in (*CHECKS, *RECORDS, own):
        checks.append(measured(query.name, (ask(a, query, now) for a in agencies)))
    checks.append(measured("audit chain unbroken", (chain_of(a) for a in agencies)))
    on = now.date()
    checks.append(measured("documents are there", (documents_of(a, on) for a in agencies)))
    return checks


def measured(name: str, results: Iterable[tuple[int, list[str]]]) -> Check:
    start, looked_at, found = time.perf_counter(), 0, []
    for count, wrong in results:
        looked_at += count
        found += wrong
    return Check(name, not found, looked_at, found[:10], round(time.perf_counter() - start, 3))


def ask(agency: Agency, query: Query, now: datetime) -> tuple[int, list[str]]:
    with scope(agency.id), connection.cursor() as cursor:
        cursor.execute(query.count)
        looked_at = int(cursor.fetchone()[0])
        # The sentences carry %s of their own (SQL's format), so the instant is written in, not bound.
        cursor.execute(query.wrong.replace(":now", f"timestamptz '{now.isoformat()}'"))
        return looked_at, [f"{agency.slug}: {row[0]}" for row in cursor.fetchmany(10)]


def chain_of(agency: Agency) -> tuple[int, list[str]]:
    with scope(agency.id):
        looked_at, wrong = chain_unbroken(agency.id)
    return looked_at, [f"{agency.slug}: {w}" for w in wrong]


def documents_of(agency: Agency, on: date) -> tuple[int, list[str]]:
    with scope(agency.id):
        looked_at, wrong = documents_there(agency.id, on)
    return looked_at, [f"{agency.slug}: {w}" for w in wrong]
