"""Proceedings as data: every answer from a fact, no deadline ever on a day that is no court day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recoup.jurisdictions.proceedings import (
    course,
    court_deadline,
    fee_of,
    limit_of,
    routes,
    safe_day,
)
from recoup.jurisdictions.rules import CODES
from recoup.kernel.days import is_business_day
from recoup.kernel.money import Money
from recoup.kernel.refusal import NotAnswered

FIRST = date(2020, 1, 1)
TEN_YEARS = 3653


@pytest.mark.parametrize("code", CODES)
def test_no_period_ends_on_a_day_without_court_in_ten_years(code):
    """Every day of ten years as the end of a period, in the calendar of every pack."""
    for n in range(TEN_YEARS):
        day = FIRST + timedelta(days=n)
        last = court_deadline(code, after=day, days=0)
        assert is_business_day(last, code) and day <= last <= day + timedelta(days=16)
        assert is_business_day(safe_day(code, day), code) and safe_day(code, day) <= day


@settings(max_examples=300, deadline=None)
@given(
    code=st.sampled_from(CODES), after=st.dates(FIRST, FIRST + timedelta(days=TEN_YEARS)),
    days=st.integers(1, 120), more=st.integers(0, 30),
)  # fmt: skip
def test_a_longer_period_never_ends_earlier_and_never_shortens_the_law(code, after, days, more):
    last = court_deadline(code, after=after, days=days)
    assert last >= after + timedelta(days=days), "never less than the law gives"
    assert court_deadline(code, after=after, days=days + more) >= last


@pytest.mark.parametrize("code", CODES)
def test_every_country_has_its_routes_and_asks_what_no_fact_answers(code):
    for route in routes(code):
        one = course(code, route)
        for term in one.terms:
            assert (term.days is None) == (not term.source or not term.verified) or term.verified
        assert any(t.kind == "appeal" and t.days is None for t in one.terms), (
            "a person finds it out"
        )
        assert one.papers


def test_the_terms_are_those_of_the_facts():
    days = {(c, r, t.kind): t.days for c, r in (("SE", "payment_order"), ("DE", "payment_order"), ("CN", "payment_order"),
            ("GB", "claim"), ("HK", "claim"), ("HK", "winding_up")) for t in course(c, r).terms}  # fmt: skip
    assert (
        days["SE", "payment_order", "answer"] == 10
        and days["SE", "payment_order", "demand_period"] == 8
    )
    assert (
        days["DE", "payment_order", "answer"] == 14 and days["CN", "payment_order", "answer"] == 15
    )
    assert days["GB", "claim", "demand_period"] == 14 and days["HK", "claim", "answer"] == 14
    assert days["HK", "winding_up", "demand_period"] == 21


def test_fees_and_limits_follow_the_packs():
    eur = fee_of(
        course("DE", "payment_order"), Money(Decimal("8400.00"), "EUR"), date(2026, 11, 20)
    )
    assert eur[0] == Money(Decimal("130.25"), "EUR") and eur[1]
    assert fee_of(
        course("CN", "payment_order"), Money(Decimal("8400.00"), "CNY"), date(2026, 11, 20)
    )[0].amount == Decimal("16.67")
    assert limit_of(course("HK", "small_claim")) == Money(Decimal("75000"), "HKD")
    with pytest.raises(NotAnswered):
        fee_of(course("HK", "claim"), Money(Decimal("1.00"), "HKD"), date(2026, 11, 20))
    with pytest.raises(NotAnswered):
        course("HK", "payment_order")
