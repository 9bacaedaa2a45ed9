"""Amounts as people type them in five languages, and nothing that could be meant in two ways."""

import pytest
from django import forms

from recoup.web.kit.amounts import AmountField, RateField, plain_amount


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1234.50", "1234.50"),
        ("1234,50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("12\u00a0500,00", "12500.00"),
        ("1\u202f234\u202f567,8", "1234567.8"),
        ("1.234,50", "1234.50"),
        ("1.234.567,89", "1234567.89"),
        ("1,234.50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("12 500", "12500"),
        (" 7 ", "7"),
    ],
)
def test_what_is_meant_is_taken(typed: str, meant: str) -> None:
    assert plain_amount(typed) == meant
    assert AmountField().clean(typed) == meant


@pytest.mark.parametrize(
    "typed", ["1,234", "1.234.567", "1.23,4.5", "12 50", "1e3", "-5", "NaN", "٣", "1_000", "5 EUR"]
)
def test_what_is_not_certain_is_not_guessed(typed: str) -> None:
    with pytest.raises(forms.ValidationError):
        AmountField().clean(typed)


def test_an_empty_amount_stays_empty_where_it_may() -> None:
    assert AmountField(required=False).clean("") == ""


def test_a_rate_may_have_a_comma() -> None:
    assert RateField().clean("11,2345") == "11.2345"
    with pytest.raises(forms.ValidationError):
        RateField().clean("1,2,3")
