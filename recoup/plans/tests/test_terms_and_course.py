"""The mandate, and how instalments fill."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recoup.plans.rules import NOTHING, Due, Limits, Terms, course, outside, penalty
from recoup.plans.states import MOVES, PlanKind, PlanState

ON = date(2026, 11, 20)
LIMITS = Limits(months=6, first_percent=Decimal(20), discount=Decimal(10), first_days=14)


def asked(**more):
    return Terms(
        **({"kind": PlanKind.INSTALMENTS, "first_on": ON + timedelta(days=7), "count": 3} | more)
    )


def codes(limits=LIMITS, terms=None, first="400.00", last_on=date(2027, 2, 1)):
    found = outside(
        limits,
        terms or asked(),
        owed=Decimal("1000.00"),
        first=Decimal(first),
        last_on=last_on,
        on=ON,
    )
    return {reason.code for reason in found}


def test_inside_the_mandate_nothing_is_outside():
    assert codes() == set()


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        ({"last_on": date(2027, 5, 21)}, "too_long"),
        ({"first": "199.99"}, "first_too_small"),
        ({"terms": asked(first_on=ON + timedelta(days=15))}, "too_late"),
        ({"terms": asked(discount=Decimal("10.01"))}, "discount_too_large"),
        ({"terms": asked(waives_interest=True)}, "interest_waived"),
        ({"terms": asked(accelerates=False)}, "no_acceleration"),
    ],
)
def test_each_limit_has_its_sentence(given_, code):
    assert codes(**given_) == {code}


def test_at_the_limit_is_inside():
    assert codes(last_on=date(2027, 5, 20), first="200.00") == set()
    assert codes(terms=asked(first_on=ON + timedelta(days=14), discount=Decimal(10))) == set()


def test_without_a_mandate_everything_is_asked():
    assert codes(limits=NOTHING, last_on=ON + timedelta(days=1)) >= {"too_long"}


DUES = [
    Due(1, date(2026, 12, 1), Decimal(100)),
    Due(2, date(2027, 1, 4), Decimal(100)),
    Due(3, date(2027, 2, 1), Decimal(50)),
]


def going(*paid, on=date(2026, 12, 10), grace=3):
    return course(DUES, [(day, Decimal(amount)) for day, amount in paid], on=on, grace_days=grace)


def test_payments_fill_instalments_in_the_order_of_days():
    found = going((date(2026, 11, 28), "130"))
    assert [one.state for one in found.instalments] == ["paid", "part", "open"]
    assert [one.paid for one in found.instalments] == [100, 30, 0]
    assert found.next is not None and found.next.left == 70


@pytest.mark.parametrize(
    ("day", "state"),
    [(date(2026, 12, 1), "open"), (date(2026, 12, 4), "open"), (date(2026, 12, 5), "missed")],
)
def test_an_instalment_is_missed_on_the_day_after_its_grace(day, state):
    assert going(on=day).instalments[0].state == state


def test_paid_after_its_grace_is_late_and_breaks_nothing_any_more():
    found = going((date(2026, 12, 20), "100"), on=date(2026, 12, 21))
    assert (found.instalments[0].state, found.instalments[0].days_late) == ("late", 19)
    assert not found.broken(accelerates=True)


def test_one_missed_breaks_a_plan_that_accelerates_two_break_any():
    one, two = going(on=date(2026, 12, 10)), going(on=date(2027, 1, 20))
    assert one.broken(accelerates=True) and not one.broken(accelerates=False)
    assert two.broken(accelerates=False)


@given(
    st.lists(
        st.tuples(st.dates(date(2026, 11, 1), date(2027, 6, 1)), st.integers(1, 200)), max_size=8
    )
)
def test_every_cent_is_somewhere(paid):
    found = going(*paid, on=date(2027, 6, 2))
    assert found.paid + found.too_much == sum(amount for _, amount in paid)
    assert found.paid + found.left == 250
    assert found.kept == (sum(amount for _, amount in paid) >= 250)
    assert not found.too_much or found.kept


def test_the_penalty_is_simple_interest_of_a_year_of_365_days():
    assert penalty(Decimal("1000.00"), 365, Decimal(12), "EUR") == Decimal("120.00")
    assert penalty(Decimal("1000.00"), 9, Decimal(12), "EUR") == Decimal("2.96")
    assert penalty(Decimal("1000"), 9, Decimal(12), "JPY") == Decimal("3")


def test_what_is_over_stays_over():
    for state in (PlanState.BROKEN, PlanState.DECLINED, PlanState.LAPSED, PlanState.ENDED):
        assert MOVES[state] == ()
    assert set(MOVES) == set(PlanState)
