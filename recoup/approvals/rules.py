"""Whether a client has decided in advance what it is asked now. Pure."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from recoup.approvals.states import BudgetPer
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_


@dataclass(frozen=True, slots=True)
class Bounds:
    """A standing authority for one kind of question: each case up to `limit`, together up to `budget`
    (None: no budget), when the odds are known and not below `least_odds` (None: whatever they are),
    through `until` (None: until withdrawn)."""

    limit: Money
    budget: Decimal | None = None
    per: str = BudgetPer.MONTH
    least_odds: int | None = None
    until: date | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """`because` is a sentence with gaps for `params`."""

    ok: bool
    code: str
    because: str
    params: dict[str, Any] = field(default_factory=dict)


def covers(
    bounds: Bounds | None, *, cost: Money, odds: int | None, spent: Decimal, on: date
) -> Verdict:
    """Whether the authority decides it, and why (not). `spent` is what was approved under it before,
    within the budget's time; the last cent of a limit or a budget may be spent."""
    if bounds is None or bounds.withdrawn:
        return Verdict(
            False,
            "no_authority",
            N_("Your mandate does not decide this kind of question in advance."),
        )
    if bounds.until is not None and on > bounds.until:
        return Verdict(
            False, "authority_over", N_("Your mandate ended on %(until)s."),
            {"until": bounds.until.isoformat()},
        )  # fmt: skip
    if cost.currency != bounds.limit.currency:
        return Verdict(
            False, "other_currency", N_("Your mandate is in %(found)s, this is in %(currency)s."),
            {"found": bounds.limit.currency, "currency": cost.currency},
        )  # fmt: skip
    if cost.amount > bounds.limit.amount:
        return Verdict(
            False, "above_limit", N_("It comes to %(amount)s; your mandate covers up to %(total)s a case."),
            said(cost.currency, amount=cost.amount, total=bounds.limit.amount),
        )  # fmt: skip
    if bounds.least_odds is not None and (odds is None or odds < bounds.least_odds):
        return Verdict(
            False, "odds_too_low", N_("The odds are %(odds)s; your mandate asks for at least %(least)s percent."),
            {"odds": "?" if odds is None else f"{odds} %", "least": bounds.least_odds},
        )  # fmt: skip
    if bounds.budget is not None and spent + cost.amount > bounds.budget:
        return Verdict(
            False, "budget_spent", N_("%(left)s of your budget of %(total)s is left; this comes to %(amount)s."),
            said(cost.currency, left=max(bounds.budget - spent, Decimal(0)), total=bounds.budget, amount=cost.amount),
        )  # fmt: skip
    return Verdict(
        True, "covered", N_("Decided in advance: your mandate covers up to %(total)s a case."),
        said(cost.currency, total=bounds.limit.amount),
    )  # fmt: skip


def said(currency: str, **amounts: Decimal) -> dict[str, Any]:
    """Amounts as events keep them: text beside their currency."""
    written = {name: f"{Money(amount, currency).rounded().amount:f}" for name, amount in amounts.items()}  # fmt: skip
    return written | {"currency": currency}


def budget_starts(per: str, *, since: date, on: date) -> date:
    """From which day on approvals count against the budget: the first of the month (an authority changed in
    between does not fill it up again), or the authority's own day."""
    return on.replace(day=1) if per == BudgetPer.MONTH else since
