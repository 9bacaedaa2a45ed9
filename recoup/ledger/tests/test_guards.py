"""What the database itself forbids, to whoever has the application's password."""

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.ledger.models import Posting
from recoup.ledger.operations import Draft, Leg, open_book, post
from recoup.ledger.tests.test_ledger import AT, ON, eur
from recoup.tenancy.context import scope

ENTRY = """INSERT INTO ledger_entry (id, agency_id, kind, source, value_on, booked_at, by_kind, by_name, memo, because)
           VALUES (%s, %s, 'raw', %s, '2026-11-20', now(), 'system', 'raw', '', '{}')"""
POSTING = """INSERT INTO ledger_posting (id, agency_id, entry_id, book_id, account, currency, amount, value_on, booked_at)
             VALUES (%s, %s, %s, %s, 'trust_bank', 'EUR', %s, '2026-11-20', now())"""


@pytest.fixture
def book(house):
    return open_book(agency=house.id, kind="house", name="House")


def posted(house, book, client=None):
    legs = (Leg(book, "trust", eur("10.00")), Leg(book, "unallocated", eur("-10.00")))
    draft = Draft("receipt", f"line:{new_id()}", ON, "Received", legs, client)
    return post(agency=house.id, draft=draft, by=SYSTEM, at=AT)


# An entry is refused as soon as it stands alone, so what is tried comes with it in one statement.
TOGETHER = f"WITH entry AS ({ENTRY}) {POSTING}"


def refused(statements, match):
    with (
        pytest.raises((DatabaseError, psycopg.Error), match=match),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        for sql, values in statements:
            cursor.execute(sql, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_raw_sql_cannot_unbalance(house, book):
    entry = new_id()
    values = [entry, house.id, "raw:1", new_id(), house.id, entry, book.id, "5.00"]
    refused([(TOGETHER, values)], "is off by")


def test_raw_sql_cannot_add_a_leg_to_an_old_entry(house, book):
    entry = posted(house, book)
    refused([(POSTING, [new_id(), house.id, entry.id, book.id, "0.01"])], "is off by")


def test_raw_sql_cannot_leave_an_entry_empty(house, book):
    refused([(ENTRY, [new_id(), house.id, "raw:2"])], "has no postings")


def test_one_empty_entry_among_others_is_found(house, book):
    full, bare = new_id(), new_id()
    both = f"""WITH one AS ({ENTRY}), other AS ({ENTRY}), leg AS ({POSTING}) {POSTING}"""
    legs = [
        part for amount in ("5.00", "-5.00") for part in (new_id(), house.id, full, book.id, amount)
    ]
    refused([(both, [full, house.id, "raw:8", bare, house.id, "raw:9", *legs])], "has no postings")


def test_raw_sql_cannot_post_nothing_or_what_is_no_number(house, book):
    for amount in ("0", "NaN", "1e13"):
        entry = posted(house, book)
        refused(
            [(POSTING, [new_id(), house.id, entry.id, book.id, amount])],
            "posting_amount_is_a_number|overflow|is off by",
        )


def test_raw_sql_cannot_post_into_another_agencys_book(house, stranger, book):
    with scope(stranger.id):
        theirs = open_book(agency=stranger.id, kind="house", name="House")
    entry = new_id()
    both = """INSERT INTO ledger_posting (id, agency_id, entry_id, book_id, account, currency, amount, value_on, booked_at)
              SELECT gen_random_uuid(), %s, %s, %s, a, 'EUR', m, '2026-11-20', now() FROM (VALUES ('x', 1), ('y', -1)) v (a, m)"""
    together = f"WITH entry AS ({ENTRY}) {both}"
    refused([(together, [entry, house.id, "raw:3", house.id, entry, theirs.id])], "same_agency")
    refused([(ENTRY, [new_id(), stranger.id, "raw:4"])], "row-level security")


@pytest.mark.parametrize("statement", [
    "UPDATE ledger_posting SET amount = -amount", "UPDATE ledger_entry SET value_on = '2020-01-01'",
    "DELETE FROM ledger_posting", "DELETE FROM ledger_entry", "TRUNCATE ledger_posting CASCADE",
    "ALTER TABLE ledger_posting DISABLE TRIGGER balanced", "DROP TRIGGER balanced ON ledger_posting",
    "SET session_replication_role = replica", "ALTER TABLE ledger_posting DISABLE ROW LEVEL SECURITY",
    "SET ROLE recoup_owner", "CREATE OR REPLACE FUNCTION ledger_balanced() RETURNS trigger LANGUAGE sql AS ''",
])  # fmt: skip
def test_raw_sql_cannot_change_or_disarm(house, book, statement):
    posted(house, book)
    refused(
        [(statement, None)],
        "permission denied|must be owner|append-only|must be able to|does not exist|must be",
    )


def test_a_client_reads_its_own_postings_only(house):
    mine, theirs = new_id(), new_id()
    for client in (mine, theirs):
        book = open_book(agency=house.id, kind="client", name="c", subject=client, client=client)
        posted(house, book, client)
    with scope(house.id, client=mine):
        assert set(Posting.objects.values_list("client_id", flat=True)) == {mine}
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM ledger_posting WHERE client_id = %s", [theirs])
            assert cursor.fetchone() == (0,)


def test_another_agency_reads_nothing(house, stranger, book):
    posted(house, book)
    with scope(stranger.id):
        assert not Posting.objects.exists()
