"""Amounts: within what a bank can write, rounded in one way, shared out without a cent over."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recoup.kernel.money import Money, parse_amount, round_half_up, split
from recoup.kernel.refusal import Refusal

D = Decimal


def test_mo01_minus_nothing_is_nothing() -> None:
    assert str(Money(D("-0"), "EUR").rounded().amount) == "0.00"
    assert str((-Money(D("0.00"), "EUR")).amount) == "0.00"
    assert str(round_half_up(D("-0.004"), "EUR")) == "0.00"


@pytest.mark.parametrize(
    "text", ["1000000000000000", "9223372036854775808", "99999999999999.99", "1" * 5000]
)
def test_mo05_what_no_column_and_no_bank_holds_is_refused_by_name(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_amount(text, "EUR")
    assert refused.value.code == "amount_not_plain" and refused.value.params["field"] == "amount"
    assert parse_amount("9999999999999.99", "EUR") == D("9999999999999.99")


@given(
    st.decimals(-(10**9), 10**9, places=2),
    st.lists(st.decimals(0, 1000, places=3), min_size=1, max_size=8).filter(any),
)
def test_mo08_shares_add_up_to_the_cent(total: Decimal, weights: list[Decimal]) -> None:
    shares = split(Money(total, "EUR"), weights)
    assert sum((s.amount for s in shares), D(0)) == total
    whole = sum(weights)
    assert all(abs(s.amount - total * w / whole) < D("0.011") for s, w in zip(shares, weights, strict=True))  # fmt: skip


def test_mo08_a_hundred_by_three_and_a_cent_by_three() -> None:
    three = [D(1)] * 3
    assert [str(s.amount) for s in split(Money(D(100), "EUR"), three)] == ["33.34", "33.33", "33.33"]  # fmt: skip
    assert [str(s.amount) for s in split(Money(D("0.01"), "EUR"), three)] == ["0.01", "0.00", "0.00"]  # fmt: skip
