"""What is owed, from the rows of a case."""

from datetime import date
from decimal import Decimal

from recoup.payments.queries import owed, owed_many
from recoup.payments.tests.cast import add_line, case_of

ON = date(2026, 11, 20)


def test_a_german_claim_bears_nine_points_over_base_and_forty_euros(house):
    case = case_of(house.agency, "1000.00", due=date(2026, 8, 1))
    answer = owed(case=case, on=ON)
    assert answer.principal == Decimal("1000.00")
    assert answer.compensation.open == Decimal("40.00")
    assert answer.interest > 0
    assert answer.total == answer.principal + answer.interest + Decimal("40.00")


def test_a_contract_clause_is_read_from_the_case(house):
    case = case_of(
        house.agency, "1000.00", interest={"kind": "fixed", "rate": "36.5"}, due=date(2026, 11, 10)
    )
    assert owed(case=case, on=ON).interest in (Decimal("9.00"), Decimal("10.00"))


def test_a_credit_note_of_the_same_number_reduces_principal(house):
    case = case_of(house.agency, "1000.00", ref="F-7")
    add_line(case, "250.00", due=date(2026, 9, 1), ref="F-7", kind="credit_note")
    assert owed(case=case, on=ON).principal == Decimal("750.00")


def test_many_cases_take_as_many_queries_as_one(house, django_assert_num_queries):
    few = [case_of(house.agency).id]
    many = few + [case_of(house.agency, ref=f"G-{n}").id for n in range(7)]
    with django_assert_num_queries(5):
        owed_many(house.id, few, ON)
    with django_assert_num_queries(5):
        assert len(owed_many(house.id, many, ON)) == 8
