"""Three-leg entries singly and in bulk, and balances over many legs, each beside plain SQL of the same run.
Everything is rolled back; deferred checks are made immediate, so that the commit's own are paid for."""

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.ledger.models import Book
from recoup.ledger.operations import Draft, Leg, Subject, open_books, post, post_many
from recoup.ledger.queries import balances
from recoup.tenancy.context import scope
from recoup.tenancy.operations import add_agency

ON, AT = date(2026, 11, 20), datetime(2026, 11, 20, 9, tzinfo=UTC)
CLIENTS = 1000
SINGLY = 1000


def three_legs(n: int) -> dict[str, Any]:
    """`n` entries in bulk and a thousand singly, all through one trust account; then the balances of a
    thousand clients' accounts over all their legs."""
    with transaction.atomic():
        agency = add_agency(
            slug=f"bench-{new_id().hex}", name="Bench", country="SE", email="b@example.com"
        )
        with scope(agency.id):
            found = measured(agency.id, n)
        transaction.set_rollback(True)
    return found


def measured(agency: UUID, n: int) -> dict[str, Any]:
    ids = [new_id() for _ in range(CLIENTS)]
    wanted = [
        Subject("house", "House"),
        *(Subject("client", f"C{i}", c, c) for i, c in enumerate(ids)),
    ]
    books = open_books(agency=agency, wanted=wanted)
    house, clients = books["house", None], [books["client", c] for c in ids]
    immediately()
    singly = timed(
        lambda: [
            post(agency=agency, draft=d, by=SYSTEM, at=AT)
            for d in drafts(house, clients, SINGLY, "one")
        ]
    )
    single_floor = timed(lambda: plainly(agency, house, clients, SINGLY))
    bulk = timed(
        lambda: post_many(agency=agency, drafts=drafts(house, clients, n, "many"), by=SYSTEM, at=AT)
    )
    bulk_floor = timed(lambda: copied(agency, house, clients, n))
    with connection.cursor() as cursor:
        cursor.execute(PLAIN, [agency])
        plain = min(
            timed(lambda: (cursor.execute(PLAIN, [agency]), cursor.fetchall())) for _ in range(3)
        )
    asked = [b.id for b in clients]
    ours = min(timed(lambda: balances(agency=agency, books=asked)) for _ in range(3))
    return {
        "name": "legs", "n": n, "singly_per_second": round(SINGLY / singly), "singly_floor": round(SINGLY / single_floor),
        "bulk_per_second": round(n / bulk), "bulk_floor": round(n / bulk_floor), "legs": 3 * (n + SINGLY),
        "balances_ms": round(ours * 1000, 1), "balances_floor_ms": round(plain * 1000, 1), "balances_ratio": round(ours / plain, 2),
        "floor_is": "two plain INSERTs an entry; COPY; GROUP BY over the same legs",
    }  # fmt: skip


PLAIN = """SELECT book_id, account, currency, sum(amount) FROM ledger_posting p
    WHERE agency_id = %s AND account <> 'trust_bank' GROUP BY book_id, account, currency"""


def drafts(house: Book, clients: list[Book], n: int, name: str) -> list[Draft]:
    whole, net, fee = (Money(Decimal(a), "EUR") for a in ("100.00", "-90.00", "-10.00"))
    return [
        Draft("bench", f"{name}:{i}", ON, "Bench", (
            Leg(house, "trust_bank", whole), Leg(clients[i % CLIENTS], "trust", net), Leg(house, "agency_share", fee),
        ))
        for i in range(n)
    ]  # fmt: skip


def timed(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def immediately() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "CREATE TEMPORARY TABLE bare_entry ON COMMIT DROP AS SELECT * FROM ledger_entry WITH NO DATA"
        )
        cursor.execute(
            "CREATE TEMPORARY TABLE bare_leg ON COMMIT DROP AS SELECT * FROM ledger_posting WITH NO DATA"
        )


LEG = "(id, agency_id, entry_id, book_id, account, currency, amount, value_on, booked_at)"


def rows_of(
    agency: UUID, house: Book, clients: list[Book], i: int
) -> tuple[UUID, list[tuple[Any, ...]]]:
    entry = new_id()
    legs = (
        (house.id, "trust_bank", "100.00"),
        (clients[i % CLIENTS].id, "trust", "-90.00"),
        (house.id, "agency_share", "-10.00"),
    )
    return entry, [(new_id(), agency, entry, b, a, "EUR", Decimal(m), ON, AT) for b, a, m in legs]


def plainly(agency: UUID, house: Book, clients: list[Book], n: int) -> None:
    with connection.cursor() as cursor:
        for i in range(n):
            entry, legs = rows_of(agency, house, clients, i)
            cursor.execute(
                "INSERT INTO bare_entry (id, agency_id, kind, source, value_on, booked_at) VALUES (%s, %s, 'b', %s, %s, %s)",
                [entry, agency, f"s{i}", ON, AT],
            )
            marks = "(%s, %s, %s, %s, %s, %s, %s, %s, %s)"
            cursor.execute(
                f"INSERT INTO bare_leg {LEG} VALUES {marks}, {marks}, {marks}",  # noqa: S608
                [v for leg in legs for v in leg],
            )


def copied(agency: UUID, house: Book, clients: list[Book], n: int) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY bare_leg {LEG} FROM STDIN") as copy:
        for i in range(n):
            for leg in rows_of(agency, house, clients, i)[1]:
                copy.write_row(leg)
