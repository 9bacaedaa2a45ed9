"""A sentence that is kept and said later, in the reader's language. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale

from recoup.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Sentence:
    """An English text with `%(name)s` gaps, marked by `N_`, and the values for them.

    Values are text, whole numbers, `Decimal`, days or `Money`; they survive JSON.
    """

    code: str
    text: str
    params: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code, "text": self.text,
            "params": {name: _packed(value) for name, value in self.params.items()},
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Sentence":
        params = {name: _unpacked(value) for name, value in kept["params"].items()}
        return cls(kept["code"], kept["text"], params)

    def english(self) -> str:
        gaps = {name: _said(value) for name, value in self.params.items()}
        if "country" in gaps:
            gaps["country"] = Locale("en").territories.get(gaps["country"], gaps["country"])
        return self.text % gaps


def said(kept: Iterable[dict[str, Any]]) -> list[str]:
    """Kept sentences in English, as the command line prints them."""
    return [Sentence.from_json(one).english() for one in kept]


def _packed(value: Any) -> Any:
    if isinstance(value, Money):
        return {"money": [str(value.rounded().amount), value.currency]}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return {"number": str(value)} if isinstance(value, Decimal) else value


def _unpacked(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, inner),) = value.items()
    if kind == "money":
        return Money(Decimal(inner[0]), inner[1])
    return date.fromisoformat(inner) if kind == "day" else Decimal(inner)


def _said(value: Any) -> Any:
    if isinstance(value, Money):
        return f"{value.rounded().amount:,} {value.currency}"
    return value.isoformat() if isinstance(value, date) else value
