"""Real invoices of others, with facts found independently; they are not part of this project."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from recoup.intake.einvoice import Reader
from recoup.kernel.refusal import Refusal

PROJECT = Path(__file__).parents[4]
DATA = PROJECT.parent / "shared" / "data" / "01_einvoice" / "open"
TEXTS = ("number", "currency", "type_code")
AMOUNTS = ("grand_total", "prepaid", "due_payable", "tax_basis_total", "tax_total")


def differences(row, reading):
    found = [k for k in TEXTS if row[k] and (getattr(reading, k) or "") != row[k]]
    found += [
        k
        for k in AMOUNTS
        if row[k] and abs((getattr(reading, k) or 0) - Decimal(row[k])) > Decimal("0.006")
    ]
    for day in ("issue_date", "due_date"):
        if (
            row[day]
            and str(getattr(reading, day)) != row[day]
            and not any(d.discount for d in reading.due_dates)
        ):
            found.append(day)
    for side in ("seller", "buyer"):
        party = getattr(reading, side)
        found += [f"{side} name"] if row[side].strip() != (party.name or "").strip() else []
        found += [
            f"{side} {k}"
            for k in ("vat", "country")
            if row[f"{side}_{k}"].strip() != (getattr(party, k) or "")
        ]
    return found


@pytest.mark.skipif(not DATA.exists(), reason="the shared e-invoices are not beside the project")
def test_real_invoices_are_read_as_others_read_them():
    with (DATA / "GROUND_TRUTH.csv").open(encoding="utf-8") as table:
        rows = [r for r in csv.DictReader(table) if (DATA / r["file"]).exists()]
    wrong = []
    with Reader() as reader:
        for row in rows:
            try:
                reading = reader.read((DATA / row["file"]).read_bytes(), file=row["file"])
            except Refusal as refusal:
                wrong += [f"{row['file']}: {refusal}"] if row["status"] == "OK" else []
                continue
            found = differences(row, reading) if row["status"] == "OK" else ["should be refused"]
            wrong += [f"{row['file']}: {', '.join(found)}"] if found else []
    assert len(rows) > 200
    assert wrong == []
