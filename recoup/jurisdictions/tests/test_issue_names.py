"""The properties and the bad input that have a name of their own, each told apart."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recoup.jurisdictions.owed import Claim, Payment, Request, owed, parse_request
from recoup.jurisdictions.rules import CODES, rules
from recoup.jurisdictions.tests import naive
from recoup.jurisdictions.tests.test_properties import END, _with, histories, many, rests
from recoup.kernel.refusal import NotAnswered, NotKnown, Refusal

GOOD = {
    "jurisdiction": "DE", "currency": "EUR", "as_of": "2026-06-30",
    "claims": [{"ref": "A", "amount": "100.00", "due": "2026-01-31"}],
}  # fmt: skip


@many
@given(histories(), st.integers(0, 1500))
def test_the_principal_goes_the_same_way_in_both_implementations(request: Request, at: int) -> None:
    """On any day of the history, not only at its end."""
    first = min(claim.due for claim in request.claims)
    asked = _with(request, as_of=min(first + timedelta(days=at), END))
    expected = naive.owed(
        asked, day_count=str(asked.day_count), counted=bool(asked.as_of_counted),
        rests=rests(asked),
        payment_day=rules(asked.jurisdiction).conventions.payment_day_counted,
    )  # fmt: skip
    assert owed(asked).principal == expected["principal"]


@given(
    st.sampled_from(CODES), st.integers(1, 10**9), st.dates(date(2014, 1, 1), date(2026, 11, 19)),
    st.integers(0, 4000),
)  # fmt: skip
def test_interest_is_never_negative_in_any_country(
    code: str, minor: int, due: date, days: int
) -> None:
    """Base rates below nought are added, and a total below nought bears nothing."""
    currency = rules(code).currency
    amount = Decimal(minor) if currency == "JPY" else Decimal(minor) / 100
    asked = Request(
        code, currency, min(due + timedelta(days=days), END), (Claim("A", amount, due),)
    )
    try:
        answer = owed(asked)
    except (NotKnown, NotAnswered):
        return
    assert answer.interest_accrued >= 0 and answer.per_diem >= 0
    assert all(segment.interest >= 0 and segment.rate >= 0 for segment in answer.segments)


@given(st.permutations([Decimal("5.00"), Decimal("70.00"), Decimal("400.00")]))
def test_equal_day_payments_come_to_the_same_sum_in_any_order(order: list[Decimal]) -> None:
    """Without a designation the order of one day's payments decides who paid what, not how much is left."""
    claims = (
        Claim("A", Decimal("300.00"), date(2026, 1, 31)),
        Claim("B", Decimal("500.00"), date(2026, 3, 31)),
    )
    paid = tuple(Payment(date(2026, 6, 1), amount) for amount in order)
    answer = owed(Request("DE", "EUR", date(2026, 11, 20), claims, paid))
    straight = owed(
        Request(
            "DE", "EUR", date(2026, 11, 20), claims, tuple(sorted(paid, key=lambda p: p.amount))
        )
    )
    assert (answer.total, answer.principal, answer.interest) == (
        straight.total, straight.principal, straight.interest,
    )  # fmt: skip
    assert [one.amount for one in answer.allocations] == list(order)


def _claim(**other: object) -> dict[str, object]:
    return GOOD | {"claims": [GOOD["claims"][0] | other]}  # type: ignore[index]


BAD = {
    "unknown country": (GOOD | {"jurisdiction": "XX"}, "jurisdiction_unknown", "jurisdiction"),
    "state of a country": (GOOD | {"jurisdiction": "US"}, "jurisdiction_unknown", "jurisdiction"),
    "negative amount": (_claim(amount="-1.00"), "amount_not_positive", "claims[0].amount"),
    "negative payment": (
        GOOD | {"payments": [{"on": "2026-02-01", "amount": "-1.00"}]},
        "amount_not_positive", "payments[0].amount",
    ),
    "negative cost": (
        GOOD | {"costs": [{"kind": "other", "on": "2026-02-01", "amount": "-1.00"}]},
        "amount_not_positive", "costs[0].amount",
    ),
    "mixed currencies": (_claim(currency="SEK"), "currency_mixed", "claims[0].currency"),
    "mixed currencies, payment": (
        GOOD | {"payments": [{"on": "2026-02-01", "amount": "1.00", "currency": "SEK"}]},
        "currency_mixed", "payments[0].currency",
    ),
    "mixed currencies, cost": (
        GOOD | {"costs": [{"kind": "other", "on": "2026-02-01", "amount": "1.00", "currency": 5}]},
        "currency_mixed", "costs[0].currency",
    ),
    "the currency twice": (_claim(currency="EUR"), "unknown_key", "claims[0].currency"),
    "no such currency": (GOOD | {"currency": "XYZ"}, "currency_unknown", "currency"),
    "NaN": (_claim(amount="NaN"), "amount_not_plain", "claims[0].amount"),
    "NaN as a rate": (
        GOOD | {"interest": {"kind": "fixed", "rate": "NaN"}}, "rate_not_plain", "interest.rate",
    ),
    "a day in 0026": (_claim(due="0026-01-31"), None, "claims[0].due"),
    "reckoned in 0026": (GOOD | {"as_of": "0026-06-30"}, None, "as_of"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_by_name(name: str) -> None:
    doc, code, field = BAD[name]
    with pytest.raises(Refusal) as caught:
        parse_request(doc)
    assert caught.value.params["field"] == field
    assert code is None or caught.value.code == code


@pytest.mark.parametrize("code", ["FR", "IT", "US-NY"])
def test_a_tariff_without_an_amount_names_country_and_kind(code: str) -> None:
    doc = GOOD | {"jurisdiction": code, "costs": [{"kind": "lawyer", "on": "2026-02-01"}]}
    doc |= {"currency": rules(code).currency}
    with pytest.raises(NotAnswered) as caught:
        owed(parse_request(doc))
    assert caught.value.code == "cost_needs_amount"
    assert code in caught.value.sentence() and "lawyer" in caught.value.sentence()
