"""Which column is what, and what holds where no column says it. Pure; kept as JSON per client."""

import re
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Self

from recoup.intake.columns.fields import FIELDS
from recoup.kernel.refusal import N_, Refusal

GROUPINGS = ("debtor", "invoice")
ORDERS = ("", "dmy", "mdy")
DECIMALS = ("", ",", ".")


@dataclass(frozen=True, slots=True)
class Mapping:
    """`columns`: field → place in the row, from 0. `decimal` and `order` of days only where a person
    has said them. `country`, `currency`: what holds for rows that say none. `grouping`: one case per
    debtor and currency, or per invoice."""

    sheet: str = ""
    header: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    decimal: str = ""
    order: str = ""
    country: str = ""
    currency: str = ""
    grouping: str = "debtor"

    def as_json(self) -> dict[str, Any]:
        return {
            "sheet": self.sheet, "header": self.header, "columns": dict(self.columns), "decimal": self.decimal,
            "order": self.order, "country": self.country, "currency": self.currency, "grouping": self.grouping,
        }  # fmt: skip

    @classmethod
    def read(cls, found: AnyMapping[str, Any]) -> Self:
        """From JSON that a person may have written. Raises `Refusal` `mapping_wrong`."""
        if not isinstance(found, dict):
            raise wrong("mapping", found)
        if unknown := set(found) - set(cls.__dataclass_fields__):
            raise wrong("mapping", sorted(unknown)[0])
        columns = found.get("columns", {})
        if not isinstance(columns, dict) or any(k not in FIELDS for k in columns):
            raise wrong("columns", columns)
        if any(isinstance(v, bool) or not isinstance(v, int) or v < 0 for v in columns.values()):
            raise wrong("columns", columns)
        for name, among in (("decimal", DECIMALS), ("order", ORDERS), ("grouping", GROUPINGS)):
            if found.get(name, "" if name != "grouping" else "debtor") not in among:
                raise wrong(name, found[name])
        for name, shape in (
            ("country", r"[A-Z]{2}|"),
            ("currency", r"[A-Z]{3}|"),
            ("sheet", r".{0,60}"),
        ):
            value = found.get(name, "")
            if not isinstance(value, str) or not re.fullmatch(shape, value):
                raise wrong(name, value)
        header = found.get("header", 0)
        if isinstance(header, bool) or not isinstance(header, int) or header < 0:
            raise wrong("header", header)
        return cls(**found)

    def over(self, chosen: AnyMapping[str, Any]) -> "Mapping":
        """This mapping with what a person has chosen."""
        return replace(self, **chosen)


def wrong(name: str, found: object) -> Refusal:
    return Refusal(
        "mapping_wrong", N_("The mapping's “%(field)s” cannot be “%(found)s”."), field=name, found=str(found)[:80]
    )  # fmt: skip


def signature(names: list[str]) -> str:
    """The same headings in the same places have the same signature: what a mapping is remembered by."""
    return sha256("\x1f".join(names).encode()).hexdigest()
