"""Many rows to the database for one statement: COPY into a temporary table that ends with the transaction.

(COPY cannot write to tables with row security; from the temporary table an INSERT … SELECT can.)
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection


def stage(name: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """A temporary table `name` with `columns` (as in CREATE TABLE), filled with `rows`; within the
    caller's transaction only. Both texts are the code's own, never a person's."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
        cursor.execute(f"CREATE TEMPORARY TABLE {name} ({columns}) ON COMMIT DROP")
        with cursor.copy(f"COPY {name} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"ANALYZE {name}")
