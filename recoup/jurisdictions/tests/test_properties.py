"""Properties of `owed` on random histories, and equality with the naive second implementation."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recoup.jurisdictions.owed import Claim, Cost, Interest, Payment, Request, owed
from recoup.jurisdictions.rules import rules
from recoup.jurisdictions.tests import naive

CURRENCY = {
    "SE": "SEK",
    "DE": "EUR",
    "NL": "EUR",
    "DK": "DKK",
    "CH": "CHF",
    "FR": "EUR",
    "US-NY": "USD",
    "CZ": "CZK",
    "PL": "PLN",
    "GB": "GBP",
}
START, END = date(2016, 1, 1), date(2026, 12, 31)
amounts = st.integers(1, 10_000_000).map(lambda minor: Decimal(minor) / 100)
days = st.dates(START, END - timedelta(days=1))


@st.composite
def histories(draw, *, payments: int = 4, counts=("act/365", "act/act", "act/360", "30/360")):
    code = draw(st.sampled_from(sorted(CURRENCY)))
    middle = draw(days)
    around = st.dates(
        max(START, middle - timedelta(days=500)),
        min(END - timedelta(days=1), middle + timedelta(days=300)),
    )
    claims = [
        Claim(f"F-{i}", draw(amounts), draw(around),
              kind=draw(st.sampled_from(["invoice", "invoice", "credit_note"])) if i else "invoice")
        for i in range(draw(st.integers(1, 3)))
    ]  # fmt: skip
    paid = [
        Payment(
            draw(around),
            draw(amounts),
            designated=draw(st.sampled_from([None, None, "principal", "interest"])),
        )
        for _ in range(draw(st.integers(0, payments)))
    ]
    fees = [Cost("court_fee", draw(around), draw(amounts)) for _ in range(draw(st.integers(0, 1)))]
    interest = draw(st.sampled_from([
        Interest(), Interest(), Interest("fixed", Decimal("8.125")),
        Interest("fixed", Decimal("12"), compounding="monthly"),
        Interest("fixed", Decimal("7.5"), compounding="yearly"),
    ]))  # fmt: skip
    return Request(
        code, CURRENCY[code], draw(st.dates(middle, END)), tuple(claims), tuple(paid), tuple(fees),
        interest=interest, day_count=draw(st.sampled_from(counts)), as_of_counted=draw(st.booleans()),
        rounding="sum",
    )  # fmt: skip


def rests(request: Request) -> str:
    if request.interest.kind == "fixed":
        return request.interest.compounding or "simple"
    return rules(request.jurisdiction).interest["compounding"]


many = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@many
@given(histories())
def test_equals_the_naive_loop_to_the_cent(request: Request) -> None:
    expected = naive.owed(
        request,
        day_count=str(request.day_count),
        counted=bool(request.as_of_counted),
        rests=rests(request),
        payment_day=rules(request.jurisdiction).conventions.payment_day_counted,
    )
    answer = owed(request)
    assert answer.principal == expected["principal"]
    assert answer.interest_accrued == expected["interest_accrued"]
    assert answer.interest_paid == expected["interest_paid"]
    for found, wanted in zip(answer.allocations, expected["allocations"], strict=True):
        assert {part: getattr(found, part) for part in wanted} == wanted


@many
@given(histories(), st.sampled_from(["sum", "segment"]))
def test_every_cent_is_accounted_for(request: Request, rounding: str) -> None:
    answer = owed(_with(request, rounding=rounding))
    for one in answer.allocations:
        parts = (one.costs, one.compensation, one.interest, one.principal, one.unallocated)
        assert sum(parts, Decimal(0)) == one.amount
        assert min(parts) >= 0
    assert answer.interest == answer.interest_accrued - answer.interest_paid
    assert min(answer.principal, answer.interest_accrued, answer.costs, answer.total) >= 0
    assert answer.principal == sum(line.principal for line in answer.claims)
    assert answer.interest == sum(line.interest for line in answer.claims)
    same = answer.compensation.currency == answer.currency  # Poland's euro stay out of the total
    compensation = answer.compensation.open if same else 0
    assert answer.total == answer.principal + answer.interest + answer.costs + compensation
    assert answer.unallocated == sum(one.unallocated for one in answer.allocations)


@many
@given(histories(payments=0), st.integers(1, 200))
def test_interest_never_falls_as_days_pass(request: Request, more: int) -> None:
    later = min(request.as_of + timedelta(days=more), END)
    if any(claim.kind == "credit_note" for claim in request.claims):
        return
    assert owed(_with(request, as_of=later)).interest_accrued >= owed(request).interest_accrued


@many
@given(histories(payments=2), st.integers(0, 1000))
def test_splitting_the_period_at_any_day_changes_nothing(request: Request, at: int) -> None:
    """A payment that finds nothing to pay on that day would split every segment."""
    first = min(claim.due for claim in request.claims)
    on = first + timedelta(days=at)
    if on > request.as_of:
        return
    extra = Cost("court_fee", on, Decimal("0.00"))
    whole, split = owed(request), owed(_with(request, costs=(*request.costs, extra)))
    assert (whole.total, whole.segments, whole.allocations) == (
        split.total,
        split.segments,
        split.allocations,
    )


@many
@given(histories())
def test_segments_tile_the_days_of_each_claim(request: Request) -> None:
    answer = owed(request)
    for line in answer.claims:
        own = [one for one in answer.segments if one.claim == line.ref]
        for before, after in pairwise(own):
            assert before.last < after.first
        if own:
            assert own[0].first >= line.interest_from
            assert own[-1].last <= request.as_of


def _with(request: Request, **changed: object) -> Request:
    from dataclasses import replace

    return replace(request, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize("reverse", [False, True])
def test_payments_of_one_day_are_taken_as_they_are_listed(reverse: bool) -> None:
    claims = (Claim("A", Decimal("1000.00"), date(2024, 1, 31)),)
    paid = [
        Payment(date(2024, 6, 3), Decimal("20.00"), "principal"),
        Payment(date(2024, 6, 3), Decimal("30.00")),
    ]
    paid = paid[::-1] if reverse else paid
    answer = owed(Request("SE", "SEK", date(2024, 6, 30), claims, tuple(paid)))
    assert [one.amount for one in answer.allocations] == [p.amount for p in paid]
    assert answer.allocations[1 if reverse else 0].principal == Decimal("20.00")
