"""The split of payments: booked sums are the law's, whatever arrives in whatever order."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from recoup.jurisdictions.owed import Claim, Cost
from recoup.kernel.ids import new_id
from recoup.payments.rules import CaseFacts, Paid, Parts, owed_of, question, split

CLAIM = Claim("F-1", Decimal("1000.00"), date(2026, 8, 1))
FACTS = CaseFacts(new_id(), "EUR", "DE", {}, (CLAIM,))


def book(facts, on, amount, **more):
    """The facts after a payment, with the row's parts."""
    paid = Paid(new_id(), on, Decimal(amount), **more)
    found = split(facts, add=paid)
    after = (*facts.paid, replace(paid, parts=found.parts))
    return replace(facts, paid=after, booked=facts.booked + found.parts), found


def undo(facts, id):
    found = split(facts, remove=id)
    rest = tuple(p for p in facts.paid if p.id != id)
    return replace(facts, paid=rest, booked=facts.booked + found.parts), found


def test_the_table_of_the_page_on_trust_money():
    facts, first = book(FACTS, date(2026, 11, 20), "400.00")
    facts, second = book(facts, date(2026, 10, 1), "600.00")
    assert first.parts == Parts(
        compensation=Decimal("40.00"), interest=Decimal("31.70"), principal=Decimal("328.30")
    )
    assert second.parts == Parts(
        compensation=Decimal("0.00"), interest=Decimal("-7.82"), principal=Decimal("607.82")
    )
    assert not first.corrects and second.corrects
    answer = owed_of(facts, date(2026, 11, 20))
    assert facts.booked.principal == 1000 - answer.principal and facts.booked.total == 1000


def test_a_designated_payment_goes_where_the_debtor_says():
    _, found = book(FACTS, date(2026, 11, 20), "400.00", designated="principal")
    assert found.parts.principal == 400


def test_undoing_the_first_moves_the_second_into_its_place():
    facts, _ = book(FACTS, date(2026, 9, 1), "100.00")
    first = facts.paid[0].id
    facts, _ = book(facts, date(2026, 10, 1), "100.00")
    facts, gone = undo(facts, first)
    assert gone.parts.total == -100 and facts.booked.total == 100
    alone, _ = book(FACTS, date(2026, 10, 1), "100.00")
    assert facts.booked == alone.booked


AMOUNTS = st.integers(1, 150_000).map(lambda cents: Decimal(cents) / 100)
DAYS = st.integers(0, 300).map(lambda n: date(2026, 2, 1) + timedelta(days=n))
STEPS = st.lists(
    st.tuples(st.sampled_from(["pay", "pay", "waive", "undo"]), AMOUNTS, DAYS, st.integers(0, 9)),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, country=st.sampled_from(["DE", "SE", "GB", "HK", "CZ"]))
def test_booked_sums_are_the_laws_after_every_step(steps, country):
    currency = {"DE": "EUR", "SE": "SEK", "GB": "GBP", "HK": "HKD", "CZ": "CZK"}[country]
    costs = (Cost("court_fee", date(2026, 4, 1), Decimal("50.00")),)
    facts = CaseFacts(
        new_id(), currency, country, {}, (replace(CLAIM, due=date(2026, 1, 15)),), costs
    )
    for what, amount, on, which in steps:
        if what == "undo":
            if facts.paid:
                facts, _ = undo(facts, facts.paid[which % len(facts.paid)].id)
        else:
            facts, found = book(facts, on, amount, waived=what == "waive")
            assert found.parts.total == amount
        live = sum((p.amount for p in facts.paid), Decimal(0))
        assert facts.booked.total == live
        last = max((p.on for p in facts.paid), default=date(2026, 2, 1))
        answer = owed_of(facts, last, to_pay=True)
        assert facts.booked.principal == 1000 - answer.principal
        assert (
            facts.booked.interest == answer.interest_paid
            and facts.booked.overpaid == answer.unallocated
        )
    assert question(facts, date(2026, 12, 1)).payments == tuple(
        sorted(question(facts, date(2026, 12, 1)).payments, key=lambda p: p.on)
    )
