"""Fixed compensation for late payment: Directive 2011/7/EU art. 6 and its kin. Pure."""

from datetime import date
from decimal import Decimal
from typing import Any

from recoup.jurisdictions.formulas.tariffs import band
from recoup.jurisdictions.series import series


def per_invoice(rule: dict[str, Any], *, overdue: Decimal, since: date) -> Decimal:
    """The sum for one invoice of `overdue` on which interest has run since `since`.

    In the currency the pack pays it in. Raises `NotKnown` where the series has no value for the day.
    """
    kind = rule["kind"]
    if kind == "flat":
        return Decimal(rule["amount"])
    if kind == "banded":
        return Decimal(band(rule["bands"], overdue)["amount"])
    if kind == "series":
        return series(rule["series"]).at(since).value
    return Decimal(0)
