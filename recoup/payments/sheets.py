"""A sheet of the books as XLSX or on paper: the same figures to the cent, the same bytes each time."""

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO

import xlsxwriter

from recoup.agreements.papers import sender
from recoup.kernel.money import Money, places
from recoup.paper import figures
from recoup.paper.documents.statement import section, statement
from recoup.paper.languages import language_of
from recoup.paper.parts import Address, Page, Paper, paper
from recoup.paper.tables import table
from recoup.payments.books import Cell, Period, Sheet
from recoup.tenancy.models import Agency

Say = Callable[[str], str]
MOST_ON_PAPER = 5000


def xlsx(sheet: Sheet, period: Period, *, say: Say) -> bytes:
    """Amounts are numbers with their currency beside them, days are dates, and texts are texts
    whatever they begin with: nothing is ever a formula (OWASP). Row by row, in bounded memory."""
    out = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False, "in_memory": False}  # fmt: skip
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"created": datetime(period.last.year, period.last.month, period.last.day)})  # noqa: DTZ001
    page = book.add_worksheet(sheet.name[:31])
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    amounts = {
        n: book.add_format({"num_format": "#,##0" + ("." + "0" * n if n else "")}) for n in range(5)
    }
    amount_columns = figure_columns(sheet)
    column = 0
    for at, head in enumerate(sheet.head):
        page.write_string(0, column, say(head), bold)
        page.set_column(column, column, 34 if at not in amount_columns else 16)
        column += 2 if at in amount_columns else 1
    for number, row in enumerate([*sheet.rows, *sheet.foot], 1):
        column = 0
        for at, cell in enumerate(row):
            if isinstance(cell, Money):
                exact = cell.rounded().amount
                page.write_number(number, column, float(exact), amounts[places(cell.currency)])
                page.write_string(number, column + 1, cell.currency)
            elif isinstance(cell, date):
                page.write_datetime(number, column, cell, day)
            elif cell:
                page.write_string(number, column, worded(sheet, at, cell, say))
            column += 2 if at in amount_columns else 1
    page.freeze_panes(1, 0)
    book.close()
    return out.getvalue()


def figure_columns(sheet: Sheet) -> set[int]:
    """Columns of amounts; each takes a second one for the currency."""
    return {
        at for row in (*sheet.rows, *sheet.foot) for at, c in enumerate(row) if isinstance(c, Money)
    }


def worded(sheet: Sheet, at: int, text: str, say: Say) -> str:
    return say(text) if at in sheet.words or text == "Brought forward" else text


def sheet_paper(
    sheet: Sheet, period: Period, *, house: Agency, say: Say, language: str, at: datetime
) -> Paper:
    """On the house's own paper. Raises `Refusal` `table_too_wide`."""
    spoken = language_of(language)
    columns = figure_columns(sheet)

    def text(at: int, cell: Cell) -> str:
        if isinstance(cell, Money):
            return figures.money(cell, spoken)
        if isinstance(cell, date):
            return figures.short(cell, spoken)
        return worded(sheet, at, cell, say) if cell else ""

    def row(cells: list[Cell]) -> list[str]:
        return [text(at, cell) for at, cell in enumerate(cells)]

    title = say(sheet.title)
    days = f"{figures.short(period.first, spoken)} – {figures.short(period.last, spoken)}"
    align = "".join("r" if at in columns else "l" for at in range(len(sheet.head)))
    made = table(
        [say(head) for head in sheet.head], align, [row(r) for r in sheet.rows[:MOST_ON_PAPER]],
        [row(r) for r in sheet.foot], wide=min(1, len(sheet.head) - 1),
    )  # fmt: skip
    name = f"{sheet.name}-{period.first}-{period.last}"
    to = Address(name=house.name, lines=tuple(house.address), country=house.country)
    page = Page(
        f"{title} {days}", f"{title}, {days}", name, name, sender(house), to, [], posted=False
    )
    body = statement([], [section(None, table=made)])
    return paper("statement", page, body, language=language, at=at, name=sheet.name)
