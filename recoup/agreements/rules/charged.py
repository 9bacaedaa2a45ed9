"""What the debtor will be charged by law, as far as it is established. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from recoup.agreements.rules.asked import Asked
from recoup.jurisdictions.owed import Claim, Cost, Owed, Request, as_document, owed
from recoup.jurisdictions.rules import CODES
from recoup.kernel.refusal import NotAnswered, Refusal

KEEP = ("principal", "interest", "compensation", "costs", "total", "per_diem", "limitation", "not_answered",
        "provisional", "segments", "cost_lines")  # fmt: skip


def charged_to_debtor(asked: Asked, on: date) -> dict[str, Any]:
    """By the law of the debtor's country as of `on`: interest, compensation and the first demand's cost.

    `established` is False with the reason in `because` where the country or a rate of its is not
    held: nothing is guessed.
    """
    place = {
        "jurisdiction": asked.debtor,
        "currency": asked.amount.currency,
        "as_of": on.isoformat(),
    }
    if asked.debtor not in CODES:
        return place | {"established": False, "because": None, "why": []}
    try:
        answer = _owed(asked, on)
    except Refusal as unknown:
        because = {"code": unknown.code, "text": unknown.text, "params": _plain(unknown.params)}
        return place | {"established": False, "because": because, "why": []}
    document = as_document(answer)
    why = [{"code": r.code, "text": r.text, "params": _plain(r.params)} for r in answer.why]
    return place | {"established": True, "why": why} | {key: document[key] for key in KEEP}


def _owed(asked: Asked, on: date) -> Owed:
    """With the tariff's cost of a demand where the country has one in this currency, else without."""
    claims = (Claim("invoice", asked.amount.amount, asked.due),)
    if asked.due >= on:
        return owed(Request(asked.debtor, asked.amount.currency, on, claims))
    try:
        return owed(
            Request(asked.debtor, asked.amount.currency, on, claims, costs=(Cost("demand", on),))
        )
    except NotAnswered:
        return owed(Request(asked.debtor, asked.amount.currency, on, claims))


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v if isinstance(v, int | str) else str(v) for k, v in params.items()}
