from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from recoup.kernel.money import Money
from recoup.paper import figures
from recoup.paper.languages import face_of, language_of

NB = "\u00a0"


@pytest.mark.parametrize(
    ("language", "amount", "day", "deadline", "rate"),
    [
        ("en", f"EUR{NB}−1,234.50", "1 December 2026", "Tuesday 1 December 2026", "10.15%"),
        ("sv", f"−1{NB}234,50{NB}EUR", "1 december 2026", "tisdag den 1 december 2026", f"10,15{NB}%"),
        ("de", f"−1.234,50{NB}EUR", "1. Dezember 2026", "Dienstag, 1. Dezember 2026", f"10,15{NB}%"),
        ("zh-Hant", f"EUR{NB}−1,234.50", "2026年12月1日", "2026年12月1日（星期二）", "10.15%"),
        ("zh-Hans", f"EUR{NB}−1,234.50", "2026年12月1日", "2026年12月1日（星期二）", "10.15%"),
    ],
)  # fmt: skip
def test_each_language_writes_its_own_figures(
    language: str, amount: str, day: str, deadline: str, rate: str
) -> None:
    spoken, on = language_of(language), date(2026, 12, 1)
    assert figures.money(Money(Decimal("-1234.5"), "EUR"), spoken) == amount
    assert figures.day(on, spoken).replace(NB, " ") == day
    assert figures.weekday(on, spoken).replace(NB, " ") == deadline
    assert figures.percent(Decimal("10.150"), spoken) == rate


@pytest.mark.parametrize(
    ("currency", "text"), [("JPY", "1,235"), ("KWD", "1,234.568"), ("EUR", "1,234.57")]
)
def test_decimals_are_the_currencys_own(currency: str, text: str) -> None:
    assert figures.plain(Money(Decimal("1234.5675"), currency), language_of("en")) == text


def test_big_amounts_keep_every_digit() -> None:
    big = Money(Decimal("98765432109876.55"), "EUR")
    assert figures.plain(big, language_of("de")) == "98.765.432.109.876,55"


def test_instants_are_said_in_utc() -> None:
    at = datetime(2026, 11, 21, 9, 30, 5, tzinfo=UTC)
    assert figures.instant(at, language_of("en")) == "21 November 2026 09:30:05 UTC"


@pytest.mark.parametrize(
    ("language", "country", "face"),
    [("zh-Hant", "HK", "HK"), ("zh-Hant", "TW", "TC"), ("zh-Hant", "SE", "HK"),
     ("zh-Hans", "HK", "SC"), ("en", "TW", "TC"), ("de", "CN", "SC")],
)  # fmt: skip
def test_han_characters_take_the_readers_own_shapes(language: str, country: str, face: str) -> None:
    assert face_of(language_of(language), country) == f"Noto Sans CJK {face}"
