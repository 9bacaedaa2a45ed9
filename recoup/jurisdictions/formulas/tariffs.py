"""What a measure may cost the debtor: the tariffs of the packs, in the tariff's own currency. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from recoup.jurisdictions.series import series
from recoup.jurisdictions.yamlfile import BadPack, read
from recoup.kernel.refusal import N_, NotAnswered, NotKnown

HUNDRED = Decimal(100)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Charge:
    """A tariff's answer: the amount, where it comes from, and why it is less than asked, if so."""

    amount: Decimal
    source: str
    verified: str
    condition: str | None
    capped: str | None = None


def charge(
    rule: dict[str, Any], *, value: Decimal, on: date, earlier: Sequence[date], folder: Path,
    charged: int | None = None, simple: bool = False,
) -> Charge:  # fmt: skip
    """The tariff for one measure taken `on` a debt of `value`, after the same measure on `earlier` days.

    `simple`: the debtor paid so soon that only the tariff's lower factor is due, where it has one.
    Nothing is charged beyond the tariff's number of times (`charged` of the earlier ones were, by
    default all) or within its days between. Raises
    `NotKnown` for a day or value beyond the tariff's table.
    """
    if simple:
        rule = {**rule, "factor": rule["simple"]["factor"]}
    refused = _too_often(rule, on, earlier, len(earlier) if charged is None else charged)
    amount = Decimal(0) if refused else _amount(rule, value=value, on=on, folder=folder)
    if earlier and not refused and "second_factor" in rule:
        amount *= Decimal(rule["second_factor"])
    return Charge(
        amount.quantize(CENT, rounding=ROUND_HALF_UP), rule["source"], rule["verified"],
        rule.get("condition"), refused,
    )  # fmt: skip


def capped(rule: dict[str, Any], stated: Decimal) -> Decimal:
    """A stated amount, but never more than the law's maximum for one such measure."""
    return min(stated, Decimal(rule["most"])) if "most" in rule else stated


def _too_often(rule: dict[str, Any], on: date, earlier: Sequence[date], charged: int) -> str | None:
    if "max_count" in rule and charged >= int(rule["max_count"]):
        return "count"
    if "min_days_between" in rule and earlier:
        between = min(abs((on - day).days) for day in earlier)
        if between < int(rule["min_days_between"]):
            return "days"
    return None


def _amount(rule: dict[str, Any], *, value: Decimal, on: date, folder: Path) -> Decimal:
    formula = rule["formula"]
    if formula == "fixed":
        return Decimal(rule["amount"])
    if formula == "bands":
        return Decimal(band(rule["bands"], value)["amount"])
    if formula == "brackets":
        return _bracket(rule, value)
    if formula == "scale":
        return _scale(rule, value)
    if formula == "fee_table":
        return _fee_table(rule, value=value, on=on, folder=folder)
    if formula == "series_factor":
        factor = rule["factor"] if "factor" in rule else band(rule["bands"], value)["factor"]
        amount = series(rule["series"]).at(on).value * Decimal(factor)
        return amount.quantize(Decimal(1), ROUND_HALF_UP) if rule.get("round") else amount
    raise BadPack(f"formula {formula!r} is not known")


def band(bands: Sequence[dict[str, str]], value: Decimal) -> dict[str, str]:
    """The first band that holds `value`: `up_to` includes its bound, `below` does not."""
    for one in bands:
        if "up_to" in one and value > Decimal(one["up_to"]):
            continue
        if "below" in one and value >= Decimal(one["below"]):
            continue
        return one
    raise NotAnswered(
        "band_not_answered",
        N_("No figure is established for an amount of %(found)s."),
        found=str(value),
    )


def _bracket(rule: dict[str, Any], value: Decimal) -> Decimal:
    """A fee, or a percentage of the whole value, rounded down to the cent (GOV.UK court fees), at most so much;
    or the rule's part of it (a Polish payment order costs a quarter)."""
    one = band(rule["bands"], value)
    if "fee" in one:
        fee = Decimal(one["fee"])
    else:
        fee = (value * Decimal(one["percent"]) / HUNDRED).quantize(CENT, ROUND_DOWN)
        fee = min(fee, Decimal(one.get("most", fee)))
    return fee / Decimal(rule.get("divided_by", "1"))


def _scale(rule: dict[str, Any], value: Decimal) -> Decimal:
    """Each slice of the value at its own percentage (NL Besluit BIK art. 2; CN 诉讼费用交纳办法 art. 13)."""
    first = rule.get("first_fixed")
    low = Decimal(first["up_to"]) if first else Decimal(0)
    total = Decimal(first["fee"]) if first else Decimal(0)
    for one in rule["bands"]:
        top = Decimal(one["up_to"]) if "up_to" in one else value
        if value > low:
            total += (min(value, top) - low) * Decimal(one["percent"]) / HUNDRED
        low = max(low, top)
    total = max(total, Decimal(rule.get("least", "0")))
    if "most_total" in rule:
        total = min(total, Decimal(rule["most_total"]))
    return total / Decimal(rule.get("divided_by", "1"))


def _fee_table(rule: dict[str, Any], *, value: Decimal, on: date, folder: Path) -> Decimal:
    """A fee table's 1.0 fee times a factor, at least a minimum, plus flat expenses (RVG, GKG)."""
    small = rule.get("small")
    if small and value <= Decimal(small["up_to"]):
        fee = Decimal(small["fee"])
    else:
        share = Decimal(rule.get("value_percent", "100")) / HUNDRED
        fee = table_fee(folder, rule["table"], value * share, on) * Decimal(rule["factor"])
        fee = max(fee, Decimal(rule.get("least", "0")))
    fee = fee.quantize(CENT, ROUND_HALF_UP)
    if "expenses_percent" in rule:
        expenses = fee * Decimal(rule["expenses_percent"]) / HUNDRED
        fee += min(expenses, Decimal(rule["expenses_most"])).quantize(CENT, ROUND_HALF_UP)
    return fee


def table_fee(folder: Path, name: str, value: Decimal, on: date) -> Decimal:
    """The 1.0 fee for a value by the table in force `on` that day: each started step adds its fee.

    Raises `NotKnown` for a day before the table or a value above it.
    """
    version = _version(folder, name, on)
    low, fee = Decimal(version["first"]["up_to"]), Decimal(version["first"]["fee"])
    for step in version["steps"]:
        if value <= low:
            return fee
        top = Decimal(step["to"])
        fee += _started(min(value, top) - low, step["per"]) * Decimal(step["fee"])
        low = top
    if value <= low:
        return fee
    if "above" not in version:
        raise NotKnown(
            "not_known", N_("%(found)s is not known: enter the published value with its source first."),
            found=f"{name} above {low}",
        )  # fmt: skip
    return fee + _started(value - low, version["above"]["per"]) * Decimal(version["above"]["fee"])


def _started(part: Decimal, per: str) -> Decimal:
    whole, rest = divmod(part, Decimal(per))
    return whole + 1 if rest else whole


def _version(folder: Path, name: str, on: date) -> dict[str, Any]:
    for version in tables(folder, name):
        last = date.fromisoformat(version["to"]) if "to" in version else date.max
        if date.fromisoformat(version["from"]) <= on <= last:
            return version
    raise NotKnown(
        "not_known", N_("%(found)s is not known: enter the published value with its source first."),
        found=f"{name} {on.isoformat()}",
    )  # fmt: skip


@lru_cache(maxsize=16)
def tables(folder: Path, name: str) -> tuple[dict[str, Any], ...]:
    """The dated versions of a fee table. Raises `BadPack` for overlaps and missing sources."""
    content = read(folder / "tariffs" / f"{name}.yaml")
    versions = tuple(content["versions"])
    for one in versions:
        if not one.get("source") or not one.get("verified"):
            raise BadPack(f"{name} {one.get('from')}: no source or degree of verification")
    for before, after in pairwise(versions):
        if "to" not in before or before["to"] >= after["from"]:
            raise BadPack(f"{name}: the version from {after['from']} overlaps the one before")
    return versions
