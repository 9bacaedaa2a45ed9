"""Where the headings stand, which rows are debts, and which are titles, totals and footers. Pure."""

from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain, zip_longest

from recoup.intake.columns.fields import FIELDS, TOTALS, field_of, heading
from recoup.intake.columns.mapping import Mapping
from recoup.intake.tables.table import BLANKS, Cell, Row, Sheet, Table, is_blank
from recoup.intake.tables.workbook import cell_text
from recoup.kernel.refusal import N_, Refusal

SEARCHED = 40


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that is no debt: `why` is title, total, footer or header."""

    row: int
    why: str
    text: str
    amount: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """`names` are the headings as written, one per column; `rows` are those that may be debts; `cells` the
    same rows column by column, "" where a row is shorter."""

    sheet: str
    header: int
    names: list[str]
    rows: list[Row]
    left_out: tuple[LeftOut, ...]
    mapping: Mapping
    cells: list[tuple[Cell, ...]]


def lay_out(table: Table, mapping: Mapping | None = None, *, file: str) -> Layout:
    """The rows that may be debts under `mapping`, or under the best one that the headings give.

    Raises `Refusal` `sheet_unknown`, `sheets_several`, `header_missing`, `header_twice`,
    `columns_missing`, `no_rows`.
    """
    sheet = chosen_sheet(table, mapping, file)
    at = header_at(sheet, mapping)
    if at is None:
        raise Refusal(
            "header_missing",
            N_("%(file)s: no row of headings was found. The columns must be headed, for instance “%(debtor)s”, “%(invoice)s”, “%(due_on)s”, “%(amount)s”; use our template or say which column is which."),
            file=file, **{code: FIELDS[code].label for code in ("debtor", "invoice", "due_on", "amount")},
        )  # fmt: skip
    names = [cell_text(cell).strip() for cell in sheet.rows[at].cells]
    proposed = columns_of(names, file)
    wanted = (
        mapping if mapping and mapping.columns else replace(mapping or Mapping(), columns=proposed)
    )
    wanted = replace(wanted, sheet=sheet.name, header=sheet.rows[at].number)
    width = max(sheet.width, 1)
    if beyond := [f for f, place in wanted.columns.items() if place >= width]:
        raise Refusal("mapping_wrong", N_("The mapping's “%(field)s” cannot be “%(found)s”."),
                      field=beyond[0], found=str(wanted.columns[beyond[0]]))  # fmt: skip
    names += [""] * (width - len(names))
    rows, left_out = told_apart(sheet.rows, at, wanted, names)
    cells = turned(rows, len(names))
    return Layout(sheet.name, sheet.rows[at].number, names, rows, left_out, wanted, cells)


def turned(rows: list[Row], width: int) -> list[tuple[Cell, ...]]:
    widths = {len(row.cells) for row in rows}
    if len(widths) == 1:  # nearly always, and several times faster
        (step,) = widths
        flat = tuple(chain.from_iterable(row.cells for row in rows))
        found = [flat[at::step] for at in range(step)]
    else:
        found = list(zip_longest(*(row.cells for row in rows), fillvalue=""))
    return found + [("",) * len(rows)] * (width - len(found))


def missing(layout: Layout) -> list[str]:
    """The needed fields that no column holds."""
    return [f.code for f in FIELDS.values() if f.needed and f.code not in layout.mapping.columns]


def refuse_missing(layout: Layout, file: str) -> None:
    """Raises `Refusal` `columns_missing`, `no_rows`."""
    lacking = missing(layout)
    if lacking:
        raise Refusal(
            "columns_missing", N_("%(file)s has no column for: %(found)s."), file=file,
            field=lacking[0], found=", ".join(FIELDS[code].label for code in lacking),
        )  # fmt: skip
    if not layout.rows:
        raise Refusal("no_rows", N_("%(file)s has no rows; nothing was taken."), file=file)


def chosen_sheet(table: Table, mapping: Mapping | None, file: str) -> Sheet:
    filled = [sheet for sheet in table.sheets if sheet.rows]
    if mapping and mapping.sheet:
        found = next((sheet for sheet in filled if sheet.name == mapping.sheet), None)
        if found is None:
            raise Refusal("sheet_unknown", N_("%(file)s has no visible sheet “%(found)s” with rows."),
                          file=file, found=mapping.sheet)  # fmt: skip
        return found
    lists = [sheet for sheet in filled if looks_like_debts(sheet)]
    if len(lists) > 1:
        raise Refusal(
            "sheets_several",
            N_("%(file)s has debts on several sheets (%(found)s); put them on one, or send one file for each."),
            file=file, found=", ".join(sheet.name for sheet in lists),
        )  # fmt: skip
    return lists[0] if lists else filled[0]


def looks_like_debts(sheet: Sheet) -> bool:
    at = header_at(sheet, None)
    if at is None:
        return False
    found = {known[0] for cell in sheet.rows[at].cells if (known := field_of(cell_text(cell)))}
    return {"amount", "debtor"} <= found


def header_at(sheet: Sheet, mapping: Mapping | None) -> int | None:
    """The place of the row with the most known headings, at least two of different fields."""
    if mapping and mapping.header:
        return next((i for i, row in enumerate(sheet.rows) if row.number == mapping.header), None)
    best, place = 1, None
    for i, row in enumerate(sheet.rows[:SEARCHED]):
        texts = [cell for cell in row.cells if isinstance(cell, str) and len(cell) < 80]
        known = len({found[0] for text in texts if (found := field_of(text))})
        if known > best:
            best, place = known, i
    return place


def columns_of(names: list[str], file: str) -> dict[str, int]:
    """Field → column by its heading, the better heading first. Raises `Refusal` `header_twice`."""
    best: dict[str, tuple[int, int]] = {}
    for place, name in enumerate(names):
        found = field_of(name)
        if found is None:
            continue
        code, rank = found
        if code in best and heading(names[best[code][1]]) == heading(name):
            raise Refusal(
                "header_twice", N_("%(file)s has two columns headed “%(found)s”; rename or remove one."),
                file=file, found=name,
            )  # fmt: skip
        if code not in best or rank < best[code][0]:
            best[code] = (rank, place)
    return {code: place for code, (_, place) in best.items()}


def told_apart(
    rows: list[Row], at: int, mapping: Mapping, names: list[str]
) -> tuple[list[Row], tuple[LeftOut, ...]]:
    """The debts, and what is none: titles above, totals, repeated headings, footers at the end."""
    left = [LeftOut(row.number, "title", text_of(row)) for row in rows[:at]]
    columns = mapping.columns
    head = [name.casefold() for name in names]
    debts: list[Row] = []
    thin: list[Row] = []  # rows of a single cell: a footer if nothing else follows
    who, what = columns.get("debtor", -1), columns.get("invoice", -1)
    full = max(who, what) if min(who, what) >= 0 else len(names)
    heading_again = head[who] if who >= 0 else ""
    for row in rows[at + 1 :]:
        cells = row.cells
        # Nearly every row names a debtor and an invoice: a debt without asking `kind_of`.
        if not thin and len(cells) > full and cells[what] and type(first := cells[who]) is str and first.strip(BLANKS) and not is_blank(cells[what]) and first.strip().casefold() != heading_again:  # fmt: skip
            debts.append(row)
            continue
        kind = kind_of(row, columns, head)
        if kind == "thin":
            thin.append(row)
        elif kind:
            left.append(LeftOut(row.number, kind, text_of(row), amount_text(row, columns)))
        else:
            debts += [*thin, row]
            thin = []
    left += [LeftOut(row.number, "footer", text_of(row)) for row in thin]
    return debts, tuple(sorted(left, key=lambda one: one.row))


def kind_of(row: Row, columns: dict[str, int], head: list[str]) -> str:
    cells = row.cells
    if has(cells, columns.get("debtor")) and has(cells, columns.get("invoice")):
        first = cells[columns["debtor"]]
        if isinstance(first, str) and first.strip().casefold() == head[columns["debtor"]]:
            same = [cell_text(c).strip().casefold() for c in cells]
            if same == head[: len(same)]:
                return "header"
        return ""
    filled = [cell for cell in cells if not is_blank(cell)]
    words = {heading(cell) for cell in filled if isinstance(cell, str)}
    if words & TOTALS and not has(cells, columns.get("invoice")):
        return "total"
    if len(filled) == 1:
        lone = filled[0]
        return (
            "total" if isinstance(lone, Decimal) and has(cells, columns.get("amount")) else "thin"
        )
    keys = [
        columns[code]
        for code in ("debtor", "invoice", "vat_number", "due_on", "email")
        if code in columns
    ]
    if not any(has(cells, place) for place in keys):
        return "total" if has(cells, columns.get("amount")) else "footer"
    return ""


def has(cells: list[Cell], place: int | None) -> bool:
    if place is None or place >= len(cells):
        return False
    cell = cells[place]
    return cell != "" and not is_blank(cell)


def text_of(row: Row) -> str:
    return " | ".join(cell_text(c).strip() for c in row.cells if not is_blank(c))[:200]


def amount_text(row: Row, columns: dict[str, int]) -> str:
    place = columns.get("amount")
    return cell_text(row.cells[place]) if has(row.cells, place) and place is not None else ""
