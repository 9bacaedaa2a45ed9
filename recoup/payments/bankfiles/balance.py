"""Sums of a statement and the remarks common to all formats. Pure."""

from datetime import date
from decimal import Decimal

from recoup.kernel.money import places
from recoup.kernel.refusal import N_
from recoup.payments.bankfiles.facts import Remark
from recoup.payments.bankfiles.reading import YEARS

ZERO = Decimal(0)


class Sums:
    """Credits, debits and booked lines of one statement; `doubtful` once something was unreadable."""

    def __init__(self) -> None:
        self.credit = self.debit = self.booked = ZERO
        self.doubtful = False

    def add(self, amount: Decimal | None, *, booked: bool) -> None:
        if amount is None:
            return
        if amount > 0:
            self.credit += amount
        else:
            self.debit += amount
        if booked:
            self.booked += amount


def unreadable(file: str, row: int, field: str, found: str) -> Remark:
    return Remark(
        "amount_unreadable",
        N_("%(file)s: the amount of entry %(row)d cannot be read: “%(found)s”. It is not booked."),
        {"file": file, "row": row, "field": field, "found": found[:80]},
    )


def check_precision(file: str, row: int, amount: Decimal | None, currency: str) -> list[Remark]:
    """A remark where the amount is finer than the currency's minor unit."""
    exponent = amount.normalize().as_tuple().exponent if amount else 0
    if not isinstance(exponent, int) or -exponent <= places(currency):
        return []
    return [
        Remark(
            "amount_too_precise",
            N_("%(file)s: entry %(row)d has more decimals (%(found)s) than %(currency)s."),
            {"file": file, "row": row, "field": "Amt", "found": str(amount), "currency": currency},
        )
    ]


def check_days(file: str, row: int, *days: date | None) -> list[Remark]:
    """A remark for a day no bank would book on."""
    return [
        Remark(
            "day_unlikely",
            N_("%(file)s: entry %(row)d is dated %(found)s."),
            {"file": file, "row": row, "field": "BookgDt", "found": day.isoformat()},
        )
        for day in days
        if day is not None and day.year not in YEARS
    ]
