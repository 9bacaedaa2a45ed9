"""Figures that others have published, where they lie beside the project: those rows that apply.

Left out, since no rule here is meant: Polish interest between non-merchants (odsetki ustawowe), HMRC's
inheritance tax, and a Dutch case that mixes consumer and trade interest in one debt.
"""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from recoup.jurisdictions.formulas.tariffs import charge, table_fee
from recoup.jurisdictions.laws import law
from recoup.jurisdictions.owed import as_document, owed, parse_request
from recoup.jurisdictions.rules import rules

FILE = (
    Path(__file__).resolve().parents[4]
    / "shared/data/07_interest_and_fees/open/VECTORS_interest_and_fees.json"
)
if not FILE.exists():
    pytest.skip("the published figures are not beside the project", allow_module_level=True)
ROWS = json.loads(FILE.read_text(encoding="utf-8"))
ROWS = ROWS if isinstance(ROWS, list) else ROWS["vectors"]
CURRENCY = {"CH": "CHF", "DE": "EUR", "GB": "GBP", "NL": "EUR", "PL": "PLN"}


def of(*kinds: str) -> list[Any]:
    return [pytest.param(row, id=row["id"]) for row in ROWS if row["kind"] in kinds]


@pytest.mark.parametrize("row", of("rvg_fee_1.0", "gkg_fee_1.0"))
def test_german_fee_tables(row: dict[str, Any]) -> None:
    table = "DE_" + row["kind"][:3].upper()
    on = date(2021, 1, 1) if str(row.get("valid")).startswith("2021") else date(2025, 6, 1)
    assert table_fee(rules("DE").folder, table, Decimal(row["principal"]), on) == Decimal(
        row["expected"]
    )


@pytest.mark.parametrize("row", of("fixed_recovery_cost"))
def test_gb_compensation(row: dict[str, Any]) -> None:
    found = law("GB").compensation(overdue=Decimal(row["principal"]), since=date(2026, 1, 1))
    assert found.amount == Decimal(row["expected"])


@pytest.mark.parametrize("row", of("collection_costs_ex_vat"))
def test_dutch_scale(row: dict[str, Any]) -> None:
    own = rules("NL")
    rule = own.costs["kinds"]["demand"]
    found = charge(
        rule, value=Decimal(row["principal"]), on=date(2026, 1, 1), earlier=(), folder=own.folder
    )
    assert found.amount == Decimal(row["expected"])


def terms(row: dict[str, Any]) -> dict[str, Any] | None:
    """The request a row describes, or None where its rule is not ours."""
    rate = str(row.get("rate", "")).split("%")[0].strip()
    name = row["id"]
    if not rate.replace(".", "").isdigit():
        return None
    doc: dict[str, Any] = {"interest": {"kind": "fixed", "rate": rate}, "day_count": "act/365"}
    start, end = (
        row.get("start_date") or row.get("due_date"),
        row.get("end_date") or row.get("payment_date"),
    )
    if row.get("days"):
        first, last = date(2025, 1, 1), date(2024, 12, 31) + timedelta(days=int(row["days"]))
        doc["day_count"] = "act/360" if "360" in row.get("convention", "") else "act/365"
        return doc | {"first": str(first), "as_of": str(last), "as_of_counted": True}
    if row.get("first_interest_day"):
        return doc | {
            "first": row["first_interest_day"],
            "as_of": row["last_interest_day"],
            "as_of_counted": True,
        }
    if row.get("start_date"):
        return doc | {"first": start, "as_of": end, "as_of_counted": False, "day_count": "act/act"}
    if name.startswith("PL-kalk"):
        return doc | {
            "first": str(date.fromisoformat(start) + timedelta(days=1)),
            "as_of": end,
            "as_of_counted": True,
        }
    return None


def interest(row: dict[str, Any], doc: dict[str, Any]) -> Decimal:
    first = doc.pop("first")
    claim = {"ref": "A", "amount": row["principal"], "due": first, "interest_from": first}
    full = {
        "jurisdiction": row["jurisdiction"],
        "currency": CURRENCY[row["jurisdiction"]],
        "claims": [claim],
        **doc,
    }
    return Decimal(as_document(owed(parse_request(full)))["interest_accrued"])


FIXED = [
    p for p in of("interest", "interest_with_partial_payment")
    if terms(p.values[0]) is not None and "/" not in str(p.values[0].get("rate"))
]  # fmt: skip


@pytest.mark.parametrize("row", FIXED)
def test_interest_at_a_stated_rate(row: dict[str, Any]) -> None:
    doc = terms(row)
    assert doc is not None
    if row.get("payments"):
        paid = row["payments"] if isinstance(row["payments"], list) else json.loads(row["payments"])
        doc["payments"] = [
            {"on": p["date"], "amount": p["amount"], "designated": "principal"} for p in paid
        ]
        doc["rounding"] = "segment"
    assert interest(row, doc) == Decimal(row["expected"])


def test_enough_rows_apply() -> None:
    assert len(FIXED) >= 15


def test_german_consumer_rate_five_over_base() -> None:
    [row] = [one for one in ROWS if one["id"] == "DE-ameax-b2c"]
    doc = {
        "first": "2023-01-02", "as_of": "2023-07-01", "as_of_counted": True, "day_count": "act/365",
        "interest": {"kind": "over_base", "margin": "5"},
    }  # fmt: skip
    assert interest(row, doc) == Decimal("328.69")  # the new base on 1 July, as the law has it
