"""What goes to a law firm and what comes back, as rows. Pure.

Out: one JSON object, and the same as rows of a CSV. In: CSV or JSON, a record a row:
`proceeding, code, on, text, amount`, with the codes below (after the YGC exchange of American creditors'
lawyers: receipt, suit, service, judgment, execution, payment, cost, close).
"""

import csv
import io
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from recoup.kernel.days import parse_day
from recoup.kernel.refusal import N_, Refusal
from recoup.legal.states import Stage

COLUMNS = ("proceeding", "code", "on", "text", "amount")
# A report that moves a proceeding proposes this stage; the legal officer carries it out.
CODES: dict[str, Stage | None] = {
    "received": None, "filed": Stage.FILED, "served": Stage.SERVED, "opposed": Stage.OPPOSED,
    "hearing": Stage.HEARING, "settled": Stage.COURT_SETTLEMENT, "judgment": Stage.DECIDED,
    "appealed": Stage.APPEALED, "title": Stage.TITLE, "attached": Stage.ATTACHED, "cost": None, "payment": None,
    "note": None, "closed": Stage.OVER,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """One record of a firm."""

    row: int
    proceeding: str
    code: str
    on: date
    text: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Read:
    told: tuple[Told, ...]
    wrong: tuple[dict[str, str], ...]


def read_records(content: bytes, name: str) -> Read:
    """Raises `Refusal` `records_unreadable`, `records_no_rows`, `records_columns`; a bad row is named and the
    others are taken."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise unreadable(name) from None
    if not text.strip():
        raise Refusal("records_no_rows", N_("%(file)s has no rows."), file=name)
    rows = from_json(text, name) if text.lstrip()[:1] in "[{" else from_csv(text, name)
    told, wrong = [], []
    for number, row in rows:
        try:
            told.append(record(number, row))
        except Refusal as refusal:
            wrong.append(
                {
                    "row": str(number),
                    "code": refusal.code,
                    "found": str(refusal.params.get("found", ""))[:80],
                }
            )
    return Read(tuple(told), tuple(wrong))


def unreadable(name: str) -> Refusal:
    return Refusal(
        "records_unreadable",
        N_("%(file)s is neither a table nor JSON of a law firm's records."),
        file=name,
    )


def from_json(text: str, name: str) -> list[tuple[int, dict[str, Any]]]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise unreadable(name) from None
    rows = data.get("records") if isinstance(data, dict) else data
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise unreadable(name)
    return list(enumerate(rows, 1))


def from_csv(text: str, name: str) -> list[tuple[int, dict[str, Any]]]:
    first = text.splitlines()[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=first.count))
    head = [str(h).strip().casefold() for h in reader.fieldnames or []]
    if not {"proceeding", "code", "on"} <= set(head):
        raise Refusal(
            "records_columns", N_("%(file)s needs the columns proceeding, code and on."), file=name, found=", ".join(head)[:80]
        )  # fmt: skip
    reader.fieldnames = head
    return [(number, dict(row)) for number, row in enumerate(reader, 2)]


def record(number: int, row: dict[str, Any]) -> Told:
    code = str(row.get("code") or "").strip().casefold()
    if code not in CODES:
        raise Refusal("record_code", N_("“%(found)s” is no code of a record."), found=code)
    amount = str(row.get("amount") or "").strip()
    try:
        value = Decimal(amount) if amount else None
    except InvalidOperation:
        raise Refusal("record_amount", N_("“%(found)s” is no amount."), found=amount) from None
    if value is not None and not value.is_finite():
        raise Refusal("record_amount", N_("“%(found)s” is no amount."), found=amount)
    on = parse_day(str(row.get("on") or "").strip(), field="on")
    return Told(
        number,
        str(row.get("proceeding") or "").strip(),
        code,
        on,
        str(row.get("text") or "").strip()[:500],
        value,
    )


def rows_out(data: dict[str, Any]) -> bytes:
    """The same as `data`, flat: `field;value`, for firms without JSON. Cells never begin a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(("field", "value"))
    for name, value in flat(data):
        writer.writerow((name, neutral(str(value))))
    return out.getvalue().encode("utf-8-sig")


def flat(data: Any, before: str = "") -> list[tuple[str, Any]]:
    if isinstance(data, dict):
        return [pair for k, v in data.items() for pair in flat(v, f"{before}{k}.")]
    if isinstance(data, list):
        return [pair for n, v in enumerate(data, 1) for pair in flat(v, f"{before}{n}.")]
    return [(before.rstrip("."), "" if data is None else data)]


def neutral(text: str) -> str:
    return (
        f"'{text}"
        if text[:1] in "=+-@\t\r" and not text.lstrip("-").replace(".", "").isdigit()
        else text
    )
