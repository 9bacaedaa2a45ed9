"""What the packs say of agreed rates, and interest that stops at the capital."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from recoup.jurisdictions import facts
from recoup.jurisdictions.owed import Owed, owed, parse_request
from recoup.jurisdictions.owed.bulk import interest_factors
from recoup.jurisdictions.rules import CODES, build, rules
from recoup.jurisdictions.yamlfile import BadPack, read
from recoup.kernel.refusal import NotAnswered


def ask(
    code: str, *, rate: str = "", due: str = "2025-01-31", on: str = "2025-12-31", **more: Any
) -> Owed:
    doc: dict[str, Any] = {
        "jurisdiction": code, "currency": rules(code).currency, "as_of": on,
        "claims": [{"ref": "F-1", "amount": "1000" if code == "JP" else "1000.00", "due": due}], **more,
    }  # fmt: skip
    if rate:
        doc["interest"] = {"kind": "fixed", "rate": rate} | doc.get("interest", {})
    return owed(parse_request(doc))


def said(answer: Owed) -> dict[str, str]:
    return {reason.code: reason.sentence() for reason in answer.why}


@pytest.mark.parametrize(
    ("code", "within", "beyond"),
    [("CA", "35", "35.01"), ("HK", "36", "36.5"), ("US-NY", "25", "26")],
)
def test_a_rate_above_the_established_limit_is_counted_and_said(code, within, beyond) -> None:
    assert "contract_rate_high" not in said(ask(code, rate=within))
    answer = ask(code, rate=beyond)
    assert f"{beyond} % is above {within} %" in said(answer)["contract_rate_high"]
    assert answer.interest_accrued > 0, "nobody takes the agreed rate away: a person decides"


def test_a_limit_counts_from_its_first_day() -> None:
    """Canada's criminal rate of 35 % holds since 1 January 2025."""
    assert "contract_rate_high" not in said(ask("CA", rate="40", due="2024-01-31", on="2024-12-31"))
    assert "contract_rate_high" in said(ask("CA", rate="40", due="2024-01-31", on="2025-01-01"))
    assert "contract_rate_high" not in said(ask("CA", rate="40", due="2025-12-31"))


def test_spain_a_rate_seventy_percent_below_the_laws_own_is_said() -> None:
    """Ley 3/2004 art. 9.1: 11.15 % in the first half of 2025, so less than 3.345 %."""
    assert "contract_rate_low" not in said(ask("ES", rate="3.345"))
    answer = ask("ES", rate="3.34")
    assert "3.34 % is below 3.345 %" in said(answer)["contract_rate_low"]
    assert "contract_rate_low" not in said(ask("ES", rate="3.34", due="2026-11-30", on="2027-03-31", claims=[
        {"ref": "F-1", "amount": "1000.00", "due": "2027-01-31"}]))  # fmt: skip


@pytest.mark.parametrize(
    "code", ["CA", "CN", "DE", "ES", "FR", "GB", "HK", "IN", "NO", "PL", "SE", "US-NY", "ZA"]
)
def test_what_is_found_on_agreed_rates_is_said_as_it_was_found(code: str) -> None:
    fact = facts.fact(code, "late_payment_interest.contract_override")
    answer = ask(code, rate="9")
    assert said(answer)["contract_rule"].startswith(f"On agreed rates: {fact.value}")
    assert said(answer)["contract_rule"].endswith(
        f"{fact.source}; {fact.verified})."
    )  # the law is named before
    assert "contract_rate: limits" not in answer.not_answered
    assert "contract_rule" not in said(ask(code, interest={"kind": "none"}))


@pytest.mark.parametrize("code", ["AT", "IT", "JP", "MX", "NL", "SG", "AE"])
def test_where_nobody_has_established_limits_the_answer_says_so(code: str) -> None:
    assert "contract_rate: limits" in ask(code, rate="9").not_answered
    assert "contract_rate: limits" not in ask(code, interest={"kind": "none"}).not_answered


def test_a_margin_over_the_base_is_an_agreed_rate_too() -> None:
    answer = ask("AT", interest={"kind": "over_base", "margin": "4"})
    assert "contract_rate: limits" in answer.not_answered


def test_france_names_the_series_that_nobody_holds() -> None:
    [asked] = ask("FR", rate="1").not_answered
    assert asked.startswith("contract_rate: three times the legal rate")


def test_the_emirates_allow_no_interest_on_interest() -> None:
    plain = ask("AE", rate="9")
    assert "contract_compounding" not in said(plain)
    answer = ask("AE", rate="9", interest={"compounding": "yearly"})
    assert "does not allow" in said(answer)["contract_compounding"]
    assert "contract_compounding" not in said(
        ask("DE", rate="9", interest={"compounding": "yearly"})
    )


# South Africa: in duplum --------------------------------------------------------------------


def test_interest_stops_at_the_unpaid_capital() -> None:
    before = ask("ZA", rate="100", due="2023-12-31", on="2024-12-30")
    assert (before.interest, before.per_diem) == (Decimal("1000.00"), Decimal("0.00"))
    assert "interest_limited" not in said(before)
    after = ask("ZA", rate="100", due="2023-12-31", on="2025-01-31")
    assert (after.interest, after.total) == (Decimal("1000.00"), Decimal("2000.00"))
    assert "87.67 ZAR beyond is not owed (in duplum rule" in said(after)["interest_limited"]
    assert after.provisional, "the rule is known from background only"
    day_before = ask("ZA", rate="100", due="2023-12-31", on="2024-12-29")
    assert (day_before.interest, day_before.per_diem) == (Decimal("997.26"), Decimal("2.74"))


def test_a_payment_of_interest_lets_it_run_again() -> None:
    """After 300.00 on 1 February 2025, 1,000.00 is reached again in 110 days."""
    paid = [{"on": "2025-02-01", "amount": "300.00"}]
    for on, wanted in (("2025-02-01", "702.74"), ("2025-05-20", "998.63"), ("2025-05-21", "1000.00"),
                       ("2026-05-21", "1000.00")):  # fmt: skip
        assert ask("ZA", rate="100", due="2023-12-31", on=on, payments=paid).interest == Decimal(
            wanted
        )


def test_interest_that_had_accrued_is_not_taken_away_with_the_capital() -> None:
    """The debtor designates the capital: 900.00 of interest then stands against 400.00 and rests."""
    paid = [{"on": "2024-11-25", "amount": "600.00", "designated": "principal"}]
    at_payment = ask("ZA", rate="100", due="2023-12-31", on="2024-11-24")
    after = ask("ZA", rate="100", due="2023-12-31", on="2025-12-31", payments=paid)
    assert after.interest == at_payment.interest == Decimal("901.37")
    assert after.principal == Decimal("400.00")


def test_rounding_by_segment_stops_at_the_capital_too() -> None:
    answer = ask("ZA", rate="100", due="2023-12-31", on="2025-06-30", rounding="segment")
    assert answer.interest == Decimal("1000.00")


def test_no_other_country_stops_there() -> None:
    assert [code for code in CODES if "most" in rules(code).interest] == ["ZA"]
    assert ask("DE", rate="100", due="2023-12-31", on="2025-12-31").interest > 1000


def test_debts_that_stop_go_one_by_one() -> None:
    with pytest.raises(NotAnswered):
        interest_factors("ZA", until=date(2026, 6, 30))


# The loader ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "wrong"),
    [("contract", {"text": "x", "source": "y"}), ("contract", {"text": "x", "source": "y", "verified": "z", "cap": "9"}),
     ("most", {"is": "unpaid_capital", "source": "y"}), ("most", {"is": "half", "source": "y", "verified": "z"})],
)  # fmt: skip
def test_the_loader_refuses_limits_without_source_or_of_unknown_kind(
    part: str, wrong: dict[str, str]
) -> None:
    content = read(rules("ZA").folder / "rules.yaml")
    target = content if part == "contract" else content["interest"]
    target[part] = wrong
    with pytest.raises(BadPack):
        build(content, folder=rules("ZA").folder)
