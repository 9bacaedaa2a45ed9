"""What is owed even if the debtor is right: the worked table of docs/algorithms/disputes.md."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from recoup.jurisdictions.owed import Claim
from recoup.payments.rules import CaseFacts, Paid, owed_if_right, owed_of

PAGE = Path(__file__).parents[3] / "docs/algorithms/disputes.md"
DUE, ON = date(2026, 8, 31), date(2026, 11, 20)
FACTS = CaseFacts(
    id=UUID(int=1), currency="EUR", jurisdiction="DE", interest={},
    claims=(Claim("RE-1", Decimal("1200.00"), DUE), Claim("RE-2", Decimal("300.00"), DUE)),
    paid=(Paid(UUID(int=2), date(2026, 10, 1), Decimal("100.00")),),
)  # fmt: skip
ROW = re.compile(r"^\| (nothing|RE-[^|]*) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", re.MULTILINE)


@pytest.mark.parametrize("disputed, principal, interest, total", ROW.findall(PAGE.read_text()))
def test_the_worked_table(disputed, principal, interest, total):
    parts = re.findall(r"(RE-\d) ([\d.]+)", disputed)
    found = owed_if_right(FACTS, ON, [(ref, Decimal(amount), DUE) for ref, amount in parts])
    assert (found.principal, found.interest, found.total) == (
        Decimal(principal), Decimal(interest), Decimal(total),
    )  # fmt: skip


def test_the_table_is_there_and_begins_with_what_is_owed():
    rows = ROW.findall(PAGE.read_text())
    assert len(rows) == 4
    assert owed_of(FACTS, ON).total == Decimal(rows[0][3])


def test_disputing_more_never_asks_for_more():
    sums = [
        owed_if_right(FACTS, ON, [("RE-1", Decimal(part), DUE)]).total
        for part in range(1, 1201, 37)
    ]
    assert sums == sorted(sums, reverse=True)
