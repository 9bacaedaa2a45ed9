"""What each column holds, as it will be taken: shown with least, greatest and sum before anything is
made of it. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from dataclasses import field as given
from datetime import date
from decimal import Decimal
from itertools import islice, repeat
from typing import Any

from recoup.intake.columns import amounts, days
from recoup.intake.columns.fields import FIELDS
from recoup.intake.columns.header import Layout, missing
from recoup.intake.columns.places import currency_of
from recoup.intake.tables.table import BLANKS, Cell, is_blank
from recoup.intake.tables.workbook import cell_text

SAMPLES, ZERO = 4, Decimal(0)
Values = dict[Cell, tuple[Decimal, str]]
Cells = dict[int, tuple[Cell, ...]]


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
    """`amounts`, `days`: how each amount and day column is read; `values`: every different amount, read so.
    `missing`: needed fields without a column."""

    columns: tuple[Column, ...]
    rows: int
    missing: tuple[str, ...]
    amounts: amounts.Decided
    days: dict[str, days.Decided]
    currency: str = ""
    values: Values = given(default_factory=dict, repr=False)

    @property
    def unclear(self) -> tuple[Column, ...]:
        return tuple(c for c in self.columns if c.unclear)


def profile(layout: Layout) -> Profile:
    """Decide the format of every amount and day column over all rows, and sum up what they hold."""
    mapping = layout.mapping
    by_place = {place: code for code, place in mapping.columns.items()}
    cells = {place: layout.cells[place] for place in by_place}
    money = [p for p, code in by_place.items() if FIELDS[code].kind == "amount"]
    tallies = {p: different(cells[p]) for p, code in by_place.items() if FIELDS[code].kind in ("amount", "day")}  # fmt: skip
    both: Counter[Cell] = Counter()
    for place in money:
        both.update(tallies[place])
    decided = amounts.decide(both, mapping.decimal)
    dated = decided_days(by_place, cells, tallies, mapping.order)
    values = amounts.values_of(both, decided.sign)
    currencies = currency_cells(mapping.columns.get("currency"), cells)
    heads = heading_currency(layout.names, mapping.columns)
    columns = tuple(
        column(
            place,
            name,
            by_place.get(place, ""),
            layout.cells[place],
            tallies.get(place),
            decided,
            values,
            dated,
            currencies,
            heads,
        )
        for place, name in enumerate(layout.names)
    )
    return Profile(columns, len(layout.rows), tuple(missing(layout)), decided, dated, heads, values)


def different(cells: Sequence[Cell]) -> Counter[Cell]:
    """Each different cell that is not blank, with how often it stands there. (Truth values are left out:
    True would be the same key as the number 1.)"""
    plain = cells if bool not in set(map(type, cells)) else [c for c in cells if type(c) is not bool]  # fmt: skip
    tally: Counter[Cell] = Counter(plain)
    for cell in [c for c in tally if type(c) is str and not c.strip(BLANKS)]:
        del tally[cell]
    return tally


def decided_days(
    by_place: dict[int, str], cells: Cells, tallies: dict[int, Counter[Cell]], hint: str
) -> dict[str, days.Decided]:
    """Each day column for itself; one that proves nothing follows the others of its file."""
    found = {
        code: days.decide(tallies[place], hint)
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


def proves_both(cells: Cells, by_place: dict[int, str], code: str) -> bool:
    place = next(p for p, c in by_place.items() if c == code)
    readings = [days.read_day(c) for c in set(cells[place]) if isinstance(c, str)]
    sure = [r for r in readings if r and r.spelling == "either"]
    return any(r.mdy is None for r in sure) and any(r.dmy is None for r in sure)


def currency_cells(place: int | None, cells: Cells) -> list[str] | None:
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
    place: int, name: str, code: str, cells: tuple[Cell, ...], tally: Counter[Cell] | None, decided: amounts.Decided,
    values: Values, dated: dict[str, days.Decided], currencies: list[str] | None, heads: str,
) -> Column:  # fmt: skip
    if tally is None:
        first = [c for c in cells[:400] if not is_blank(c)]
        return Column(place, name, code, len(cells) - cells.count(""), sampled(first))
    filled = tally.total() + sum(type(c) is bool for c in cells)
    base = Column(place, name, code, filled, sampled(list(islice(tally, 40))))
    if FIELDS[code].kind == "amount":
        return amount_column(base, cells, tally, decided, values, currencies, heads)
    return day_column(base, tally, dated[code])


def sampled(filled: list[Cell]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cell_text(c).strip()[:60] for c in filled[:40]))[:SAMPLES]


def amount_column(
    base: Column, cells: tuple[Cell, ...], tally: Counter[Cell], decided: amounts.Decided, values: Values,
    currencies: list[str] | None, heads: str,
) -> Column:  # fmt: skip
    found = [values[cell][0] for cell in tally if cell in values]
    good = sum(times for cell, times in tally.items() if cell in values)
    return replace(
        base, written={",": "1.234,56", ".": "1,234.56", "": "1234"}[decided.sign], least=str(min(found, default="")),
        greatest=str(max(found, default="")), bad=base.filled - good, unclear=decided.unclear,
        sums=summed(cells, values, currencies, heads) if found else {},
    )  # fmt: skip


def summed(
    cells: tuple[Cell, ...], values: Values, currencies: list[str] | None, heads: str
) -> dict[str, str]:
    """The sum in each currency: the row's own column, else what stands with the amount, else the heading."""
    sums: dict[str, Decimal] = {}
    for cell, said in zip(cells, currencies or repeat(""), strict=False):
        if type(cell) is not bool and (read := values.get(cell)) is not None:
            currency = said or read[1] or heads
            sums[currency] = sums.get(currency, ZERO) + read[0]
    return {k: str(v) for k, v in sorted(sums.items())}


def day_column(base: Column, tally: Counter[Cell], decided: days.Decided) -> Column:
    read = {cell: day for cell in tally if (day := days.day_of(cell, decided))}
    least: date | None = min(read.values(), default=None)
    greatest: date | None = max(read.values(), default=None)
    return replace(
        base, written=decided.order or ("serial" if decided.serial else ""), least=least.isoformat() if least else "",
        greatest=greatest.isoformat() if greatest else "", bad=base.filled - sum(tally[cell] for cell in read),
        unclear=decided.unclear,
    )  # fmt: skip
