"""The portfolio in one statement is the single claim, to the cent, on random lives of cases."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.payments.bench import seconds_for
from recoup.payments.operations.allocate import report_direct_payment
from recoup.payments.queries import owed_many, to_pay
from recoup.payments.tests.cast import AT, add_line, case_of
from recoup.payments.valuation import factors_on, in_one_statement, value_portfolio

ON = date(2026, 11, 20)
CODES = [
    ("DE", "EUR"),
    ("SE", "SEK"),
    ("GB", "GBP"),
    ("FR", "EUR"),
    ("DK", "DKK"),
    ("CZ", "CZK"),
    ("JP", "JPY"),
]


def live(house, dice: random.Random, number: int):
    """One to three invoices, none to three payments in the order of days."""
    code, currency = dice.choice(CODES)
    start = date(2025, 1, 1) + timedelta(days=dice.randrange(500))
    whole = currency == "JPY"
    start -= (
        timedelta(days=250) if whole else timedelta(0)
    )  # its rate is not known after March 2026

    def amount(most: int) -> str:
        return (
            f"{dice.randrange(1, most)}"
            if whole
            else f"{dice.randrange(100, most * 100) / 100:.2f}"
        )

    case = case_of(
        house.agency,
        amount(90_000),
        jurisdiction=code,
        currency=currency,
        due=start,
        ref=f"A{number}",
    )
    for extra in range(dice.randrange(3)):
        due = start + timedelta(days=dice.randrange(90))
        add_line(case, amount(20_000), due=due, ref=f"A{number}-{extra}")
    day = start + timedelta(days=dice.randrange(-5, 30))
    for _ in range(dice.randrange(4)):
        day += timedelta(days=dice.randrange(0, 60))
        paid = Money(Decimal(amount(9_000)), currency)
        if day <= ON and paid.amount < to_pay(case=case, on=day).total:
            report_direct_payment(case=case, amount=paid, on=day, by=SYSTEM, at=AT)
    return case


@pytest.mark.parametrize("seed", range(4))
def test_equals_the_single_claim_to_the_cent(house, seed):
    dice = random.Random(seed)
    cases = [live(house, dice, n) for n in range(25)]
    found = value_portfolio(house.id, ON)
    single = owed_many(house.id, [case.id for case in cases], ON)
    for case in cases:
        got, asked = found[case.id], single[case.id]
        assert (got.principal, got.interest_accrued) == (asked.principal, asked.interest_accrued), (
            case.jurisdiction
        )


def test_most_go_in_the_one_statement_and_the_queries_do_not_grow(house):
    dice = random.Random(7)
    counts = []
    factors = {code: each for code, _ in CODES if (each := factors_on(code, ON)) is not None}
    for size in (10, 40):
        for n in range(size):
            live(house, dice, size * 100 + n)
        with CaptureQueriesContext(connection) as seen:
            value_portfolio(house.id, ON)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    together = in_one_statement(house.id, ON, factors, date(2020, 1, 1))
    assert len(together) > 40 and together.items() <= value_portfolio(house.id, ON).items()


def test_contract_rates_and_credit_notes_are_valued_too(house):
    fixed = case_of(house.agency, "1000.00", interest={"kind": "fixed", "rate": "12"}, ref="X")
    noted = case_of(house.agency, "1000.00", ref="Y")
    add_line(noted, "250.00", due=date(2026, 9, 1), ref="Y", kind="credit_note")
    found = value_portfolio(house.id, ON)
    single = owed_many(house.id, [fixed.id, noted.id], ON)
    for case in (fixed, noted):
        assert found[case.id].interest_accrued == single[case.id].interest_accrued
    assert found[noted.id].principal == Decimal("750.00")


def test_what_the_law_does_not_give_is_named(house):
    case = case_of(house.agency, "1000.00", jurisdiction="DE")
    refused = {}
    assert value_portfolio(house.id, date(2027, 3, 1), refused=refused) == {}
    assert "2027-H1" in refused[case.id].sentence()


def test_nothing_open_is_nothing(house):
    assert value_portfolio(house.id, ON) == {}


def test_the_benchmark_values_every_row_it_made(house):
    found = seconds_for(2000)
    assert found["n"] == 2000 and found["figure"] > 0 and found["floor"] > 0
