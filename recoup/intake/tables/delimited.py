"""Delimited text to rows: the dialect decided on all lines, a quote left open refused. Pure.

RFC 4180 with the separators that spreadsheets use; the csv module's lenient reading would swallow all
rows after an open quote into one cell without a word, so it reads strictly here.
"""

import csv
import io
import re
import threading
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any

from recoup.intake.tables.table import BLANKS, Row, Sheet, is_blank_row
from recoup.kernel.refusal import N_, Refusal

DELIMITERS = (",", ";", "\t", "|")
LONGEST_CELL = 10_000_000  # read so that the row can be named; what is taken is far shorter
MOST_LINES = 50  # of one cell: more is a quote left open
TRIED = 2000
limit = threading.Lock()


def read_delimited(text: str, *, file: str) -> tuple[Sheet, str]:
    """The rows that are not blank, and the delimiter. Raises `Refusal` `no_rows`, `no_delimiter`,
    `quote_open`."""
    if not text.strip("\ufeff \t\r\n,;|\x00\u00a0"):
        raise no_rows(file)
    declared = re.match(r"sep=(.)\r?\n", text)
    skipped = 1 if declared else 0
    body = text[declared.end() :] if declared else text
    quote = quote_of(body)
    delimiter = declared[1] if declared else delimiter_of(body, quote)
    if delimiter is None:
        raise Refusal(
            "no_delimiter",
            N_("%(file)s has one column only, or its columns cannot be told apart; separate them by comma, semicolon or tab."),
            file=file,
        )  # fmt: skip
    found = records(body, delimiter, quote, file)
    rows = list(map(partial(tuple.__new__, Row), enumerate(found, 1 + skipped)))
    if any(not cells or not cells[0] or cells[0][0] in BLANKS for cells in found):
        rows = [row for row in rows if not is_blank_row(row.cells)]
    if not rows:
        raise no_rows(file)
    return Sheet("", rows), delimiter


def no_rows(file: str) -> Refusal:
    return Refusal("no_rows", N_("%(file)s has no rows; nothing was taken."), file=file)


def records(text: str, delimiter: str, quote: str, file: str) -> list[list[str]]:
    """The cells of every record. Raises `Refusal` `quote_open` with the line where it opens."""
    whole = at_once(reader_of(text, delimiter, quote))
    return whole or list(one_by_one(reader_of(text, delimiter, quote), file))


def reader_of(text: str, delimiter: str, quote: str) -> Any:
    with limit:
        csv.field_size_limit(LONGEST_CELL)
    # Not `io.StringIO`: it would hold the text once more, with four bytes for each letter.
    lines = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8", newline="")
    return csv.reader(lines, delimiter=delimiter, quotechar=quote, strict=True)


def at_once(reader: Any) -> list[list[str]] | None:
    """All records where each is one line, which no open quote can have swallowed; else None."""
    try:
        found = list(reader)
    except csv.Error:
        return None
    return found if reader.line_num == len(found) else None


def one_by_one(reader: Any, file: str) -> Iterator[list[str]]:
    line = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise quote_open(file, line + 1) from None
        if reader.line_num - line > MOST_LINES:
            raise quote_open(file, line + 1)
        line = reader.line_num
        yield cells


def quote_open(file: str, line: int) -> Refusal:
    return Refusal(
        "quote_open",
        N_("%(file)s, line %(row)d: a quotation mark is opened and not closed properly, so the rows after it cannot be told apart. Nothing was taken."),
        file=file, row=line,
    )  # fmt: skip


def quote_of(text: str) -> str:
    """The quotation mark: single where no double one stands and cells are wrapped in single ones."""
    if '"' in text:
        return '"'
    wrapped = re.findall(r"(?:^|[,;\t|])'[^'\r\n]*'(?=$|[,;\t|\r\n])", text[:20000], re.MULTILINE)
    lines = text[:20000].count("\n") + 1
    return "'" if len(wrapped) >= max(2, lines // 2) else '"'


def delimiter_of(text: str, quote: str) -> str | None:
    """The delimiter under which the most rows have the same number of columns, several of them."""
    best: tuple[float, int] = (0.0, 0)
    found = None
    for delimiter in DELIMITERS:
        if delimiter not in text:
            continue
        widths = Counter(width for width in widths_of(text, delimiter, quote) if width)
        if not widths:
            continue
        rows = sum(widths.values())
        common, count = max(widths.items(), key=lambda pair: (pair[1] * (pair[0] > 1), pair[0]))
        if common < 2:
            continue
        several = sum(n for width, n in widths.items() if width > 1)
        score = (round(count / rows, 1) + several / rows, common)
        if score > best:
            best, found = score, delimiter
    return found


def widths_of(text: str, delimiter: str, quote: str) -> list[int]:
    widths = []
    try:
        tried = one_by_one(reader_of(text[:2_000_000], delimiter, quote), "")
        for cells in islice(tried, TRIED):
            if not is_blank_row(cells):
                widths.append(len(cells))
    except Refusal:
        pass  # the chosen one says it with its line
    return widths
