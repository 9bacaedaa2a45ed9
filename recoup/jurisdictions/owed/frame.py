"""What is the same for every claim under one law, contract and set of conventions: worked out once. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from recoup.jurisdictions.formulas.rates import RateTable
from recoup.jurisdictions.overlay import Overlay, current
from recoup.jurisdictions.owed import contract, reasons
from recoup.jurisdictions.owed.allocate import full_order
from recoup.jurisdictions.owed.request import Interest, Request
from recoup.jurisdictions.owed.terms import rate_table
from recoup.jurisdictions.reason import Reason
from recoup.jurisdictions.rules import Rules, rules
from recoup.kernel.money import minor_unit, places


@dataclass(frozen=True, slots=True)
class Frame:
    """The law, the rates, the conventions in force and the sentences that say so.

    `before` and `after` stand around the sentence on days, which names the day of calculation.
    """

    law: Rules
    unit: int
    minor_unit: Decimal
    table: RateTable | None
    day_count: str
    by_segment: bool
    rests: str
    limited: bool
    contracted: bool
    as_of_counted: bool
    payment_day_counted: bool
    order: tuple[str, ...]
    before: tuple[Reason, ...]
    after: tuple[Reason, ...]
    not_answered: tuple[str, ...]
    conventions: Mapping[str, Any]


def frame_of(request: Request) -> Frame:
    """The frame of a request under the overlay in force. Raises `Refusal`, `NotAnswered`."""
    return _frame(
        request.jurisdiction, request.currency, request.interest, request.series, request.day_count,
        request.rounding, request.as_of_counted, request.payment_day_counted, request.allocation,
        current(),
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _frame(
    code: str, currency: str, interest: Interest, series: str | None, day_count: str | None,
    rounding: str | None, as_of_counted: bool | None, payment_day_counted: bool | None,
    allocation: tuple[str, ...] | None, _: Overlay,
) -> Frame:  # fmt: skip
    law = rules(code)
    own = law.conventions
    table = rate_table(code, interest, series)
    day_count, rounding = day_count or own.day_count, rounding or own.rounding
    counted = own.as_of_counted if as_of_counted is None else as_of_counted
    payment_day = own.payment_day_counted if payment_day_counted is None else payment_day_counted
    order = full_order(allocation or tuple(law.allocation["order"]))
    rests = _rests(law, interest)
    before = [reasons.interest(law, interest, series, table)]
    not_answered = []
    if interest.kind == "statutory" and series is None:
        if law.interest["kind"] == "not_answered":
            not_answered.append(f"late_interest: {law.interest['note']}")
        elif law.interest.get("note") and table is not None:
            before.append(reasons.note(law.interest["note"]))
    contracted = interest.kind in ("fixed", "over_base")
    if contracted:
        said, asked = contract.standing(law, interest)
        before += said
        not_answered += asked
    return Frame(
        law=law, unit=10 ** places(currency), minor_unit=minor_unit(currency),
        table=table, day_count=day_count, by_segment=rounding == "segment", rests=rests,
        limited="most" in law.interest, contracted=contracted,
        as_of_counted=counted, payment_day_counted=payment_day, order=order, before=tuple(before),
        after=() if table is None else (reasons.rounding(rounding),),
        not_answered=tuple(not_answered),
        conventions=MappingProxyType({
            "day_count": day_count, "rounding": rounding, "as_of_counted": counted,
            "payment_day_counted": payment_day, "compounding": rests, "allocation": order,
            "law_as_of": law.checked_to,
        }),
    )  # fmt: skip


def _rests(law: Rules, interest: Interest) -> str:
    """How often interest is added to the principal: the contract's word, else the statute's own."""
    if interest.compounding is not None:
        return interest.compounding
    return str(law.interest["compounding"]) if interest.kind == "statutory" else "simple"
