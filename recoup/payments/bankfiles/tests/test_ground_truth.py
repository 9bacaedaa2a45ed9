"""Other people's bank files with an independent reading of each; skipped where they are not at hand."""

import csv
import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from recoup.payments.bankfiles import BankFile, Entry, read_bankfile

ROOT = Path(__file__).resolve().parents[4].parent / "shared/data/02_bank_statements/open"
pytestmark = pytest.mark.skipif(
    not ROOT.is_dir(), reason="the shared bank files are not beside the project"
)


def rows(name: str) -> list[dict[str, str]]:
    path = ROOT / name
    return (
        list(csv.DictReader(path.read_text("utf-8").splitlines(keepends=True)))
        if path.exists()
        else []
    )


@cache
def read(file: str) -> BankFile:
    return read_bankfile((ROOT / file).read_bytes(), file=file)


def folded(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").strip()


def of(row: dict[str, str]) -> list[Entry]:
    at = int(row["stmt"]), int(row["entry"])
    return [e for e in read(row["file"]).entries if (e.statement_no, e.entry_no) == at]


def test_statements_agree_in_count_sums_and_balance() -> None:
    wrong = []
    truth: dict[str, list[dict[str, str]]] = {}
    for row in rows("GROUND_TRUTH_camt_statements.csv") + rows("GROUND_TRUTH_mt940_statements.csv"):
        truth.setdefault(row["file"], []).append(row)
    for file, wanted in truth.items():
        found = read(file).statements
        assert len(found) == len(wanted), file
        for s, row in zip(found, wanted, strict=True):
            balance = (
                row.get("opening_plus_booked_eq_closing")
                or row.get("opening_plus_net_eq_closing")
                or ""
            )
            agrees = (
                str(s.entries) == row["entries"]
                and s.credit_sum == Decimal(row["sum_credit"] or 0)
                and s.debit_sum == Decimal(row["sum_debit"] or 0)
                and not (balance == "ok" and s.balanced is not True)
                and not (balance.startswith("off") and s.balanced is not False)
                and (not row["opening"] or s.opening == Decimal(row["opening"]))
                and (not row["closing"] or s.closing == Decimal(row["closing"]))
                and s.account.split("/")[-1] in row["account"]
            )
            if not agrees:
                wrong.append((file, s, row))
    assert truth
    assert not wrong, wrong[:3]


def test_camt_transactions_agree() -> None:
    """What the truth's own XPath finds is found, but for four files whose batches do not add up."""
    unsplit, wrong, seen = set(), [], 0
    for row in rows("GROUND_TRUTH_camt_transactions.csv"):
        lines = of(row)
        at = int(row["tx"] or 0)
        if any(w.code == "batch_not_split" for w in read(row["file"]).warnings):
            unsplit.add(row["file"])
            continue
        seen += 1
        line = next(e for e in lines if e.transaction_no == at)
        pairs = {
            "status": (line.status, row["status"] or "BOOK"),
            "booked_on": (str(line.booked_on or ""), row["booking_date"]),
            "value_on": (str(line.value_on or ""), row["value_date"]),
            "end_to_end_id": (folded(line.end_to_end_id), folded(row["end_to_end_id"])),
            "mandate_id": (folded(line.mandate_id), folded(row["mandate_id"])),
            "remittance": (folded(line.remittance), folded(row["remittance_unstructured"])),
            "reference": (folded(line.reference), folded(row["creditor_reference"])),
            "return_reason": (line.return_reason or "", row["return_reason"]),
            "reversal": (line.reversal, row["reversal"] == "true"),
        }
        if re.fullmatch(r"-?\d+(\.\d+)?", row["entry_amount"]):
            total = sum((e.amount or Decimal(0) for e in lines), Decimal(0))
            pairs["entry"] = (total, Decimal(row["entry_amount"]))
        if row["counterparty"] and row["counterparty"] != line.counterparty:
            own = read(row["file"]).statements[line.statement_no].account
            # The truth names our own side of a transfer where the bank puts us in the other role.
            if row["counterparty_iban"] != own:
                pairs["counterparty"] = (line.counterparty, row["counterparty"])
        wrong += [(row["file"], row["entry"], k, *v) for k, v in pairs.items() if v[0] != v[1]]
    assert seen > 900
    assert len(unsplit) <= 2
    assert not wrong, wrong[:5]


def test_mt940_lines_agree_in_day_sign_and_amount() -> None:
    truth = rows("GROUND_TRUTH_mt940_transactions.csv")
    wrong = []
    for row in truth:
        (line,) = of(row)
        # The 30th of February, which no calendar has, is read as its last day.
        day = row["value_date"].replace("-02-30", "-02-29")
        if (str(line.value_on), line.amount, line.reversal) != (
            day,
            Decimal(row["amount"]),
            row["mark"][0] == "R",
        ):
            wrong.append((row, line))
    assert truth
    assert not wrong, wrong[:3]


def test_payment_statuses_agree() -> None:
    for row in rows("GROUND_TRUTH_pain002_status.csv"):
        found = read(row["file"]).payment_statuses
        if row["group_status"]:
            assert ("group", row["group_status"]) in {(s.level, s.status) for s in found}
        if row["orig_end_to_end"]:
            assert (row["orig_end_to_end"], row["status"], row["reason"]) in {
                (s.end_to_end_id, s.status, s.reason) for s in found
            }
