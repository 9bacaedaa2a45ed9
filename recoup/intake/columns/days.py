"""Days as people write them; whether 04/05/2026 is April or May is decided on the whole column. Pure."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from recoup.intake.tables.table import Cell
from recoup.kernel.days import FIRST, LAST

YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
HAN = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号號]?", re.ASCII)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
YEAR_LAST = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})\.?", re.ASCII)
NAMED = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|\.)?[-/ .]+(?:de )?([^\W\d_]{3,12})\.?,?[-/ .]+(?:de )?(\d{4}|\d{2})"
)
NAMED_FIRST = re.compile(r"([^\W\d_]{3,12})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?(Z|[+-]\d\d:?\d\d)?$")
SERIAL = range(20000, 80000)  # 1954 to 2119 as a spreadsheet counts days
EPOCH = date(1899, 12, 30)
PIVOT = 70
MONTHS = {
    name: number
    for number, names in enumerate((
        "jan january januar januari janvier enero gennaio gen janv ene januar styczen", "feb february februar februari fevrier febrero febbraio fev fevr",
        "mar march marz maerz mars marzo mrz maart mrt maerz", "apr april avril abril aprile avr abr", "may mai maj mei mayo maggio mag",
        "jun june juni juin junio giugno giu", "jul july juli juillet julio luglio lug juil", "aug august augusti aout agosto ago augustus",
        "sep sept september septembre septiembre settembre set", "oct october oktober octobre octubre ottobre okt ott",
        "nov november novembre noviembre", "dec december dezember decembre diciembre dicembre dez dic des desember",
    ), 1)
    for name in names.split()
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """`day` where only one reading is possible; else `dmy` and `mdy` are the two."""

    day: date | None = None
    dmy: date | None = None
    mdy: date | None = None
    spelling: str = ""


@lru_cache(maxsize=65536)
def read_day(text: str) -> Reading | None:
    """None for what is no day."""
    plain = TIME.sub("", text.strip("\u00a0\u202f \t\r\n")).strip()
    for shape, spelling in ((YEAR_FIRST, "ymd"), (HAN, "ymd"), (COMPACT, "ymd")):
        found = shape.fullmatch(plain)
        if found:
            parts = [int(g) for g in found.groups() if g.isdigit()]
            return certain(made(parts[0], parts[1], parts[2]), spelling)
    if found := YEAR_LAST.fullmatch(plain):
        first, second, year = int(found[1]), int(found[3]), whole_year(found[4])
        if found[2] == ".":  # written with points the day always stands first
            return certain(made(year, second, first), "dmy")
        return either(first, second, year)
    for shape, (d, m, y) in ((NAMED, (1, 2, 3)), (NAMED_FIRST, (2, 1, 3))):
        if (found := shape.fullmatch(plain)) and (month := month_of(found[m])):
            return certain(made(whole_year(found[y]), month, int(found[d])), "named")
    return None


def certain(day: date | None, spelling: str) -> Reading | None:
    return Reading(day=day, spelling=spelling) if day else None


def either(first: int, second: int, year: int) -> Reading | None:
    dmy, mdy = made(year, second, first), made(year, first, second)
    if dmy and mdy and dmy != mdy:
        return Reading(dmy=dmy, mdy=mdy, spelling="either")
    if not (dmy or mdy):
        return None
    # Equal numbers prove nothing; otherwise the only possible reading does.
    return Reading(dmy=dmy, mdy=mdy, spelling="same" if dmy and mdy else "either")


def made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def whole_year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < PIVOT else 1900)


def month_of(name: str) -> int | None:
    plain = name.casefold().translate(str.maketrans("äéûôç", "aeuoc"))
    return MONTHS.get(plain)


@dataclass(frozen=True, slots=True)
class Decided:
    """`order`: dmy or mdy where the column has days that need one; `serial`: bare numbers that count
    days as a spreadsheet does; `unclear` a value that can be read two ways."""

    order: str = ""
    serial: bool = False
    unclear: str = ""


def decide(cells: Iterable[Cell], hint: str = "") -> Decided:
    """How a column writes its days. `hint`: what a person has said, or the other columns prove."""
    dmy = mdy = numbers = texts = 0
    doubtful = ""
    for cell, times in (cells if isinstance(cells, Counter) else Counter(cells)).items():
        if isinstance(cell, Decimal) or (isinstance(cell, str) and is_serial(cell)):
            numbers += times
            continue
        if not isinstance(cell, str):
            continue
        found = read_day(cell)
        if found is None:
            continue
        texts += times
        if found.spelling == "either":
            dmy += found.mdy is None
            mdy += found.dmy is None
            if found.dmy and found.mdy and not doubtful:
                doubtful = cell.strip()
    serial = numbers > 0 and texts == 0
    if hint or not (doubtful or dmy or mdy):
        return Decided(hint, serial)
    if dmy and not mdy:
        return Decided("dmy", serial)
    if mdy and not dmy:
        return Decided("mdy", serial)
    return Decided("", serial, doubtful or "?")


def is_serial(text: str) -> bool:
    plain = text.strip()
    return len(plain) == 5 and plain.isascii() and plain.isdigit() and int(plain) in SERIAL


def day_of(cell: Cell, decided: Decided) -> date | None:
    """The day in a cell, None where there is none under what was decided."""
    if isinstance(cell, date):
        return cell
    if isinstance(cell, bool):
        return None
    if isinstance(cell, Decimal):
        return from_serial(cell) if decided.serial else None
    if is_serial(cell):
        return from_serial(Decimal(cell.strip())) if decided.serial else None
    found = read_day(cell)
    if found is None:
        return None
    if found.day:
        return found.day
    if found.spelling == "same":
        return found.dmy
    return found.dmy if decided.order == "dmy" else found.mdy if decided.order == "mdy" else None


def from_serial(number: Decimal) -> date | None:
    return EPOCH + timedelta(days=int(number)) if int(number) in SERIAL else None


def in_range(day: date) -> bool:
    return FIRST <= day <= LAST
