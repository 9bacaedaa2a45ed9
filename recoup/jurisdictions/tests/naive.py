"""A second implementation, as plain as possible: one day at a time, exact fractions, no shortcuts.

It shares no code with the product but the request: rates are read from the published totals
(`…_B2B_STATUTORY`), not from base and margin. It knows simple and compound interest, payments, credit
notes and stated court fees, with rounding `sum`.
"""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import yaml

from recoup.jurisdictions.owed import Request

COUNTRIES = Path(__file__).resolve().parents[1] / "countries"
DAY = timedelta(days=1)
TOTALS = {"NO": "NO_FORSINKELSESRENTE", "CH": "CH_B2B_STATUTORY", "US-NY": "US_NY_CPLR_5004",
          "MX": "MX_COMMERCIAL_DEFAULT"}  # fmt: skip
FIXED = ("GB", "IE", "CZ")
ORDER = {  # trap 16, costs and compensation last where the law does not name them
    **dict.fromkeys(("DE", "NL", "CH", "CZ", "PT", "IT"), "costs interest principal"),
    **dict.fromkeys(("SE", "GB", "IE", "FR", "ES", "FI", "AT", "BE", "DK", "NO", "PL", "US-NY", "MX"),
                    "interest principal costs"),
}  # fmt: skip
FLAT = {"SE": 450, "DK": 310, "CZ": 1200, "CH": 0, "US-NY": 0, "MX": 0, "NO": None, "PL": None} | dict.fromkeys(
    ("DE", "NL", "PT", "IT", "FR", "ES", "FI", "AT", "BE"), 40
)  # fmt: skip


@lru_cache
def published(code: str) -> list[tuple[str, Fraction]]:
    name = TOTALS.get(code, f"{code}_B2B_STATUTORY")
    folder = COUNTRIES / code.lower().replace("-", "_") / "values"
    rows = yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8"))["rows"]
    return [(row["from"], Fraction(row["value"])) for row in rows]


def rate_on(code: str, day: date) -> Fraction:
    return [value for since, value in published(code) if since <= day.isoformat()][-1]


def leap(year: int) -> bool:
    return (date(year, 12, 31) - date(year, 1, 1)).days == 365


def share(day: date, day_count: str) -> Fraction:
    """The part of a year that one day is."""
    if day_count == "act/365":
        return Fraction(1, 365)
    if day_count == "act/360":
        return Fraction(1, 360)
    if day_count == "act/act":
        return Fraction(1, 366 if leap(day.year) else 365)
    place = [360 * d.year + 30 * d.month + min(d.day, 30) for d in (day, day + DAY)]
    return Fraction(place[1] - place[0], 360)


def cents(amount: Fraction) -> Decimal:
    exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    twice = amount * 200
    if twice.denominator == 1 and twice.numerator % 2:  # exactly half a cent
        return Decimal((twice.numerator + 1) // 2) / 100
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def is_anniversary(start: date, day: date) -> bool:
    """The first day of a further year; after 29 February that is 1 March, unless the year has one."""
    if (start.month, start.day) == (2, 29) and not leap(day.year):
        return (day.month, day.day) == (3, 1)
    return (day.month, day.day) == (start.month, start.day)


def compensation_for(code: str, principal: Decimal) -> int:
    if code == "GB":
        return 40 if principal < 1000 else 70 if principal < 10000 else 100
    return FLAT[code] or 0


class Debt:
    """One invoice."""

    def __init__(self, claim, first: date) -> None:
        self.claim, self.first = claim, first
        self.principal = claim.amount
        self.exact = Fraction(0)
        self.paid = self.capital = Decimal(0)
        self.in_default = False

    @property
    def open(self) -> Decimal:
        return cents(self.exact) - self.paid


def owed(
    request: Request,
    *,
    day_count: str,
    counted: bool,
    rests: str = "simple",
    payment_day: bool = False,
) -> dict[str, object]:
    """Principal, interest accrued and the allocations, day by day."""
    code = request.jurisdiction
    debts = sorted(
        (Debt(c, c.interest_from or c.due + DAY) for c in request.claims if c.kind == "invoice"),
        key=lambda debt: debt.claim.due,
    )
    paid = {"costs": Decimal(0), "compensation": Decimal(0)}
    fees = compensation = Decimal(0)
    allocations = []
    days = [c.due for c in request.claims] + [p.on for p in request.payments] + [
        d.first for d in debts] + [c.on for c in request.costs]  # fmt: skip

    def take_payments(day: date) -> None:
        for payment in request.payments:
            if payment.on != day:
                continue
            left = payment.amount
            parts = dict.fromkeys(("costs", "compensation", "interest", "principal"), Decimal(0))
            order = ORDER[code].replace("costs", "costs compensation").split()
            if payment.designated:
                order = [payment.designated, *(o for o in order if o != payment.designated)]
            for part in order:
                if part in ("costs", "compensation"):
                    due = {"costs": fees, "compensation": compensation}[part] - paid[part]
                    taken = min(left, due)
                    paid[part] += taken
                    parts[part] += taken
                    left -= taken
                    continue
                for debt in debts:
                    if part == "interest":
                        taken = min(left, debt.open)
                        debt.paid += taken
                        debt.capital = max(Decimal(0), debt.capital - taken)
                    else:
                        taken = min(left, debt.principal)
                        debt.principal -= taken
                    parts[part] += taken
                    left -= taken
            allocations.append({**parts, "unallocated": left})

    day = min(days)
    while day <= request.as_of:
        for debt in debts:
            if rests == "yearly" and day > debt.first and is_anniversary(debt.first, day):
                debt.capital = debt.open
            if rests == "monthly" and day.day == 1 and day > debt.first:
                debt.capital = debt.open
        for note in request.claims:
            if note.kind == "credit_note" and note.due == day:
                left = note.amount
                for debt in debts:
                    taken = min(left, debt.principal)
                    debt.principal -= taken
                    left -= taken
        for debt in debts:
            if debt.first <= day and not debt.in_default and (day < request.as_of or counted or debt.first < day
                                                               or request.payments or request.costs):  # fmt: skip
                debt.in_default = True
                if debt.principal:
                    compensation += compensation_for(code, debt.principal)
        fees += sum((c.amount for c in request.costs if c.on == day), Decimal(0))
        if not payment_day:
            take_payments(day)
        if day < request.as_of or counted:
            for debt in debts:
                if day >= debt.first:
                    rate = rate_on(code, debt.first if code in FIXED else day)
                    if request.interest.kind == "fixed":
                        rate = Fraction(request.interest.rate)
                    bearing = Fraction(debt.principal + debt.capital)
                    debt.exact += bearing * rate / 100 * share(day, day_count)
        if payment_day:
            take_payments(day)
        day += DAY
    return {
        "principal": sum((d.principal for d in debts), Decimal(0)),
        "interest_accrued": sum((cents(d.exact) for d in debts), Decimal(0)),
        "interest_paid": sum((d.paid for d in debts), Decimal(0)),
        "allocations": allocations,
    }
