"""Bad input is refused by name, before anything is computed."""

from typing import Any

import pytest

from recoup.jurisdictions.owed import as_document, owed, parse_request
from recoup.kernel.refusal import NotAnswered, Refusal

GOOD: dict[str, Any] = {
    "jurisdiction": "SE", "currency": "SEK", "as_of": "2026-06-30",
    "claims": [{"ref": "F-1", "amount": "10000.00", "due": "2025-01-31"}],
    "payments": [{"on": "2025-03-01", "amount": "2000.00"}],
    "costs": [{"kind": "reminder", "on": "2025-02-10"}],
}  # fmt: skip


def with_claim(**change: object) -> dict[str, Any]:
    return GOOD | {"claims": [GOOD["claims"][0] | change]}


def with_payment(**change: object) -> dict[str, Any]:
    return GOOD | {"payments": [GOOD["payments"][0] | change]}


def refused(doc: object) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        parse_request(doc)
    assert refusal.value.sentence()
    return refusal.value


def test_the_good_request_is_good() -> None:
    assert as_document(owed(parse_request(GOOD)))["currency"] == "SEK"


@pytest.mark.parametrize(
    "amount",
    ["1e3", "1E+400", "1_000", "１２３", "١٢٣", "NaN", "Infinity", "-Infinity", "+5", " 5", "5 ", "5\n", "",
     ".5", "5.", "1,000.00", "5,00", "0x10", "1/2", "€5", "99999999999999", "1" * 5000, "--5", None, 5, 5.0,
     True, [], {}, "−5"],
)  # fmt: skip
def test_an_amount_that_is_not_plain_is_refused(amount: object) -> None:
    refusal = refused(with_claim(amount=amount))
    assert (refusal.code, refusal.params["field"]) == ("amount_not_plain", "claims[0].amount")


@pytest.mark.parametrize("amount", ["10.005", "0.001"])
def test_more_decimals_than_the_currency_has_are_refused(amount: str) -> None:
    assert refused(with_claim(amount=amount)).code == "amount_too_precise"
    yen = with_claim(amount="100.5") | {"jurisdiction": "JP", "currency": "JPY"}
    assert refused(yen).code == "amount_too_precise"


@pytest.mark.parametrize("amount", ["0", "0.00", "-0", "-0.00", "-1.00"])
def test_nothing_and_less_are_refused(amount: str) -> None:
    assert refused(with_claim(amount=amount)).code == "amount_not_positive"
    assert refused(with_payment(amount=amount)).code == "amount_not_positive"


@pytest.mark.parametrize(
    "day",
    ["2026-02-29", "2026-W09-7", "20260228", "2026-02-28T24:00", "0026-01-01", "0001-01-01", "1899-12-31",
     "9999-12-31", "31.12.2026", "03/04/2026", "", None, 20260101, "2026-1-1", "２０２６-01-01"],
)  # fmt: skip
def test_a_day_that_is_not_iso_is_refused(day: object) -> None:
    for doc, field in (
        (GOOD | {"as_of": day}, "as_of"),
        (with_claim(due=day), "claims[0].due"),
        (with_payment(on=day), "payments[0].on"),
    ):
        refusal = refused(doc)
        assert refusal.code in ("day_not_iso", "day_unknown", "day_out_of_range")
        assert refusal.params["field"] == field


@pytest.mark.parametrize(
    ("doc", "code"),
    [
        ([], "not_an_object"), ("x", "not_an_object"), (None, "not_an_object"),
        (GOOD | {"tenant_id": 1}, "unknown_key"), (with_claim(paid="1"), "unknown_key"),
        (with_payment(currency="SEK"), "unknown_key"), (with_payment(currency="EUR"), "currency_mixed"),
        (GOOD | {"jurisdiction": "XX"}, "jurisdiction_unknown"),
        (GOOD | {"jurisdiction": None}, "not_text"), (GOOD | {"currency": "kr"}, "currency_unknown"),
        (GOOD | {"currency": "sek"}, "currency_unknown"), (GOOD | {"claims": []}, "missing"),
        (GOOD | {"claims": {}}, "not_a_list"), (GOOD | {"payments": None}, "not_a_list"),
        (GOOD | {"claims": ["x"]}, "not_an_object"),
        (GOOD | {"claims": GOOD["claims"] * 2}, "ref_twice"),
        (with_claim(ref=""), "not_text"), (with_claim(ref=7), "not_text"),
        (with_claim(ref="x" * 201), "not_text"), (with_claim(kind="loan"), "not_a_choice"),
        (with_claim(credits="F-9"), "claim_unknown"), (with_payment(claim="F-9"), "claim_unknown"),
        (with_payment(designated="tip"), "not_a_choice"),
        (GOOD | {"as_of_counted": "true"}, "not_a_flag"), (GOOD | {"as_of_counted": 1}, "not_a_flag"),
        (GOOD | {"day_count": "act/364"}, "not_a_choice"), (GOOD | {"rounding": "none"}, "not_a_choice"),
        (GOOD | {"rounding": None}, "not_a_choice"),
        (GOOD | {"allocation": ["costs", "costs"]}, "order_not_clear"),
        (GOOD | {"allocation": []}, "order_not_clear"), (GOOD | {"allocation": ["fees"]}, "not_a_choice"),
        (GOOD | {"costs": [{"kind": "visit", "on": "2026-01-01"}]}, "not_a_choice"),
        (GOOD | {"costs": [{"kind": "other", "on": "2026-01-01", "amount": "-1"}]}, "amount_not_positive"),
        (GOOD | {"series": "SE_NOTHING"}, "series_unknown"), (GOOD | {"series": "../x"}, "series_unknown"),
        (GOOD | {"series": "NO_INKASSOSATS_NOK"}, "series_not_a_rate"),
        (GOOD | {"interest": {}}, "missing"), (GOOD | {"interest": {"kind": "usury"}}, "not_a_choice"),
        (GOOD | {"interest": {"kind": "fixed"}}, "missing"),
        (GOOD | {"interest": {"kind": "fixed", "rate": "-1"}}, "rate_not_plain"),
        (GOOD | {"interest": {"kind": "fixed", "rate": "8,5"}}, "rate_not_plain"),
        (GOOD | {"interest": {"kind": "fixed", "rate": 8}}, "rate_not_plain"),
        (GOOD | {"interest": {"kind": "fixed", "rate": "NaN"}}, "rate_not_plain"),
        (GOOD | {"interest": {"kind": "fixed", "rate": "1", "margin": "2"}}, "unknown_key"),
        (GOOD | {"interest": {"kind": "statutory", "rate": "1"}}, "unknown_key"),
        (GOOD | {"interest": {"kind": "none", "compounding": "yearly"}}, "unknown_key"),
        (GOOD | {"interest": {"kind": "over_base"}}, "missing"),
        (GOOD | {"interest": {"kind": "fixed", "rate": "1", "compounding": "daily"}}, "not_a_choice"),
        (GOOD | {"interest": {"kind": "fixed", "rate": "1"}, "series": "SE_B2B_STATUTORY"}, "series_and_rate"),
    ],
)  # fmt: skip
def test_what_is_not_in_the_contract_is_refused(doc: object, code: str) -> None:
    assert refused(doc).code == code


@pytest.mark.parametrize("key", ["jurisdiction", "currency", "as_of", "claims"])
def test_what_is_needed_is_named(key: str) -> None:
    refusal = refused({k: v for k, v in GOOD.items() if k != key})
    assert (refusal.code, refusal.params["field"]) == ("missing", key)


@pytest.mark.parametrize("key", ["ref", "amount", "due"])
def test_what_a_claim_needs_is_named(key: str) -> None:
    claim = {k: v for k, v in GOOD["claims"][0].items() if k != key}
    refusal = refused(GOOD | {"claims": [claim]})
    assert (refusal.code, refusal.params["field"]) == ("missing", f"claims[0].{key}")


def test_a_cost_without_tariff_and_amount_is_refused_by_name() -> None:
    doc = GOOD | {"costs": [{"kind": "lawyer", "on": "2025-03-01"}]}
    with pytest.raises(NotAnswered, match="SE has no tariff for “lawyer”"):
        owed(parse_request(doc))
    abroad = GOOD | {"currency": "EUR"}
    with pytest.raises(NotAnswered, match="tariff for “reminder” is in SEK"):
        owed(parse_request(abroad))


def test_a_contract_rate_over_a_base_that_nobody_holds_is_not_answered() -> None:
    doc = GOOD | {
        "jurisdiction": "SG",
        "currency": "SGD",
        "costs": [],
        "interest": {"kind": "over_base", "margin": "2"},
    }
    with pytest.raises(NotAnswered, match="SG"):
        owed(parse_request(doc))


def test_more_than_anybody_could_read_is_refused() -> None:
    claims = [{"ref": str(i), "amount": "1.00", "due": "2025-01-31"} for i in range(2000)]
    payments = [{"on": "2025-03-01", "amount": "1.00"}] * 1000
    assert refused(GOOD | {"claims": claims, "payments": payments}).code == "too_many"
    assert refused(GOOD | {"payments": payments * 11}).code == "not_a_list"
