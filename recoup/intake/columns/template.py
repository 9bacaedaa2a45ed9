"""An empty list to fill in: the right headings, choices and guards, as a workbook."""

import io
from collections.abc import Callable, Sequence
from typing import Any

from recoup.intake.columns.fields import FIELDS
from recoup.kernel.refusal import N_

ROWS = 5000
SHEET, NOTES = N_("Debts"), N_("How to fill it in")
HELP = (
    N_("One row for each invoice or credit note. The bold columns are needed."),
    N_("The debtor must be a company: give its registration number or VAT number, or its legal form in the name."),
    N_("Days as 2026-01-31, amounts without thousands separators. A credit note has a negative amount."),
    N_("Hong Kong and other addresses without a postcode: leave it empty."),
)  # fmt: skip


def template(*, say: Callable[[str], str], currencies: Sequence[str]) -> bytes:
    """The workbook; every text is said by `say` in the reader's language."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    with Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet(say(SHEET)[:31])
        fields = [f for f in FIELDS.values() if f.code != "creditor"]
        needed = book.add_format({"bold": True, "bg_color": "#DCE6F1", "bottom": 1})
        other = book.add_format({"bg_color": "#F2F2F2", "bottom": 1})
        formats = {"day": book.add_format({"num_format": "yyyy-mm-dd"}), "amount": book.add_format({"num_format": "0.00"}),
                   "id": book.add_format({"num_format": "@"}), "text": book.add_format({"num_format": "@"})}  # fmt: skip
        for place, field in enumerate(fields):
            sheet.set_column(
                place,
                place,
                16 if field.kind != "text" else 24,
                formats.get(field.kind, formats["text"]),
            )
            sheet.write_string(0, place, say(field.label), needed if field.needed else other)
            if rule := validation(field.code, field.kind, currencies, say):
                sheet.data_validation(1, place, ROWS, place, rule)
        sheet.freeze_panes(1, 0)
        notes = book.add_worksheet(say(NOTES)[:31])
        notes.set_column(0, 0, 110)
        for row, text in enumerate(HELP):
            notes.write_string(row, 0, say(text))
    return out.getvalue()


def validation(
    code: str, kind: str, currencies: Sequence[str], say: Callable[[str], str]
) -> dict[str, Any] | None:
    if kind == "currency":
        return {"validate": "list", "source": list(currencies)}
    if code == "kind":
        return {"validate": "list", "source": ["invoice", "credit note"]}
    if kind == "flag":
        return {"validate": "list", "source": ["yes", "no"]}
    if kind == "amount":
        return {
            "validate": "decimal",
            "criteria": "between",
            "minimum": -(10**12),
            "maximum": 10**12,
        }
    if kind == "day":
        return {"validate": "date", "criteria": "between", "minimum": "=DATE(1990,1,1)", "maximum": "=DATE(2099,12,31)"}  # fmt: skip
    return None
