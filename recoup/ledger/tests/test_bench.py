import os
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import connection

from conftest import superuser
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.ledger.bench import postings_per_second
from recoup.ledger.models import Entry
from recoup.ledger.operations import BATCH, Draft, Leg, open_book, write_entries

ON, AT = date(2026, 11, 20), datetime(2026, 11, 20, 9, tzinfo=UTC)
TABLES = ["ledger_entry", "ledger_posting"]


def test_the_benchmark_measures_both_and_leaves_nothing(db):
    found = postings_per_second(200)
    assert found["per_second"] > 0 and found["floor_per_second"] > 0 and found["ratio"] > 0
    assert not Entry.objects.exists()


def test_a_bulk_posting_into_a_young_ledger_brings_its_statistics(house):
    """Without them the guard of each reference keeps a plan made for an empty table."""
    with superuser(os.environ["RECOUP_DB_NAME"]) as db:
        db.execute(
            "UPDATE pg_class SET relpages = 0, reltuples = -1 WHERE relname = ANY(%s)", [TABLES]
        )
    book = open_book(agency=house.id, kind="house", name="House")
    legs = (
        Leg(book, "trust_bank", Money(Decimal(1), "EUR")),
        Leg(book, "unallocated", Money(Decimal(-1), "EUR")),
    )
    drafts = [Draft("claim", f"young:{n}", ON, "", legs) for n in range(BATCH + 500)]
    write_entries(agency=house.id, drafts=drafts, by=SYSTEM, at=AT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, reltuples FROM pg_class WHERE relname = ANY(%s)", [TABLES])
        known = dict(cursor.fetchall())
    assert known["ledger_entry"] >= BATCH and known["ledger_posting"] >= 2 * BATCH
