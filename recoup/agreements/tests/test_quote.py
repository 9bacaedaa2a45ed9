"""The answer to a visitor: honest where the law is not established, exact where it is."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from recoup.agreements.rules import Asked, Sentence, Terms, quote
from recoup.agreements.rules.asked import read_amount, read_choice, read_country, read_due
from recoup.agreements.rules.expectation import at
from recoup.agreements.rules.sentences import said
from recoup.agreements.standard_card import TERMS
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal

ON = date(2026, 11, 21)


def answer(
    debtor: str = "DE",
    days: int = 83,
    amount: str = "18400.00",
    currency: str = "EUR",
    **other: bool,
) -> dict[str, object]:
    asked = Asked("SE", debtor, Money.parse(amount, currency), ON - timedelta(days=days), **other)
    return quote(Terms.read(TERMS), asked, version="2026-1", agency_country="SE", on=ON)


def codes(given: dict[str, object]) -> list[str]:
    return [s["code"] for s in given["why"]]  # type: ignore[attr-defined]


def test_german_law_is_charged_with_its_sources() -> None:
    charged = answer()["charged_to_debtor"]
    assert charged["established"] and charged["compensation"]["open"] == "40.00"  # type: ignore[index]
    assert Decimal(charged["interest"]) > 0 and Decimal(charged["costs"]) > 0  # type: ignore[index]


@pytest.mark.parametrize("debtor", ["BM", "US", "KP"])
def test_a_country_without_a_pack_is_said_plainly(debtor: str) -> None:
    given = answer(debtor)
    assert given["charged_to_debtor"]["established"] is False  # type: ignore[index]
    assert "not_established" in codes(given) and given["commission"]["amount"] == "2300.00"  # type: ignore[index]


@pytest.mark.parametrize(
    "debtor", sorted({"SE", "DE", "GB", "HK", "FR", "CN", "BR", "AE", "IN", "US", "ZA", "TR"})
)
def test_every_answer_can_be_said(debtor: str) -> None:
    given = answer(debtor, documents=False, disputed=True)
    for part in ("why", "next_steps", "documents"):
        assert all(said(given[part]))  # type: ignore[arg-type]
    assert "no_documents" in codes(given) and "disputed" in codes(given)


def test_a_claim_not_yet_due_bears_no_interest_and_is_said() -> None:
    given = answer(days=-10)
    assert given["charged_to_debtor"]["interest"] == "0.00" and "not_due" in codes(given)  # type: ignore[index]
    assert given["age_days"] == 0


def test_a_claim_past_limitation_is_warned_of() -> None:
    assert "limitation" in codes(answer(days=365 * 5))


def test_waiting_never_pays() -> None:
    nets = [Decimal(w["net"]) for w in answer()["waiting"]]  # type: ignore[attr-defined]
    assert nets == sorted(nets, reverse=True) and len(nets) == 4


def test_the_range_holds_what_is_likely() -> None:
    for days in (0, 45, 90, 300, 900, 3000):
        expected = answer(days=days)["expected"]
        low, likely, high = (Decimal(expected[k]) for k in ("low", "recovery", "high"))  # type: ignore[index]
        assert 0 <= low <= likely <= high <= 97


def test_the_curve_is_joined_by_straight_lines() -> None:
    curve = Terms.read(TERMS).expectation.recovery
    assert [at(curve, d) for d in (-5, 0, 90, 135, 5000)] == [94, 94, 73, Decimal("61.5"), 3]


def test_another_currency_is_refused_and_named() -> None:
    with pytest.raises(Refusal, match="KWD"):
        answer(amount="10.000", currency="KWD")


@pytest.mark.parametrize(
    ("text", "code"),
    [("1e3", "amount_not_plain"), ("1E+400", "amount_not_plain"), ("1_000", "amount_not_plain"),
     ("１２３", "amount_not_plain"), ("١٢٣", "amount_not_plain"), ("NaN", "amount_not_plain"), ("", "amount_not_plain"),
     ("10.005", "amount_too_precise"), ("0", "amount_not_positive"), ("-0", "amount_not_positive"),
     ("-5.00", "amount_not_positive"), ("12345678901234", "amount_not_plain")],
)  # fmt: skip
def test_amounts_are_plain_and_more_than_nothing(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_amount(text, "EUR")
    assert refused.value.code == code


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01",
        "1899-12-31",
        "2038-01-19",
        "9999-12-31",
        "2026-02-29",
        "20260228",
        "2026-W09-7",
        "2026-11-21T24:00",
        "03/04/2026",
    ],
)
def test_due_dates_are_days_within_reach(text: str) -> None:
    with pytest.raises(Refusal):
        read_due(text, ON)


def test_other_facts_are_checked_too() -> None:
    for wrong in ("EU", "XX", "SWE", "", "s"):
        with pytest.raises(Refusal):
            read_country(wrong, "creditor")
    assert (
        read_country(" se ", "creditor") == "SE"
        and read_choice("yes", "x") is True
        and read_choice("", "x") is None
    )
    with pytest.raises(Refusal):
        read_choice("perhaps", "disputed")


def test_a_sentence_survives_keeping() -> None:
    one = Sentence(
        "x",
        "%(day)s %(m)s %(rate)s %% in %(country)s",
        {"day": ON, "m": Money.parse("5.00", "EUR"), "rate": Decimal("9.5"), "country": "DE"},
    )
    assert (
        Sentence.from_json(one.as_json()) == one
        and one.english() == "2026-11-21 5.00 EUR 9.5 % in Germany"
    )
