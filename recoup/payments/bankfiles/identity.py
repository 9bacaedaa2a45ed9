"""The names of bank lines, so that each is taken exactly once. Pure.

A line's key must be the same in a renamed file, a duplicate (CpyDplctInd CODU, DUPL) and an
overlapping one, yet differ for two real equal payments of one day. Where the bank gives its own
reference (AcctSvcrRef), that names the line in whichever report it comes. Where it gives none, the
statement is part of the name; `likeness` then tells whether another statement has brought the same
line, which is for a person to judge: merging would lose money, taking it twice would invent it.
"""

import hashlib
from collections import Counter
from datetime import date
from decimal import Decimal

NO_REFERENCE = frozenset({"", "NONREF", "NOTPROVIDED", "NOT PROVIDED", "NOTAVAILABLE", "N/A"})


def digest(*parts: object) -> str:
    """128 bits of SHA-256 over the parts, in hexadecimal."""
    text = "\x1f".join(["" if part is None else str(part) for part in parts])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def plain(amount: Decimal | None) -> str:
    """The amount without trailing zeros: banks write 5 and 5.00 for the same line."""
    if amount is None:
        return "?"
    return format(amount.normalize(), "f") if amount else "0"


def reference(text: str | None) -> str | None:
    """The bank's reference, None for the usual ways of saying that there is none."""
    return None if text is None or text.upper() in NO_REFERENCE else text


def line_key(
    account: str,
    statement_id: str,
    bank_reference: str | None,
    amount: Decimal | None,
    day: date | None,
    ordinal: int,
    *content: object,
) -> str:
    """The key of a line. `ordinal` counts equal lines of one statement from 0.

    `statement_id` counts only where the bank gives no reference of its own.
    """
    named = ("ref", bank_reference) if bank_reference else ("in", statement_id)
    return digest(account.replace(" ", ""), *named, plain(amount), day, ordinal, *content)


class Ordinals:
    """Numbers equal things from 0 in the order of the statement. Of each thing only a digest is remembered: a
    statement may have hundreds of thousands."""

    def __init__(self) -> None:
        self.seen: Counter[bytes] = Counter()

    def next(self, *thing: object) -> int:
        mark = hashlib.blake2b(
            repr(thing).encode("utf-8", "surrogatepass"), digest_size=16
        ).digest()
        number = self.seen[mark]
        self.seen[mark] += 1
        return number
