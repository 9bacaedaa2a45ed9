"""A report as XLSX, row by row: as many cases as there are, in bounded memory."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from recoup.kernel.money import places
from recoup.kernel.refusal import N_
from recoup.reports.reading import CaseRow, Sum

Say = Callable[[str], str]
MOST = 1_048_000  # rows a sheet of Excel takes, less the heading
SUMS = (N_("Cases"), N_("Placed"), N_("Collected"), N_("Of which principal"), N_("Given up"), N_("Still open"), N_("Commission"))  # fmt: skip
COLLECTOR = "Collector"
CASES = (N_("Case"), N_("Debtor"), N_("Client"), N_("Division"), N_("Country"), N_("Collector"), N_("Stage"), N_("Placed on"), N_("Oldest invoice due on"),
         N_("Currency"), N_("Placed"), N_("Collected"), N_("Of which principal"), N_("Given up"))  # fmt: skip


class Workbook:
    """Sheets are written one after the other; texts are texts whatever they begin with (OWASP)."""

    def __init__(self, path: Path, *, say: Say, on: date) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                   "strings_to_numbers": False}  # fmt: skip
        self.book = xlsxwriter.Workbook(str(path), options)
        self.book.set_properties({"created": datetime(on.year, on.month, on.day)})  # noqa: DTZ001
        self.say = say
        self.bold = self.book.add_format({"bold": True})
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self.amounts = {n: self.book.add_format({"num_format": "#,##0" + ("." + "0" * n if n else "")}) for n in range(5)}  # fmt: skip
        self.names: set[str] = set()

    def sheet(self, title: str, head: Iterable[str]) -> Any:
        name = "".join(c for c in title if c not in "[]:*?/\\")[:28]
        while name.casefold() in self.names:
            name += "+"
        self.names.add(name.casefold())
        page = self.book.add_worksheet(name)
        for column, text in enumerate(head):
            page.write_string(0, column, self.say(text), self.bold)
            page.set_column(column, column, 18)
        page.freeze_panes(1, 0)
        return page

    def row(self, page: Any, number: int, cells: Iterable[Any], currency: str) -> None:
        for column, cell in enumerate(cells):
            if isinstance(cell, Decimal):
                page.write_number(number, column, float(cell), self.amounts[places(currency)])
            elif isinstance(cell, datetime):
                page.write_datetime(number, column, cell.replace(tzinfo=None), self.day)
            elif isinstance(cell, date):
                page.write_datetime(number, column, cell, self.day)
            elif isinstance(cell, int):
                page.write_number(number, column, cell)
            elif cell:
                page.write_string(number, column, str(cell))

    def sums(self, title: str, head: str, rows: Iterable[tuple[str, Sum]]) -> None:
        """One of the reports; the label is in the reader's words already."""
        page = self.sheet(title, (head, "Currency", *SUMS))
        for number, (label, r) in enumerate(rows, 1):
            self.row(page, number, (label, r.currency, r.cases, r.placed, r.collected, r.principal, r.given_up, r.open, r.commission), r.currency)  # fmt: skip

    def cases(self, title: str, rows: Iterable[CaseRow], *, house: bool = True) -> int:
        """Each case; further sheets when one is full. Returns how many. What is the house's own has no column
        for a client."""
        head = CASES if house else tuple(name for name in CASES if name != COLLECTOR)
        page, count = self.sheet(title, head), 0
        for r in rows:
            if count and count % MOST == 0:
                page = self.sheet(title, head)
            self.row(page, count % MOST + 1, (
                r.number, r.debtor, r.client, r.division or "", r.country, *((r.collector,) if house else ()), self.say(r.stage), r.submitted_at, r.first_due,
                r.currency, r.placed, r.collected, r.principal, r.given_up,
            ), r.currency)  # fmt: skip
            count += 1
        return count

    def close(self) -> None:
        self.book.close()
