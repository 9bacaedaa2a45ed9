"""How long a portfolio's valuation takes, beside the plainest SQL over the same rows in the same run."""

import time
from datetime import date
from typing import Any

from django.db import connection, transaction

from recoup.jurisdictions.owed.bulk import interest_factors
from recoup.payments.valuation import FACTORS, VALUE, by_hash, tables


def seconds_for(n: int) -> dict[str, Any]:
    """Value `n` made-up German claims (two rate changes a year, three in ten paid in part) by the
    product's own statement, beside the plainest SQL over the same rows: principal × days × one rate.
    Rolled back; seconds are the faster of two runs."""
    on = date(2026, 11, 20)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LINES, {"n": n, "on": on})
        cursor.execute(PAID, {"on": on})
        cursor.execute("ANALYZE line")
        cursor.execute("ANALYZE paid")
        known = {"DE": interest_factors("DE", until=on)}
        parameters = tables(known, on, date(2020, 1, 1))
        took = min(timed(cursor, OURS, parameters, n) for _ in range(2))
        floor = min(timed(cursor, PLAINEST, {"on": on}, n) for _ in range(2))
        transaction.set_rollback(True)
    return {
        "name": "valuation", "unit": "s", "n": n, "figure": round(took, 3), "floor": round(floor, 3),
        "floor_is": "SQL over the same rows: open principal × days × one rate, without law",
        "ratio": round(took / floor, 2),
    }  # fmt: skip


OURS = "WITH " + FACTORS + VALUE.lstrip() + "SELECT count(*), sum(interest) FROM valued"  # noqa: S608
LINES = """
CREATE TEMPORARY TABLE line ON COMMIT DROP AS
    SELECT i AS id, i AS book, 'DE'::text AS code, %(on)s::date - (i * 7919 %% 1500)::int AS first,
           (10000 + i * 104729 %% 9000000)::numeric AS amount, 1::bigint AS place
    FROM generate_series(1::bigint, %(n)s) AS i
"""
PAID = """
CREATE TEMPORARY TABLE paid ON COMMIT DROP AS
    SELECT book, code, least(first + 30, %(on)s::date) AS day, div(amount, 3) AS amount, 1::bigint AS place
    FROM line WHERE id %% 10 < 3
"""
PLAINEST = """
SELECT count(*), sum(interest) FROM (
    SELECT line.id, round((line.amount - coalesce(sum(paid.amount), 0))
                          * (%(on)s::date - line.first) * 10 / 36500) AS interest
    FROM line LEFT JOIN paid ON paid.book = line.book
    GROUP BY line.id, line.amount, line.first
) AS plain
"""


def timed(cursor: Any, statement: str, parameters: dict[str, Any], n: int) -> float:
    start = time.perf_counter()
    [found] = by_hash(cursor, statement, parameters)
    assert found[0] == n, found
    return time.perf_counter() - start
