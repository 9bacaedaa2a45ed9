"""Tables to take away: CSV and XLSX in which nothing is a formula.

A text that a spreadsheet would take for a formula gets an apostrophe in CSV and is written as text in
XLSX; figures stay figures, and a number with its sign (a telephone's +49) stays as it is.
"""

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from xlsxwriter import Workbook

LOOKS_LIKE_ONE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
SIGNED_NUMBER = re.compile(r"[+-][0-9][0-9 ().,/-]*", re.ASCII)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def exported(
    kind: str, name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]
) -> HttpResponseBase:
    return as_csv(name, headings, rows) if kind == "csv" else as_xlsx(name, headings, rows)


def as_csv(name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Gathered row by row; with a mark at the beginning, by which spreadsheets know UTF-8."""
    response = HttpResponse(b"".join(lines(headings, rows)), content_type="text/csv; charset=utf-8")
    attach(response, f"{name}.csv")
    return response


def lines(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    yield "\ufeff".encode()
    for row in (headings, *rows):
        out = io.StringIO()
        csv.writer(out).writerow([plain(cell) for cell in row])
        yield out.getvalue().encode()


def plain(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(cell)
    if text.startswith(LOOKS_LIKE_ONE) and not SIGNED_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def as_xlsx(name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> FileResponse:
    """Written to a file row by row, in constant memory."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the response
    book = Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})  # fmt: skip
    sheet = book.add_worksheet()
    bold, day, figure = (book.add_format(f) for f in ({"bold": True}, {"num_format": "yyyy-mm-dd"}, {"num_format": "#,##0.00"}))  # fmt: skip
    for at, heading in enumerate(headings):
        sheet.write_string(0, at, heading, bold)
    for down, row in enumerate(rows, start=1):
        for at, cell in enumerate(row):
            if isinstance(cell, Decimal):
                sheet.write_number(down, at, cell, figure)
            elif isinstance(cell, date):
                sheet.write_datetime(down, at, cell, day)
            elif cell is not None:
                sheet.write_string(down, at, str(cell))
    sheet.freeze_panes(1, 0)
    book.close()
    file.seek(0)
    response = FileResponse(file, content_type=XLSX)
    attach(response, f"{name}.xlsx")
    return response


def attach(response: HttpResponseBase, name: str) -> None:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
