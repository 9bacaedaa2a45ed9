"""How fast the ledger posts, beside the floor that the machine allows in the same run."""

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.ledger.operations import Draft, Leg, open_book, post_many
from recoup.tenancy.context import scope
from recoup.tenancy.operations import add_agency

ON, AT = date(2026, 11, 20), datetime(2026, 11, 20, 9, tzinfo=UTC)
SAME_COLUMNS = (
    "CREATE TEMPORARY TABLE bench_floor ON COMMIT DROP AS SELECT * FROM ledger_posting WITH NO DATA"
)
COLUMNS = (
    "(id, agency_id, entry_id, book_id, client_id, account, currency, amount, value_on, booked_at)"
)


def postings_per_second(n: int = 20_000) -> dict[str, Any]:
    """Post `n` legs (entries of two) with all guards and checks up to the commit's own (deferred
    constraints are made immediate), then copy as many rows into a bare temporary table of the same
    columns. Everything is rolled back. Rates per second; `ratio` = floor / postings.
    """
    with transaction.atomic():
        agency = add_agency(
            slug=f"bench-{new_id().hex}", name="Bench", country="SE", email="b@example.com"
        )
        with scope(agency.id):
            posted = time_posting(agency.id, n)
            floor = time_floor(agency.id, n)
        transaction.set_rollback(True)
    return {
        "n": n, "seconds": round(posted, 4), "per_second": round(n / posted),
        "floor": "COPY into a bare table of the same columns", "floor_seconds": round(floor, 4),
        "floor_per_second": round(n / floor), "ratio": round(posted / floor, 2),
    }  # fmt: skip


def time_posting(agency: Any, n: int) -> float:
    house = open_book(agency=agency, kind="house", name="House")
    money = Money(Decimal("12.34"), "EUR")
    legs = (Leg(house, "trust_bank", money), Leg(house, "unallocated", -money))
    drafts = [Draft("bench", f"bench:{i}", ON, "Bench", legs) for i in range(n // 2)]
    start = time.perf_counter()
    post_many(agency=agency, drafts=drafts, by=SYSTEM, at=AT)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return time.perf_counter() - start


def time_floor(agency: Any, n: int) -> float:
    entry, book, amount = new_id(), new_id(), Decimal("12.34")
    with connection.cursor() as cursor:
        cursor.execute(SAME_COLUMNS)
        start = time.perf_counter()
        with cursor.copy(f"COPY bench_floor {COLUMNS} FROM STDIN") as copy:
            for _ in range(n):
                copy.write_row(
                    (new_id(), agency, entry, book, None, "trust_bank", "EUR", amount, ON, AT)
                )
        return time.perf_counter() - start
