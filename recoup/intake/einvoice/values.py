"""Values as e-invoices write them: amounts, days, names. ASCII digits only; nothing guessed."""

import re
import unicodedata
from datetime import date
from decimal import Decimal

from recoup.kernel.money import places, round_half_up

# xs:decimal without exponent, NaN or other scripts' digits (W3C XML Schema 1.1 part 2, 3.3.3).
DECIMAL = re.compile(r"[+-]?([0-9]{1,15}(\.[0-9]{0,12})?|\.[0-9]{1,12})", re.ASCII)
XS_DATE = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(T[0-9:.]{5,18})?(Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII
)
# UN/CEFACT 2379: 102 CCYYMMDD, 203 and 204 with the time after it.
UN_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{4}|[0-9]{6})?", re.ASCII)


def decimal_of(text: str) -> Decimal | None:
    """The exact number, or None if `text` is not a plain decimal."""
    text = text.strip()
    return Decimal(text) if DECIMAL.fullmatch(text) else None


def in_currency(value: Decimal, currency: str | None) -> Decimal:
    """`value` half up in the minor unit of `currency`; two places while the currency is unknown."""
    return round_half_up(value, currency or "EUR")


def is_finer(value: Decimal, currency: str | None) -> bool:
    """Whether `value` has more decimals than the currency's minor unit."""
    return value != value.quantize(Decimal(1).scaleb(-places(currency or "EUR")))


def day_of(text: str) -> date | None:
    """The day of an xs:date, xs:dateTime or UN/CEFACT date, its time zone left out; None if it is none."""
    found = XS_DATE.fullmatch(text.strip()) or UN_DATE.fullmatch(text.strip())
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def display_name(file: str) -> str:
    """`file` fit to be shown: the last path part without control or direction characters, at most 120."""
    name = re.split(r"[/\\]", file)[-1]
    shown = "".join(c for c in name if unicodedata.category(c)[0] != "C").strip()
    if len(shown) > 120:
        shown = shown[:80] + "…" + shown[-39:]
    return shown or "?"
