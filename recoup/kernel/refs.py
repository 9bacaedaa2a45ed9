"""Numbers of cases and their creditor references (ISO 11649). Pure.

The reference is derived from the number, so that either finds the case on a bank statement.
"""

import re

BODY = re.compile(r"[A-Z0-9]{1,21}", re.ASCII)
NUMBERS = str.maketrans({c: str(int(c, 36)) for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"})
RF = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}", re.ASCII)


def case_number(year: int, number: int, *, prefix: str = "R") -> str:
    """R-2026-000123. Raises `ValueError` outside 4-digit years and 6-digit numbers."""
    if not 1000 <= year <= 9999 or not 1 <= number <= 999_999:
        raise ValueError(f"no case number for {year}, {number}")
    return f"{prefix}-{year}-{number:06d}"


def mod97(text: str) -> int:
    """The remainder by 97 with A = 10 … Z = 35 (ISO 7064 mod 97-10)."""
    return int(text.translate(NUMBERS)) % 97


def rf_reference(body: str) -> str:
    """RF + two check digits + `body` (1 to 21 of A–Z, 0–9). Raises `ValueError` for another body."""
    if not BODY.fullmatch(body):
        raise ValueError(f"not a body of a creditor reference: {body!r}")
    return f"RF{98 - mod97(body + 'RF00'):02d}{body}"


def rf_of_case(number: str) -> str:
    """The creditor reference of a case number: RF.. R2026000123 for R-2026-000123."""
    return rf_reference(re.sub(r"[^A-Z0-9]", "", number.upper()))


def is_rf(reference: str) -> bool:
    """Whether `reference`, spaces aside, is a creditor reference with right check digits."""
    plain = compact(reference)
    return RF.fullmatch(plain) is not None and mod97(plain[4:] + plain[:4]) == 1


def compact(text: str) -> str:
    """Without any white space, in capitals: references are copied in groups, over line ends."""
    return "".join(text.split()).upper()


def grouped(reference: str) -> str:
    """In groups of four, as it is printed."""
    return " ".join(reference[i : i + 4] for i in range(0, len(reference), 4))
