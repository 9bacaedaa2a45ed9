"""The instalments worked out, to the cent, against the law's own calculation."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recoup.jurisdictions.owed import Claim, Cost, Payment, Request, owed
from recoup.kernel.days import is_business_day
from recoup.kernel.refusal import Refusal
from recoup.plans.rules import Schedule, Terms, schedule
from recoup.plans.rules.calculator import with_agreed_rates
from recoup.plans.states import Every, PlanKind

ON = date(2026, 11, 20)


def request(amount="8400.00", code="DE", currency="EUR", **more):
    claim = Claim("F-1", Decimal(amount), date(2026, 5, 31))
    return Request(code, currency, ON, (claim,), **more)


def terms(**more):
    return Terms(
        **({"kind": PlanKind.INSTALMENTS, "first_on": date(2026, 12, 1), "count": 3} | more)
    )


def left_after(asked: Request, found: Schedule) -> Decimal:
    """What the law says is owed on the last day when every instalment comes on its day."""
    costs = (*asked.costs, Cost("instalment_plan", ON, found.fee)) if found.fee else asked.costs
    paid = tuple(Payment(p.due_on, p.amount) for p in found.parts)
    whole = replace(asked, as_of=found.last_on, costs=costs, payments=(*asked.payments, *paid),
                    as_of_counted=False)  # fmt: skip
    return owed(with_agreed_rates(whole, until=found.last_on)).total


@pytest.mark.parametrize(
    ("code", "currency"),
    [
        ("DE", "EUR"),
        ("SE", "SEK"),
        ("GB", "GBP"),
        ("HK", "HKD"),
        ("NO", "NOK"),
        ("JP", "JPY"),
        ("FI", "EUR"),
    ],
)
@pytest.mark.parametrize("count", [1, 2, 6, 12])
def test_after_the_last_instalment_nothing_is_owed_by_law(code, currency, count):
    asked = request("840000" if currency == "JPY" else "8400.00", code, currency)
    found = schedule(asked, terms(count=count))
    assert found.to_pay == found.owed + found.interest_to_come
    assert left_after(asked, found) == 0
    assert all(is_business_day(part.due_on, code) for part in found.parts)
    assert len({part.amount for part in found.parts[:-1]}) <= 1
    assert found.parts[-1].amount <= found.parts[0].amount


@settings(max_examples=40, deadline=None)
@given(
    amount=st.decimals("10.00", "250000.00", places=2), count=st.integers(1, 9),
    every=st.sampled_from(list(Every)), share=st.integers(0, 60), paid=st.integers(0, 50),
)  # fmt: skip
def test_any_plan_ends_at_nothing_and_adds_up(amount, count, every, share, paid):
    payments = (Payment(date(2026, 9, 1), amount * paid / 100 // 1),) if paid else ()
    asked = request(str(amount), payments=tuple(p for p in payments if p.amount > 0))
    first = (amount * share / 100).quantize(Decimal("0.01")) or None
    try:
        found = schedule(asked, terms(count=count, every=every, first=first))
    except Refusal as refusal:
        assert refusal.code == "plan_too_small"
        return
    assert left_after(asked, found) == 0
    assert found.to_pay == found.owed + found.interest_to_come - found.given_up
    if first is not None and count > 1:
        assert found.parts[0].amount == first


@pytest.mark.parametrize("discount", ["0", "0.01", "15", "33.33", "99.99"])
def test_a_settlement_is_what_is_owed_less_the_discount(discount):
    found = schedule(
        request(), terms(kind=PlanKind.SETTLEMENT, count=1, discount=Decimal(discount))
    )
    assert found.to_pay + found.given_up == found.owed
    assert found.interest_to_come == 0
    assert found.given_up == (found.owed * Decimal(discount) / 100).quantize(
        Decimal("0.01"), "ROUND_HALF_UP"
    )


def test_a_plan_free_of_interest_parts_what_is_owed_today():
    found = schedule(request(), terms(count=3, waives_interest=True, first=Decimal("4000.00")))
    assert found.to_pay == found.owed
    assert found.parts[0].amount == 4000


def test_the_laws_fee_for_a_plan_is_charged_once_and_only_for_a_plan():
    swedish = request(code="SE", currency="SEK")
    assert schedule(swedish, terms()).fee == 170
    assert schedule(swedish, terms(count=1)).fee == 0
    assert schedule(swedish, terms(kind=PlanKind.SETTLEMENT, count=1)).fee == 0
    charged = replace(swedish, costs=(Cost("instalment_plan", ON, Decimal(170)),))
    assert schedule(charged, terms()).fee == 0
    assert schedule(request(code="SE", currency="EUR"), terms()).fee == 0


def test_a_rate_that_is_not_published_yet_is_the_last_one_and_it_is_said():
    found = schedule(request(), terms(count=8))
    assert "agreed_rate" in {reason.code for reason in found.why}
    near = schedule(request(), terms(count=1))
    assert "agreed_rate" not in {reason.code for reason in near.why}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"count": 0}, "plan_count"), ({"count": 61}, "plan_count"),
        ({"first_on": date(2026, 11, 19)}, "plan_day_past"), ({"discount": Decimal(100)}, "plan_share"),
        ({"discount": Decimal(-1)}, "plan_share"), ({"penalty": Decimal(101)}, "plan_share"),
        ({"first": Decimal(0)}, "plan_first"), ({"grace_days": 32}, "plan_grace"),
        ({"first": Decimal("9999999")}, "plan_too_small"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(more, code):
    with pytest.raises(Refusal) as caught:
        schedule(request(), terms(**more))
    assert caught.value.code == code


def test_nothing_owed_needs_no_plan():
    with pytest.raises(Refusal) as caught:
        schedule(request(payments=(Payment(date(2026, 9, 1), Decimal(9999)),)), terms())
    assert caught.value.code == "nothing_owed"


def test_terms_survive_being_kept():
    for one in (
        terms(),
        terms(first=Decimal("12.50"), discount=Decimal("7.5"), every=Every.WEEK, accelerates=False),
    ):
        assert Terms.read(one.as_json()) == one


# The page in the docs is this test ------------------------------------------------------------------

PAGE = Path(__file__).parents[3] / "docs/algorithms/plans.md"


def test_the_worked_table_of_the_page():
    found = schedule(request(code="SE", currency="SEK"), terms(count=6))
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| 20")]
    told = [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in rows]
    mine = [
        (
            p.due_on.isoformat(),
            f"{p.amount:,}",
            f"{p.interest:,}",
            f"{p.costs:,}",
            f"{p.principal:,}",
        )
        for p in found.parts
    ]
    assert told == mine
    text = PAGE.read_text()
    for figure in (found.owed, found.fee, found.interest_to_come, found.to_pay):
        assert f"{figure:,}" in text
