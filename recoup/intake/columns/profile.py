"""What each column holds, as it will be taken: shown with least, greatest and sum before anything is
made of it. Pure."""

import re
from collections import Counter
from dataclasses import dataclass
from dataclasses import field as given
from datetime import date
from decimal import Decimal
from typing import Any

from recoup.intake.columns import amounts, days
from recoup.intake.columns.fields import FIELDS
from recoup.intake.columns.header import Layout, missing
from recoup.intake.columns.places import currency_of
from recoup.intake.tables.table import Cell, is_blank
from recoup.intake.tables.workbook import cell_text

SAMPLES = 4


@dataclass(frozen=True, slots=True)
class Column:
    """`field` is "" where the column is passed over. `least`, `greatest` and `sums` (by currency) are
    texts; `bad` cells could not be read; `unclear` can be read two ways."""

    place: int
    name: str
    field: str
    filled: int
    samples: tuple[str, ...]
    written: str = ""
    least: str = ""
    greatest: str = ""
    sums: dict[str, str] = given(default_factory=dict)
    bad: int = 0
    unclear: str = ""

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__} | {
            "samples": list(self.samples)
        }  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Profile:
    """`formats`: how each amount and day column is read. `missing`: needed fields without a column."""

    columns: tuple[Column, ...]
    rows: int
    missing: tuple[str, ...]
    amounts: amounts.Decided
    days: dict[str, days.Decided]
    currency: str = ""

    @property
    def unclear(self) -> tuple[Column, ...]:
        return tuple(c for c in self.columns if c.unclear)


def profile(layout: Layout) -> Profile:
    """Decide the format of every amount and day column over all rows, and sum up what they hold."""
    mapping = layout.mapping
    by_place = {place: code for code, place in mapping.columns.items()}
    cells = {place: [row.cells[place] if place < len(row.cells) else "" for row in layout.rows] for place in by_place}  # fmt: skip
    money = [p for p, code in by_place.items() if FIELDS[code].kind == "amount"]
    decided = amounts.decide((c for p in money for c in cells[p]), mapping.decimal)
    dated = decided_days(by_place, cells, mapping.order)
    currencies = currency_cells(mapping.columns.get("currency"), cells)
    heads = heading_currency(layout.names, mapping.columns)
    columns = tuple(
        column(
            place,
            name,
            by_place.get(place, ""),
            cells.get(place),
            layout,
            decided,
            dated,
            currencies,
            heads,
        )
        for place, name in enumerate(layout.names)
    )
    return Profile(columns, len(layout.rows), tuple(missing(layout)), decided, dated, heads)


def decided_days(
    by_place: dict[int, str], cells: dict[int, list[Cell]], hint: str
) -> dict[str, days.Decided]:
    """Each day column for itself; one that proves nothing follows the others of its file."""
    found = {
        code: days.decide(cells[place], hint)
        for place, code in by_place.items()
        if FIELDS[code].kind == "day"
    }
    orders = {one.order for one in found.values() if one.order}
    if len(orders) == 1:
        (order,) = orders
        for code, one in found.items():
            if one.unclear and one.unclear != "?" and not proves_both(cells, by_place, code):
                found[code] = days.Decided(order, one.serial)
    return found


def proves_both(cells: dict[int, list[Cell]], by_place: dict[int, str], code: str) -> bool:
    place = next(p for p, c in by_place.items() if c == code)
    readings = [days.read_day(c) for c in cells[place] if isinstance(c, str)]
    sure = [r for r in readings if r and r.spelling == "either"]
    return any(r.mdy is None for r in sure) and any(r.dmy is None for r in sure)


def currency_cells(place: int | None, cells: dict[int, list[Cell]]) -> list[str] | None:
    if place is None:
        return None
    return [(currency_of(c) or "") if isinstance(c, str) else "" for c in cells[place]]


def heading_currency(names: list[str], columns: dict[str, int]) -> str:
    """`Amount (EUR)` says the currency for all rows."""
    place = columns.get("amount")
    name = names[place] if place is not None and place < len(names) else ""
    found = re.search(r"[(\[（\s]([A-Z]{3}|€|£)[)\]）]?\s*$", name)
    return (currency_of(found[1]) or "") if found else ""


def column(
    place: int, name: str, code: str, cells: list[Cell] | None, layout: Layout, decided: amounts.Decided,
    dated: dict[str, days.Decided], currencies: list[str] | None, heads: str,
) -> Column:  # fmt: skip
    if cells is None:
        cells = [row.cells[place] if place < len(row.cells) else "" for row in layout.rows]
    kind = FIELDS[code].kind if code else ""
    if kind not in ("amount", "day"):
        first = [c for c in cells[:400] if not is_blank(c)]
        return Column(place, name, code, len(cells) - cells.count(""), sampled(first))
    filled = [c for c in cells if not is_blank(c)]
    samples = sampled(filled)
    if kind == "amount":
        return amount_column(place, name, code, cells, filled, samples, decided, currencies, heads)
    return day_column(place, name, code, filled, samples, dated[code])


def sampled(filled: list[Cell]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cell_text(c).strip()[:60] for c in filled[:40]))[:SAMPLES]


def amount_column(
    place: int, name: str, code: str, cells: list[Cell], filled: list[Cell], samples: tuple[str, ...],
    decided: amounts.Decided, currencies: list[str] | None, heads: str,
) -> Column:  # fmt: skip
    values: list[Decimal] = []
    sums: Counter[str] = Counter()
    for i, cell in enumerate(cells):
        if is_blank(cell) or (found := amounts.value_of(cell, decided.sign)) is None:
            continue
        value, own = found
        values.append(value)
        currency = (currencies[i] if currencies else "") or own or heads
        sums[currency] += value  # type: ignore[assignment]
    written = {",": "1.234,56", ".": "1,234.56", "": "1234"}[decided.sign]
    return Column(
        place, name, code, len(filled), samples, written, str(min(values, default="")), str(max(values, default="")),
        {k: str(v) for k, v in sorted(sums.items())}, len(filled) - len(values), decided.unclear,
    )  # fmt: skip


def day_column(
    place: int,
    name: str,
    code: str,
    filled: list[Cell],
    samples: tuple[str, ...],
    decided: days.Decided,
) -> Column:
    found = [d for d in (days.day_of(cell, decided) for cell in filled) if d]
    written = decided.order or ("serial" if decided.serial else "")
    least: date | None = min(found, default=None)
    greatest: date | None = max(found, default=None)
    return Column(
        place, name, code, len(filled), samples, written, least.isoformat() if least else "",
        greatest.isoformat() if greatest else "", {}, len(filled) - len(found), decided.unclear,
    )  # fmt: skip
