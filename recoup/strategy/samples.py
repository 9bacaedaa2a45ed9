"""Weighed cases that have ended, as samples to learn from: features are the facts frozen on the day they were
weighed, so that nothing that came later can be in them; the outcome is how the case ended."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from recoup.cases.models import Closure
from recoup.cases.states import CloseCode
from recoup.strategy.learning import Sample
from recoup.strategy.models import Evaluation

PAID = (CloseCode.PAID, CloseCode.PAID_AND_REST_WAIVED, CloseCode.SETTLED)
LEFT_OUT = (CloseCode.WITHDRAWN,)  # says nothing of the debtor
NUMBERS = ("owed", "weight", "age_days", "contacts", "score", "solidity", "liquidity", "growth", "others", "barred_in")  # fmt: skip
FLAGS = (
    "documents",
    "disputed",
    "insolvent",
    "abroad",
    "negative_equity",
    "plan_broken",
    "visited",
)
REACTIONS = ("answered", "part_paid", "refused", "broke_promise")


def samples(agency: UUID, on: date) -> list[Sample]:
    """The first evaluation of each case that has ended by the day; two queries."""
    closed = Closure.objects.filter(agency_id=agency, at__date__lte=on).exclude(code__in=LEFT_OUT)
    ends = dict(
        closed.order_by("at", "id").values_list("case_id", "code")
    )  # of a case closed again the last
    rows = Evaluation.objects.filter(agency_id=agency, case_id__in=list(ends)).order_by("case_id", "made_at", "id")  # fmt: skip
    found: dict[UUID, Sample] = {}
    for case, day, facts, answer in rows.values_list("case_id", "on", "facts", "answer"):
        if case not in found:
            found[case] = Sample(day, features_of(facts), ends[case] in PAID, float(answer["chance"]) / 100)  # fmt: skip
    return list(found.values())


def features_of(facts: Mapping[str, Any]) -> dict[str, float | None]:
    """Frozen facts as numbers."""
    numbers = {name: None if facts.get(name) is None else float(facts[name]) for name in NUMBERS}
    flags = {name: float(bool(facts.get(name))) for name in FLAGS}
    said = {f"said_{name}": float(name in facts.get("reactions", ())) for name in REACTIONS}
    return numbers | flags | said | {"base": float(facts["base"]["likely"]), "again": float(facts.get("phase") == "again")}  # fmt: skip
