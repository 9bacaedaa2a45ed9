"""The account's rows lead to what is owed, whatever has happened."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as some

from recoup.jurisdictions.owed import Claim, Cost
from recoup.payments.account import account
from recoup.payments.rules import CaseFacts, Paid, owed_of

START, ON = date(2025, 11, 1), date(2026, 11, 20)
days = some.integers(0, 420).map(lambda n: START + timedelta(days=n))
amounts = some.integers(1, 500_000).map(lambda cents: Decimal(cents) / 100)


def paid(on: date, amount: Decimal) -> Paid:
    return Paid(uuid4(), on, amount)


@some.composite
def lives(draw: some.DrawFn) -> CaseFacts:
    invoices = draw(some.lists(some.tuples(amounts, days), min_size=1, max_size=4))
    notes = draw(some.lists(some.tuples(amounts, days), max_size=2))
    claims = [Claim(ref=f"I{i}", amount=a, due=d) for i, (a, d) in enumerate(invoices)]
    claims += [
        Claim(ref=f"N{i}", amount=a, due=d, kind="credit_note") for i, (a, d) in enumerate(notes)
    ]
    costs = [
        Cost("other", d, a) for a, d in draw(some.lists(some.tuples(amounts, days), max_size=2))
    ]
    payments = [paid(d, a) for a, d in draw(some.lists(some.tuples(amounts, days), max_size=4))]
    code, currency = draw(
        some.sampled_from(
            [("DE", "EUR"), ("GB", "GBP"), ("SE", "SEK"), ("FR", "EUR"), ("NL", "EUR")]
        )
    )
    return CaseFacts(
        id=uuid4(), currency=currency, jurisdiction=code, interest={}, claims=tuple(claims),
        costs=tuple(costs), paid=tuple(payments),
    )  # fmt: skip


@given(lives())
def test_the_rows_add_up_to_what_is_owed(facts: CaseFacts) -> None:
    rows = account(facts, ON)
    assert sum(row.amount for row in rows) == owed_of(facts, ON).total
    running = Decimal(0)
    for row in rows:
        running += row.amount
        assert row.balance == running
    assert [row.on for row in rows] == sorted(row.on for row in rows)
    assert all(row.amount >= 0 for row in rows if row.kind in ("invoice", "interest"))
    assert all(row.amount <= 0 for row in rows if row.kind in ("payment", "credit_note"))


def test_a_german_account_from_day_to_day() -> None:
    """10 000 EUR due 1 Jul 2026; 2 000 paid on 1 Aug: 30 days at 10.27 %, then 8 124 less principal."""
    facts = CaseFacts(
        id=uuid4(), currency="EUR", jurisdiction="DE", interest={},
        claims=(Claim(ref="RE-1", amount=Decimal("10000.00"), due=date(2026, 7, 1)),),
        paid=(paid(date(2026, 8, 1), Decimal("2000.00")),),
    )  # fmt: skip
    rows = account(facts, date(2026, 8, 31))
    assert [(row.kind, str(row.on)) for row in rows] == [
        ("invoice", "2026-07-01"), ("interest", "2026-08-01"), ("compensation", "2026-08-01"),
        ("payment", "2026-08-01"), ("interest", "2026-08-31"),
    ]  # fmt: skip
    assert rows[-1].balance == owed_of(facts, date(2026, 8, 31)).total


@pytest.mark.parametrize("on", [date(2026, 6, 1), date(2026, 7, 1)])
def test_before_the_due_day_only_the_invoice_stands(on: date) -> None:
    facts = CaseFacts(
        id=uuid4(), currency="EUR", jurisdiction="DE", interest={},
        claims=(Claim(ref="RE-1", amount=Decimal("10.00"), due=date(2026, 7, 1)),),
    )  # fmt: skip
    assert [(row.kind, row.amount) for row in account(facts, on)] == [("invoice", Decimal("10.00"))]
