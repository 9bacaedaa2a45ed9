"""What a visitor asks a price for: five facts and two that help. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from babel import Locale

from recoup.kernel.days import add_years, parse_day
from recoup.kernel.money import CODE, Money, parse_amount
from recoup.kernel.refusal import N_, Refusal

NOT_COUNTRIES = frozenset(("EU", "EZ", "UN", "QO", "ZZ", "XA", "XB", "AN"))
OLDEST_YEARS, LATEST_DAYS = 30, 366


@dataclass(frozen=True, slots=True)
class Asked:
    """Countries are ISO 3166 alpha-2. `documents`: whether invoice, contract and proof of delivery
    are at hand; `disputed`: whether the debtor objects; None where nothing was said."""

    creditor: str
    debtor: str
    amount: Money
    due: date
    documents: bool | None = None
    disputed: bool | None = None

    @property
    def cross_border(self) -> bool:
        return self.creditor != self.debtor

    def as_json(self) -> dict[str, Any]:
        return {
            "creditor": self.creditor, "debtor": self.debtor,
            "amount": str(self.amount.rounded().amount), "currency": self.amount.currency,
            "due": self.due.isoformat(), "documents": self.documents, "disputed": self.disputed,
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Asked":
        amount = Money.parse(kept["amount"], kept["currency"])
        return cls(
            kept["creditor"], kept["debtor"], amount, date.fromisoformat(kept["due"]),
            kept["documents"], kept["disputed"],
        )  # fmt: skip


@cache
def countries() -> frozenset[str]:
    """The ISO 3166 alpha-2 codes that CLDR names."""
    territories = map(str, Locale("en").territories)
    return frozenset(c for c in territories if len(c) == 2 and c.isalpha()) - NOT_COUNTRIES


def read_country(text: str, field: str) -> str:
    """Raises `Refusal` `country_unknown`."""
    code = text.strip().upper()
    if code not in countries():
        raise Refusal(
            "country_unknown", N_("%(field)s: “%(found)s” is not a country's two-letter code such as SE."),
            field=field, found=text[:40],
        )  # fmt: skip
    return code


def read_amount(text: str, currency: str, field: str = "amount") -> Money:
    """More than nothing, in plain digits with at most the currency's decimals (MO01, MO02, MO04).

    Raises `Refusal` `currency_unknown`, `amount_not_plain`, `amount_too_precise`, `amount_not_positive`.
    """
    if not CODE.fullmatch(currency):
        raise Refusal(
            "currency_unknown", N_("%(field)s: “%(found)s” is not a currency's three-letter code such as EUR."),
            field="currency", found=currency[:40],
        )  # fmt: skip
    amount = parse_amount(text, currency, field=field)
    if amount <= 0:
        raise Refusal(
            "amount_not_positive", N_("%(field)s: “%(found)s” must be more than nothing."),
            field=field, found=text,
        )  # fmt: skip
    return Money(amount, currency)


def read_due(text: str, on: date, field: str = "due") -> date:
    """A day from 30 years before `on` to a year after it (DT06). Raises `Refusal` `due_out_of_range`."""
    day = parse_day(text, field=field)
    first, last = add_years(on, -OLDEST_YEARS), on + timedelta(days=LATEST_DAYS)
    if not first <= day <= last:
        raise Refusal(
            "due_out_of_range",
            N_("%(field)s: %(found)s is not between %(first)s and %(last)s."),
            field=field, found=text, first=first, last=last,
        )  # fmt: skip
    return day


def read_choice(text: str | None, field: str) -> bool | None:
    """`yes`, `no`, or nothing said. Raises `Refusal` `not_yes_or_no`."""
    if text in (None, ""):
        return None
    if text not in ("yes", "no"):
        raise Refusal("not_yes_or_no", N_("%(field)s: “%(found)s” is neither yes nor no."), field=field, found=text[:40])  # fmt: skip
    return text == "yes"
