"""Value added tax on fees: who charges it, and how much."""

from datetime import date
from decimal import Decimal

import pytest

from recoup.agreements.rules import vat_rate
from recoup.kernel.refusal import NotKnown


@pytest.mark.parametrize(
    ("agency", "client", "number", "percent", "code"),
    [
        ("SE", "SE", "SE556036079301", "25", "domestic"),
        ("SE", "SE", "", "25", "domestic"),
        ("SE", "DE", "DE136695976", "0", "reverse_charge"),
        ("SE", "DE", "", "25", "no_number"),
        ("SE", "GB", "GB980780684", "0", "outside"),
        ("SE", "HK", "", "0", "outside"),
        ("GB", "GB", "", "20", "domestic"),
        ("GB", "SE", "SE556036079301", "0", "outside"),
        ("HK", "HK", "", "0", "none"),
        ("HK", "SE", "", "0", "none"),
        ("NO", "SE", "SE556036079301", "0", "outside"),
    ],
)
def test_who_pays_the_tax(agency: str, client: str, number: str, percent: str, code: str) -> None:
    vat = vat_rate(agency, client, number, on=date(2026, 11, 21))
    assert (vat.percent, vat.code, vat.clause) == (Decimal(percent), code, "6")


def test_it_unpacks_as_three() -> None:
    percent, reason, clause = vat_rate("SE", "DE", "DE136695976")
    assert percent == 0 and "articles 44 and 196" in reason and clause == "6"


@pytest.mark.parametrize(("on", "percent"), [(date(2025, 6, 30), "22"), (date(2025, 7, 1), "24")])
def test_a_rate_is_the_one_of_the_day(on: date, percent: str) -> None:
    assert vat_rate("EE", "EE", "", on=on).percent == Decimal(percent)


@pytest.mark.parametrize(
    ("agency", "on"),
    [("SE", date(2027, 1, 1)), ("SE", date(2023, 12, 31)), ("BR", date(2026, 1, 1))],
)
def test_a_rate_that_is_not_established_is_said_not_guessed(agency: str, on: date) -> None:
    with pytest.raises(NotKnown):
        vat_rate(agency, agency, "", on=on)
