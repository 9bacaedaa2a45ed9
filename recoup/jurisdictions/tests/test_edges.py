"""The edges that one change at a time in the code of figures (`make mutants`) found no test for."""

from datetime import date
from decimal import Decimal

import pytest

from recoup.jurisdictions.owed import Owed, owed, parse_request
from recoup.jurisdictions.owed.bulk import interest_factors
from recoup.jurisdictions.tests.test_owed import claim, pay
from recoup.kernel.refusal import NotKnown

FIRST, LAST = date(2015, 7, 1), date(2026, 12, 31)
AFTER, BEYOND = date(2027, 1, 1), date(2027, 1, 2)


def ask(code: str, currency: str, as_of: str, *claims: dict[str, str], **more: object) -> Owed:
    return owed(
        parse_request(
            {
                "jurisdiction": code, "currency": currency, "as_of": as_of, "claims": list(claims), **more,
            }
        )
    )  # fmt: skip


def codes(answer: Owed) -> set[str]:
    return {reason.code for reason in answer.why}


def test_the_day_table_answers_for_its_first_and_its_last_day_and_no_other() -> None:
    factors = interest_factors("SE", until=LAST)
    assert factors.first == FIRST
    assert factors.interest(36_500_000, FIRST, date(2015, 7, 2)) == 8000  # 8 % of 365,000.00, a day
    assert factors.interest(36_500_000, LAST, AFTER) == 10000
    with pytest.raises(NotKnown, match="2015-06-30"):
        factors.interest(100, date(2015, 6, 30), FIRST)
    with pytest.raises(NotKnown, match="2027-01-02"):
        factors.interest(100, LAST, BEYOND)
    with pytest.raises(NotKnown, match="2027-01-02"):
        factors.interest(100, FIRST, BEYOND)


def test_no_days_are_no_interest_even_outside_the_table() -> None:
    factors = interest_factors("SE", until=LAST)
    assert factors.interest(100, date(2010, 1, 1), date(2010, 1, 1)) == 0


def test_a_table_begins_in_2000_where_the_law_is_older() -> None:
    assert interest_factors("CH", until=LAST).first == date(2000, 1, 1)


def test_each_row_has_the_rate_of_its_own_day_and_the_one_beyond_that_of_the_last() -> None:
    factors = interest_factors("GB", until=date(2025, 1, 1))
    rates = [rate for _, _, rate in factors.rows()]
    assert factors.rate[-2] > factors.rate[-1], "the rate changed on the last day"
    assert rates == [*factors.rate, factors.rate[-1]]


@pytest.mark.parametrize(("on", "amount"), [("2026-02-01", "0.00"), ("2026-02-02", "40.00")])
def test_a_credit_note_before_the_first_day_of_delay_leaves_no_compensation(on, amount) -> None:
    """On the first interest day itself it takes the invoice away before delay began; a day later not."""
    answer = ask(
        "DE", "EUR", "2026-03-31", claim("A", "500.00", "2026-01-31", interest_from="2026-02-01"),
        claim("G", "500.00", on, kind="credit_note"),
    )  # fmt: skip
    assert (answer.principal, answer.compensation.amount) == (0, Decimal(amount))


def test_a_claim_due_on_the_day_itself_is_said_to_be_not_yet_overdue() -> None:
    answer = ask("SE", "SEK", "2026-06-30", claim("A", "100.00", "2026-06-30"))
    assert "not_yet_due" in codes(answer)
    assert answer.interest_accrued == 0


def test_each_line_carries_its_own_interest_in_the_currency_s_units() -> None:
    answer = ask(
        "SE", "SEK", "2026-01-31", claim("A", "10000.00", "2025-12-31"), claim("B", "500.00", "2026-01-31"),
        as_of_counted=True,
    )  # fmt: skip
    accrued = {line.ref: line.interest_accrued for line in answer.claims}
    assert accrued == {
        "A": Decimal("84.93"),
        "B": Decimal("0.00"),
    }  # 10 % of 10,000 for 31 of 365 days
    assert sum(accrued.values()) == answer.interest_accrued


def test_compensation_names_its_source_where_there_is_one() -> None:
    with_one = ask("DE", "EUR", "2026-03-31", claim("A", "500.00", "2026-01-31")).compensation
    without = ask("CH", "CHF", "2026-03-31", claim("A", "500.00", "2026-01-31")).compensation
    assert with_one.source == "BGB § 288(5)" and with_one.verified
    assert without.source is None and without.verified is None


def test_of_several_lines_the_first_to_be_barred_counts() -> None:
    early, late = claim("A", "100.00", "2023-05-31"), claim("B", "100.00", "2025-05-31")
    for lines in ((early, late), (late, early)):
        limitation = ask("DE", "EUR", "2026-03-31", *lines).limitation
        assert limitation is not None and limitation.ends_on == date(2026, 12, 31)


def test_an_agreed_rate_is_weighed_on_the_later_line_too() -> None:
    """Nothing is held of Spain's rate in 2014: that line says nothing, the other is still looked at."""
    answer = ask(
        "ES", "EUR", "2015-12-31", claim("A", "100.00", "2014-12-31"), claim("B", "100.00", "2015-09-30"),
        interest={"kind": "fixed", "rate": "1.0"},
    )  # fmt: skip
    assert "contract_rate_low" in codes(answer)


def test_a_rate_that_passes_the_limit_only_for_a_time_is_said() -> None:
    """Thirty-one over Hong Kong's prime rate: 36.0 % until 2022, above it in 2023, 36.0 % again at the end."""
    answer = ask(
        "HK", "HKD", "2025-12-31", claim("A", "100.00", "2019-12-31"),
        interest={"kind": "over_base", "margin": "31.0"},
    )  # fmt: skip
    rates = [segment.rate for segment in answer.segments]
    assert rates[0] == rates[-1] == Decimal("36.0") < max(rates)
    said = [reason.sentence() for reason in answer.why if reason.code == "contract_rate_high"]
    assert len(said) == 1 and "36.875 %" in said[0], "the highest is named"


def test_a_named_order_without_compensation_pays_none_of_it() -> None:
    answer = ask(
        "DE", "EUR", "2026-03-31", claim("A", "500.00", "2026-01-31"),
        payments=[pay("2026-03-01", "100.00")], allocation=["costs", "interest", "principal"],
    )  # fmt: skip
    one = answer.allocations[0]
    parts = (one.costs, one.compensation, one.interest, one.principal, one.unallocated)
    assert sum(parts) == one.amount == Decimal("100.00")


def test_a_cost_of_the_day_itself_counts_and_one_of_the_next_does_not() -> None:
    invoice = claim("A", "1000.00", "2025-12-31")
    same = ask("SE", "SEK", "2026-03-31", invoice, costs=[{"kind": "reminder", "on": "2026-03-31"}])
    later = ask(
        "SE", "SEK", "2026-03-31", invoice, costs=[{"kind": "reminder", "on": "2026-04-01"}]
    )
    assert len(same.cost_lines) == 1 and "cost_later" not in codes(same)
    assert len(later.cost_lines) == 0 and "cost_later" in codes(later)


def test_a_payment_of_the_day_itself_starts_limitation_anew() -> None:
    invoice = claim("A", "1000.00", "2024-12-31")
    paid = ask(
        "SE", "SEK", "2026-03-31", invoice, payments=[pay("2026-03-31", "100.00")]
    ).limitation
    unpaid = ask("SE", "SEK", "2026-03-31", invoice).limitation
    assert paid is not None and unpaid is not None
    assert (unpaid.ends_on, paid.ends_on) == (date(2034, 12, 31), date(2036, 3, 31))


def test_limitation_looks_at_the_open_lines_and_at_all_where_none_is_open() -> None:
    """The older invoice is paid: the younger's day counts. All paid: the older's again."""
    old, young = claim("A", "100.00", "2023-05-31"), claim("B", "100.00", "2025-05-31")
    before = {"on": "2023-05-31", "amount": "100.00"}
    part = ask("DE", "EUR", "2025-04-30", old, young, payments=[before]).limitation
    assert part is not None and part.ends_on == date(2028, 12, 31)
    settled = [before, {"on": "2023-06-01", "amount": "100.00"}]
    whole = ask("DE", "EUR", "2025-04-30", old, young, payments=settled)
    assert whole.principal == 0
    assert whole.limitation is not None


def test_one_provisional_rate_is_said_though_others_are_verified() -> None:
    answer = ask("SE", "SEK", "2026-06-30", claim("A", "100.00", "2016-01-31"))
    marks = {segment.provisional for segment in answer.segments}
    assert ("provisional" in codes(answer)) == (True in marks)
    assert marks == {True, False}


def test_the_order_of_payments_is_said_where_there_are_some_and_only_there() -> None:
    invoice = claim("A", "100.00", "2025-12-31")
    assert not {c for c in codes(ask("SE", "SEK", "2026-03-31", invoice)) if c.startswith("order")}
    paid = ask("SE", "SEK", "2026-03-31", invoice, payments=[pay("2026-02-01", "10.00")])
    assert {c for c in codes(paid) if c.startswith("order")}


def test_a_named_series_leaves_the_statute_s_question_out() -> None:
    """Hong Kong's statute gives no rate as of right; a judgment's is named, so nothing is left to ask."""
    invoice = claim("A", "100.00", "2025-12-31")
    asked = ask("AE", "AED", "2026-03-31", invoice).not_answered
    assert any(question.startswith("late_interest") for question in asked)
    named = ask("HK", "HKD", "2026-03-31", invoice, series="HK_JUDGMENT_RATE")
    assert not any(question.startswith("late_interest") for question in named.not_answered)
    other = ask("AE", "AED", "2026-03-31", invoice, interest={"kind": "fixed", "rate": "5.0"})
    assert not any(question.startswith("late_interest") for question in other.not_answered)


def test_rounding_is_explained_where_there_is_interest_to_round() -> None:
    invoice = claim("A", "100.00", "2025-12-31")
    assert "rounding_sum" in codes(ask("SE", "SEK", "2026-03-31", invoice))
    assert "rounding_sum" not in codes(ask("HK", "HKD", "2026-03-31", invoice))


def test_interest_paid_on_the_very_day_of_the_rest_bears_none() -> None:
    """12 % with monthly rests on 1,200.00: January's 12.23 are paid on 1 February, so February's 28 days
    are reckoned on the principal alone: 1,200 × 0.12 × 59 ÷ 365 = 23.28 in all."""
    answer = ask(
        "SE", "SEK", "2026-02-28", claim("A", "1200.00", "2025-12-31"), as_of_counted=True,
        interest={"kind": "fixed", "rate": "12.0", "compounding": "monthly"},
        payments=[pay("2026-02-01", "12.23", designated="interest")],
    )  # fmt: skip
    assert (answer.interest_accrued, answer.interest_paid) == (Decimal("23.28"), Decimal("12.23"))


def collected_on(day: str, amount: str, *, owed: str = "1000.00") -> Owed:
    """A German collector's letter of 2 March 2026, and a payment after it."""
    return ask(
        "DE", "EUR", "2026-06-30", claim("A", owed, "2026-01-31"), costs=[{"kind": "demand", "on": "2026-03-02"}],
        payments=[pay(day, amount)],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "amount", "soon"),
    [
        ("2026-03-02", "1008.16", True),  # the letter's own day, to the cent with its interest
        ("2026-03-02", "1008.15", False),
        ("2026-03-02", "1000.00", False),  # the principal alone
        ("2026-03-16", "1020.00", True),
        ("2026-03-17", "1020.00", False),
    ],
)
def test_who_pays_all_of_it_within_two_weeks_owes_the_lesser_fee(
    day: str, amount: str, soon: bool
) -> None:
    assert ("paid_soon" in codes(collected_on(day, amount))) is soon


def test_so_does_who_owes_less_than_one_euro() -> None:
    assert "paid_soon" in codes(collected_on("2026-03-02", "0.60", owed="0.50"))


@pytest.mark.parametrize(("principal", "most"), [("2500.00", "470.00"), ("2500.01", "550.00")])
def test_the_most_that_costs_may_come_to_follows_the_principal_without_interest(
    principal: str, most: str
) -> None:
    answer = ask(
        "FI", "EUR", "2026-06-30", claim("A", principal, "2026-01-31"),
        costs=[{"kind": kind, "on": on, "amount": "400.00"}
               for kind, on in (("demand", "2026-03-02"), ("instalment_plan", "2026-03-20"), ("demand", "2026-05-02"))],
    )  # fmt: skip
    assert answer.interest > 0
    assert answer.costs + answer.compensation.amount == Decimal(most)


def test_compensation_in_another_currency_than_the_case_is_not_set_off() -> None:
    answer = ask("NL", "USD", "2026-06-30", claim("A", "1000.00", "2026-01-31"))
    assert (answer.compensation.amount, answer.compensation.currency) == (Decimal("40.00"), "EUR")


def test_compensation_that_comes_after_costs_were_paid_is_paid_by_what_was_too_much_of_them() -> (
    None
):
    """Costs of 100.44, owed above a compensation of 40.00, are paid; a second invoice falls into default."""
    answer = ask(
        "DE", "EUR", "2026-06-30", claim("A", "1000.00", "2026-01-31"), claim("B", "1000.00", "2026-04-30"),
        costs=[{"kind": "demand", "on": "2026-03-02"}], payments=[pay("2026-03-20", "60.44")],
    )  # fmt: skip
    assert (answer.compensation.amount, answer.compensation.open) == (Decimal("80.00"), Decimal("40.00"))  # fmt: skip
    assert answer.costs == 0


@pytest.mark.parametrize(("as_of", "a_day"), [("2025-02-27", "4.93"), ("2025-02-28", "5.00")])
def test_one_day_more_bears_on_what_is_added_to_the_capital_that_day(
    as_of: str, a_day: str
) -> None:
    """18 % a year on 10,000.00 with monthly rests; 138.08 are added on the first of March."""
    answer = ask(
        "SG", "SGD", as_of, claim("A", "10000.00", "2025-01-31"),
        interest={"kind": "fixed", "rate": "18", "compounding": "monthly"},
    )  # fmt: skip
    assert answer.per_diem == Decimal(a_day)
