"""Request bodies as JSON, strictly: what two readers could read differently is refused (RFC 8259 and
I-JSON, RFC 7493)."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from recoup.kernel.refusal import N_, Refusal
from recoup.kernel.text import is_broken

DEEPEST, LONGEST_NUMBER = 32, 20


class StrictParser(Parser):
    """Ninja's parser with `loads` below."""

    def parse_body(self, request: HttpRequest) -> Any:
        return loads(request.body)


def loads(raw: bytes) -> Any:
    """The value of a JSON text in UTF-8. Raises `Refusal` `json_wrong` with the reason: not JSON, a name
    twice, NaN or Infinity, a number of more than 20 digits, nested deeper than 32, a NUL or a
    character that stands for nothing in a text (HOSTILE AP02, AP03, AP05, AP06, EN08)."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise wrong(N_("The request's body is not in UTF-8.")) from None
    if nesting(text) > DEEPEST:
        raise wrong(N_("The request's body is nested too deeply."))
    try:
        value = json.loads(
            text,
            object_pairs_hook=once,
            parse_constant=no_number,
            parse_int=whole,
            parse_float=part,
        )
    except (ValueError, RecursionError):
        raise wrong(N_("The request's body is not JSON.")) from None
    for said in texts(value):
        if "\x00" in said or is_broken(said):
            raise wrong(N_("A text in the request holds a character that cannot be kept."))
    return value


def wrong(text: str, **params: Any) -> Refusal:
    return Refusal("json_wrong", text, **params)


def nesting(text: str) -> int:
    """An upper bound of how deep brackets nest; those inside texts count too."""
    deep = most = 0
    for sign in text:
        if sign in "[{":
            deep += 1
            most = max(most, deep)
        elif sign in "]}":
            deep -= 1
    return most


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise wrong(N_("“%(found)s” stands twice in the request."), found=twice[:60])
    return found


def no_number(name: str) -> NoReturn:
    raise wrong(N_("%(found)s is not a number."), found=name)


def whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise wrong(N_("A number in the request has more than 20 digits."))
    return int(digits)


def part(digits: str) -> float:
    value = float(digits) if len(digits) <= 40 else float("inf")
    if value in (float("inf"), float("-inf")):
        raise wrong(N_("A number in the request has more than 20 digits."))
    return value


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
