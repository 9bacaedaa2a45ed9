"""The filters of the work list: read strictly from the address, so that a view can be kept and shared.
What is not a filter, or not a value of one, is answered with 400."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import QueryDict

from recoup.kernel.refusal import N_
from recoup.strategy.candidates import MOST, Candidate

PER_PAGE = 40
AMOUNT = re.compile(r"[0-9]{1,13}", re.ASCII)
CODE = re.compile(r"[A-Z]{2,3}", re.ASCII)
PAGE = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
SORTS = {
    "": N_("expected value"), "due": N_("deadline"), "open": N_("amount"), "debtor": N_("debtor"),
    "country": N_("country"),
}  # fmt: skip
ONLY = {
    "": N_("all"), "now": N_("can be called now"), "promise": N_("promise not kept"),
    "wrote": N_("debtor wrote"), "late": N_("late"), "agreed": N_("call back agreed"),
}  # fmt: skip
KEYS = ("only", "country", "currency", "least", "owner", "sort")
ALSO = ("page", "act", "undo")


@dataclass(frozen=True, slots=True)
class Filters:
    """`least`: at least so much open, in whole units of the case's currency; `owner` a member's id."""

    only: str = ""
    country: str = ""
    currency: str = ""
    least: str = ""
    owner: str = ""
    sort: str = ""

    @property
    def query(self) -> str:
        """The address's own form, in one order; empty without any filter."""
        said = {k: getattr(self, k) for k in KEYS if getattr(self, k)}
        return urlencode(said)

    def __bool__(self) -> bool:
        return bool(self.query)

    def without(self, key: str) -> "Filters":
        return replace(self, **{key: ""})


def read(asked: QueryDict) -> Filters:
    """Raises `BadRequest` for an unknown filter, a repeated one, or a value that is none."""
    for key in asked:
        if key not in (*KEYS, *ALSO) or len(asked.getlist(key)) > 1:
            raise BadRequest(f"no such filter: {key[:40]}")
    said = {key: asked.get(key, "").strip() for key in KEYS}
    checks = {
        "only": said["only"] in ONLY, "sort": said["sort"].removeprefix("-") in SORTS,
        "country": not said["country"] or CODE.fullmatch(said["country"]),
        "currency": not said["currency"] or CODE.fullmatch(said["currency"]),
        "least": not said["least"] or AMOUNT.fullmatch(said["least"]),
        "owner": not said["owner"] or is_uuid(said["owner"]),
    }  # fmt: skip
    for key, sound in checks.items():
        if not sound:
            raise BadRequest(f"{key}: {said[key][:40]}")
    return Filters(**said)


def read_page(asked: QueryDict) -> int:
    """The page asked for, 1 without one. Raises `BadRequest` beyond what a list can hold."""
    text = asked.get("page", "1")
    if not PAGE.fullmatch(text) or (int(text) - 1) * PER_PAGE >= MOST:
        raise BadRequest(f"no such page: {text[:40]}")
    return int(text)


def is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def kept(found: Iterable[Candidate], filters: Filters) -> list[Candidate]:
    """Those that fit, in the order asked for (the given order is by worth)."""
    fits = [c for c in found if fitting(c, filters)]
    key = SORT_KEYS.get(filters.sort.removeprefix("-"))
    if key is None:
        return fits
    return sorted(fits, key=key, reverse=filters.sort.startswith("-"))


SORT_KEYS: dict[str, Any] = {
    "due": lambda c: (c.due_on, c.number), "open": lambda c: (c.open, c.number),
    "debtor": lambda c: (c.debtor.casefold(), c.number), "country": lambda c: (c.country, c.number),
}  # fmt: skip
REASONS = {
    "promise": "the promise for %(on)s was not kept",
    "wrote": "the debtor wrote and waits for an answer",
    "late": "it should have been done by %(on)s",
}


def fitting(one: Candidate, filters: Filters) -> bool:
    return (
        (not filters.country or one.country == filters.country)
        and (not filters.currency or one.currency == filters.currency)
        and (not filters.least or one.open >= Decimal(filters.least))
        and fits_only(one, filters.only)
    )


def fits_only(one: Candidate, only: str) -> bool:
    if only == "now":
        return one.worth.tier < 2
    if only == "agreed":
        return one.due_at is not None
    return not only or one.worth.because == REASONS[only]
