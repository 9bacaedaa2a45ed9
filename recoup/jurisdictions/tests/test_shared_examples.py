"""The worked examples and the acceptance cases beside the project, where they are present."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from recoup.jurisdictions.formulas.tariffs import charge, table_fee
from recoup.jurisdictions.owed import as_document, owed, parse_request
from recoup.jurisdictions.rules import rules
from recoup.kernel.days import parse_day

SHARED = Path(__file__).resolve().parents[4] / "shared"
CENT = Decimal("0.011")  # the examples allow one cent
CALENDAR = parse_day("2026-07-01")

# What an example has beside its fields in its title or note, said in the request's own words.
EXTRA = {
    "DE-04": {"costs": [{"kind": "demand", "on": "2026-02-01"}]},
    "NL-04": {"costs": [{"kind": "demand", "on": "2026-05-01"}]},
    "FI-01": {
        "costs": [
            {"kind": "reminder", "on": "2026-05-25"},
            {"kind": "demand", "on": "2026-06-10"},
            {"kind": "demand", "on": "2026-07-01"},
        ]
    },
    "PT-04": {"series": "PT_COMMERCIAL_OTHER"},
    "HK-02": {"interest": {"kind": "fixed", "rate": "8.0"}},
    "HK-06": {"interest": {"kind": "fixed", "rate": "8.0", "compounding": "monthly"}},
}
DESIGNATED = {"CZ-03", "FR-01"}  # the source credits payments to principal
DAYS = {  # examples that state days and a rate but no calendar days
    "PL-01": ("2025-12-31", "2026-02-13"),
    "GB-02": ("2024-07-05", "2024-08-19"),
    "GB-07": ("2026-03-01", "2026-04-30"),
    "GB-09": ("2026-03-01", "2026-03-31"),
}


def present(path: str) -> Path:
    file = SHARED / path
    if not file.exists():
        pytest.skip(f"{path} is not beside the project", allow_module_level=True)
    return file


EXAMPLES = {
    one["id"]: one
    for one in yaml.safe_load(
        present("jurisdictions/worked_examples.yaml").read_text(encoding="utf-8")
    )["examples"]
}
CASES = {one["id"]: one for one in json.loads(present("accept/owed_cases.json").read_text("utf-8"))}


def near(found: object, expected: object) -> bool:
    return abs(Decimal(str(found)) - Decimal(str(expected))) <= CENT


def request_of(name: str) -> dict[str, object]:
    example = EXAMPLES[name]
    given = example["inputs"]
    due, as_of = DAYS.get(name, (given.get("due_date"), given.get("calculation_date")))
    claim = {
        "ref": "A",
        "amount": f"{given['principal']:.2f}",
        "due": due or given["first_interest_day"],
    }
    if "first_interest_day" in given:
        claim["interest_from"] = given["first_interest_day"]
    payments = [
        {"on": p["date"], "amount": f"{p['amount']:.2f}"}
        | ({"designated": "principal"} if name in DESIGNATED else {})
        for p in given.get("payments", [])
    ]
    doc = {
        "jurisdiction": example["country"], "currency": given["currency"], "as_of": as_of,
        "claims": [claim], "payments": payments, "rounding": "sum",
        "as_of_counted": given.get("calculation_date_counted", True),
    }  # fmt: skip
    if "day_count" in given:
        doc["day_count"] = given["day_count"].split(" ")[0]
    return doc | EXTRA.get(name, {})


WITH_REQUEST = [n for n, e in EXAMPLES.items() if "principal" in e["inputs"] and n not in (
    "CN-01", "CN-03", "HK-04")]  # fmt: skip


@pytest.mark.parametrize("name", sorted(WITH_REQUEST))
def test_worked_example(name: str) -> None:
    expected = EXAMPLES[name]["expected"]
    answer = as_document(owed(parse_request(request_of(name))))
    assert near(answer["interest_accrued"], expected["interest"])
    compensation = expected.get("compensation")
    if isinstance(compensation, dict):
        assert answer["compensation"]["currency"] == compensation["currency"]
        compensation = compensation["amount"]
    if compensation is not None and name != "PT-04":  # that creditor is outside DL 62/2013
        assert near(answer["compensation"]["amount"], compensation)
    if "total_due" in expected:
        assert near(answer["total"], expected["total_due"])
    for found, wanted in zip(answer["allocations"], expected.get("allocation", []), strict=False):
        paid_costs = Decimal(found["costs"]) + Decimal(found["compensation"])
        assert near(paid_costs, wanted["to_costs"])
        assert near(found["interest"], wanted["to_interest"])
        assert near(found["principal"], wanted["to_principal"])
    segments = EXAMPLES[name].get("segments", [])
    assert not segments or len(segments) == len(answer["segments"])
    for found, wanted in zip(answer["segments"], segments, strict=False):
        assert (found["from"], found["to"], found["days"]) == (
            str(wanted["from"]), str(wanted["to_inclusive"]), wanted["days"],
        )  # fmt: skip
        assert near(found["principal"], wanted["principal"])
        assert Decimal(found["rate"]) == Decimal(str(wanted["rate_percent"]))
        assert near(found["interest"], wanted["interest"])


@pytest.mark.parametrize("name", sorted(CASES))
def test_acceptance_case(name: str) -> None:
    case = CASES[name]
    answer = as_document(owed(parse_request(case["input"])))
    for key, wanted in case["expect"].items():
        found = answer[key]["amount"] if isinstance(answer[key], dict) else answer[key]
        assert near(found, wanted["amount"] if isinstance(wanted, dict) else wanted), key


def test_cn_01_base_times_the_lower_mark_up() -> None:
    doc = request_of("CN-01")
    expected = EXAMPLES["CN-01"]["expected"]
    assert near(
        as_document(owed(parse_request(doc)))["interest"], expected["interest_at_1_3x_act_365"]
    )
    for day_count in ("act/365", "act/360"):
        fixed = doc | {"interest": {"kind": "fixed", "rate": "4.5"}, "day_count": day_count}
        wanted = expected["interest_at_1_5x_" + day_count.replace("/", "_")]
        assert near(as_document(owed(parse_request(fixed)))["interest"], wanted)


def test_hk_04_prime_plus_one_then_the_judgment_rate() -> None:
    before = request_of("HK-04") | {
        "as_of": "2026-07-01", "interest": {"kind": "over_base", "margin": "1"}
    }  # fmt: skip
    after = request_of("HK-04") | {"series": "HK_JUDGMENT_RATE"}
    after["claims"] = [{**after["claims"][0], "interest_from": "2026-07-01"}]  # type: ignore[index]
    total = sum(
        Decimal(as_document(owed(parse_request(doc)))["interest"]) for doc in (before, after)
    )
    assert near(total, EXAMPLES["HK-04"]["expected"]["interest"])


def court_fee(code: str, value: str) -> Decimal:
    law = rules(code)
    rule = law.costs["kinds"]["court_fee"]
    return charge(rule, value=Decimal(value), on=CALENDAR, earlier=(), folder=law.folder).amount


def test_gb_06_court_issue_fee() -> None:
    for row in EXAMPLES["GB-06"]["expected"]["table"]:
        assert court_fee("GB", str(row["claim"])) == Decimal(str(row["fee"]))


def test_cn_03_payment_order_fee() -> None:
    assert court_fee("CN", "100000") == Decimal("766.67")


def test_nl_01_collection_cost_scale() -> None:
    law = rules("NL")
    for row in EXAMPLES["NL-01"]["expected"]["table"]:
        rule, value = law.costs["kinds"]["demand"], Decimal(str(row["principal"]))
        found = charge(rule, value=value, on=CALENDAR, earlier=(), folder=law.folder).amount
        assert found == Decimal(str(row["costs"]))


def test_de_01_fee_tables() -> None:
    for row in EXAMPLES["DE-01"]["expected"]["table"]:
        for table, key in (("DE_RVG", "rvg_1_0"), ("DE_GKG", "gkg_1_0")):
            found = table_fee(rules("DE").folder, table, Decimal(str(row["value"])), CALENDAR)
            assert found == Decimal(str(row[key]))


def test_dk_02_two_invoices_three_reminders_one_handover() -> None:
    claim = {"amount": "1000.00", "due": "2025-01-31"}
    doc = {
        "jurisdiction": "DK", "currency": "DKK", "as_of": "2025-06-30",
        "claims": [{"ref": "A", **claim}, {"ref": "B", **claim}],
        "costs": [{"kind": "reminder", "on": f"2025-03-{day}"} for day in ("01", "11", "21")]
        + [{"kind": "demand", "on": "2025-04-01"}],
    }  # fmt: skip
    answer = as_document(owed(parse_request(doc)))
    assert (answer["compensation"]["amount"], answer["costs"]) == ("620.00", "400.00")
