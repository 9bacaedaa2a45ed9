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
import threading
import zipfile
from collections.abc import Iterator
from contextlib import suppress
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
    sheets: list[Sheet] = []
    hidden: list[str] | None = None
    number = 1
    for said in asked(content, file):
        if isinstance(said, list):
            sheets[-1].rows.extend(rows_of(said, number))
            number += len(said)
        elif "name" in said:
            sheets.append(Sheet(said["name"], []))
            number = 1
        else:
            hidden = said["hidden"]
    if hidden is None:
        raise broken(file)
    if not any(one.rows for one in sheets):
        raise Refusal("no_rows", N_("%(file)s has no rows; nothing was taken."), file=file)
    return tuple(sheets), tuple(hidden)


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


def asked(content: bytes, file: str) -> Iterator[Any]:
    """What the child reads, document by document (see `worker`). Its end by a limit is a refusal."""
    with subprocess.Popen(
        [sys.executable, "-m", "recoup.intake.tables.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, env={"PYTHONPATH": str(ROOT), "PATH": os.defpath, "LANG": "C.UTF-8"}, cwd=ROOT,
    ) as child:  # fmt: skip
        late = threading.Timer(SECONDS, child.kill)
        late.start()
        try:
            assert child.stdin is not None and child.stdout is not None
            # All of it is read before anything is said; one that has ended already says why.
            with suppress(BrokenPipeError):
                child.stdin.write(content)
            with suppress(BrokenPipeError):
                child.stdin.close()
            for line in child.stdout:
                if line.endswith(b"\n"):  # a portion cut off is that of a child that was killed
                    yield json.loads(line, parse_float=Decimal, parse_int=Decimal)
            child.wait()
        finally:
            late.cancel()
            if child.poll() is None:
                child.kill()
    if child.returncode == 3:
        raise broken(file)
    if child.returncode:
        raise too_big(file)


def rows_of(rows: list[list[Any]], first: int) -> Iterator[Row]:
    """Those that are not blank, without the blank cells at their ends."""
    for number, cells in enumerate(rows, first):
        while cells and cells[-1] == "":
            cells.pop()
        if not cells:
            continue
        if list in map(type, cells):
            cells = [date.fromisoformat(c[0]) if type(c) is list else c for c in cells]
        if not is_blank_row(cells):
            yield Row(number, cells)


def cell_text(cell: Cell) -> str:
    """A cell as a person reads it: a whole number without a point, a day as ISO."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, Decimal):
        return format(cell.normalize() if cell % 1 else cell.quantize(Decimal(1)), "f") if abs(cell) < 10**15 else str(cell)  # fmt: skip
    return cell.isoformat()
