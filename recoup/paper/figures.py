"""Amounts, days and percentages as a reader of the language writes them (CLDR by Babel). Pure."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache

from babel.dates import format_date, format_datetime, get_timezone
from babel.numbers import NumberPattern, parse_pattern

from recoup.kernel.money import Money, places, round_half_up
from recoup.paper.languages import Language

MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"


@cache
def _parsed(pattern: str) -> NumberPattern:
    """Reading a pattern costs more than using it."""
    return parse_pattern(pattern)


def _apply(value: Decimal | int, pattern: str, language: Language) -> str:
    return str(_parsed(pattern).apply(value, language.locale))


def _decimals(count: int) -> str:
    return "#,##0" + ("." + "0" * count if count else "")


def plain(value: Money, language: Language) -> str:
    """The figure without its currency, all decimals of the minor unit: `1,234.50`, `−3,00`."""
    amount = round_half_up(value.amount, value.currency)
    text = _apply(abs(amount), _decimals(places(value.currency)), language)
    return MINUS + text if amount < 0 else text


def money(value: Money, language: Language) -> str:
    """With the ISO code, unbreakable: `EUR 1,234.50`, `1.234,50 EUR`."""
    figure = plain(value, language)
    pair = (value.currency, figure) if language.code_first else (figure, value.currency)
    return NO_BREAK.join(pair)


def percent(value: Decimal, language: Language) -> str:
    """`value` is in percent (10.15 → `10.15 %`, `10,15 %`); up to four decimals."""
    text = _apply(abs(value), "#,##0.####", language)
    sign = MINUS if value < 0 else ""
    space = NO_BREAK if language.code in ("de", "sv") else ""
    return f"{sign}{text}{space}%"


def whole(value: int, language: Language) -> str:
    return _apply(value, "#,##0", language)


@lru_cache(maxsize=4096)
def _day(value: date, pattern: str, language: Language) -> str:
    return str(format_date(value, format=pattern, locale=language.locale))


def day(value: date, language: Language) -> str:
    """For a sentence: `21 November 2026`, `21. November 2026`, `2026年11月21日`."""
    return _day(value, language.day, language).replace(" ", NO_BREAK)


def weekday(value: date, language: Language) -> str:
    """For a deadline, with the day of the week."""
    return _day(value, language.weekday, language).replace(" ", NO_BREAK)


def short(value: date, language: Language) -> str:
    """For a table."""
    return _day(value, language.short, language).replace(" ", NO_BREAK)


def instant(value: datetime, language: Language) -> str:
    """Day and time with seconds, always in UTC and saying so."""
    text = format_datetime(
        value, format=f"{language.day} HH:mm:ss 'UTC'",
        tzinfo=get_timezone("UTC"), locale=language.locale,
    )  # fmt: skip
    return str(text)


def grouped(code: str) -> str:
    """An IBAN or RF reference in fours, as both standards print it (ISO 13616, ISO 11649)."""
    return NO_BREAK.join(code[i : i + 4] for i in range(0, len(code), 4))
