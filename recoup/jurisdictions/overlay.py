"""Published values entered beside the packs: an immutable set that one computation is given. Pure.

The packs stay as they are. An overlay only adds days that no row of the pack covers: a new half-year,
a change after the last day checked. Whoever computes hands it over in the request, or enters `using`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from recoup.kernel.days import parse_day
from recoup.kernel.refusal import N_, Refusal

ENTERED = "entered and confirmed beside the pack"  # the degree of verification of such a row
MOST = 1000


@dataclass(frozen=True, slots=True)
class Published:
    """One value of a series from `first` to `last`, both counted; percent a year or an amount."""

    series: str
    first: date
    last: date
    value: Decimal
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """Values by series. Equal to another with the same rows; its hash is worked out once."""

    rows: tuple[Published, ...] = ()
    _hash: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash(self.rows))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Overlay):
            return NotImplemented
        return self is other or (self._hash == other._hash and self.rows == other.rows)

    def __bool__(self) -> bool:
        return bool(self.rows)

    def of(self, name: str) -> tuple[Published, ...]:
        return tuple(row for row in self.rows if row.series == name)


NONE = Overlay()
_current: ContextVar[Overlay] = ContextVar("overlay", default=NONE)


def current() -> Overlay:
    """The overlay of the computation under way."""
    return _current.get()


@contextmanager
def using(overlay: Overlay) -> Iterator[None]:
    """Within the block, every series is the pack's with the overlay's values after it."""
    token = _current.set(overlay)
    try:
        yield
    finally:
        _current.reset(token)


def parse_overlay(doc: Any) -> Overlay:
    """From a document: a list of `{"series", "from", "to"?, "value", "source"}`, figures as text.

    `to` is needed only for series that are published when they change. Raises `Refusal`:
    `not_a_list`, `unknown_key`, `missing`, `not_text`, `series_unknown`, and as `published` does.
    """
    from recoup.jurisdictions.series import published

    if not isinstance(doc, list) or len(doc) > MOST:
        raise Refusal(
            "not_a_list", N_("%(field)s must be a list of at most 1,000 values."), field="overlay"
        )
    found: list[Published] = []
    for i, item in enumerate(doc):
        where = f"overlay[{i}]"
        if not isinstance(item, dict):
            raise Refusal("not_an_object", N_("%(field)s must be an object."), field=where)
        for key in item:
            if key not in ("series", "from", "to", "value", "source"):
                raise Refusal(
                    "unknown_key", N_("%(field)s is not a key here."), field=f"{where}.{key[:40]}"
                )
        texts = {key: _text(item, key, where) for key in ("series", "value", "source")}
        first = parse_day(item.get("from"), field=f"{where}.from")
        last = parse_day(item["to"], field=f"{where}.to") if "to" in item else None
        found.append(
            published(
                texts["series"], first=first, last=last, value=texts["value"],
                source=texts["source"], beside=tuple(found), field=where,
            )
        )  # fmt: skip
    return Overlay(tuple(found))


def _text(item: dict[str, Any], key: str, where: str) -> str:
    value = item.get(key)
    if not isinstance(value, str) or not value.strip() or len(value) > 500:
        raise Refusal(
            "not_text", N_("%(field)s: “%(found)s” must be text."),
            field=f"{where}.{key}", found=str(value)[:80],
        )  # fmt: skip
    return value
