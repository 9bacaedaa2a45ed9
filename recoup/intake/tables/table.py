"""What a table file holds. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

BLANKS = "\u00a0\u2007\u202f \t\r\n\ufeff\u200b"
Cell = str | Decimal | date | bool
"""Text as it stands in the file; numbers, days and truth values where the file has types (XLSX)."""


class Row(NamedTuple):
    """`number` as a spreadsheet counts: the first row of the file is 1, blank ones counted."""

    number: int
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows that are not wholly blank."""

    name: str
    rows: list[Row]

    @property
    def width(self) -> int:
        return max((len(row.cells) for row in self.rows), default=0)


@dataclass(frozen=True, slots=True)
class Table:
    """A file's sheets (a CSV has one), and how it was read: shown before anything is taken from it.

    `guessed` says that the encoding is the likeliest and not declared: look at the preview.
    `left_out` are the names of hidden sheets.
    """

    sheets: tuple[Sheet, ...]
    format: str
    encoding: str = ""
    delimiter: str = ""
    guessed: bool = False
    left_out: tuple[str, ...] = ()


def is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip(BLANKS)


def is_blank_row(cells: list[Cell] | list[str]) -> bool:
    for cell in cells:  # noqa: SIM110 (the first cell decides for nearly every row; a generator costs more)
        if cell != "" and not is_blank(cell):
            return False
    return True
