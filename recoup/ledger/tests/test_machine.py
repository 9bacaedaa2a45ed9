"""The ledger against a plain model: whatever is posted, reversed, allocated, returned and paid out, in
whatever order, the database's balances are the model's and the trust bank is owed to the last cent."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.ledger.accounts import TRUST_LIABILITIES
from recoup.ledger.operations import Draft, Leg, open_book, post, reverse
from recoup.ledger.queries import balance, balances

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
AMOUNTS = st.integers(1, 10**9).map(lambda cents: Decimal(cents) / 100)
CURRENCIES = st.sampled_from(["EUR", "SEK"])
DAYS = st.integers(0, 400).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
sources = count()


class Books(RuleBasedStateMachine):
    """`agency` is set by the test; the model is a dict of sums and a list of entries."""

    agency = None
    entries = Bundle("entries")

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.house = open_book(agency=self.agency, kind="house", name="House")
        self.clients = [self.book("client") for _ in range(2)]
        self.model = defaultdict(Decimal)
        self.by_day = defaultdict(Decimal)
        self.undone = set()

    def book(self, kind):
        subject = new_id()
        return open_book(agency=self.agency, kind=kind, name=kind, subject=subject, client=subject)

    def teardown(self):
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def write(self, on, currency, *legs):
        """Post `(book, account, amount)` in the ledger and in the model."""
        drafted = tuple(
            Leg(book, account, Money(amount, currency)) for book, account, amount in legs
        )
        entry = post(
            agency=self.agency,
            draft=Draft("test", f"s:{next(sources)}", on, "test", drafted),
            by=SYSTEM,
            at=AT,
        )
        self.count(on, currency, legs)
        return entry, on, currency, legs

    def count(self, on, currency, legs):
        for book, account, amount in legs:
            self.model[book.id, account, currency] += amount
            self.by_day[book.id, account, currency, on] += amount

    @rule(target=entries, amount=AMOUNTS, currency=CURRENCIES, on=DAYS)
    def receive(self, amount, currency, on):
        return self.write(
            on, currency, (self.house, "trust_bank", amount), (self.house, "unallocated", -amount)
        )

    @rule(
        target=entries,
        amount=AMOUNTS,
        over=AMOUNTS,
        currency=CURRENCIES,
        on=DAYS,
        who=st.integers(0, 1),
    )
    def allocate(self, amount, over, currency, on, who):
        legs = (
            (self.house, "unallocated", amount + over),
            (self.clients[who], "trust", -amount),
            (self.house, "overpaid", -over),
        )
        return self.write(on, currency, *legs)

    @rule(target=entries, amount=AMOUNTS, currency=CURRENCIES, on=DAYS, who=st.integers(0, 1))
    def return_after_remittance(self, amount, currency, on, who):
        legs = (
            (self.house, "trust_bank", -amount), (self.house, "agency_share", amount),
            (self.clients[who], "receivable", amount), (self.house, "advanced", -amount),
        )  # fmt: skip
        return self.write(on, currency, *legs)

    @rule(
        target=entries,
        net=AMOUNTS,
        fee=AMOUNTS,
        currency=CURRENCIES,
        on=DAYS,
        who=st.integers(0, 1),
    )
    def pay_out(self, net, fee, currency, on, who):
        legs = (
            (self.clients[who], "trust", net + fee), (self.house, "in_transit", -net), (self.house, "agency_share", -fee),
        )  # fmt: skip
        return self.write(on, currency, *legs)

    @rule(target=entries, amount=AMOUNTS, currency=CURRENCIES, on=DAYS)
    def see_payout(self, amount, currency, on):
        return self.write(
            on, currency, (self.house, "in_transit", amount), (self.house, "trust_bank", -amount)
        )

    @rule(entry=entries, on=DAYS)
    def undo(self, entry, on):
        row, _, currency, legs = entry
        source = f"u:{next(sources)}"
        if row.id in self.undone:
            with pytest.raises(IntegrityError), transaction.atomic():
                reverse(
                    agency=self.agency,
                    entry=row,
                    source=source,
                    value_on=on,
                    memo="undo",
                    by=SYSTEM,
                    at=AT,
                )
            return
        reverse(
            agency=self.agency, entry=row, source=source, value_on=on, memo="undo", by=SYSTEM, at=AT
        )
        self.undone.add(row.id)
        self.count(on, currency, tuple((b, a, -m) for b, a, m in legs))

    @rule(amount=AMOUNTS, off=AMOUNTS, currency=CURRENCIES, on=DAYS)
    def refuse_what_is_off(self, amount, off, currency, on):
        with pytest.raises(Refusal):
            legs = (
                Leg(self.house, "trust_bank", Money(amount, currency)),
                Leg(self.house, "unallocated", Money(-amount - off, currency)),
            )
            post(
                agency=self.agency,
                draft=Draft("test", f"s:{next(sources)}", on, "off", legs),
                by=SYSTEM,
                at=AT,
            )

    @rule(on=DAYS, currency=CURRENCIES)
    def ask_as_of(self, on, currency):
        wanted = sum(
            (
                m
                for (b, a, c, day), m in self.by_day.items()
                if (b, a, c) == (self.house.id, "trust_bank", currency) and day <= on
            ),
            Decimal(0),
        )
        assert (
            balance(book=self.house.id, account="trust_bank", currency=currency, on=on).amount
            == wanted
        )

    @invariant()
    def balances_are_the_models(self):
        books = [self.house.id, *(b.id for b in self.clients)]
        found = {k: m.amount for k, m in balances(agency=self.agency, books=books).items()}
        assert found == {k: m for k, m in self.model.items() if m}

    @invariant()
    def the_trust_bank_is_owed_to_the_cent(self):
        for currency in ("EUR", "SEK"):
            sums = defaultdict(Decimal)
            for (_, account, c), amount in self.model.items():
                if c == currency:
                    sums[account] += amount
            assert sums["trust_bank"] == -sum(sums[a] for a in TRUST_LIABILITIES)


def test_the_ledger_does_what_the_model_does(house):
    Books.agency = house.id
    few = settings(
        max_examples=15,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Books, settings=few)
