"""Tables that fit the sheet: figures never break or overlap, long words may be broken. Pure."""

import re
import unicodedata
from typing import Any

from recoup.kernel.refusal import N_, Refusal
from recoup.paper.advances import SEMIBOLD, width
from recoup.paper.wording import Wording

BREAK = "\N{ZERO WIDTH SPACE}"
LONGEST = 14
# Points and how many digits' width fit into 165 mm, at 1.5 mm a character at 8 pt.
SIZES = ((8.0, 110), (7.2, 122), (6.5, 135), (5.8, 151))
GUTTER_MM = 3.2
# Neither a slash nor a hyphen between digits is a place to break (UAX 14).
UNBROKEN = re.compile(r"\S+")
# Letters, capitals above all, are wider than figures.
LETTERS = 1.3


def columns(line: str) -> int:
    """Width in Latin characters; Han characters take two (UAX 11)."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in line)


def breakable(text: str, every: int = LONGEST) -> str:
    """`text` with a place to break after each `every` characters of a longer word; nothing is seen
    of it and nothing is added where words are short."""

    def broken(match: re.Match[str]) -> str:
        word = match[0]
        if len(word) <= every:
            return word
        return BREAK.join(word[i : i + every] for i in range(0, len(word), every))

    return UNBROKEN.sub(broken, text) if len(text) > every else text


def table(
    head: list[str], align: str, rows: list[list[str]], foot: list[list[str]] | None = None,
    *, wide: int = 0,
) -> dict[str, Any]:  # fmt: skip
    """`align`: l or r for each column; `wide`: the column that takes the room left.

    Raises `Refusal` `table_too_wide` when the figures do not fit at the smallest size.
    """
    foot = foot or []
    assert all(len(row) == len(head) == len(align) for row in [*rows, *foot])
    cells = [
        [text if side == "r" else breakable(text) for text, side in zip(row, align, strict=True)]
        for row in rows
    ]
    return {
        "head": head, "align": align, "wide": wide, "rows": cells, "foot": foot,
        **_widths(head, cells, foot, wide, size := _size(head, align, [*cells, *foot], wide)),
        "size": size,
    }  # fmt: skip


# The sheet between its margins, and what stands between columns, as `letter.typ` has them.
SHEET_PT, GAP_PT, HEAD = 165 / 25.4 * 72, 3.2 / 25.4 * 72, 0.92
SLACK = 0.1  # em: what kerning may draw apart


def _widths(
    head: list[str], rows: list[list[str]], foot: list[list[str]], wide: int, size: float
) -> dict[str, Any]:
    """What typst would find by a layout of every cell: each column as wide as its longest text, in em, and
    whether every row is one line. None where all columns do not fit so: then typst shares out the sheet."""
    last = foot[-1:]
    widths = [
        SLACK + max([
            width(title, SEMIBOLD) * HEAD,
            *(width(row[column]) for row in (*rows, *foot[:-1])),
            *(width(row[column], SEMIBOLD) for row in last),
        ])
        for column, title in enumerate(head)
    ]  # fmt: skip
    room = SHEET_PT - GAP_PT * (len(head) - 1)
    fixed = sum(widths) - widths[wide]
    if (fixed + min(widths[wide], LONGEST)) * size > room:
        return {"widths": None, "even": False}
    return {"widths": widths, "even": (fixed + widths[wide]) * size <= room}


def one_line_each(rows: list[list[str]], *, size: float, room: float, gutter: float) -> bool:
    """Whether labels and values, in two columns, take a line a row; `size` in points, the rest in mm."""
    labels, values = (max((width(row[side]) for row in rows), default=0) for side in (0, 1))
    return (labels + values + SLACK) * size <= (room - gutter) / 25.4 * 72


def _size(head: list[str], align: str, rows: list[list[str]], wide: int) -> float:
    need = 0.0
    for column, side in enumerate(align):
        texts = [row[column] for row in rows]
        widths = [columns(t) if side == "r" else min(_longest(t), LONGEST) for t in texts]
        need += max([_longest(head[column]), *widths]) * (LETTERS if column == wide else 1)
    for size, fits in SIZES:
        gutters = GUTTER_MM * (len(align) - 1) * fits / 165
        if need + gutters <= fits:
            return size
    raise Refusal(
        "table_too_wide", N_("The document was not written: its figures are too long for a page.")
    )


def _longest(text: str) -> int:
    return max((columns(word) for word in text.split(" ")), default=0)


def in_currency(label: str, currency: str, words: Wording) -> str:
    """A column's label with the unit of its figures."""
    return words.say("table.in_currency", what=label, currency=currency)
