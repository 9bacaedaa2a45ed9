"""Reasons and open questions in another language: the gaps too."""

import pytest

from recoup.jurisdictions.owed import owed, parse_request, question, told
from recoup.jurisdictions.owed.told import KNOWN, QUESTIONS, in_order
from recoup.jurisdictions.rules import CODES, rules
from recoup.kernel.refusal import Refusal


def loud(text: str) -> str:
    return text.upper() if "%(" not in text else text


def sentences(**more: object) -> list[str]:
    asked = {
        "jurisdiction": "DE", "currency": "EUR", "as_of": "2026-08-31",
        "claims": [{"ref": "A", "amount": "1000.00", "due": "2026-01-31"}], **more,
    }  # fmt: skip
    return [told(reason, loud) for reason in owed(parse_request(asked)).why]


def test_codes_in_the_gaps_are_words_of_the_trade() -> None:
    said = sentences(
        costs=[{"kind": "instalment_plan", "on": "2026-03-01"}],
        payments=[{"on": "2026-04-01", "amount": "10.00"}],
    )
    assert any("“INSTALMENT PLAN” of 2026-03-01" in one for one in said)
    assert any("Payments go to COSTS, COMPENSATION, INTEREST, PRINCIPAL" in one for one in said)


def test_each_compensation_is_told_with_its_amount() -> None:
    bills = [{"ref": ref, "amount": "1000.00", "due": "2026-01-31"} for ref in ("A", "B")]
    said = sentences(claims=bills)
    for ref in ("A", "B"):
        assert any(one.startswith(f"{ref}: fixed compensation of 40") for one in said), ref


def test_what_a_pack_remarks_is_translated_and_what_a_court_said_is_not() -> None:
    said = sentences(jurisdiction="CN", currency="CNY")
    assert any(one.startswith("A COURT MAY AWARD THE 1-YEAR LPR") for one in said)
    agreed = sentences(interest={"kind": "fixed", "rate": "12"})
    assert any("On agreed rates: Higher rate allowed" in one for one in agreed)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("contract_rate: limits", "AN AGREED RATE: LIMITS"),
        ("compensation", "FIXED COMPENSATION"),
        ("limitation: ON: 2, BC: 2", "WHEN A CLAIM IS TOO OLD: ON: 2, BC: 2"),
        ("something else: x", "something else: x"),
    ],
)
def test_a_question_names_its_subject(asked: str, answered: str) -> None:
    assert question(asked, loud) == answered


@pytest.mark.parametrize("code", CODES)
def test_every_remark_and_question_of_a_pack_can_be_told(code: str) -> None:
    law = rules(code)
    if "note" in law.interest and law.interest["kind"] != "none_as_of_right":
        assert law.interest["note"] in KNOWN
    if "not_held" in (law.contract or {}):
        assert law.contract["not_held"] in KNOWN  # type: ignore[index]
    for interest in ({"kind": "statutory"}, {"kind": "fixed", "rate": "5"}):
        asked = {
            "jurisdiction": code, "currency": law.currency, "as_of": "2025-11-30", "interest": interest,
            "claims": [{"ref": "A", "amount": "1000", "due": "2025-10-31"}],
        }  # fmt: skip
        try:
            answer = owed(parse_request(asked))
        except Refusal:
            continue
        assert all(one.partition(": ")[0] in QUESTIONS for one in answer.not_answered)


def test_the_words_of_a_list_are_parted_as_the_language_does() -> None:
    assert (
        in_order("costs, interest", lambda text: "、" if text == ", " else text)
        == "costs、interest"
    )
