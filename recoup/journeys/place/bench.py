"""How long a list of debts takes, beside a bare COPY of the same rows in the same run. Made up, rolled back."""

import csv
import io
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from recoup.agreements.models import Agreement
from recoup.agreements.standard_card import publish_standard_card
from recoup.files.models import Document
from recoup.intake.columns import FIELDS, lay_out, profile
from recoup.intake.models import Placement
from recoup.intake.states import State
from recoup.intake.tables import read_table
from recoup.journeys.place.check import Checked, Group, check
from recoup.journeys.place.read import Looked
from recoup.journeys.place.run import GROWN, chunks, place_chunk
from recoup.kernel.actor import SYSTEM
from recoup.kernel.bulk import undisturbed
from recoup.kernel.ids import new_id
from recoup.kernel.resident import looked_at, megabytes
from recoup.parties.models import Client
from recoup.tenancy.bulk import doubled, fresh_statistics
from recoup.tenancy.context import scope
from recoup.tenancy.operations import add_agency

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
COLUMNS = (
    "customer_no", "debtor", "country", "street", "postcode", "city", "contact", "email", "phone", "invoice", "kind",
    "issued_on", "due_on", "amount", "paid", "currency", "reference", "dispute", "note", "vat_number",
)  # fmt: skip
FORMS = ("AB", "GmbH", "Ltd", "BV", "SAS", "AS", "Oy", "SpA")
LANDS = ("SE", "DE", "GB", "NL", "FR", "NO", "FI", "IT")


def made_up(n: int) -> Iterator[list[str]]:
    """`n` rows of 20 columns against a quarter as many debtors; one row in fifty is wrong."""
    for i in range(n):
        who = (i * 7919) % max(n // 4, 1)
        land = who % len(LANDS)
        issued = date(2024, 1, 1) + timedelta(days=i % 700)
        amount = f"{i * 37 % 900000 / 100 + 10:.2f}" if i % 50 else "??"
        yield [
            f"{who:06d}", f"Bench {who:06d} Trading {FORMS[land]}", LANDS[land], f"Storgatan {who % 99 + 1}",
            f"{10000 + who % 80000}", f"Town {who % 400}", f"Person {who % 1000}", f"ap{who}@example.com",
            f"+46 8 {who:07d}", f"INV-{i:07d}", "invoice", issued.isoformat(),
            (issued + timedelta(days=30)).isoformat(), amount, "", "EUR", f"REF-{i % 5000}", "no",
            "reminded twice", "",
        ]  # fmt: skip


def as_csv(rows: Iterable[list[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([FIELDS[code].label for code in COLUMNS])
    writer.writerows(rows)
    return out.getvalue().encode()


def as_xlsx(rows: Iterable[list[str]]) -> bytes:
    from xlsxwriter import Workbook

    out = io.BytesIO()
    with Workbook(out, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Debts")
        for number, cells in enumerate([[FIELDS[code].label for code in COLUMNS], *rows]):
            for place, cell in enumerate(cells):
                if COLUMNS[place] == "amount" and cell.replace(".", "").isdigit():
                    sheet.write_number(number, place, float(cell))
                else:
                    sheet.write_string(number, place, cell)
    return out.getvalue()


def seconds_for(n: int = 100_000, *, placed: bool = True) -> dict[str, Any]:
    """Read, validate, match debtors and look for duplicates in `n` rows of CSV and of XLSX, against a
    house that knows every second debtor and one invoice in ten already; then (`placed`) make the cases
    of the CSV with lines, ledger, events and tasks, in the chunks the worker uses.

    `figure` and `ratio` are the CSV's; memory is the process's peak meanwhile, of the XLSX the child's too.
    """
    text, book = as_csv(made_up(n)), as_xlsx(made_up(n))
    with transaction.atomic():
        agency = add_agency(
            slug=f"bench-{new_id().hex}", name="Bench", country="SE", email="b@example.com"
        )
        with scope(agency.id):
            placement = prepared(agency)
            floor = min(bare_copy(list(made_up(n))) for _ in range(2))
            before = judged(
                placement,
                as_csv(row for i, row in enumerate(made_up(n)) if i % 10 == 1),
                "known.csv",
            )
            place(placement, before[0])
            again(placement)
            fresh_statistics(*GROWN)
            with watched() as memory:
                checked, took = judged(placement, text, "bench.csv")
            with watched() as memory_xlsx:
                _, took_xlsx = judged(placement, book, "bench.xlsx")
            found: dict[str, Any] = {
                "name": "import", "unit": "s", "n": n, "figure": round(took, 2), "floor": round(floor, 3),
                "floor_is": "COPY of the same 20 columns into a bare table",
                "ratio": round(took / floor, 1), "xlsx": round(took_xlsx, 2), "xlsx_ratio": round(took_xlsx / floor, 1),
                "accepted": checked.accepted, "rejected": len(checked.rejected), "duplicates": len(checked.duplicates),
                "cases": len(checked.groups), "memory_mb": memory["own"],
                "xlsx_memory_mb": memory_xlsx["own"], "xlsx_child_mb": memory_xlsx["child"],
            }  # fmt: skip
            if placed:
                total, longest = place(placement, checked)
                found |= {"placed": round(total, 2), "placed_ratio": round((took + total) / floor, 1),
                          "longest_transaction": round(longest, 2)}  # fmt: skip
        transaction.set_rollback(True)
    return found


def prepared(agency: Any) -> Placement:
    card = publish_standard_card(agency=agency.id, by=SYSTEM, at=AT)
    client = Client.objects.create(
        agency_id=agency.id, reference="K-1", name="Bench AB", country="SE", registration_number="5560125790",
        made_at=AT,
    )  # fmt: skip
    paper = Document.objects.create(
        agency_id=agency.id, sha256=sha256(b"").hexdigest(), size=0, media_type="text/csv", name="bench.csv",
        kind="placement", client_id=client.id, made_at=AT, by_kind="system", by_name="Bench",
    )  # fmt: skip
    Agreement.objects.create(
        agency_id=agency.id, client=client, number="A-1", rate_card=card, language="en", token=new_id().hex,
        agreement_document=paper, power_document=paper, made_at=AT, signed_at=AT, signed_by="Bench",
        countersigned_at=AT, countersigned_by="Bench",
    )  # fmt: skip
    return Placement.objects.create(
        agency_id=agency.id, client=client, number="P-1", key="bench", name="bench.csv", source="file", document=paper,
        state=State.RUNNING, made_at=AT, by_kind="system", by_name="Bench", confirmed_at=AT,
    )  # fmt: skip


def again(placement: Placement) -> None:
    """The same object as a placement of its own."""
    placement.id, placement.number, placement.key = new_id(), "P-2", "bench again"
    placement.save(force_insert=True)


def judged(placement: Placement, content: bytes, name: str) -> tuple[Checked, float]:
    def once() -> tuple[Checked, Looked]:
        with undisturbed():
            layout = lay_out(read_table(content, file=name), None, file=name)
            found = Looked(layout, profile(layout))
            return check(placement=placement, found=found, today=AT.date()), found

    took = timed(once)[1]  # and let go, so that the memory of one stands
    (checked, _), again = timed(once)
    return checked, min(took, again)


def place(placement: Placement, checked: Checked) -> tuple[float, float]:
    """All chunks; the time of all, and of the longest."""
    spent = []
    for number, chunk in enumerate(chunks(checked.groups), 1):
        spent.append(timed(lambda chunk=chunk: committed(placement, checked, chunk))[1])  # type: ignore[misc]
        if doubled(number):
            fresh_statistics(*GROWN)
    return sum(spent), max(spent, default=0.0)


def committed(placement: Placement, checked: Checked, chunk: list[Group]) -> None:
    """A chunk with the checks that its commit makes."""
    place_chunk(placement, checked, chunk, SYSTEM, AT)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def watched() -> Iterator[dict[str, int]]:
    """The peaks of this process and of the child that reads a workbook, in megabytes; 0 where there is no /proc.
    (What `getrusage` says of a child is no less than its parent had when it was made.)"""
    found = {"own": 0, "child": 0}

    def look() -> None:
        for pid in children():
            found["child"] = max(found["child"], megabytes(pid, "VmHWM"))

    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    with looked_at(look):
        yield found
    found["own"] = megabytes("self", "VmHWM")


def children() -> list[str]:
    """Processes of ours that read a workbook; one just made is still this one's image."""
    found: list[str] = []
    for task in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):
            found += task.read_text().split()
    return [pid for pid in found if b"tables.worker" in said_by(pid, "cmdline")]


def said_by(pid: str, what: str) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/{what}").read_bytes()
    return b""


def bare_copy(rows: Iterable[list[str]]) -> float:
    with connection.cursor() as cursor:
        columns = ", ".join(f"{code} text" for code in COLUMNS)
        cursor.execute(f"CREATE TEMPORARY TABLE bare ({columns}) ON COMMIT DROP")
        start = time.perf_counter()
        with cursor.copy("COPY bare FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        took = time.perf_counter() - start
        cursor.execute("DROP TABLE bare")
    return took


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    return work(), time.perf_counter() - start


__all__ = ["seconds_for"]
