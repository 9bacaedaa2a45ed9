"""XLSX to rows, in a child process with limits: a workbook is a program's output that may be built to do
harm. Nothing in it is evaluated or fetched; a formula's last value is read. Pure.

Before it is unpacked: at most 1,000 parts, 200 MB in all, no part packed tighter than 100:1 above a
megabyte, no macros (HOSTILE IM10, IM11).
"""

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from recoup.intake.tables.table import Cell, Row, Sheet, is_blank_row
from recoup.kernel.refusal import N_, Refusal

PARTS, UNPACKED, RATIO, SLACK = 1000, 200_000_000, 100, 1_000_000
SECONDS = 60
ROOT = Path(__file__).parents[3]
ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


def is_workbook(content: bytes) -> bool:
    return content.startswith(b"PK\x03\x04")


def read_workbook(content: bytes, *, file: str) -> tuple[tuple[Sheet, ...], tuple[str, ...]]:
    """The visible sheets with their rows, and the names of the hidden ones. Raises `Refusal`
    `workbook_broken`, `workbook_macros`, `workbook_too_big`, `not_a_table`, `no_rows`."""
    inspect(content, file)
    answer = asked(content, file)
    if "hidden" not in answer:
        raise broken(file)
    sheets = tuple(sheet(one["name"], one["rows"]) for one in answer["sheets"])
    if not any(one.rows for one in sheets):
        raise Refusal("no_rows", N_("%(file)s has no rows; nothing was taken."), file=file)
    return sheets, tuple(answer["hidden"])


def inspect(content: bytes, file: str) -> None:
    """Judge the package by its directory, without unpacking anything but the list of contents."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            names = [part.filename for part in parts]
            if "[Content_Types].xml" not in names or not any(n.startswith("xl/") for n in names):
                raise Refusal(
                    "not_a_table", N_("%(file)s is no CSV and no XLSX workbook."), file=file
                )
            refuse_big(parts, file)
            types = package.read("[Content_Types].xml")
    except (zipfile.BadZipFile, ValueError, RuntimeError, OSError, EOFError):
        raise broken(file) from None
    macros = any(n.lower().endswith(("vbaproject.bin", "vbadata.xml")) for n in names)
    if macros or b"macroEnabled" in types:
        raise Refusal(
            "workbook_macros",
            N_("%(file)s contains macros; save it as .xlsx without them and send it again."), file=file,
        )  # fmt: skip


def refuse_big(parts: list[zipfile.ZipInfo], file: str) -> None:
    total = sum(part.file_size for part in parts)
    tight = any(p.file_size > SLACK and p.file_size > RATIO * max(p.compress_size, 1) for p in parts)  # fmt: skip
    if len(parts) > PARTS or total > UNPACKED or tight or len({p.filename for p in parts}) < len(parts):  # fmt: skip
        raise too_big(file)


def too_big(file: str) -> Refusal:
    return Refusal(
        "workbook_too_big",
        N_("%(file)s unpacks to more than can be right for a list of debts; it was not opened. Save the rows alone in a new workbook."),
        file=file,
    )  # fmt: skip


def broken(file: str) -> Refusal:
    return Refusal(
        "workbook_broken", N_("%(file)s is damaged or locked and cannot be opened as a workbook."), file=file
    )  # fmt: skip


def asked(content: bytes, file: str) -> dict[str, Any]:
    """What the child read. Its end by a limit is a refusal."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "recoup.intake.tables.worker"], input=content, capture_output=True,
            timeout=SECONDS, env={"PYTHONPATH": str(ROOT), "PATH": os.defpath, "LANG": "C.UTF-8"}, cwd=ROOT,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise too_big(file) from None
    if done.returncode == 3:
        raise broken(file)
    if done.returncode:
        raise too_big(file)
    answer: dict[str, Any] = json.loads(done.stdout, parse_float=Decimal, parse_int=Decimal)
    return answer


def sheet(name: str, rows: list[list[Any]]) -> Sheet:
    found = []
    for number, cells in enumerate(rows, 1):
        while cells and cells[-1] == "":
            cells.pop()
        if not cells:
            continue
        if list in map(type, cells):
            cells = [date.fromisoformat(c[0]) if type(c) is list else c for c in cells]
        if not is_blank_row(cells):
            found.append(Row(number, cells))
    return Sheet(name, found)


def cell_text(cell: Cell) -> str:
    """A cell as a person reads it: a whole number without a point, a day as ISO."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, Decimal):
        return format(cell.normalize() if cell % 1 else cell.quantize(Decimal(1)), "f") if abs(cell) < 10**15 else str(cell)  # fmt: skip
    return cell.isoformat()
