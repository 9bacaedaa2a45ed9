"""Reads a list file in OpenSanctions' simple format (`targets.simple.csv`). Pure; row by row.

Columns by name; `aliases`, `countries`, `identifiers` hold several values, separated by semicolons
and quoted as CSV is (https://www.opensanctions.org/docs/bulk/csv/, checked 2026-11-22).
"""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from recoup.kernel.refusal import N_, Refusal

NEEDED = ("id", "schema", "name", "aliases", "countries", "identifiers")
ALSO = ("birth_date", "sanctions")
LONGEST = {"id": 200, "schema": 40}
LIMIT = 4_000_000  # characters of a cell; some entries have hundreds of aliases


@dataclass(frozen=True, slots=True)
class Target:
    """One entry. `mark`: equal while nothing that decides whether it is somebody has changed."""

    key: str
    schema: str
    name: str
    aliases: tuple[str, ...]
    birth_date: str
    countries: tuple[str, ...]
    identifiers: tuple[str, ...]
    sanctions: str

    @property
    def mark(self) -> str:
        what = [self.schema, self.name, sorted(self.aliases), self.birth_date, sorted(self.countries),
                sorted(self.identifiers), self.sanctions]  # fmt: skip
        return sha256(json.dumps(what, ensure_ascii=False).encode()).hexdigest()


def targets(lines: Iterable[str], *, file: str) -> Iterator[Target]:
    """The entries of a file, in its order. Raises `Refusal` `list_broken` naming file and row at the
    first row that is not whole; the caller must then keep nothing."""
    csv.field_size_limit(LIMIT)
    reader = csv.reader(lines, strict=True)
    row = 0
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        missing = [name for name in NEEDED if name not in header]
        if missing or len(set(header)) != len(header):
            raise broken(file, 1, N_("the columns %(what)s are missing or doubled"), ", ".join(missing) or "")  # fmt: skip
        place = {name: n for n, name in enumerate(header)}
        for cells in reader:
            row = reader.line_num
            yield target(cells, place, len(header), file, row)
    except csv.Error as error:
        raise broken(file, reader.line_num, N_("%(what)s"), str(error)) from None
    except UnicodeDecodeError as error:
        raise broken(file, row + 1, N_("%(what)s"), f"{error.reason} (UTF-8)") from None


def target(cells: list[str], place: dict[str, int], width: int, file: str, row: int) -> Target:
    if len(cells) != width:
        raise broken(file, row, N_("there are %(what)s"), f"{len(cells)} / {width}")
    if any("\x00" in cell for cell in cells):
        raise broken(file, row, N_("%(what)s"), "NUL")
    said = {name: cells[place[name]].strip() for name in (*NEEDED, *ALSO) if name in place}
    for name in ("id", "schema", "name"):
        if not said[name] or len(said[name]) > LONGEST.get(name, 4000):
            raise broken(file, row, N_("%(what)s is empty or too long"), name)
    many = {name: several(said[name]) for name in ("aliases", "countries", "identifiers")}
    return Target(
        said["id"], said["schema"], said["name"], many["aliases"], said.get("birth_date", ""),
        tuple(code.upper() for code in many["countries"]), many["identifiers"], said.get("sanctions", ""),
    )  # fmt: skip


def several(cell: str) -> tuple[str, ...]:
    """`a;"b;c"` are two values."""
    if '"' not in cell:
        return tuple(filter(None, (each.strip() for each in cell.split(";"))))
    try:
        return tuple(filter(None, (each.strip() for row in csv.reader([cell], delimiter=";") for each in row)))  # fmt: skip
    except csv.Error:
        return (cell,)


def broken(file: str, row: int, why: str, what: str) -> Refusal:
    return Refusal(
        "list_broken", N_("%(file)s, line %(row)s: this is no list of targets (%(why)s). Nothing was loaded."),
        file=file, row=row, why=why % {"what": what}, field="file",
    )  # fmt: skip
