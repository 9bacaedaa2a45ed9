"""What an authority in advance covers, without a database."""

from datetime import date
from decimal import Decimal

import pytest

from recoup.approvals.rules import Bounds, budget_starts, covers
from recoup.kernel.money import Money

ON = date(2026, 11, 20)


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


@pytest.mark.parametrize(
    ("bounds", "cost", "odds", "spent", "code"),
    [
        (None, "1.00", 90, "0", "no_authority"),
        (Bounds(eur("500"), withdrawn=True), "1.00", 90, "0", "no_authority"),
        (Bounds(eur("500")), "500.00", None, "0", "covered"),
        (Bounds(eur("500")), "500.01", None, "0", "above_limit"),
        (Bounds(eur("500"), until=date(2026, 11, 19)), "1.00", 90, "0", "authority_over"),
        (Bounds(eur("500"), until=ON), "1.00", 90, "0", "covered"),
        (Bounds(eur("500"), least_odds=60), "1.00", 59, "0", "odds_too_low"),
        (Bounds(eur("500"), least_odds=60), "1.00", None, "0", "odds_too_low"),
        (Bounds(eur("500"), least_odds=60), "1.00", 60, "0", "covered"),
        (Bounds(eur("500"), budget=Decimal(1000)), "400.00", 90, "600.00", "covered"),
        (Bounds(eur("500"), budget=Decimal(1000)), "400.01", 90, "600.00", "budget_spent"),
        (Bounds(Money(Decimal(500), "SEK")), "1.00", 90, "0", "other_currency"),
    ],
)
def test_an_authority_covers_up_to_its_last_cent_and_says_why_not(bounds, cost, odds, spent, code):
    verdict = covers(bounds, cost=eur(cost), odds=odds, spent=Decimal(spent), on=ON)
    assert (verdict.code, verdict.ok) == (code, code == "covered")
    assert verdict.because % verdict.params


def test_a_monthly_budget_is_not_filled_up_by_setting_it_anew():
    assert budget_starts("month", since=date(2026, 11, 18), on=ON) == date(2026, 11, 1)
    assert budget_starts("total", since=date(2026, 11, 18), on=ON) == date(2026, 11, 18)
