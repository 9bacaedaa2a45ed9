"""A country's rules as parameters for the shared formulas, read from its `rules.yaml` when first asked."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from recoup.jurisdictions.yamlfile import HERE, BadPack, read
from recoup.kernel.refusal import N_, Refusal

CODES = (
    "AE", "AT", "AU", "BE", "BR", "CA", "CH", "CN", "CZ", "DE", "DK", "ES", "FI", "FR", "GB", "HK",
    "IE", "IN", "IT", "JP", "MX", "NL", "NO", "PL", "PT", "SE", "SG", "TR", "US-NY", "ZA",
)  # fmt: skip
DAY_COUNTS = ("act/365", "act/act", "act/360", "30/360")
ROUNDINGS = ("sum", "segment")
COMPOUNDINGS = ("simple", "yearly", "monthly")
BUCKETS = ("costs", "compensation", "interest", "principal")
INTEREST_KINDS = ("base_plus_margin", "base_times", "series", "none_as_of_right", "not_answered")
COMPENSATION_KINDS = ("none", "flat", "banded", "series", "not_answered")
CONTRACT_KEYS = {
    "text", "source", "verified", "most", "most_from", "least_share", "limits", "not_held", "compounding",
}  # fmt: skip
RELATIONS = ("reduces", "within", "on_top")
# Sources that are no statute's name: told in the reader's language.
HOUSE_PRACTICE = (
    N_("house practice: the day of calculation is an interest day"),
    N_("house practice: nothing established for this country"),
    N_("house practice: a payment takes effect at the start of its day"),
    N_("house practice: unrounded segments are added and rounded once"),
    N_("house practice: no statutory hours are established for business debtors"),
)
# The same of deadlines: what is usual, where no statute says it.
USUAL = (
    N_("usual time set by Kronofogden after service"),
    N_("'skälig tid' in 5 §; at least 8 days is the supervisory good-practice figure"),
)


@dataclass(frozen=True, slots=True)
class Conventions:
    """Where engines differ though the law is silent; each with its source in the pack."""

    day_count: str
    as_of_counted: bool
    payment_day_counted: bool
    rounding: str
    sources: dict[str, str]


@dataclass(frozen=True, slots=True)
class Rules:
    """One country's parameters. The mappings are what `rules.yaml` says under the same name."""

    code: str
    name: str
    currency: str
    time_zone: str
    checked_to: str
    interest: dict[str, Any]
    conventions: Conventions
    compensation: dict[str, Any]
    costs: dict[str, Any]
    allocation: dict[str, Any]
    limitation: dict[str, Any]
    contract: dict[str, Any] | None
    other: dict[str, dict[str, Any]]
    folder: Path


def folder_of(code: str) -> Path:
    """The folder of a country's pack. Raises `Refusal` `jurisdiction_unknown`."""
    if code not in CODES:
        raise Refusal(
            "jurisdiction_unknown",
            N_("There is no jurisdiction %(found)s: it is an ISO 3166 code such as SE, or US-NY."),
            field="jurisdiction", found=code,
        )  # fmt: skip
    return HERE / "countries" / code.lower().replace("-", "_")


@lru_cache(maxsize=64)
def rules(code: str) -> Rules:
    """The rules of an ISO 3166 code. Raises `Refusal` for a country without a pack, `BadPack`."""
    folder = folder_of(code)
    return build(read(folder / "rules.yaml"), folder=folder)


def build(content: dict[str, Any], *, folder: Path) -> Rules:
    """Rules from a file's content. Raises `BadPack` for anything unknown or without a source."""
    code = content.get("code")
    where = f"{code}: rules.yaml"
    for part in ("interest", "compensation", "costs", "allocation", "limitation", "demand",
                 "languages", "contact"):  # fmt: skip
        _sourced(content.get(part), f"{where}: {part}")
    _choice(content["interest"].get("kind"), INTEREST_KINDS, f"{where}: interest")
    _choice(content["interest"].get("fixing"), ("floating", "at_default"), f"{where}: fixing")
    _choice(content["interest"].get("compounding"), COMPOUNDINGS, f"{where}: compounding")
    if "most" in content["interest"]:
        _sourced(content["interest"]["most"], f"{where}: the most interest")
        _choice(content["interest"]["most"].get("is"), ("unpaid_capital",), f"{where}: the most")
    _choice(content["compensation"].get("kind"), COMPENSATION_KINDS, f"{where}: compensation")
    if content["compensation"]["kind"] not in ("none", "not_answered"):
        _choice(content["compensation"].get("costs"), RELATIONS, f"{where}: compensation and costs")
    for kind in content["costs"].get("kinds", {}).values():
        _sourced(kind, f"{where}: costs")
    if not set(content["allocation"]["order"]) <= set(BUCKETS):
        raise BadPack(f"{where}: allocation {content['allocation']['order']}")
    conventions = content["conventions"]
    _choice(conventions.get("day_count"), DAY_COUNTS, f"{where}: day_count")
    _choice(conventions.get("rounding"), ROUNDINGS, f"{where}: rounding")
    return Rules(
        code=content["code"], name=content["name"], currency=content["currency"],
        time_zone=content["time_zone"], checked_to=content["checked_to"],
        interest=content["interest"],
        conventions=Conventions(
            day_count=conventions["day_count"],
            as_of_counted=conventions["as_of_counted"],
            payment_day_counted=conventions["payment_day_counted"],
            rounding=conventions["rounding"],
            sources={k: v for k, v in conventions.items() if re.search("_(source|verified)$", k)},
        ),
        compensation=content["compensation"], costs=content["costs"],
        allocation=content["allocation"], limitation=content["limitation"],
        contract=_contract(content.get("contract"), f"{where}: contract"),
        other={name: content[name] for name in ("demand", "languages", "contact")}, folder=folder,
    )  # fmt: skip


def _contract(part: dict[str, Any] | None, where: str) -> dict[str, Any] | None:
    """What is established on agreed rates; None where nothing is."""
    if part is None:
        return None
    _sourced(part, where)
    if unknown := set(part) - CONTRACT_KEYS:
        raise BadPack(f"{where}: unknown key {sorted(unknown)[0]!r}")
    return part


def _sourced(part: Any, where: str) -> None:
    if not isinstance(part, dict):
        raise BadPack(f"{where} is missing")
    for key in ("source", "verified"):
        if not isinstance(part.get(key), str) or not part[key].strip():
            raise BadPack(f"{where}: no {key}")


def _choice(found: object, allowed: tuple[str, ...], where: str) -> None:
    if found not in allowed:
        raise BadPack(f"{where}: {found!r} is none of {', '.join(allowed)}")
