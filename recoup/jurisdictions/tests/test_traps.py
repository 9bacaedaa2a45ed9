"""The traps that would make an engine wrong, one test each (research notes of 2026-11-21)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from recoup.jurisdictions.laws import law
from recoup.jurisdictions.owed import as_document, owed, parse_request
from recoup.jurisdictions.rules import rules
from recoup.jurisdictions.series import series
from recoup.kernel.refusal import NotKnown

CURRENCY = {"GB": "GBP", "SE": "SEK", "DK": "DKK", "CZ": "CZK", "PL": "PLN", "NO": "NOK", "HK": "HKD",
            "CH": "CHF", "CN": "CNY", "JP": "JPY", "US-NY": "USD"}  # fmt: skip


def ask(code: str, amount: str, due: str, as_of: str, **more: Any) -> dict[str, Any]:
    doc = {
        "jurisdiction": code, "currency": CURRENCY.get(code, "EUR"), "as_of": as_of,
        "claims": [{"ref": "F-1", "amount": amount, "due": due}], **more,
    }  # fmt: skip
    return as_document(owed(parse_request(doc)))


@pytest.mark.parametrize("code", ["GB", "IE", "CZ", "ZA", "JP", "CN"])
def test_01_fixed_at_the_first_day_of_default(code: str) -> None:
    assert rules(code).interest["fixing"] == "at_default"


@pytest.mark.parametrize(
    "code", ["DE", "AT", "NL", "FR", "ES", "IT", "SE", "DK", "FI", "NO", "PL", "BE", "PT"]
)
def test_01_floating_by_half_years(code: str) -> None:
    segments = ask(code, "1000.00", "2022-05-31", "2023-08-31")["segments"]
    assert {s["from"] for s in segments} >= {"2022-07-01", "2023-01-01", "2023-07-01"}
    assert len({s["rate"] for s in segments}) > 1


def test_02_gb_reads_30_june_and_not_the_bank_rate_of_1_august() -> None:
    answer = ask("GB", "8400.00", "2024-07-31", "2025-03-31")
    [segment] = answer["segments"]
    assert (segment["rate"], segment["base"], segment["interest"]) == ("13.25", "5.25", "740.98")


def test_03_nl_compounds_after_each_full_year() -> None:
    answer = ask("NL", "10000.00", "2023-12-31", "2025-12-31", interest={"kind": "statutory"})
    first_year = Decimal("1240.82")  # 182 d x 12.50 % + 184 d x 12.25 % of 10,000 / 365
    second = Decimal("11240.82") * (Decimal("11.15") * 181 + Decimal("10.15") * 184) / 36500
    assert answer["segments"][2]["principal"] == "11240.82"
    assert answer["interest"] == str((first_year + second).quantize(Decimal("0.01")))


def test_03_all_other_statutory_rates_are_simple() -> None:
    assert [
        c for c in ("NL", "DE", "SE", "GB", "PL") if rules(c).interest["compounding"] != "simple"
    ] == ["NL"]


@pytest.mark.parametrize(
    ("day_count", "interest"),
    [("act/365", "1252.85"), ("act/act", "1249.43"), ("act/360", "1270.26"), ("30/360", "1249.50")],
)
def test_04_the_day_count_is_a_setting(day_count: str, interest: str) -> None:
    assert (
        ask("DE", "10000.00", "2023-12-31", "2024-12-31", day_count=day_count)["interest"]
        == interest
    )


def test_04_each_pack_has_its_own_day_count() -> None:
    assert [c for c in ("DE", "DK", "CZ", "HK") if rules(c).conventions.day_count == "act/act"] == [
        "DE",
        "DK",
        "CZ",
        "HK",
    ]
    assert {
        rules(c).conventions.day_count
        for c in ("GB", "IE", "NL", "FR", "ES", "IT", "PT", "PL", "AT", "SE", "NO")
    } == {"act/365"}


def test_05_the_end_day_is_a_setting_and_said() -> None:
    counted = ask("DK", "100000.00", "2024-12-31", "2025-07-01")
    without = ask("DK", "100000.00", "2024-12-31", "2025-07-01", as_of_counted=False)
    assert (counted["interest"], without["interest"]) == ("5357.53", "5330.82")
    assert any("2025-07-01 as an interest day" in sentence for sentence in counted["why"])
    assert any("2025-07-01 not an interest day" in sentence for sentence in without["why"])
    assert [c for c in ("DK", "ES", "PT", "HK") if rules(c).conventions.as_of_counted] == [
        "DK",
        "ES",
    ]


def test_05_cz_and_pl_count_the_day_of_payment() -> None:
    more = {
        "payments": [{"on": "2025-03-01", "amount": "500.00", "designated": "principal"}],
        "day_count": "act/365",
    }
    for code in ("CZ", "PL"):
        assert (
            ask(code, "1000.00", "2025-01-31", "2025-03-31", **more)["segments"][0]["to"]
            == "2025-03-01"
        )
    assert (
        ask("SE", "1000.00", "2025-01-31", "2025-03-31", **more)["segments"][0]["to"]
        == "2025-02-28"
    )


def test_06_rounding_once_or_by_segment() -> None:
    asked = {"amount": "5000.00", "due": "2024-12-31", "as_of": "2026-01-01"}
    assert ask("PT", **asked, rounding="sum")["interest"] == "532.29"
    assert ask("PT", **asked, rounding="segment")["interest"] == "532.30"
    assert ask("PT", **asked)["interest"] == "532.30"
    assert [
        c
        for c in ("PT", "ES", "IT", "HK", "CZ", "PL")
        if rules(c).conventions.rounding == "segment"
    ] == ["PT", "ES", "IT"]


def demand(amount: str) -> dict[str, Any]:
    return {"costs": [{"kind": "demand", "on": "2026-02-01", "amount": amount}]}


@pytest.mark.parametrize(
    ("code", "compensation", "costs"),
    [  # costs of 900 beside the compensation
        ("DE", "40.00", "860.00"), ("AT", "40.00", "860.00"), ("BE", "40.00", "860.00"), ("ES", "40.00", "860.00"),
        ("FR", "40.00", "860.00"), ("PT", "40.00", "860.00"), ("IE", "70.00", "830.00"),
        ("IT", "40.00", "900.00"), ("NL", "0.00", "900.00"),
    ],
)  # fmt: skip
def test_07_compensation_against_costs(code: str, compensation: str, costs: str) -> None:
    answer = ask(code, "5000.00", "2025-12-15", "2026-03-31", **demand("900.00"))
    assert (answer["compensation"]["amount"], answer["costs"]) == (compensation, costs)


def test_07_se_owes_costs_only_above_450() -> None:
    each = [
        {"kind": kind, "on": "2026-01-15"} for kind in ("reminder", "demand", "instalment_plan")
    ]
    answer = ask("SE", "5000.00", "2025-12-15", "2026-03-31", costs=each)
    assert (answer["costs"], answer["compensation"]["amount"]) == ("0.00", "450.00")
    answer = ask(
        "SE",
        "5000.00",
        "2025-12-15",
        "2026-03-31",
        costs=[*each, each[1], {"kind": "court_fee", "on": "2026-03-01"}],
    )
    assert (
        answer["costs"] == "440.00"
    )  # 60 + 180 + 170 + 180 - 450 = 140, and the court's 300 in full


def test_07_dk_pays_310_on_top() -> None:
    answer = ask(
        "DK",
        "5000.00",
        "2025-12-15",
        "2026-03-31",
        costs=[{"kind": "reminder", "on": "2026-01-15"}],
    )
    assert (answer["costs"], answer["compensation"]["amount"]) == ("100.00", "310.00")


def test_07_nl_the_forty_is_the_least_of_the_scale() -> None:
    answer = ask(
        "NL", "100.00", "2025-12-15", "2026-03-31", costs=[{"kind": "demand", "on": "2026-02-01"}]
    )
    assert (answer["costs"], answer["compensation"]["amount"]) == ("40.00", "0.00")
    assert ask("NL", "100.00", "2025-12-15", "2026-03-31")["compensation"]["amount"] == "40.00"


@pytest.mark.parametrize(
    ("code", "amount", "compensation"),
    [
        ("GB", "999.99", "40.00"), ("GB", "1000.00", "70.00"), ("GB", "9999.99", "70.00"), ("GB", "10000.00", "100.00"),
        ("IE", "1000.00", "40.00"), ("IE", "1000.01", "70.00"), ("IE", "10000.00", "70.00"), ("IE", "10000.01", "100.00"),
        ("PL", "5000.00", "40.00"), ("PL", "5000.01", "70.00"), ("PL", "49999.99", "70.00"), ("PL", "50000.00", "100.00"),
        ("IT", "999.99", "40.00"), ("IT", "25000.00", "40.00"),
    ],
)  # fmt: skip
def test_08_bands_and_their_bounds(code: str, amount: str, compensation: str) -> None:
    assert ask(code, amount, "2025-12-10", "2026-02-10")["compensation"]["amount"] == compensation


def test_08_pl_pays_in_euro_at_a_rate_of_the_month_before() -> None:
    answer = ask("PL", "50000.00", "2025-12-10", "2026-02-10")
    assert (answer["compensation"]["amount"], answer["compensation"]["currency"]) == (
        "100.00",
        "EUR",
    )
    assert answer["total"] == "51225.00"  # without the euro
    assert any(
        "2025-11-28" in sentence and "not in the total" in sentence for sentence in answer["why"]
    )


@pytest.mark.parametrize(
    ("code", "base", "rate"),
    [
        ("DE", "-0.88", "8.12"),
        ("AT", "-0.62", "8.58"),
        ("SE", "-0.50", "7.50"),
        ("FI", "0.00", "8.00"),
    ],
)
def test_09_a_negative_base_is_added(code: str, base: str, rate: str) -> None:
    segment = ask(code, "10000.00", "2018-12-31", "2019-06-30")["segments"][0]
    assert (segment["base"], segment["rate"]) == (base, rate)


def test_10_rounding_of_the_base_and_of_the_total() -> None:
    assert ask("BE", "10000.00", "2025-12-31", "2026-03-31")["segments"][0]["rate"] == "10.50"
    assert ask("NL", "10000.00", "2025-12-31", "2026-03-31")["segments"][0]["rate"] == "10.15"
    for name in ("SE_REFERENSRANTA", "FI_VIITEKORKO"):
        assert all(row.value * 2 % 1 == 0 for row in series(name).rows)


def test_11_margins_above_eight() -> None:
    day = date(2026, 7, 1)
    margins = {
        c: law(c).late_interest(default_on=day, on=day).margin
        for c in ("DE", "AT", "FR", "PL", "SE")
    }
    assert margins == {"DE": 9, "AT": Decimal("9.2"), "FR": 10, "PL": 10, "SE": 8}
    early = law("PL").late_interest(default_on=date(2019, 12, 31), on=date(2019, 12, 31))
    assert (early.margin, early.rate) == (8, Decimal("9.5"))


def test_11_pt_has_a_second_rate_without_compensation() -> None:
    answer = ask(
        "PT", "1000.00", "2022-03-14", "2024-03-15", series="PT_COMMERCIAL_OTHER", rounding="sum"
    )
    assert (answer["interest"], answer["compensation"]["amount"]) == ("181.88", "0.00")


def test_12_fr_is_the_ecb_rate_plus_ten() -> None:
    for row in series("FR_B2B_STATUTORY").rows:
        assert row.value == series("ECB_MRO_HALFYEAR").at(row.first).value + 10


def test_13_no_number_of_an_old_statute_copy() -> None:
    day = date(2026, 1, 1)
    assert law("BE").late_interest(default_on=day, on=day).margin == 8
    assert law("NL").late_interest(default_on=day, on=day).margin == 8


def test_14_fi_caps_costs_between_businesses() -> None:
    demands = [{"kind": "demand", "on": day} for day in ("2026-01-10", "2026-02-10", "2026-03-10")]
    answer = ask(
        "FI",
        "400.00",
        "2025-12-15",
        "2026-03-31",
        costs=[{"kind": "reminder", "on": "2025-12-27"}, *demands],
    )
    assert answer["costs"] == "47.00"  # 12 + 50 + 25 - 40; a third demand is not in the tariff
    stated = [{"kind": "demand", "on": "2026-01-10", "amount": "400.00"}]
    assert (
        ask("FI", "400.00", "2025-12-15", "2026-03-31", costs=stated)["costs"] == "210.00"
    )  # 250 - 40
    large = ask(
        "FI", "20000.00", "2025-12-15", "2026-03-31", costs=[{"kind": "demand", "on": "2026-01-10"}]
    )
    assert any("cap" in question for question in large["not_answered"])


def test_15_es_is_10_15_in_the_first_half_of_2026() -> None:
    assert series("ES_B2B_STATUTORY").at(date(2026, 3, 1)).value == Decimal("10.15")


def test_16_the_order_of_a_payment() -> None:
    for code in ("DE", "NL", "CN", "CH", "CZ", "PT", "IT"):
        assert law(code).allocation_order().parts == ("costs", "interest", "principal"), code
    for code in ("SE", "FR", "GB", "HK", "US-NY"):
        assert law(code).allocation_order().parts == ("interest", "principal"), code


def test_16_the_debtor_may_designate() -> None:
    more = {"costs": [{"kind": "court_fee", "on": "2026-01-10", "amount": "300.00"}]}
    paid = {"on": "2026-02-01", "amount": "500.00"}
    by_law = ask("DE", "1000.00", "2025-11-30", "2026-03-31", **more, payments=[paid])[
        "allocations"
    ][0]
    chosen = ask(
        "DE",
        "1000.00",
        "2025-11-30",
        "2026-03-31",
        **more,
        payments=[paid | {"designated": "principal"}],
    )
    assert (by_law["costs"], by_law["compensation"], by_law["interest"]) == (
        "300.00",
        "40.00",
        "17.44",
    )
    assert chosen["allocations"][0]["principal"] == "500.00"


@pytest.mark.parametrize(
    "code", ["HK", "SG", "US-NY", "AU", "CA", "CN", "JP", "CH", "BR", "MX", "IN", "ZA", "AE"]
)
def test_17_no_lump_sum_is_an_answer_too(code: str) -> None:
    found = law(code).compensation(overdue=Decimal("1000"), since=date(2024, 12, 1))
    assert found.amount == 0
    assert found.source


def test_a_missing_half_year_stops_with_its_name() -> None:
    with pytest.raises(NotKnown, match="SE_REFERENSRANTA 2027-H1"):
        ask("SE", "1000.00", "2026-11-30", "2027-01-01")
    assert ask("SE", "1000.00", "2026-11-30", "2026-12-31")["interest"] == "8.49"
    with pytest.raises(NotKnown, match="SE_REFERENSRANTA 2015-H1"):
        ask("SE", "1000.00", "2015-06-15", "2015-07-31")
