"""Strict days and business days."""

from datetime import date

import pytest

from recoup.jurisdictions.rules import CODES
from recoup.kernel.days import (
    add_business_days,
    add_months,
    add_years,
    business_days_between,
    is_business_day,
    next_business_day,
    parse_day,
    previous_business_day,
)
from recoup.kernel.refusal import NotAnswered, Refusal


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-W09-7", "day_not_iso"), ("20260228", "day_not_iso"), ("2026-2-8", "day_not_iso"),
        ("2026-02-28T24:00", "day_not_iso"), ("03/04/2026", "day_not_iso"), ("", "day_not_iso"),
        (" 2026-02-28", "day_not_iso"), ("２０２６-02-28", "day_not_iso"), (None, "day_not_iso"),
        (20260228, "day_not_iso"), ("2026-02-28\n", "day_not_iso"),
        ("2026-02-29", "day_unknown"), ("2026-13-01", "day_unknown"), ("2026-00-10", "day_unknown"),
        ("0026-01-01", "day_out_of_range"), ("1899-12-31", "day_out_of_range"),
        ("2200-01-01", "day_out_of_range"), ("9999-12-31", "day_out_of_range"),
    ],
)  # fmt: skip
def test_a_day_that_is_not_plain_is_refused_by_name(text: object, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        parse_day(text, field="as_of")
    assert refusal.value.code == code
    assert "as_of" in refusal.value.sentence()


def test_a_plain_day_is_read() -> None:
    assert parse_day("2024-02-29") == date(2024, 2, 29)
    assert parse_day("2038-01-19") == date(2038, 1, 19)


def test_years_and_months_end_on_the_last_day_they_have() -> None:
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)
    assert add_months(date(2025, 1, 31), 1) == date(2025, 2, 28)
    assert add_months(date(2025, 12, 31), -1) == date(2025, 11, 30)


def test_business_days_follow_the_country() -> None:
    assert not is_business_day(date(2026, 12, 24), "SE")  # Christmas Eve
    assert not is_business_day(date(2026, 12, 26), "HK")  # a Saturday
    assert not is_business_day(date(2026, 6, 6), "SE")
    assert is_business_day(date(2026, 12, 24), "DE")
    assert not is_business_day(
        date(2026, 8, 31), "GB"
    )  # the English bank holiday, not the Scottish
    assert is_business_day(date(2026, 8, 3), "GB")
    assert is_business_day(date(2025, 1, 26), "CN")  # a Sunday worked for the Spring Festival


def test_moving_by_business_days() -> None:
    assert next_business_day(date(2026, 5, 1), "DE") == date(2026, 5, 4)
    assert previous_business_day(date(2025, 11, 30), "PL") == date(2025, 11, 28)
    assert add_business_days(date(2026, 4, 30), 1, "DE") == date(2026, 5, 4)
    assert add_business_days(date(2026, 5, 4), -1, "DE") == date(2026, 4, 30)
    assert business_days_between(date(2026, 4, 27), date(2026, 5, 3), "DE") == 4
    assert business_days_between(date(2026, 5, 3), date(2026, 4, 27), "DE") == 0


def test_every_jurisdiction_has_a_calendar_and_nowhere_has_none() -> None:
    for code in CODES:
        assert not is_business_day(date(2026, 1, 1), code) or code in ("AE", "IN")
    with pytest.raises(NotAnswered):
        is_business_day(date(2026, 1, 1), "ZZ")
