"""The answer as the JSON document of `recoup owed`: amounts as text, days as ISO. Pure."""

from datetime import date
from decimal import Decimal
from typing import Any

from recoup.jurisdictions.owed.answer import Allocation, CostLine, Owed, Segment
from recoup.kernel.money import places, round_half_up

HUNDREDTH = Decimal("0.01")


def as_document(answer: Owed) -> dict[str, Any]:
    """The document of CONTRACT's `recoup owed`, with more keys (`claims`, `per_diem`, `conventions`…)."""
    money = Text(answer.currency)
    compensation, limit = answer.compensation, answer.limitation
    own = Text(compensation.currency)
    return {
        "jurisdiction": answer.jurisdiction,
        "currency": answer.currency,
        "as_of": _day(answer.as_of),
        "principal": money(answer.principal),
        "interest": money(answer.interest),
        "interest_accrued": money(answer.interest_accrued),
        "interest_paid": money(answer.interest_paid),
        "compensation": {
            "amount": own(compensation.amount),
            "currency": compensation.currency,
            "paid": own(compensation.paid),
            "open": own(compensation.open),
            "source": compensation.source,
        },
        "costs": money(answer.costs),
        "total": money(answer.total),
        "unallocated": money(answer.unallocated),
        "per_diem": money(answer.per_diem),
        "segments": [_segment(one, money) for one in answer.segments],
        "allocations": [_allocation(one, money) for one in answer.allocations],
        "claims": [
            {
                "ref": one.ref, "amount": money(one.amount), "due": _day(one.due),
                "interest_from": _day(one.interest_from), "principal": money(one.principal),
                "interest": money(one.interest), "interest_accrued": money(one.interest_accrued),
            }
            for one in answer.claims
        ],
        "cost_lines": [_cost(one, money) for one in answer.cost_lines],
        "limitation": None if limit is None else {
            "ends_on": _day(limit.ends_on), "rule": limit.rule, "source": limit.source,
            "provisional": limit.provisional,
        },
        "why": [reason.sentence() for reason in answer.why],
        "not_answered": list(answer.not_answered),
        "provisional": answer.provisional,
        "entered": answer.entered,
        "conventions": {**answer.conventions, "allocation": list(answer.conventions["allocation"])},
    }  # fmt: skip


class Text:
    """Amounts of one currency as text with the currency's own decimals."""

    def __init__(self, currency: str) -> None:
        self.currency, self.places = currency, places(currency)

    def __call__(self, amount: Decimal) -> str:
        return f"{round_half_up(amount, self.currency):.{self.places}f}"


def percent(rate: Decimal | None) -> str | None:
    """A rate with at least two decimals and no idle noughts beyond: 8.00, 8.125."""
    if rate is None:
        return None
    plain = rate.normalize()
    exponent = plain.as_tuple().exponent
    assert isinstance(exponent, int)
    return f"{plain.quantize(HUNDREDTH) if exponent > -2 else plain:f}"


def _segment(one: Segment, money: Text) -> dict[str, Any]:
    return {
        "claim": one.claim, "from": _day(one.first), "to": _day(one.last), "days": one.days,
        "principal": money(one.principal), "rate": percent(one.rate), "base": percent(one.base),
        "margin": percent(one.margin), "interest": money(one.interest), "source": one.source,
        "verified": one.verified, "series": one.series, "provisional": one.provisional,
        "basis": one.basis,
    }  # fmt: skip


def _allocation(one: Allocation, money: Text) -> dict[str, Any]:
    parts = ("amount", "costs", "compensation", "interest", "principal", "unallocated")
    return {"on": _day(one.on), **{part: money(getattr(one, part)) for part in parts}}


def _cost(one: CostLine, money: Text) -> dict[str, Any]:
    return {
        "kind": one.kind, "on": _day(one.on), "amount": money(one.amount), "source": one.source,
        "condition": one.condition,
    }  # fmt: skip


def _day(day: date) -> str:
    return day.isoformat()
