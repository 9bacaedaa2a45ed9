"""`owed` case by case: what is left out, what is said, what comes to nothing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from recoup.jurisdictions.owed import as_document, owed, parse_request
from recoup.jurisdictions.owed.pots import Pots
from recoup.jurisdictions.rules import rules
from recoup.kernel.refusal import NotAnswered


def claim(ref: str, amount: str, due: str, **more: str) -> dict[str, str]:
    return {"ref": ref, "amount": amount, "due": due, **more}


def ask(
    code: str, currency: str, as_of: str, *claims: dict[str, str], **more: Any
) -> dict[str, Any]:
    doc = {
        "jurisdiction": code,
        "currency": currency,
        "as_of": as_of,
        "claims": list(claims),
        **more,
    }
    return as_document(owed(parse_request(doc)))


def pay(on: str, amount: str, **more: str) -> dict[str, str]:
    return {"on": on, "amount": amount, **more}


def test_the_document_has_the_keys_of_the_contract() -> None:
    answer = ask(
        "SE",
        "SEK",
        "2026-06-30",
        claim("A", "10000.00", "2025-01-31"),
        payments=[pay("2025-03-01", "2000.00")],
    )
    assert set(answer) >= {
        "currency", "as_of", "principal", "interest", "interest_accrued", "interest_paid", "compensation", "costs",
        "total", "segments", "allocations", "limitation", "why", "not_answered",
    }  # fmt: skip
    assert set(answer["segments"][0]) >= {
        "claim", "from", "to", "days", "principal", "rate", "base", "margin", "interest", "source"
    }  # fmt: skip
    assert set(answer["allocations"][0]) == {
        "on", "amount", "costs", "compensation", "interest", "principal", "unallocated"
    }  # fmt: skip
    assert set(answer["limitation"]) >= {"ends_on", "rule", "source"}


def test_a_claim_not_yet_due_counts_without_interest() -> None:
    answer = ask("SE", "SEK", "2026-06-30", claim("A", "1000.00", "2026-07-31"))
    assert (answer["principal"], answer["interest"], answer["compensation"]["amount"]) == (
        "1000.00",
        "0.00",
        "0.00",
    )
    assert answer["total"] == "1000.00"
    assert any("A is not yet overdue" in sentence for sentence in answer["why"])


def test_interest_agreed_from_before_the_due_day_is_counted() -> None:
    early = claim("A", "36500.00", "2026-07-31", interest_from="2026-06-21")
    answer = ask("SE", "SEK", "2026-06-30", early)
    assert answer["interest"] == "100.00"
    assert not any("not yet overdue" in sentence for sentence in answer["why"])


def test_on_the_due_day_nothing_is_overdue_and_a_day_later_it_is() -> None:
    due = claim("A", "36500.00", "2026-06-29")
    assert ask("SE", "SEK", "2026-06-29", due)["interest"] == "0.00"
    later = ask("SE", "SEK", "2026-06-30", due)
    assert (later["interest"], later["compensation"]["amount"], later["per_diem"]) == (
        "10.00",
        "450.00",
        "10.00",
    )
    assert ask("SE", "SEK", "2026-06-30", due, as_of_counted=False)["total"] == "36500.00"


def test_what_comes_after_the_day_is_left_out_and_said() -> None:
    answer = ask(
        "SE", "SEK", "2026-06-30", claim("A", "1000.00", "2026-05-31"),
        claim("C", "100.00", "2026-07-01", kind="credit_note"), payments=[pay("2026-07-01", "500.00")],
        costs=[{"kind": "reminder", "on": "2026-07-01"}],
    )  # fmt: skip
    assert (answer["principal"], answer["allocations"], answer["cost_lines"]) == ("1000.00", [], [])
    for words in (
        "payment of 2026-07-01",
        "credit note C of 2026-07-01",
        "“reminder” of 2026-07-01",
    ):
        assert any(words in sentence and "left out" in sentence for sentence in answer["why"]), (
            words
        )


def test_a_payment_before_the_due_day_reduces_principal() -> None:
    answer = ask(
        "SE",
        "SEK",
        "2026-06-30",
        claim("A", "36500.00", "2026-06-20"),
        payments=[pay("2026-06-01", "26500.00")],
    )
    assert answer["allocations"][0]["principal"] == "26500.00"
    assert answer["interest"] == "27.40"  # 10 days of 10,000 at 10 %


def test_paid_in_full_before_the_due_day_owes_nothing() -> None:
    answer = ask(
        "SE",
        "SEK",
        "2026-06-30",
        claim("A", "1000.00", "2026-05-31"),
        payments=[pay("2026-05-31", "1000.00")],
    )
    assert (answer["total"], answer["compensation"]["amount"], answer["segments"]) == (
        "0.00",
        "0.00",
        [],
    )


def test_a_second_payment_meets_only_the_interest_since_the_first() -> None:
    answer = ask(
        "SE", "SEK", "2026-06-30", claim("A", "36500.00", "2025-12-31"),
        payments=[pay("2026-01-11", "60.00"), pay("2026-01-21", "1000.00"), pay("2026-01-31", "1000.00")],
    )  # fmt: skip
    parts = [(one["interest"], one["principal"]) for one in answer["allocations"]]
    assert parts == [
        ("60.00", "0.00"),
        ("140.00", "860.00"),
        ("97.64", "902.36"),
    ]  # 10 days of 35,640
    assert answer["interest_paid"] == "297.64"


def test_an_overpayment_is_not_allocated_and_said() -> None:
    answer = ask(
        "SE",
        "SEK",
        "2026-06-30",
        claim("A", "1000.00", "2026-05-31"),
        payments=[pay("2026-06-30", "2000.00")],
    )
    [one] = answer["allocations"]
    assert (one["interest"], one["principal"], one["compensation"]) == ("7.95", "1000.00", "450.00")
    assert (one["unallocated"], answer["total"], answer["unallocated"]) == (
        "542.05",
        "0.00",
        "542.05",
    )
    assert any("542.05 SEK was paid beyond" in sentence for sentence in answer["why"])


def test_several_claims_each_have_their_own_days_and_compensation() -> None:
    answer = ask(
        "DE",
        "EUR",
        "2026-03-31",
        claim("A", "1000.00", "2025-11-30"),
        claim("B", "2000.00", "2026-01-31"),
    )
    assert {s["claim"]: s["from"] for s in reversed(answer["segments"])} == {
        "A": "2025-12-01",
        "B": "2026-02-01",
    }
    assert answer["compensation"]["amount"] == "80.00"
    assert sum(Decimal(c["interest"]) for c in answer["claims"]) == Decimal(answer["interest"])


def test_compensation_is_owed_once_for_an_invoice_however_it_is_paid() -> None:
    parts = [pay(f"2026-0{month}-15", "100.00") for month in (1, 2, 3)]
    answer = ask("DE", "EUR", "2026-03-31", claim("A", "1000.00", "2025-11-30"), payments=parts)
    assert answer["compensation"]["amount"] == "40.00"
    assert answer["compensation"]["open"] == "0.00"
    assert sum(Decimal(a["compensation"]) for a in answer["allocations"]) == 40


def test_the_oldest_claim_is_paid_first_unless_the_debtor_names_one() -> None:
    two = (claim("B", "500.00", "2026-01-31"), claim("A", "500.00", "2025-11-30"))
    paid = pay("2026-02-01", "300.00", designated="principal")
    by_law = ask("SE", "SEK", "2026-03-31", *two, payments=[paid])
    chosen = ask("SE", "SEK", "2026-03-31", *two, payments=[paid | {"claim": "B"}])
    assert {c["ref"]: c["principal"] for c in by_law["claims"]} == {"A": "200.00", "B": "500.00"}
    assert {c["ref"]: c["principal"] for c in chosen["claims"]} == {"A": "500.00", "B": "200.00"}


def test_a_stated_allocation_is_used() -> None:
    more = {
        "costs": [{"kind": "court_fee", "on": "2026-01-01", "amount": "50.00"}],
        "payments": [pay("2026-03-31", "60.00")],
    }
    due = claim("A", "1000.00", "2025-11-30")
    orders = {
        ("costs", "interest", "principal"): ("50.00", "10.00", "0.00", "0.00"),
        ("principal", "interest", "costs"): ("0.00", "0.00", "0.00", "60.00"),
        ("compensation",): ("0.00", "60.00", "0.00", "0.00"),
        ("interest", "costs"): ("27.12", "0.00", "32.88", "0.00"),
    }
    for order, parts in orders.items():
        [one] = ask("SE", "SEK", "2026-03-31", due, allocation=list(order), **more)["allocations"]
        assert (one["costs"], one["compensation"], one["interest"], one["principal"]) == parts, (
            order
        )


def test_credit_notes_reduce_principal_from_their_day() -> None:
    invoice = claim("A", "36500.00", "2026-06-10")
    note = claim("C", "18250.00", "2026-06-21", kind="credit_note")
    answer = ask("SE", "SEK", "2026-06-30", invoice, note)
    assert (answer["principal"], answer["interest"]) == (
        "18250.00",
        "150.00",
    )  # 10 days of 36,500, 10 of half
    early = ask("SE", "SEK", "2026-06-30", invoice, note | {"due": "2026-05-01"})
    assert early["interest"] == "100.00"
    named = ask(
        "SE",
        "SEK",
        "2026-06-30",
        invoice,
        claim("B", "20000.00", "2026-06-30"),
        note | {"credits": "B"},
    )
    assert {c["ref"]: c["principal"] for c in named["claims"]} == {"A": "36500.00", "B": "1750.00"}


def test_a_credit_note_larger_than_the_claims_leaves_nothing_owed_and_says_so() -> None:
    answer = ask(
        "SE",
        "SEK",
        "2026-06-30",
        claim("A", "100.00", "2026-06-10"),
        claim("C", "150.00", "2026-06-01", kind="credit_note"),
    )
    assert answer["total"] == "0.00"
    assert any("50.00 SEK of the credit note C" in sentence for sentence in answer["why"])
    alone = ask("SE", "SEK", "2026-06-30", claim("C", "150.00", "2026-06-01", kind="credit_note"))
    assert (alone["total"], alone["limitation"]) == ("0.00", None)


def test_a_claim_in_another_currency_keeps_the_rate_and_leaves_the_compensation_out() -> None:
    answer = ask("SE", "EUR", "2026-06-30", claim("A", "1000.00", "2026-05-31"))
    assert (answer["interest"], answer["total"]) == ("8.22", "1008.22")
    assert answer["compensation"]["currency"] == "SEK"
    assert any("another currency" in sentence for sentence in answer["why"])
    banded = ask("GB", "EUR", "2026-06-30", claim("A", "1000.00", "2026-05-31"))
    assert (banded["compensation"]["amount"], banded["not_answered"]) == (
        "0.00",
        ["compensation: its bands are in GBP"],
    )


@pytest.mark.parametrize(
    ("interest", "expected"),
    [
        ({"kind": "none"}, "0.00"),
        ({"kind": "fixed", "rate": "12"}, "120.00"),
        ({"kind": "fixed", "rate": "0"}, "0.00"),
        ({"kind": "fixed", "rate": "12", "compounding": "monthly"}, "126.82"),
        ({"kind": "fixed", "rate": "12", "compounding": "yearly"}, "120.00"),
        ({"kind": "over_base", "margin": "5.0"}, "70.00"),
        ({"kind": "statutory"}, "100.00"),
    ],
)
def test_kinds_of_interest(interest: dict[str, str], expected: str) -> None:
    answer = ask(
        "SE",
        "SEK",
        "2026-12-31",
        claim("A", "1000.00", "2025-12-31"),
        interest=interest,
        day_count="act/365",
    )
    assert answer["interest"] == expected


def test_interest_is_never_negative() -> None:
    answer = ask(
        "DE",
        "EUR",
        "2022-06-30",
        claim("A", "1000.00", "2021-12-31"),
        interest={"kind": "over_base", "margin": "0.5"},
    )
    assert (answer["segments"][0]["base"], answer["segments"][0]["rate"], answer["interest"]) == (
        "-0.88",
        "0.00",
        "0.00",
    )


def test_yearly_rests_from_29_february_fall_on_1_march() -> None:
    answer = ask(
        "NL", "EUR", "2025-03-31", claim("A", "36500.00", "2024-02-28", interest_from="2024-02-29"),
        interest={"kind": "fixed", "rate": "10", "compounding": "yearly"},
    )  # fmt: skip
    assert [s["from"] for s in answer["segments"]] == ["2024-02-29", "2025-03-01"]
    assert answer["segments"][1]["principal"] == "40160.00"  # 366 days at 10.00 a day
    assert answer["per_diem"] == "11.00"


def test_a_payment_of_interest_takes_the_compounded_interest_first() -> None:
    answer = ask(
        "NL", "EUR", "2026-01-31", claim("A", "36500.00", "2024-12-31"),
        interest={"kind": "fixed", "rate": "10", "compounding": "yearly"},
        payments=[pay("2026-01-11", "3650.00", designated="interest")],
    )  # fmt: skip
    assert [(s["principal"], s["days"]) for s in answer["segments"]] == [
        ("36500.00", 365),
        ("40150.00", 10),
        ("36500.00", 21),
    ]


def test_a_hundred_years_are_counted() -> None:
    answer = ask(
        "CH", "CHF", "2125-12-31", claim("A", "1000.00", "2025-12-31"), day_count="act/act"
    )
    assert (answer["interest"], answer["segments"][0]["rate"]) == ("5000.00", "5.00")


def test_contract_rates_are_split_only_where_the_day_count_asks_for_it() -> None:
    terms = {"interest": {"kind": "fixed", "rate": "8.0"}}
    due = claim("A", "1000.00", "2023-06-30")
    assert len(ask("HK", "HKD", "2026-06-30", due, **terms, day_count="act/365")["segments"]) == 1
    split = ask("HK", "HKD", "2026-06-30", due, **terms, day_count="act/act")["segments"]
    assert [(s["from"], s["days"], s["basis"]) for s in split] == [
        ("2023-07-01", 184, 365), ("2024-01-01", 366, 366), ("2025-01-01", 545, 365),
    ]  # fmt: skip


def test_hong_kong_owes_no_interest_without_a_clause_and_uses_a_series_if_told() -> None:
    due = claim("A", "100000.00", "2024-12-31")
    plain = ask("HK", "HKD", "2025-12-31", due)
    assert (plain["interest"], plain["not_answered"]) == ("0.00", [])
    judged = ask("HK", "HKD", "2025-12-31", due, series="HK_JUDGMENT_RATE")
    assert [s["rate"] for s in judged["segments"]] == ["8.622", "8.276", "8.25", "8.25"]
    prime = ask("HK", "HKD", "2025-12-31", due, interest={"kind": "over_base", "margin": "1.0"})
    assert prime["segments"][0]["rate"] == "6.25"


def test_the_series_may_be_the_base_of_a_contract() -> None:
    terms = {"series": "ECB_MRO_HALFYEAR", "interest": {"kind": "over_base", "margin": "3"}}
    answer = ask("SG", "EUR", "2026-06-30", claim("A", "1000.00", "2025-12-31"), **terms)
    assert answer["segments"][0]["rate"] == "5.15"


def test_stated_costs_above_the_law_are_cut_and_said() -> None:
    answer = ask("SE", "SEK", "2026-06-30", claim("A", "1000.00", "2026-05-31"), costs=[
        {"kind": "reminder", "on": "2026-06-05", "amount": "700.00"}])  # fmt: skip
    assert answer["cost_lines"][0]["amount"] == "60.00"
    assert any("at most 60" in sentence for sentence in answer["why"])


def test_dk_reminders_too_often_or_too_soon_cost_nothing() -> None:
    days = ["2026-01-05", "2026-01-10", "2026-01-20", "2026-01-30", "2026-02-15"]
    answer = ask(
        "DK",
        "DKK",
        "2026-03-31",
        claim("A", "1000.00", "2025-12-15"),
        costs=[{"kind": "reminder", "on": d} for d in days],
    )
    charged = ["100.00", "0.00", "100.00", "100.00", "0.00"]  # too soon is free, and so is a fourth
    assert [c["amount"] for c in answer["cost_lines"]] == charged


def test_costs_where_only_the_contract_grants_them_say_so() -> None:
    answer = ask("HK", "HKD", "2026-03-31", claim("A", "1000.00", "2025-12-15"), costs=[
        {"kind": "demand", "on": "2026-01-05", "amount": "200.00"}])  # fmt: skip
    assert answer["costs"] == "200.00"
    assert any("only if the contract says so" in sentence for sentence in answer["why"])


def test_court_fees_and_lands_with_their_own_rule_say_nothing_of_the_contract() -> None:
    fee = [{"kind": "court_fee", "on": "2026-01-05", "amount": "200.00"}]
    other = [{"kind": "other", "on": "2026-01-05", "amount": "200.00"}]
    for code, currency, costs in (("HK", "HKD", fee), ("FR", "EUR", fee), ("FR", "EUR", other)):
        answer = ask(code, currency, "2026-03-31", claim("A", "1000.00", "2025-12-15"), costs=costs)
        assert not any("only if the contract" in sentence for sentence in answer["why"])


def test_where_nobody_has_established_who_bears_the_costs_it_is_asked() -> None:
    def asked(kind: str) -> list[str]:
        costs = [{"kind": kind, "on": "2026-01-05", "amount": "200.00"}] * 2
        answer = ask("TR", "TRY", "2026-03-31", claim("A", "1000.00", "2025-12-15"), costs=costs)
        assert answer["costs"] == "400.00"
        return list(answer["not_answered"])

    assert asked("demand") == ["costs: whether a business debtor owes them"]
    assert asked("court_fee") == []


def test_a_tariff_is_taken_on_what_is_overdue_on_its_day() -> None:
    two = (claim("A", "1000.00", "2025-12-15"), claim("B", "4000.00", "2026-02-15"))
    demand = [{"kind": "demand", "on": "2026-01-15"}]
    costs = ask("NL", "EUR", "2026-03-31", *two, costs=demand)["cost_lines"]
    assert costs[0]["amount"] == "150.00"  # 15 % of 1,000
    early = ask("NL", "EUR", "2026-03-31", *two, costs=[{"kind": "demand", "on": "2025-12-01"}])[
        "cost_lines"
    ]
    assert early[0]["amount"] == "625.00"  # nothing overdue yet: of the whole 5,000
    paid = ask(
        "NL",
        "EUR",
        "2026-03-31",
        *two,
        costs=demand,
        payments=[pay("2026-01-14", "500.00", designated="principal")],
    )
    assert paid["cost_lines"][0]["amount"] == "75.00"


def test_the_english_court_fee_counts_interest_to_its_day() -> None:
    late = claim("A", "9900.00", "2024-12-31")
    fee = [{"kind": "court_fee", "on": "2026-01-01"}]
    [line] = ask("GB", "GBP", "2026-03-31", late, costs=fee)["cost_lines"]
    # 5 % of 9,900.00 and of 1,262.25 (365 days at 12.75 %) is 558.1125, rounded down.
    assert line["amount"] == "558.11"


def test_no_tariff_above_the_table_is_invented() -> None:
    with pytest.raises(Exception, match="DE_GKG above 500000"):
        ask(
            "DE",
            "EUR",
            "2026-03-31",
            claim("A", "600000.00", "2025-12-15"),
            costs=[{"kind": "court_fee", "on": "2026-02-01"}],
        )
    with pytest.raises(NotAnswered):
        ask(
            "PL",
            "PLN",
            "2026-03-31",
            claim("A", "600.00", "2025-12-15"),
            costs=[{"kind": "demand", "on": "2026-02-01"}],
        )


@pytest.mark.parametrize(
    ("code", "currency", "more", "ends_on"),
    [
        ("DE", "EUR", {}, "2028-12-31"), ("GB", "GBP", {}, "2031-01-31"), ("SE", "SEK", {}, "2035-01-31"),
        ("PL", "PLN", {}, "2027-12-31"), ("FR", "EUR", {}, "2030-01-31"), ("US-NY", "USD", {}, "2029-01-31"),
        ("SE", "SEK", {"arose_on": "2025-01-01"}, "2035-01-01"),
    ],
)  # fmt: skip
def test_limitation(code: str, currency: str, more: dict[str, str], ends_on: str) -> None:
    answer = ask(code, currency, "2025-12-31", claim("A", "1000.00", "2025-01-31", **more))
    assert answer["limitation"]["ends_on"] == ends_on
    assert answer["limitation"]["source"]


def test_a_part_payment_starts_limitation_anew_where_the_law_says_so() -> None:
    paid = {"payments": [pay("2025-06-15", "10.00")]}
    assert (
        ask("DE", "EUR", "2025-12-31", claim("A", "1000.00", "2022-06-15"), **paid)["limitation"][
            "ends_on"
        ]
        == "2028-06-15"
    )
    assert (
        ask("PT", "EUR", "2025-12-31", claim("A", "1000.00", "2022-06-15"), **paid)["limitation"][
            "ends_on"
        ]
        == "2042-06-15"
    )
    late = ask("GB", "GBP", "2025-12-31", claim("A", "1000.00", "2016-06-15"), **paid)
    assert late["limitation"]["ends_on"] == "2022-06-15"  # already barred when it was paid


def test_provisional_values_are_marked() -> None:
    answer = ask("CN", "CNY", "2026-06-30", claim("A", "1000.00", "2026-03-02"))
    assert answer["provisional"] is True
    assert answer["segments"][0]["provisional"] is True
    assert (
        ask("SE", "SEK", "2026-06-30", claim("A", "1000.00", "2026-03-02"))["provisional"] is False
    )


def test_a_rate_is_no_surer_than_the_rule_that_makes_it() -> None:
    belgian = ask("BE", "EUR", "2026-03-31", claim("A", "1000.00", "2025-12-31"))
    assert {s["provisional"] for s in belgian["segments"]} == {True}  # the margin is background
    assert any("provisional" in sentence for sentence in belgian["why"])
    dutch = ask("NL", "EUR", "2026-03-31", claim("A", "1000.00", "2025-12-31"))
    assert {s["provisional"] for s in dutch["segments"]} == {False}
    court = [{"kind": "court_fee", "on": "2026-02-01"}]
    assert (
        ask("DE", "EUR", "2026-03-31", claim("A", "1000.00", "2025-12-31"))["provisional"] is False
    )
    assert (
        ask("DE", "EUR", "2026-03-31", claim("A", "1000.00", "2025-12-31"), costs=court)[
            "provisional"
        ]
        is True
    )


def test_yen_have_no_decimals() -> None:
    answer = ask("JP", "JPY", "2026-03-31", claim("A", "100000", "2025-12-31"))
    assert (answer["principal"], answer["interest"], answer["compensation"]["amount"]) == (
        "100000",
        "740",
        "0",
    )


def test_reasons_can_be_told_in_another_language() -> None:
    doc = {
        "jurisdiction": "SE",
        "currency": "SEK",
        "as_of": "2026-06-30",
        "claims": [claim("A", "1.00", "2026-07-31")],
    }
    [reason] = [r for r in owed(parse_request(doc)).why if r.code == "not_yet_due"]
    assert (
        reason.sentence("%(ref)s förfaller först den %(due)s.")
        == "A förfaller först den 2026-07-31."
    )


def test_a_days_interest_runs_on() -> None:
    today, tomorrow = (
        owed(
            parse_request(
                {
                    "jurisdiction": "GB",
                    "currency": "GBP",
                    "as_of": day,
                    "claims": [claim("A", "36500.00", "2026-01-31")],
                }
            )
        )
        for day in ("2026-06-30", "2026-07-01")
    )
    assert tomorrow.interest - today.interest == today.per_diem == Decimal("11.75")
    assert today.as_of == date(2026, 6, 30)


def test_a_german_collector_or_lawyer_is_paid_once() -> None:
    """RVG § 15(2): one fee for one matter; RDG § 13f: not both a collector's and a lawyer's."""
    costs = [
        {"kind": kind, "on": f"2026-02-{day}"}
        for kind, day in (("demand", "01"), ("demand", "15"), ("lawyer", "20"))
    ]
    answer = ask("DE", "EUR", "2026-03-31", claim("A", "10000.00", "2025-12-15"), costs=costs)
    assert [line["amount"] for line in answer["cost_lines"]] == ["606.80", "0.00", "0.00"]
    alone = ask("DE", "EUR", "2026-03-31", claim("A", "10000.00", "2025-12-15"), costs=costs[2:])
    assert alone["costs"] == "566.80"


def test_a_day_on_which_nothing_changes_splits_no_segment() -> None:
    fees = [
        {"kind": "court_fee", "on": f"2026-0{month}-15", "amount": "1.00"} for month in (2, 3, 4)
    ]
    [one] = ask("SE", "SEK", "2026-06-30", claim("A", "36500.00", "2025-12-31"), costs=fees)[
        "segments"
    ]
    assert (one["days"], one["interest"]) == (181, "1810.00")


def test_monthly_rests_fall_on_the_first_of_the_month() -> None:
    terms = {"kind": "fixed", "rate": "10", "compounding": "monthly"}
    answer = ask(
        "IN",
        "INR",
        "2026-04-30",
        claim("A", "36500.00", "2026-01-20"),
        interest=terms,
        day_count="act/365",
    )
    assert [(s["from"], s["principal"]) for s in answer["segments"]] == [
        ("2026-01-21", "36500.00"), ("2026-02-01", "36610.00"), ("2026-03-01", "36890.84"), ("2026-04-01", "37204.16"),
    ]  # fmt: skip


def test_a_payment_short_of_the_interest_of_two_claims_is_used_up_once() -> None:
    two = (claim("A", "36500.00", "2026-01-31"), claim("B", "36500.00", "2026-01-31"))
    answer = ask("SE", "SEK", "2026-02-10", *two, payments=[pay("2026-02-11", "150.00")])
    assert answer["allocations"] == []
    [one] = ask("SE", "SEK", "2026-02-11", *two, payments=[pay("2026-02-11", "150.00")])[
        "allocations"
    ]
    assert (one["interest"], one["principal"], one["unallocated"]) == ("150.00", "0.00", "0.00")


def test_compensation_in_another_currency_is_not_set_off() -> None:
    costs = [{"kind": "demand", "on": "2026-06-05", "amount": "10.00"}]
    answer = ask("SE", "EUR", "2026-06-30", claim("A", "1000.00", "2026-05-31"), costs=costs)
    assert (answer["costs"], answer["total"]) == ("10.00", "1018.22")


def test_a_tariff_on_the_first_day_of_default_counts_that_claim_alone() -> None:
    two = (claim("A", "1000.00", "2025-12-15"), claim("B", "4000.00", "2026-02-15"))
    [line] = ask("NL", "EUR", "2026-03-31", *two, costs=[{"kind": "demand", "on": "2025-12-16"}])[
        "cost_lines"
    ]
    assert line["amount"] == "150.00"


def test_polish_euro_are_converted_at_the_last_business_day_of_the_month_before() -> None:
    for due, day in (
        ("2026-01-15", "2025-12-31"),
        ("2026-06-01", "2026-05-29"),
        ("2024-04-10", "2024-03-29"),
    ):
        answer = ask("PL", "PLN", "2026-06-30", claim("A", "1000.00", due))
        assert any(f"mid rate of {day}" in sentence for sentence in answer["why"]), day


def test_a_default_on_the_last_day_of_a_half_year_has_that_half_years_rate() -> None:
    rates = [
        ask("GB", "GBP", "2025-12-31", claim("A", "1000.00", due))["segments"][0]["base"]
        for due in ("2025-06-29", "2025-06-30", "2015-07-15")
    ]
    assert rates == ["4.75", "4.25", "0.50"]


def test_the_chinese_mark_up_is_shown_as_margin() -> None:
    [one] = ask("CN", "CNY", "2026-06-30", claim("A", "1000.00", "2026-03-02"))["segments"]
    assert (one["base"], one["margin"], one["rate"]) == ("3.00", "0.90", "3.90")


def test_limitation_says_when_the_day_the_claim_arose_is_missing() -> None:
    for more, said in (({}, True), ({"arose_on": "2025-01-01"}, False)):
        rule = ask("SE", "SEK", "2025-12-31", claim("A", "1000.00", "2025-01-31", **more))[
            "limitation"
        ]["rule"]
        assert ("is not given" in rule) is said
    assert (
        "is not given"
        not in ask("DE", "EUR", "2025-12-31", claim("A", "1.00", "2025-01-31"))["limitation"][
            "rule"
        ]
    )


def test_a_part_payment_counts_on_the_last_day_and_only_after_the_due_day() -> None:
    late = ask(
        "GB",
        "GBP",
        "2025-12-31",
        claim("A", "1000.00", "2016-06-15"),
        payments=[pay("2022-06-15", "1.00")],
    )
    assert late["limitation"]["ends_on"] == "2028-06-15"
    early = ask(
        "SG",
        "SGD",
        "2025-12-31",
        claim("A", "1000.00", "2025-06-15"),
        payments=[pay("2025-06-15", "1.00")],
    )
    assert "part payment" not in early["limitation"]["rule"]


def test_a_compensation_that_nobody_has_established_is_asked_and_not_counted() -> None:
    own = replace(rules("SE"), compensation={"kind": "not_answered"})
    asked = parse_request({"jurisdiction": "SE", "currency": "SEK", "as_of": "2026-06-30",
                           "claims": [{"ref": "A", "amount": "100.00", "due": "2026-01-31"}]})  # fmt: skip
    questions: list[str] = []
    pots = Pots(own, asked, 100, [], questions)
    assert questions == ["compensation"] and not pots.compensates


def test_a_part_payment_that_ends_limitation_on_the_same_day_changes_nothing_that_is_said() -> None:
    paid = [pay("2024-12-31", "1.00")]
    answer = ask("DE", "EUR", "2025-12-31", claim("A", "1000.00", "2024-06-15"), payments=paid)
    assert answer["limitation"]["ends_on"] == "2027-12-31"
    assert "from the end of the year" in answer["limitation"]["rule"]


def test_an_agreed_rate_is_not_provisional() -> None:
    agreed = {"kind": "fixed", "rate": "8"}
    answer = ask("DE", "EUR", "2025-12-31", claim("A", "1000.00", "2025-06-15"), interest=agreed)
    assert answer["provisional"] is False and answer["segments"][0]["provisional"] is False
