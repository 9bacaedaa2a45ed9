from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.ledger.operations import Draft, Leg, open_book, post, reverse
from recoup.ledger.queries import balance

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
ON = date(2026, 11, 20)


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def test_a_balanced_entry_is_posted_and_reversed(house):
    book = open_book(agency=house.id, kind="house", name="House")
    legs = (Leg(book, "trust_bank", eur("10.00")), Leg(book, "unallocated", eur("-10.00")))
    entry = post(
        agency=house.id, draft=Draft("receipt", "line:1", ON, "Received", legs), by=SYSTEM, at=AT
    )
    assert balance(book=book.id, account="trust_bank", currency="EUR") == eur("10.00")
    reverse(
        agency=house.id,
        entry=entry,
        source="line:1:undo",
        value_on=ON,
        memo="Undone",
        by=SYSTEM,
        at=AT,
    )
    assert not balance(book=book.id, account="trust_bank", currency="EUR")


def test_an_entry_that_is_off_is_refused(house):
    book = open_book(agency=house.id, kind="house", name="House")
    with pytest.raises(Refusal, match="does not balance"):
        post(
            agency=house.id,
            draft=Draft("x", "s", ON, "off", (Leg(book, "trust_bank", eur("1.00")),)),
            by=SYSTEM,
            at=AT,
        )


def test_the_same_source_is_posted_once(house):
    book = open_book(agency=house.id, kind="house", name="House")
    legs = (Leg(book, "trust_bank", eur("1.00")), Leg(book, "unallocated", eur("-1.00")))
    draft = Draft("receipt", "line:1", ON, "Received", legs)
    post(agency=house.id, draft=draft, by=SYSTEM, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        post(agency=house.id, draft=draft, by=SYSTEM, at=AT)


@pytest.mark.parametrize("statement", [
    "UPDATE ledger_posting SET amount = amount + 1", "DELETE FROM ledger_posting",
    "TRUNCATE ledger_posting", "UPDATE ledger_entry SET memo = ''", "DELETE FROM ledger_entry",
    "ALTER TABLE ledger_posting DISABLE TRIGGER ALL",
])  # fmt: skip
def test_the_application_cannot_change_the_ledger(house, statement):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
