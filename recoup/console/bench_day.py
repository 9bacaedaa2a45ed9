"""`recoup bench day`: the day run at three sizes among a portfolio of open cases, beside the bare INSERTs of
the very rows it wrote, in the same run."""

import io
import os
import sys
import time
from datetime import UTC, datetime
from datetime import time as hour
from typing import Any

from recoup.console.portfolio import DAYS, make_portfolio
from recoup.console.workshop import migrated, superuser
from recoup.kernel.ids import new_id

WRITTEN = (
    "strategy_decision", "cases_charge", "ledger_entry", "ledger_posting", "outbox_message",
    "contact_contactattempt", "eventlog_event", "eventlog_unsealed", "contact_denial", "cases_task",
)  # fmt: skip


def day(cases: int = 1_000_000, seed: int = 1) -> dict[str, Any]:
    """Due cases: one in a thousand, in a hundred, in ten of `cases`, on three days; and a day on which
    nothing is due. Milliseconds per due case; `ratio` to the same rows copied into tables with the same
    indexes (no foreign keys, triggers, row security), `ratio_bare` without indexes."""
    from recoup.jobs.day import live_day
    from recoup.tenancy.models import Agency

    dbname = os.environ["RECOUP_DB_NAME"]
    migrated()
    start = time.perf_counter()
    made = make_portfolio(dbname=dbname, cases=cases, seed=seed)
    print(f"{cases} open cases made in {time.perf_counter() - start:.0f} s", file=sys.stderr)
    agency = Agency.objects.get(id=made.agency)
    quiet = DAYS[0].replace(day=1)
    idle = timed(lambda: live_day(agency=agency, on=quiet, at=at(quiet), typeset=False))
    sizes = []
    for on, due in zip(DAYS, made.due, strict=True):
        marker = new_id()
        took = timed(lambda on=on: live_day(agency=agency, on=on, at=at(on), typeset=False))  # type: ignore[misc]
        floor, bare, rows = floors(dbname, marker)
        sizes.append({
            "due": due, "seconds": round(took, 3), "ms_per_due_case": round(1000 * took / due, 4),
            "rows": rows, "floor_seconds": round(floor, 3), "floor_ms": round(1000 * floor / due, 4),
            "ratio": round(took / floor, 2), "ratio_bare": round(took / bare, 2),
        })  # fmt: skip
        print(sizes[-1], file=sys.stderr, flush=True)
    return {
        "name": "day", "unit": "ms per due case", "open_cases": cases, "seed": seed, "figure": sizes[-1]["ms_per_due_case"],
        "floor": sizes[-1]["floor_ms"], "floor_is": "COPY of the same rows into tables with the same indexes",
        "ratio": sizes[-1]["ratio"], "nothing_due_ms": round(1000 * idle, 1), "sizes": sizes,
    }  # fmt: skip


def at(on: Any) -> datetime:
    return datetime.combine(on, hour(9), UTC)


def timed(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def floors(dbname: str, marker: Any) -> tuple[float, float, int]:
    """Seconds to copy what was written after `marker` into tables with the same indexes, and into bare
    ones; committed, each table once; and how many rows they are."""
    took, rows = {True: 0.0, False: 0.0}, 0
    with superuser(dbname) as db:
        for table in WRITTEN:
            held = io.BytesIO()
            with db.cursor().copy(
                f"COPY (SELECT * FROM {table} WHERE id > '{marker}') TO STDOUT (FORMAT binary)".encode()  # noqa: S608
            ) as out:
                for block in out:
                    held.write(block)
            for indexed in took:
                like = "INCLUDING INDEXES" if indexed else ""
                db.execute(f"CREATE TABLE floor (LIKE {table} {like})".encode())
                start = time.perf_counter()
                with db.transaction(), db.cursor() as cursor:
                    with cursor.copy("COPY floor FROM STDIN (FORMAT binary)") as into:
                        into.write(held.getbuffer())
                    rows += cursor.rowcount if indexed else 0
                took[indexed] += time.perf_counter() - start
                db.execute("DROP TABLE floor")
    return took[True], took[False], rows
