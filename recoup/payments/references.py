"""Payment references: making, checking and finding them. Pure. RF references (ISO 11649) and case
numbers are made in kernel/refs.py; here they are found.

- Swedish OCR number (Bankgirot, OCR-kontroll): 2 to 25 digits, the last by Luhn (mod 10), optionally
  with the length before it.
- Norwegian KID (Nets/Bits): 2 to 25 digits, the last by Luhn (mod 10) or mod 11 (where 10 is "-").
"""

import re
from functools import lru_cache
from itertools import cycle
from operator import mul

from recoup.kernel.refs import compact, is_rf
from recoup.kernel.sheets import sheet

DEFAULT_PREFIX = "R"
# In free text an RF may come in groups of four; ends where a word ends.
RF_IN_TEXT = re.compile(r"(?<![A-Z0-9])RF ?[0-9]{2}(?: ?[A-Z0-9]){1,21}(?![A-Z0-9])", re.ASCII)
DIGITS_IN_TEXT = re.compile(r"(?<![0-9A-Z])[0-9]{2,25}(?![0-9A-Z])", re.ASCII)
NUMBER_IN_TEXT = re.compile(
    r"(?<![A-Z0-9])(?=[A-Z0-9/_.-]*[0-9])[A-Z0-9][A-Z0-9/_.-]{1,29}(?<![/_.-])", re.ASCII
)
BREAK, SPACE = re.compile(r"[ \t]*[\r\n]+[ \t]*"), re.compile(r"\s+")
OCR, KID = re.compile(r"[0-9]{2,25}", re.ASCII), re.compile(r"[0-9]{1,24}[0-9-]", re.ASCII)
DOUBLED = {
    "0": 0,
    "1": 2,
    "2": 4,
    "3": 6,
    "4": 8,
    "5": 1,
    "6": 3,
    "7": 5,
    "8": 7,
    "9": 9,
}.__getitem__
DASHES = str.maketrans("‐‑‒–—−／＿", "------/_")


@sheet(frozen=True, slots=True)
class References:
    """What a text refers to, each in its normal form, in the order found, without repeats.

    `cases` are written case numbers, `rf` valid RF references, `checked` runs of digits that are a
    valid OCR or KID number, `numbers` everything that may be a document number, upper-case.
    """

    cases: tuple[str, ...] = ()
    rf: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


def case_of_rf(reference: str, *, prefix: str = DEFAULT_PREFIX) -> str | None:
    """The case number an RF reference was derived from, None if it is not valid or none of ours."""
    plain = compact(reference)
    found = own_rf(prefix).fullmatch(plain)
    return f"{prefix}-{found[1]}-{found[2]}" if found and is_rf(plain) else None


def ocr_number(digits: str, *, with_length: bool = False) -> str:
    """A Swedish OCR number for up to 24 (23) digits: optional length digit, then the Luhn digit.

    The length digit is the last digit of the whole number's length. Raises `ValueError`.
    """
    check_digits(digits, 23 if with_length else 24)
    body = digits + str((len(digits) + 2) % 10) if with_length else digits
    return body + str(luhn_digit(body))


def is_ocr(text: str, *, with_length: bool = False) -> bool:
    """Whether `text` is an OCR number: 2 to 25 digits, valid Luhn digit (and length digit)."""
    if not OCR.fullmatch(text) or luhn_digit(text[:-1]) != int(text[-1]):
        return False
    return not with_length or int(text[-2]) == len(text) % 10


def kid_number(digits: str, *, mod: int = 10) -> str:
    """A Norwegian KID number for up to 24 digits; `mod` 10 (Luhn) or 11. Raises `ValueError`."""
    check_digits(digits, 24)
    return digits + (str(luhn_digit(digits)) if mod == 10 else mod11_digit(digits))


def is_kid(text: str) -> bool:
    """Whether `text` is a KID number by either of its two check digits."""
    if not KID.fullmatch(text):
        return False
    return text[-1] in (str(luhn_digit(text[:-1])), mod11_digit(text[:-1]))


def check_digits(digits: str, longest: int) -> None:
    if not re.fullmatch(rf"[0-9]{{1,{longest}}}", digits, re.ASCII):
        raise ValueError(f"1 to {longest} digits needed, not {digits!r}")


def luhn_digit(digits: str) -> int:
    """The digit that makes the weighted sum (2, 1, 2 … from the right) a multiple of ten."""
    return -(sum(map(DOUBLED, digits[-1::-2])) + sum(map(int, digits[-2::-2]))) % 10


def mod11_digit(digits: str) -> str:
    """The digit by weights 2 to 7 from the right, mod 11; 10 is written as a hyphen."""
    total = sum(map(mul, map(int, reversed(digits)), cycle(range(2, 8))))
    rest = -total % 11
    return "-" if rest == 10 else str(rest)


@lru_cache(maxsize=10_000)
def find_references(text: str, *, prefix: str = DEFAULT_PREFIX) -> References:
    """Everything in a free text that may name a case or a document.

    Case numbers are found with any of the usual separators, or none (R2026000123); banks also break
    texts anywhere, so that line ends inside a reference are read over. A line of a bank file is asked about
    three times in a row.
    """
    upper = text.translate(DASHES).upper()
    flat, spaced = BREAK.sub("", upper), SPACE.sub(" ", upper)
    either = (spaced,) if flat == spaced else (spaced, flat)
    cases, rf = [], []
    for one in either:
        cases += [f"{prefix}-{m[1]}-{m[2]}" for m in case_pattern(prefix).finditer(one)]
        for m in RF_IN_TEXT.finditer(one):
            rf += valid_rf(m[0])
    cases += [case for found in rf if (case := case_of_rf(found, prefix=prefix))]
    digits = [d for d in DIGITS_IN_TEXT.findall(spaced) if is_ocr(d) or is_kid(d)]
    return References(
        unique(cases), unique(rf), unique(digits), unique(NUMBER_IN_TEXT.findall(spaced))
    )


def valid_rf(text: str) -> list[str]:
    """Every valid reference at the start of `text`, which may run on into the next words.

    One in 97 of the wrong cuts is valid by chance, so that all are given; who knows the references
    in use knows which is meant.
    """
    words = text.split(" ")
    cuts = ("".join(words[:end]) for end in range(len(words), 0, -1))
    return [cut for cut in cuts if is_rf(cut)]


@lru_cache(maxsize=100)
def case_pattern(prefix: str) -> re.Pattern[str]:
    """Finds year and number of the prefix's case numbers in upper-case text."""
    start = re.escape(prefix.upper())
    return re.compile(
        rf"(?<![A-Z0-9]){start}[ ./_-]?([0-9]{{4}})[ ./_-]?([0-9]{{6}})(?![0-9])", re.ASCII
    )


@lru_cache(maxsize=100)
def own_rf(prefix: str) -> re.Pattern[str]:
    """Year and number in an RF reference derived from the prefix's case numbers."""
    return re.compile(
        rf"RF[0-9]{{2}}{re.escape(compact(prefix))}([0-9]{{4}})([0-9]{{6}})", re.ASCII
    )


def unique(found: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))
