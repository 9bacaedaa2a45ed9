"""The rate card a new agency starts with: for the seed and the tests, and as an example to edit.

No cure, no pay but for a small set-up fee. The expectation is the house's published one, with its basis.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from recoup.agreements.models import RateCard
from recoup.agreements.operations import publish_rate_card
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_

VERSION, CURRENCY, VALID_FROM = "2026-1", "EUR", date(2026, 1, 1)


def prices(first: str, second: str, third: str, minimum: str, set_up: str) -> dict[str, Any]:
    return {"limits": [first, second, third], "minimum": minimum, "set_up": set_up}


TERMS: dict[str, Any] = {
    "clauses": {
        "commission": "1", "cross_border": "2", "legal": "3", "minimum": "4", "set_up": "5",
        "vat": "6", "expectation": "7",
    },
    "commission": {
        "ages": [90, 180, 365, 730],
        "rates": [
            ["12", "15", "19", "25", "32"],
            ["9.5", "12", "15.5", "21", "28"],
            ["7.5", "9.5", "12.5", "17.5", "24"],
            ["5.5", "7.5", "10", "14.5", "20"],
        ],
    },
    "cross_border": "3",
    "phases": {"amicable": "0", "legal": "7"},
    "currencies": {
        "EUR": prices("5000.00", "25000.00", "100000.00", "60.00", "25.00"),
        "SEK": prices("50000.00", "250000.00", "1000000.00", "650.00", "275.00"),
        "DKK": prices("35000.00", "180000.00", "750000.00", "450.00", "185.00"),
        "NOK": prices("55000.00", "275000.00", "1100000.00", "700.00", "295.00"),
        "GBP": prices("4500.00", "22000.00", "90000.00", "52.00", "22.00"),
        "CHF": prices("5000.00", "25000.00", "100000.00", "58.00", "25.00"),
        "USD": prices("5500.00", "27000.00", "110000.00", "65.00", "28.00"),
        "CAD": prices("7500.00", "37000.00", "150000.00", "90.00", "38.00"),
        "AUD": prices("8500.00", "42000.00", "170000.00", "100.00", "42.00"),
        "PLN": prices("21000.00", "105000.00", "430000.00", "260.00", "110.00"),
        "CZK": prices("125000.00", "620000.00", "2500000.00", "1500.00", "620.00"),
        "HKD": prices("42000.00", "210000.00", "850000.00", "510.00", "210.00"),
        "SGD": prices("7300.00", "36000.00", "145000.00", "87.00", "36.00"),
        "CNY": prices("39000.00", "195000.00", "780000.00", "470.00", "195.00"),
        "JPY": prices("800000", "4000000", "16000000", "9800", "4100"),
    },
    "valid_days": 30, "method": "net", "remitted_within": 5, "notice": 30,
    "expectation": {
        "recovery": [[0, "94"], [90, "73"], [180, "50"], [365, "25"], [730, "10"], [1460, "3"]],
        "days": [[0, "25"], [90, "40"], [180, "65"], [365, "110"], [730, "170"]],
        "factors": {
            "countries": dict.fromkeys(
                ("AT", "AU", "BE", "CA", "CH", "CZ", "DE", "DK", "EE", "FI", "FR", "GB", "HK", "IE", "IS",
                 "JP", "LI", "LU", "LT", "LV", "NL", "NO", "NZ", "SE", "SG", "US"), "1"),
            "elsewhere": "0.85", "cross_border": "0.92", "without_documents": "0.75",
            "disputed": "0.6",
        },
        "range": {"low": "0.75", "high": "1.15", "most": "97"},
        "cross_border_days": 15, "disputed_days": 60,
        "basis": {
            "recovery": N_("The survey of the Commercial Collection Agency Association of the Commercial Law League of America, as its members publish it: 94 % while current, 73 % after three months, 50 % after six, 25 % after a year, 10 % after two. It counts commercial claims in the United States."),
            "days": N_("The house's own estimate, not measured."),
            "factors": N_("The house's own estimate, not measured: country, border, documents and dispute."),
            "range": N_("A quarter less and 15 % more than what is likely, at most 97 %: the house's own estimate, not measured."),
        },
    },
}  # fmt: skip


def publish_standard_card(
    *, agency: UUID, by: Actor, at: datetime, valid_from: date = VALID_FROM
) -> RateCard:
    """Publish the standard card as the agency's first."""
    return publish_rate_card(
        agency=agency, version=VERSION, valid_from=valid_from, currency=CURRENCY, terms=TERMS,
        by=by, at=at,
    )  # fmt: skip
