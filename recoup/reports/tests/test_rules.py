"""The worked table of docs/algorithms/forecast.md, and what must hold for any cohorts."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from recoup.reports.rules import Cohort, ages_of, cohorts_of, forecast

TODAY = date(2026, 6, 15)
TABLE = {
    1: (1000, (100, 200, 100, 50, 0, 0)), 2: (2000, (100, 500, 300, 100, 0)), 3: (1000, (100, 200, 100, 0)),
    4: (1000, (100, 300, 50)), 5: (1000, (100, 0)),
}  # fmt: skip


def worked(*more: Cohort) -> list[Cohort]:
    return [Cohort(date(2026, m, 1), Decimal(p), tuple(map(Decimal, s))) for m, (p, s) in TABLE.items()] + list(more)  # fmt: skip


def test_only_ages_that_four_months_have_lived_through_are_spoken_of() -> None:
    ages = ages_of(worked())
    assert {k: a.seen for k, a in ages.items()} == {0: 5, 1: 4}
    assert ages[1].mean == Decimal("0.24") and round(ages[1].spread, 7) == Decimal("0.0432049")


def test_the_worked_months() -> None:
    july = forecast(worked(), TODAY)[0]
    assert (july.likely, july.left_out) == (0, 6000)
    with_june = worked(Cohort(date(2026, 6, 1), Decimal(3000), (Decimal(0),)))
    july = forecast(with_june, TODAY)[0]
    assert [round(x, 2) for x in (july.low, july.likely, july.high)] == [Decimal("534.28"), Decimal("720.00"), Decimal("905.72")]  # fmt: skip
    assert (july.month, july.left_out) == (date(2026, 7, 1), 6000)


def test_with_too_little_seen_nothing_is_said() -> None:
    assert forecast(worked()[:3], TODAY) == [] == forecast([], TODAY)


def test_a_stair_is_what_came_in_so_far_in_per_cent() -> None:
    assert worked()[0].cumulative() == tuple(map(Decimal, ("10.0", "30.0", "40.0", "45.0", "45.0", "45.0")))  # fmt: skip


def test_months_without_money_are_steps_of_nothing() -> None:
    rows = [(date(2026, 4, 1), Decimal(100), 2, Decimal(30)), (date(2026, 5, 1), Decimal(50), 0, Decimal(0))]  # fmt: skip
    assert [c.steps for c in cohorts_of(rows, TODAY)] == [(0, 0, 30), (0, 0)]


@given(st.lists(st.tuples(st.integers(1, 10**6), st.lists(st.integers(0, 10**5), min_size=9, max_size=9)), min_size=1, max_size=9))  # fmt: skip
def test_the_range_holds_what_is_likely_and_the_same_shares_leave_no_doubt(rows: list[tuple[int, list[int]]]) -> None:  # fmt: skip
    months = [date(2025, 10, 1), *(date(2025, m, 1) for m in (11, 12)), *(date(2026, m, 1) for m in range(1, 7))]  # fmt: skip
    made = [
        Cohort(m, Decimal(p), tuple(map(Decimal, s[: 9 - n])))
        for n, (m, (p, s)) in enumerate(zip(months, rows, strict=False))
    ]
    for one in forecast(made, TODAY):
        assert 0 <= one.low <= one.likely <= one.high
    same = [Cohort(c.month, c.placed, tuple(c.placed / 10 for _ in c.steps)) for c in made]
    for one in forecast(same, TODAY):
        assert abs(one.high - one.low) < Decimal("0.0001")
