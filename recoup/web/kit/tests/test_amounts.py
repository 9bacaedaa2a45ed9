"""Amounts as people type them in five languages, and nothing that could be meant in two ways."""

import pytest
from django import forms
from django.utils.translation import override

from recoup.web.kit.amounts import AmountField, RateField, amount_beside, plain_amount


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


def test_beside_its_field_a_refusal_does_not_repeat_the_label() -> None:
    with override("sv"), pytest.raises(forms.ValidationError) as wrong:
        amount_beside("abc", "SEK", "Första betalningen")
    assert wrong.value.messages == ["”abc” är inget enkelt belopp som 1234.56."]
    with override("zh-hant"), pytest.raises(forms.ValidationError) as wrong:
        amount_beside("abc", "HKD", "付了多少？")
    assert not wrong.value.messages[0].startswith(("付了多少", "：", ":"))
