"""No document with a hole in it: every required field of a document's data is there. Pure."""

import types
from collections.abc import Hashable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.paper.wording import missing


@cache
def _hints(kind: Hashable) -> dict[str, Any]:
    return get_type_hints(kind)


def _optional(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)


def holes(data: Any, path: str = "") -> Iterator[str]:
    """The names of required fields that are None, blank or empty, as `recipient.name`."""
    hints = _hints(data.__class__)
    for field in fields(data):
        value, name = getattr(data, field.name), f"{path}{field.name}"
        if value is None:
            if not _optional(hints[field.name]):
                yield name
        elif isinstance(value, str):
            if not value.strip():
                yield name
        elif isinstance(value, Money) or not is_dataclass(value):
            yield from _in_row(value, name)
        else:
            yield from holes(value, f"{name}.")


def _in_row(value: Any, name: str) -> Iterator[str]:
    if not isinstance(value, tuple):
        return
    for number, each in enumerate(value, start=1):
        if each is None or (isinstance(each, str) and not each.strip()):
            yield f"{name} {number}"
        elif is_dataclass(each) and not isinstance(each, Money):
            yield from holes(each, f"{name} {number}.")


def require(data: Any) -> None:
    """Raises `Refusal` `value_missing` naming the first missing field, `TypeError` for floats."""
    for name in holes(data):
        raise missing(name)
    _no_floats(data)


def _no_floats(data: Any) -> None:
    for field in fields(data):
        value = getattr(data, field.name)
        if isinstance(value, float):
            raise TypeError(f"{field.name} is a float")
        for each in value if isinstance(value, tuple) else (value,):
            if is_dataclass(each) and not isinstance(each, (Money, date, datetime, Decimal)):
                _no_floats(each)


def require_sum(total: Money, parts: list[Money], *, field: str) -> None:
    """Raises `Refusal` `sum_differs` when a printed total is not the sum of the lines above it."""
    found = sum(parts, Money.zero(total.currency))
    if found.rounded() != total.rounded():
        raise Refusal(
            "sum_differs",
            N_("The document was not written: %(field)s is %(found)s, but its lines give %(sum)s."),
            field=field, found=str(total), sum=str(found),
        )  # fmt: skip
