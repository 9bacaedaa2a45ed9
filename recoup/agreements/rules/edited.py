"""A rate card changed by hand: its figures in and out of plain fields, and what the change does. Pure."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from recoup.agreements.rules.commission import Commission, commission
from recoup.agreements.rules.terms import Terms
from recoup.kernel.money import Money, places
from recoup.kernel.refusal import Refusal

DAYS = ("valid_days", "remitted_within", "notice")
SAMPLE_AGES = (60, 150, 300, 500, 900)


def fields_of(doc: Mapping[str, Any]) -> dict[str, str]:
    """The card's figures under flat names: `age.0`, `rate.1.2`, `EUR.limit.0`, `EUR.minimum` …"""
    found = {f"age.{n}": str(age) for n, age in enumerate(doc["commission"]["ages"])}
    for size, row in enumerate(doc["commission"]["rates"]):
        found |= {f"rate.{size}.{age}": rate for age, rate in enumerate(row)}
    found |= {"cross_border": doc["cross_border"], "legal": doc["phases"]["legal"]}
    for code, each in doc["currencies"].items():
        found |= {f"{code}.limit.{n}": limit for n, limit in enumerate(each["limits"])}
        found |= {f"{code}.minimum": each["minimum"], f"{code}.set_up": each["set_up"]}
    return found | {name: str(doc[name]) for name in DAYS}


def with_fields(doc: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """The card with its figures replaced; clauses and expectation stay. A name that is not given stays as
    it is. Raises `Refusal` `rate_card_broken` where the result is no card."""
    new = copy.deepcopy(dict(doc))
    for name, text in given.items():
        put(new, name.split("."), text.strip())
    Terms.read(new)
    return new


def put(new: dict[str, Any], path: list[str], text: str) -> None:
    match path:
        case ["age", n]:
            new["commission"]["ages"][int(n)] = whole(text)
        case ["rate", size, age]:
            new["commission"]["rates"][int(size)][int(age)] = text
        case ["cross_border"]:
            new["cross_border"] = text
        case ["legal"]:
            new["phases"]["legal"] = text
        case [code, "limit", n]:
            new["currencies"][code]["limits"][int(n)] = text
        case [code, "minimum" | "set_up" as fee]:
            new["currencies"][code][fee] = text
        case [name] if name in DAYS:
            new[name] = whole(text)
        case _:
            raise KeyError(".".join(path))


def whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else text


@dataclass(frozen=True, slots=True)
class Sample:
    """A debt by the card in force and by the other one; None where a card has no price."""

    claim: Money
    age_days: int
    was: Commission | None
    now: Commission | None


def samples(old: Terms, new: Terms, currency: str) -> list[Sample]:
    """Domestic debts collected in full, one in the middle of each size and at an age of each band."""
    limits = old.prices(currency).limits
    ends = [Decimal(0), *limits, limits[-1] * 3]
    cent = Decimal(1).scaleb(-places(currency))
    middles = [((low + high) / 2).quantize(cent) for low, high in pairwise(ends)]
    return [
        Sample(Money(each, currency), age, earned(old, Money(each, currency), age), earned(new, Money(each, currency), age))
        for each in middles for age in SAMPLE_AGES
    ]  # fmt: skip


def earned(terms: Terms, claim: Money, age: int) -> Commission | None:
    try:
        return commission(
            terms, collected=claim, claim=claim, age_days=age, cross_border=False, phase="amicable"
        )
    except Refusal:
        return None
