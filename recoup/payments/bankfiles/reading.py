"""Strict reading of amounts, days and text as banks write them. Pure."""

import functools
import re
from datetime import date
from decimal import Decimal

# ISO 20022 allows 18 digits of which 5 decimals; a comma is MT's decimal sign.
AMOUNT = re.compile(r"[+]?[0-9]{1,18}(?:\.[0-9]{0,5})?|\.[0-9]{1,5}", re.ASCII)
COMMA_AMOUNT = re.compile(r"[0-9]{1,18}(?:[.,][0-9]{0,5})?|[.,][0-9]{1,5}", re.ASCII)
DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[TZ+-].*)?", re.ASCII | re.DOTALL)
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
YEARS = range(1990, 2080)


def amount(text: str | None) -> Decimal | None:
    """The exact positive amount, None for anything but plain ASCII digits with a decimal point."""
    return Decimal(text) if text and AMOUNT.fullmatch(text) else None


def comma_amount(text: str) -> Decimal | None:
    """The exact positive amount with a decimal comma (some banks write a point)."""
    return Decimal(text.replace(",", ".")) if COMMA_AMOUNT.fullmatch(text) else None


@functools.lru_cache(maxsize=4096)
def day(text: str | None) -> date | None:
    """The day of an ISO date or date and time (the bank's own day, whatever the offset)."""
    found = DAY.fullmatch(text) if text else None
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def clean(text: str | None) -> str | None:
    """Text as stored: no control characters but line feed and tab, no empty text."""
    if not text:
        return None
    text = text.strip()
    if CONTROL.search(text):
        text = CONTROL.sub(" ", text)
    return text or None
