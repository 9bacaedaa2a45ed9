"""Amounts as people write them: the decimal sign is decided once for a column, on all its rows. Pure.

A value with one separator and three digits after it (1.234) can be read two ways; it is never guessed
alone. What else stands in the column decides; where nothing does, a person is asked.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from recoup.intake.tables.table import Cell

SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f']|’")
SYMBOLS = {"HK$": "HKD", "US$": "USD", "€": "EUR", "£": "GBP", "港幣": "HKD", "港币": "HKD", "人民币": "CNY",
           "人民幣": "CNY", "港元": "HKD", "元": "CNY", "zł": "PLN"}  # fmt: skip
UNCERTAIN = ("$", "¥", "￥", "kr.", "kr", "Kr")  # several currencies write so
CODE = re.compile(r"^([A-Za-z]{3})(?![A-Za-z])\s*|\s*(?<![A-Za-z])([A-Za-z]{3})$")
MINUS = "-−–"
SIMPLE = re.compile(r"-?\d{1,15}(?:[.,]\d{1,15})?", re.ASCII)
PROOF = re.compile(r"-?\d{1,15}([.,])\d{2}", re.ASCII)  # two decimals: the usual proof
BODY = re.compile(r"\d[\d.,]*", re.ASCII)
LIKELY = 0.9
SIGNS = (",", ".")


@dataclass(frozen=True, slots=True)
class Written:
    """One value taken apart: `body` has digits, points and commas only."""

    body: str
    negative: bool
    currency: str
    grouped: bool


def take_apart(text: str) -> Written | None:
    """None for what is no amount at all. `(500,00)`, `500-`, `EUR 500`, `500 €`, `1'234.50` and
    `1 234,50` are amounts; exponents, percent and letters are not."""
    plain = text.strip("\u00a0\u2007\u202f \t\r\n")
    if SIMPLE.fullmatch(plain):
        return Written(plain.removeprefix("-"), plain[0] == "-", "", False)
    negative = False
    if plain.startswith("(") and plain.endswith(")"):
        negative, plain = True, plain[1:-1].strip()
    currency = ""
    for sign, code in SYMBOLS.items():
        if sign in plain:
            plain, currency = plain.replace(sign, "", 1).strip("\u00a0\u202f "), code
            break
    else:
        for sign in UNCERTAIN:
            if plain.startswith(sign) or plain.endswith(sign):
                plain = plain.removeprefix(sign).removesuffix(sign).strip("\u00a0\u202f ")
                break
        if (spelled := CODE.search(plain)) is not None:
            currency = (spelled[1] or spelled[2]).upper()
            plain = CODE.sub("", plain, count=1).strip("\u00a0\u202f ")
    for sign in MINUS:
        if plain.startswith(sign) or plain.endswith(sign):
            if negative:
                return None
            negative, plain = (
                True,
                plain.removeprefix(sign).removesuffix(sign).strip("\u00a0\u202f "),
            )
            break
    plain = plain.removeprefix("+").strip("\u00a0\u202f ")
    body = SPACES.sub("", plain)
    if not BODY.fullmatch(body) or len(body) > 30:
        return None
    return Written(body, negative, currency, body != plain)


def vote(written: Written) -> str:
    """The decimal sign this value proves: "," or ".", "" for none, "?" for either."""
    body = written.body
    points, commas = body.count("."), body.count(",")
    if not points and not commas:
        return ""
    if points and commas:
        return "." if body.rfind(".") > body.rfind(",") else ","
    sign = "." if points else ","
    if points + commas > 1:
        return "," if sign == "." else "."
    before, _, after = body.partition(sign)
    if written.grouped or len(after) != 3 or len(before) > 3 or before == "0":
        return sign
    return "?"


@dataclass(frozen=True, slots=True)
class Decided:
    """`sign` is the column's decimal sign, "" where only whole numbers stand; `unclear` holds a value
    that can be read two ways and `against` the share that speaks for the other sign."""

    sign: str
    unclear: str = ""
    against: int = 0


def decide(cells: Iterable[Cell], hint: str = "") -> Decided:
    """The decimal sign of a column. `hint`: what a person has said."""
    votes = {",": 0, ".": 0, "?": 0, "": 0}
    doubtful = ""
    for cell, times in (cells if isinstance(cells, Counter) else Counter(cells)).items():
        if not isinstance(cell, str):
            continue
        if found_sign := PROOF.fullmatch(cell):
            votes[found_sign[1]] += times
            continue
        written = take_apart(cell)
        if written is None:
            continue
        found = vote(written)
        if found in SIGNS and value_of(cell, found) is None:
            continue  # no amount under either sign proves nothing
        votes[found] += times
        if found == "?" and not doubtful:
            doubtful = cell.strip()
    if hint:
        return Decided(hint)
    for sign, other in ((",", "."), (".", ",")):
        certain = votes[sign] + votes[other]
        if votes[sign] and votes[sign] >= LIKELY * certain:
            return Decided(sign, against=votes[other])
    if votes[","] or votes["."]:
        return Decided("", unclear=doubtful or "1,00 / 1.00", against=votes[","])
    return Decided("", unclear=doubtful)


def value_of(cell: Cell, sign: str) -> tuple[Decimal, str] | None:
    """The signed amount and the currency written with it; None where it is no amount under `sign`."""
    if isinstance(cell, Decimal):
        return cell, ""
    if not isinstance(cell, str):
        return None
    if SIMPLE.fullmatch(cell):
        if cell.isdecimal() or (sign == "." and "," not in cell):
            return Decimal(cell), ""
        if sign == "," and "." not in cell:
            return Decimal(cell.replace(",", ".")), ""
    written = take_apart(cell)
    if written is None:
        return None
    body = written.body
    if "." in body or "," in body:
        if not sign:
            return None
        other = "," if sign == "." else "."
        whole, _, part = body.partition(sign)
        if other in part or sign in part:
            return None
        groups = whole.split(other)
        if len(groups) > 1 and (
            not 1 <= len(groups[0]) <= 3 or any(len(g) != 3 for g in groups[1:])
        ):
            return None
        body = "".join(groups) + ("." + part if part else "")
    if not body or len(body) > 20:
        return None
    value = Decimal(body)
    return (-value if written.negative else value), written.currency


def values_of(cells: Iterable[Cell], sign: str) -> dict[Cell, tuple[Decimal, str]]:
    """`value_of` for each of different cells that is an amount."""
    simple, other = SIMPLE.fullmatch, {",": ".", ".": ","}.get(sign)
    found: dict[Cell, tuple[Decimal, str]] = {}
    for cell in cells:
        if other and type(cell) is str and other not in cell and simple(cell):
            found[cell] = (Decimal(cell.replace(",", ".") if sign == "," else cell), "")
        elif (value := value_of(cell, sign)) is not None:
            found[cell] = value
    return found
