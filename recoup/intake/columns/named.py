"""Columns as a person names them: by heading, by number from 1, by a spreadsheet's letter. Pure."""

import re
from collections.abc import Mapping as AnyMapping
from typing import Any

from recoup.intake.columns.fields import FIELDS, heading
from recoup.intake.columns.header import SEARCHED, columns_of
from recoup.intake.columns.mapping import Mapping, wrong
from recoup.intake.tables.table import Row, Table
from recoup.intake.tables.workbook import cell_text
from recoup.kernel.refusal import N_, Refusal

OPTIONS = frozenset(Mapping.__dataclass_fields__) - {"columns"}


def named_columns(table: Table, asked: AnyMapping[str, Any], *, file: str) -> dict[str, Any]:
    """A mapping as `Mapping.read` takes it from what a person has written: `{"columns": {field: column}}`,
    or the pairs alone, either way round; a column is its heading or its place from 0. Fields that are not
    named follow the headings.

    Raises `Refusal` `mapping_wrong`, `column_unknown`.
    """
    options = {k: v for k, v in asked.items() if k in OPTIONS and not named_field(k, v)}
    pairs = asked.get("columns", {}) if isinstance(asked.get("columns", {}), dict) else None
    if pairs is None:
        raise wrong("columns", asked["columns"])
    loose = {k: v for k, v in asked.items() if k not in options and k != "columns"}
    wanted = dict(told(field, column) for field, column in {**loose, **pairs}.items())
    if not wanted:
        return options
    names = [v for v in wanted.values() if isinstance(v, str)]
    sheet, row = where(table, names, options, file)
    written = [cell_text(cell).strip() for cell in row.cells]
    chosen = {f: v if isinstance(v, int) else place_of(written, v, file) for f, v in wanted.items()}
    proposed = {
        f: at
        for f, at in free(written, file).items()
        if f not in chosen and at not in chosen.values()
    }
    return options | {"sheet": sheet, "header": row.number, "columns": proposed | chosen}


def named_field(key: str, value: object) -> bool:
    """`country` and `currency` are fields and options: a code is the option, anything else a column."""
    return key in FIELDS and not (isinstance(value, str) and re.fullmatch(r"[A-Z]{2,3}|", value))


def told(one: str, other: Any) -> tuple[str, str | int]:
    """(field, column) of a pair written either way round."""
    if one in FIELDS and isinstance(other, str | int) and not isinstance(other, bool):
        return one, other
    if isinstance(other, str) and other in FIELDS:
        return other, one
    raise wrong("mapping", one)


def where(table: Table, names: list[str], options: dict[str, Any], file: str) -> tuple[str, Row]:
    """The sheet and row that hold all named headings, else the most of them."""
    wanted = set(map(heading, names))
    sheets = [s for s in table.sheets if s.rows and options.get("sheet") in (None, "", s.name)]
    rows = [
        (len(wanted & {heading(cell_text(c)) for c in row.cells}), -place, sheet.name, row)
        for sheet in sheets
        for place, row in enumerate(sheet.rows[:SEARCHED])
        if options.get("header") in (None, 0, row.number)
    ]
    if not rows:
        raise Refusal("no_rows", N_("%(file)s has no rows; nothing was taken."), file=file)
    best = max(rows, key=lambda found: found[:2])
    return best[2], best[3]


def place_of(written: list[str], name: str, file: str) -> int:
    exact = [i for i, one in enumerate(written) if one == name.strip()]
    found = exact or [i for i, one in enumerate(written) if heading(one) == heading(name)]
    if len(found) != 1:
        raise Refusal(
            "column_unknown", N_("%(file)s has no single column headed “%(found)s”."), file=file, field="mapping",
            found=name[:80],
        )  # fmt: skip
    return found[0]


def free(written: list[str], file: str) -> dict[str, int]:
    try:
        return columns_of(written, file)
    except Refusal:
        return {}
