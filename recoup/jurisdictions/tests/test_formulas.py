"""The small formulas by themselves: day counts, exact sums, bands and fee tables."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from recoup.jurisdictions.formulas.day_counts import is_leap, stretches, thirty, year_of
from recoup.jurisdictions.formulas.exact import ONE_YEAR, Sum, half_up
from recoup.jurisdictions.formulas.rates import base_plus_margin
from recoup.jurisdictions.formulas.tariffs import band, charge, table_fee
from recoup.jurisdictions.rules import folder_of
from recoup.jurisdictions.series import series
from recoup.kernel.refusal import NotAnswered, NotKnown


def between(first: str, end: str, day_count: str) -> list[tuple[int, int]]:
    ordinals = (date.fromisoformat(first).toordinal(), date.fromisoformat(end).toordinal())
    parts = stretches(*ordinals, day_count)
    assert parts[0][0] == ordinals[0]
    assert parts[-1][1] == ordinals[1]
    assert all(before[1] == after[0] for before, after in pairwise(parts))
    return [(days, basis) for _, _, days, basis in parts]


@pytest.mark.parametrize(
    ("first", "end", "day_count", "expected"),
    [
        ("2024-01-01", "2025-01-01", "act/365", [(366, 365)]),
        ("2024-01-01", "2025-01-01", "act/360", [(366, 360)]),
        ("2024-01-01", "2025-01-01", "act/act", [(366, 366)]),
        ("2023-12-31", "2024-01-02", "act/act", [(1, 365), (1, 366)]),
        ("2023-07-01", "2025-07-01", "act/act", [(184, 365), (366, 366), (181, 365)]),
        ("2021-01-01", "2024-01-01", "act/act", [(1095, 365)]),
        ("2024-12-31", "2025-01-01", "act/act", [(1, 366)]),
        ("2024-01-01", "2025-01-01", "30/360", [(360, 360)]),
        ("2025-01-30", "2025-01-31", "30/360", [(0, 360)]),
        ("2025-01-31", "2025-02-28", "30/360", [(28, 360)]),
        ("2025-02-28", "2025-03-01", "30/360", [(3, 360)]),
        ("2025-01-15", "2025-03-15", "30/360", [(60, 360)]),
        ("2025-08-31", "2025-10-31", "30/360", [(60, 360)]),
    ],
)
def test_days_of_a_year(
    first: str, end: str, day_count: str, expected: list[tuple[int, int]]
) -> None:
    assert between(first, end, day_count) == expected


def test_the_thirty_day_calendar() -> None:
    assert thirty(date(2025, 1, 1)) - thirty(date(2024, 1, 1)) == 360
    assert thirty(date(2025, 1, 31)) == thirty(date(2025, 1, 30))
    assert thirty(date(2025, 2, 28)) == thirty(date(2025, 2, 27)) + 1


def test_the_year_of_one_day() -> None:
    leap, plain = date(2024, 12, 31).toordinal(), date(2025, 1, 1).toordinal()
    assert [year_of(day, "act/act") for day in (leap, plain)] == [366, 365]
    assert [year_of(leap, name) for name in ("act/365", "act/360", "30/360")] == [365, 360, 360]


def test_leap_years() -> None:
    assert [year for year in (1900, 2000, 2023, 2024, 2100) if is_leap(year)] == [2000, 2024]


def test_half_up() -> None:
    assert [half_up(n, 10) for n in (0, 4, 5, 14, 15, 25)] == [0, 0, 1, 1, 2, 3]


def test_a_sum_begins_at_nothing() -> None:
    """A hair below the half cent stays below it."""
    total = Sum()
    total.add(365 * ONE_YEAR // 2 - 1, 1, 1, 365)
    assert total.rounded() == 0


def test_a_sum_over_years_of_different_length_is_divided_once() -> None:
    total = Sum()
    total.add(100_000, 5_000_000, 73, 365)  # 1.00 of 1,000.00 at 5 % for a fifth of a year: 10.00
    total.add(100_000, 5_000_000, 183, 366)  # half a year: 25.00
    assert total.rounded() == 3500
    third = Sum()
    third.add(1, 100 * 10**6, 1, 2)  # half a minor unit and a third of one
    third.add(1, 100 * 10**6, 1, 3)
    assert (third.rounded(), ONE_YEAR) == (1, 10**8)


def test_bounds_of_bands() -> None:
    bands = [
        {"up_to": "10", "amount": "1"},
        {"below": "20", "amount": "2"},
        {"up_to": "30", "amount": "3"},
    ]
    found = [
        band(bands, Decimal(value))["amount"] for value in ("10", "10.01", "19.99", "20", "30")
    ]
    assert found == ["1", "2", "2", "3", "3"]
    with pytest.raises(NotAnswered, match=r"30\.01"):
        band(bands, Decimal("30.01"))


def test_a_margin_that_changes_within_a_half_year_parts_its_row() -> None:
    margins = [(date(2016, 1, 1), Decimal(8)), (date(2020, 2, 15), Decimal(10))]
    found = base_plus_margin(
        series("PL_NBP_REFERENCE_HALFYEAR"), margins, at_default=False, source="x", up_to_half=False
    )
    assert found.row(date(2020, 2, 14).toordinal()).margin == 8
    assert found.row(date(2020, 2, 15).toordinal()).margin == 10
    assert all(after.first == before.last + 1 for before, after in pairwise(found.rows))


def test_a_margin_may_stand_for_a_single_day() -> None:
    margins = [
        (date(2016, 1, 1), Decimal(8)),
        (date(2020, 1, 1), Decimal(9)),
        (date(2020, 1, 2), Decimal(10)),
    ]
    found = base_plus_margin(
        series("PL_NBP_REFERENCE_HALFYEAR"), margins, at_default=False, source="x", up_to_half=False
    )
    assert found.row(date(2020, 1, 1).toordinal()).margin == 9


def test_the_rule_is_cited_before_the_rate_and_where_it_has_no_name_the_rate_alone() -> None:
    base, margins = series("PL_NBP_REFERENCE_HALFYEAR"), [(date(2016, 1, 1), Decimal(8))]
    alone, both = (
        base_plus_margin(base, margins, at_default=False, source=source, up_to_half=False).rows[-1]
        for source in ("", "art. 4")
    )
    assert both.source == f"art. 4; {alone.source}" and alone.source == base.rows[-1].source


@pytest.mark.parametrize(
    ("rule", "value", "amount"),
    [
        ({"formula": "brackets", "bands": [{"percent": "5"}]}, "500.10", "25.00"),
        ({"formula": "scale", "bands": [{"percent": "15"}]}, "1.00", "0.15"),
        ({"formula": "fee_table", "table": "DE_RVG", "factor": "0.01"}, "100", "0.52"),
        ({"formula": "fee_table", "table": "DE_RVG", "factor": "0.35"}, "100", "18.03"),
        (
            {"formula": "fee_table", "table": "DE_RVG", "factor": "0.35", "expenses_percent": "20", "expenses_most": "20"},
            "100", "21.64",
        ),
    ],
    ids=["a percentage down", "no least of a scale", "no least of a table", "a fee half up", "expenses half up"],
)  # fmt: skip
def test_a_tariff_rounds_as_its_law_says_and_knows_no_least_that_is_not_written(
    rule: dict[str, object], value: str, amount: str
) -> None:
    """51.50 is the 1.0 fee of RVG § 13 for up to 500 since 1 June 2025; 0.35 of it is 18.025."""
    found = charge(
        rule | {"source": "x", "verified": "x"}, value=Decimal(value), on=date(2026, 1, 15), earlier=(),
        folder=folder_of("DE"),
    )  # fmt: skip
    assert found.amount == Decimal(amount)


def test_the_last_step_of_a_fee_table_holds_its_own_bound() -> None:
    def fee(value: str) -> Decimal:
        return table_fee(folder_of("DE"), "DE_GKG", Decimal(value), date(2026, 1, 15))

    assert fee("500000") == fee("499999.99")
    with pytest.raises(NotKnown, match="above 500000"):
        fee("500000.01")
