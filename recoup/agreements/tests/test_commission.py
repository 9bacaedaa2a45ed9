"""The rate card's commission: the worked table of docs/algorithms/commission.md, edges, parts."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recoup.agreements.rules import Terms, commission, commission_due
from recoup.agreements.standard_card import TERMS
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal

PAGE = Path(__file__).resolve().parents[3] / "docs" / "algorithms" / "commission.md"
ROW = re.compile(r"^\| (\S+) ([A-Z]{3}) \| (\S+) \| (\d+) \| (domestic|cross-border) \| (amicable|legal) \| (\S+) \| ([^|]+) \| (\S+) \|$")  # fmt: skip


@pytest.fixture(scope="module")
def terms() -> Terms:
    return Terms.read(TERMS)


def eur(text: str) -> Money:
    return Money.parse(text, "EUR")


def worked() -> list[tuple[str, ...]]:
    return [found.groups() for line in PAGE.read_text().splitlines() if (found := ROW.match(line))]


def test_the_worked_table_has_its_rows() -> None:
    assert len(worked()) >= 12


@pytest.mark.parametrize("row", worked(), ids=lambda r: " ".join(r[:6]))
def test_the_worked_table_holds(row: tuple[str, ...], terms: Terms) -> None:
    claim, currency, collected, age, border, phase, rate, clause, amount = row
    got = commission(
        terms, collected=Money.parse(collected, currency), claim=Money.parse(claim, currency),
        age_days=int(age), cross_border=border == "cross-border", phase=phase,
    )  # fmt: skip
    assert (f"{got.rate.normalize():f}", got.clause, str(got.amount.rounded().amount)) == (
        rate,
        clause.strip(),
        amount,
    )


@pytest.mark.parametrize(
    ("claim", "age", "rate"),
    [("5000.00", 90, "12"), ("5000.01", 90, "9.5"), ("5000.00", 91, "15"), ("25000.00", 0, "9.5"),
     ("25000.01", 0, "7.5"), ("100000.00", 730, "17.5"), ("100000.01", 731, "20"), ("0.01", -5, "12")],
)  # fmt: skip
def test_a_band_ends_with_its_limit(claim: str, age: int, rate: str, terms: Terms) -> None:
    got = commission(terms, collected=eur(claim), claim=eur(claim), age_days=age, cross_border=False, phase="amicable")  # fmt: skip
    assert got.rate == Decimal(rate)


def test_the_minimum_is_charged_once_for_a_case(terms: Terms) -> None:
    facts = {"claim": eur("1000.00"), "age_days": 10, "cross_border": False, "phase": "amicable"}
    first = commission(terms, collected=eur("100.00"), **facts)  # type: ignore[arg-type]
    second = commission(
        terms, collected=eur("900.00"), before=[(eur("100.00"), "amicable")], **facts
    )  # type: ignore[arg-type]
    assert first.amount == eur("60.00") and first.minimum and first.clause == "1.1, 4"
    assert second.amount == eur("60.00") and not second.minimum  # 12 % of 1,000 is 120


def test_the_minimum_never_takes_more_than_came_in(terms: Terms) -> None:
    facts = {"claim": eur("1000.00"), "age_days": 10, "cross_border": False, "phase": "amicable"}
    assert commission(terms, collected=eur("40.00"), **facts).amount == eur("40.00")  # type: ignore[arg-type]


def test_a_payment_in_court_bears_the_courts_points_and_the_earlier_ones_do_not(
    terms: Terms,
) -> None:
    facts = {"claim": eur("30000.00"), "age_days": 100, "cross_border": True}
    later = commission(
        terms,
        collected=eur("10000.00"),
        before=[(eur("20000.00"), "amicable")],
        phase="legal",
        **facts,
    )  # type: ignore[arg-type]
    assert (
        later.rate == Decimal("19.5")
        and later.amount == eur("1950.00")
        and later.clause == "1.12, 2, 3"
    )


@given(parts=st.lists(st.tuples(st.integers(1, 400000), st.sampled_from(["amicable", "legal"])), min_size=1, max_size=9),
       age=st.integers(0, 900), across=st.booleans())  # fmt: skip
def test_parts_add_up_to_the_whole_to_the_cent(
    parts: list[tuple[int, str]], age: int, across: bool
) -> None:
    terms = Terms.read(TERMS)
    paid = [(Money(Decimal(minor).scaleb(-2), "EUR"), phase) for minor, phase in parts]
    claim = eur("12345.67")
    total = Money.zero("EUR")
    for i, (money, phase) in enumerate(paid):
        one = commission(terms, collected=money, claim=claim, age_days=age, cross_border=across, phase=phase, before=paid[:i])  # fmt: skip
        assert 0 <= one.amount.amount <= money.amount
        total = total + one.amount
    assert total == commission_due(terms, paid, claim=claim, age_days=age, cross_border=across)


def test_yen_have_no_decimals(terms: Terms) -> None:
    got = commission(terms, collected=Money.parse("123457", "JPY"), claim=Money.parse("900000", "JPY"), age_days=200, cross_border=False, phase="amicable")  # fmt: skip
    assert str(got.amount) == "19136 JPY"  # 15.5 % of 123,457 is 19,135.835


def test_a_currency_without_prices_is_refused_by_name(terms: Terms) -> None:
    with pytest.raises(Refusal) as refused:
        commission(terms, collected=Money.parse("1.000", "KWD"), claim=Money.parse("1.000", "KWD"), age_days=1, cross_border=False, phase="amicable")  # fmt: skip
    assert refused.value.code == "currency_not_in_card" and "KWD" in str(refused.value)


@pytest.mark.parametrize(
    "broken",
    [{"cross_border": 3}, {"cross_border": "1e2"}, {"cross_border": "NaN"}, {"method": "later"}, {"valid_days": True},
     {"commission": {"ages": [90, 90], "rates": TERMS["commission"]["rates"]}}, {"currencies": {}},
     {"currencies": {"EUR": {"limits": ["1.00"], "minimum": "1.00", "set_up": "1.00"}}},
     {"currencies": {"EUR": {"limits": ["1.00", "2.00", "3.00"], "minimum": "-1.00", "set_up": "1.00"}}},
     {"phases": {"amicable": "0", "legal": "90"}}, {"expectation": {}}, {"clauses": {}}],
)  # fmt: skip
def test_a_card_that_cannot_be_read_is_refused_whole(broken: dict[str, object]) -> None:
    with pytest.raises(Refusal) as refused:
        Terms.read(TERMS | broken)
    assert refused.value.code in ("rate_card_broken", "amount_not_plain", "amount_too_precise")
