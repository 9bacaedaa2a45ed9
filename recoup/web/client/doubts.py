"""What is doubtful in an e-invoice, in the reader's words: facts by their names, days as the reader writes them."""

import re
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from recoup.intake.einvoice import Notice
from recoup.kernel.refusal import N_
from recoup.web.kit.formats import day_text

FACTS = {
    "line_total": N_("sum of the lines"), "allowance_total": N_("allowances"), "charge_total": N_("charges"),
    "tax_basis_total": N_("total without VAT"), "tax_total": N_("VAT"), "grand_total": N_("total with VAT"),
    "prepaid": N_("paid before"), "rounding": N_("rounding"), "due_payable": N_("amount to pay"),
}  # fmt: skip
DAYS = frozenset(("days", "chosen", "due", "issued"))
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def sentence(notice: Notice) -> str:
    return _(notice.text) % {name: told(name, value) for name, value in notice.params}


def told(name: str, value: str) -> Any:
    if name == "field":
        return _(FACTS[value]) if value in FACTS else value
    if name in DAYS:
        return DAY.sub(lambda found: day_text(date.fromisoformat(found[0])), value)
    return value
