"""The day table gives the same interest as `owed`, to the cent."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recoup.jurisdictions.owed import Claim, Request, owed
from recoup.jurisdictions.owed.bulk import interest_factors, owed_many
from recoup.kernel.refusal import NotAnswered, NotKnown

END = date(2026, 12, 31)
CODES = ("SE", "DE", "GB", "IE", "CZ", "DK", "FR", "BE", "CH", "US-NY")


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(CODES), st.integers(1, 10**9), st.dates(date(2016, 1, 1), date(2026, 12, 30)),
    st.integers(0, 3000), st.sampled_from([None, "act/365", "act/act", "act/360", "30/360"]),
)  # fmt: skip
def test_equals_the_single_claim_to_the_cent(code, principal, due, days, day_count) -> None:
    as_of = min(due + timedelta(days=days), END)
    request = Request(
        code, "EUR", as_of, (Claim("A", Decimal(principal) / 100, due),), day_count=day_count,
        rounding="sum", as_of_counted=True,
    )  # fmt: skip
    factors = interest_factors(code, until=END, day_count=day_count)
    found = factors.interest(principal, due + timedelta(days=1), as_of + timedelta(days=1))
    assert Decimal(found) / 100 == owed(request).interest_accrued


def test_the_rows_are_one_for_each_day_and_one_beyond() -> None:
    factors = interest_factors("SE", until=date(2026, 12, 31))
    rows = list(factors.rows())
    assert rows[0] == (date(2015, 7, 1), 0, 1)
    assert rows[-1][0] == date(2027, 1, 1)
    by_day = {day: value for day, value, _ in rows}
    total = 1_000_000 * (by_day[date(2026, 7, 1)] - by_day[date(2026, 1, 1)]) / factors.denominator
    assert round(total) == round(1_000_000 * 0.10 * 181 / 365)


def test_what_is_not_known_or_not_linear_is_refused() -> None:
    with pytest.raises(NotKnown, match="SE_REFERENSRANTA 2027-H1"):
        interest_factors("SE", until=date(2027, 1, 1))
    for code in ("NL", "HK", "IN"):
        with pytest.raises(NotAnswered):
            interest_factors(code, until=END)
    factors = interest_factors("GB", until=date(2027, 6, 30))
    assert factors.interest(1000000, date(2026, 8, 1), date(2027, 7, 1)) > 0
    with pytest.raises(NotKnown, match="2027-01-01"):
        factors.interest(1000000, date(2027, 1, 1), date(2027, 7, 1))
    with pytest.raises(NotKnown):
        factors.interest(1000000, date(2026, 8, 1), date(2027, 8, 1))
    assert factors.interest(1000000, date(2026, 8, 1), date(2026, 8, 1)) == 0


def test_many_go_on_past_one_that_is_not_known() -> None:
    claims = (Claim("A", Decimal("100.00"), date(2026, 1, 31)),)
    asked = [Request("SE", "SEK", date(year, 6, 30), claims) for year in (2026, 2027, 2026)]
    answers = list(owed_many(asked))
    assert isinstance(answers[1], NotKnown)
    assert answers[0] == answers[2]


@pytest.mark.parametrize(
    ("day_count", "count", "year"),
    [("act/365", 304, 365), ("act/act", 304, 366), ("act/360", 304, 360), ("30/360", 299, 360)],
)
def test_each_day_count_lays_out_its_own_days(day_count: str, count: int, year: int) -> None:
    """From 1 January 2024 to 30 October at New York's 9 %; months of thirty days make 9 × 30 + 29."""
    factors = interest_factors("US-NY", until=END, day_count=day_count)
    principal = 1_000_000
    found = factors.interest(principal, date(2024, 1, 1), date(2024, 10, 31))
    assert found == round(principal * 0.09 * count / year)


def test_a_floating_rate_that_ends_too_soon_is_not_laid_out_and_a_fixed_one_is() -> None:
    with pytest.raises(NotKnown, match="DE_BASISZINSSATZ 2027-H1"):
        interest_factors("DE", until=date(2027, 1, 1))
    factors = interest_factors("GB", until=date(2027, 1, 1))
    assert factors.rate[-1] == 0, "a default on a day that nobody knows has no rate"
    with pytest.raises(NotKnown, match="2027-01-01"):
        factors.interest(100, date(2027, 1, 1), date(2027, 1, 2))
