"""Every researched fact of a country as it was found: value, source, degree of verification. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from recoup.jurisdictions.rules import folder_of
from recoup.jurisdictions.series import provisional
from recoup.jurisdictions.yamlfile import read
from recoup.kernel.refusal import N_, NotAnswered

NO_SOURCE = "none noted"  # the research names none; shown in words
PARTS = (
    "late_payment_interest", "fixed_compensation", "collection_costs", "limitation", "demand_letter",
    "court_order_procedure", "insolvency", "collector", "payment_allocation", "general",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """One answer: text, a list or a mapping of texts. `name` is the question, such as `limitation.runs_from`."""

    name: str
    value: Any
    source: str
    verified: str
    note: str | None

    @property
    def provisional(self) -> bool:
        """Known from background only: used, but shown as such."""
        return provisional(self.verified)


@lru_cache(maxsize=64)
def content(code: str) -> dict[str, Any]:
    """The whole fact file of a country. Raises `Refusal`, `BadPack`."""
    return read(folder_of(code) / "facts.yaml")


def fact(code: str, name: str) -> Fact:
    """The answer to one question. Raises `NotAnswered` naming country and question."""
    node: Any = content(code)
    for key in name.split("."):
        node = node.get(key) if isinstance(node, dict) else None
    if not isinstance(node, dict) or node.get("value") is None:
        raise NotAnswered(
            "not_answered", N_("Nobody has established “%(found)s” for %(country)s."),
            found=name, country=code,
        )  # fmt: skip
    return _fact(name, node)


def facts(code: str) -> Iterator[Fact]:
    """Every question in the order of the file; `value` is None where it is not answered."""
    for part in PARTS:
        for name, node in content(code)[part].items():
            yield _fact(f"{part}.{name}", node)


def notes(code: str) -> list[str]:
    """The remarks at the foot of a country's file."""
    return list(content(code)["notes"])


def _fact(name: str, node: dict[str, Any]) -> Fact:
    return Fact(
        name, node["value"], node.get("source") or NO_SOURCE,
        node.get("verified") or "background", node.get("note"),
    )  # fmt: skip
