"""Value added tax on the agency's fees: domestic, reverse charge in the EU, or outside its scope. Pure.

Services to a business are taxed where that business is (Directive 2006/112/EC art. 44), and it owes
the tax itself (art. 196). Rates are dated and sourced in `vat.yaml`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from recoup.kernel.refusal import N_, NotKnown

FILE = Path(__file__).with_name("vat.yaml")
EU = frozenset(
    ("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
     "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK")
)  # fmt: skip
CLAUSE = "6"
DOMESTIC = N_("Value added tax of the agency's country is added.")
NONE_HERE = N_("The agency's country has no value added tax.")
REVERSE = N_(
    "Reverse charge: you account for the tax in your country (Directive 2006/112/EC, articles 44 and 196)."
)
NO_NUMBER = N_(
    "Without a VAT number of your country the tax of the agency's country is added (Regulation 282/2011, article 18)."
)
OUTSIDE = N_(
    "Outside the scope of value added tax: the service is supplied where you are established."
)


@dataclass(frozen=True, slots=True)
class Vat:
    """`percent` of the fees; `reason` is one sentence marked by `N_`; `clause` of the rate card;
    `code` is domestic, none, reverse_charge, no_number or outside; `source` the statute."""

    percent: Decimal
    reason: str
    clause: str
    code: str
    source: str = ""

    def __iter__(self) -> Any:
        return iter((self.percent, self.reason, self.clause))


@cache
def _values() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def standard_rate(country: str, on: date | None) -> tuple[Decimal, str]:
    """The standard rate (percent) and its source on a day; the newest known where no day is given.

    Raises `NotKnown` for a country or a day that is not established: never the last value.
    """
    values = _values()
    rows = values["rates"].get(country, [])
    if on is not None and on > date.fromisoformat(values["checked_to"]):
        rows = []
    rows = [row for row in rows if on is None or date.fromisoformat(row["from"]) <= on]
    if not rows:
        raise NotKnown(
            "vat_not_known", N_("The rate of value added tax of %(found)s on %(day)s is not established."),
            found=country, day=on or values["checked_to"],
        )  # fmt: skip
    return Decimal(rows[-1]["value"]), rows[-1]["source"]


def vat_rate(
    agency_country: str,
    client_country: str,
    client_vat: str,
    *,
    on: date | None = None,
    clause: str = CLAUSE,
) -> Vat:
    """The tax on fees from an agency to a client; `client_vat` is its valid VAT number or "";
    `clause` is the card's own number for value added tax.

    Unpacks as (percent, reason, clause). Raises `NotKnown` where a rate is needed and not established.
    """
    if agency_country in _values()["none"]:
        return Vat(Decimal(0), NONE_HERE, clause, "none", _values()["none"][agency_country])
    if client_country == agency_country:
        rate, source = standard_rate(agency_country, on)
        return Vat(rate, DOMESTIC, clause, "domestic", source)
    if agency_country in EU and client_country in EU:
        if client_vat:
            source = "Directive 2006/112/EC, articles 44 and 196"
            return Vat(Decimal(0), REVERSE, clause, "reverse_charge", source)
        rate, source = standard_rate(agency_country, on)
        return Vat(rate, NO_NUMBER, clause, "no_number", source)
    return Vat(Decimal(0), OUTSIDE, clause, "outside", "Directive 2006/112/EC, article 44" if agency_country in EU else "")  # fmt: skip
