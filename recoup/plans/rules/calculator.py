"""The instalments of a plan, exact to the minor unit, with interest by law up to each payment. Pure.

What is owed after the last instalment is nothing: the law's own calculation (`jurisdictions.owed`) is
asked with the instalments as payments. Where a rate for a day to come is not published yet, the last one
published is agreed for the plan.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_UP, Decimal

from recoup.jurisdictions.laws import law
from recoup.jurisdictions.overlay import Overlay, Published, using
from recoup.jurisdictions.owed import Cost, Owed, Payment, Request, owed
from recoup.jurisdictions.reason import Reason
from recoup.jurisdictions.rules import rules
from recoup.jurisdictions.series import series
from recoup.kernel.days import next_business_day
from recoup.kernel.money import places, round_half_up
from recoup.kernel.refusal import N_, NotAnswered, Refusal
from recoup.plans.rules.terms import Terms, refuse_unsound
from recoup.plans.states import PlanKind

ZERO = Decimal(0)
AGREED_RATE = "the rate last published, agreed for the plan"


@dataclass(frozen=True, slots=True)
class Part:
    """One instalment: its number, day, amount, and what of it the law takes for what."""

    number: int
    due_on: date
    amount: Decimal
    interest: Decimal = ZERO
    costs: Decimal = ZERO
    principal: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Schedule:
    """A plan worked out. `owed`: on the day of the offer, the plan's fee with it; `given_up`: what is
    waived once all is paid; `interest_to_come`: what the plan's time adds; `to_pay`: all instalments.
    owed + interest_to_come − given_up = to_pay."""

    on: date
    currency: str
    owed: Decimal
    fee: Decimal
    given_up: Decimal
    interest_to_come: Decimal
    parts: tuple[Part, ...]
    before: Owed
    why: tuple[Reason, ...]

    @property
    def to_pay(self) -> Decimal:
        return sum((part.amount for part in self.parts), ZERO)

    @property
    def last_on(self) -> date:
        return self.parts[-1].due_on


def schedule(request: Request, terms: Terms) -> Schedule:
    """The instalments for what `request` asks (what is owed on its day, with all that was paid).

    Raises `Refusal`: `plan_count`, `plan_day_past`, `plan_share`, `plan_first`, `nothing_owed`,
    `plan_too_small` (an instalment would be nothing), and as `owed` does.
    """
    on = request.as_of
    refuse_unsound(terms, on=on)
    days = business_days(request.jurisdiction, terms)
    asked = with_agreed_rates(request, until=days[-1])
    counted = rules(request.jurisdiction).conventions.payment_day_counted
    now = owed(replace(asked, as_of_counted=counted))
    if now.total <= 0:
        raise Refusal("nothing_owed", N_("Nothing is owed any more."))
    fee = fee_of(request, terms)
    if fee:
        asked = with_fee(asked, fee)
        now = owed(replace(asked, as_of_counted=counted))
    if terms.kind == PlanKind.SETTLEMENT or terms.waives_interest:
        return without_interest(asked, terms, days, now, fee)
    return with_interest(asked, terms, days, now, fee)


def business_days(code: str, terms: Terms) -> list[date]:
    """Each instalment's day, moved to the next business day of the debtor's country."""
    return [next_business_day(day, code) for day in terms.days()]


# The law's part --------------------------------------------------------------------------------------


def fee_of(request: Request, terms: Terms) -> Decimal:
    """The tariff for a written plan where the law grants one in the case's currency, once."""
    if terms.kind != PlanKind.INSTALMENTS or terms.count < 2:
        return ZERO
    if any(cost.kind == "instalment_plan" for cost in request.costs):
        return ZERO
    value = sum((c.amount if c.kind == "invoice" else -c.amount for c in request.claims), ZERO)
    try:
        charge, currency = law(request.jurisdiction).cost(
            "instalment_plan", value=value, on=request.as_of
        )
    except NotAnswered:
        return ZERO
    return charge.amount if currency == request.currency else ZERO


def with_fee(request: Request, fee: Decimal) -> Request:
    return replace(request, costs=(*request.costs, Cost("instalment_plan", request.as_of, fee)))


def with_agreed_rates(request: Request, *, until: date) -> Request:
    """The request with each series it rests on carried on, at its last value, to the end of the plan."""
    rule = rules(request.jurisdiction).interest
    names = {rule.get(key) for key in ("base", "over_base", "series")} | {request.series}
    rows = []
    with using(request.overlay):
        for name in sorted(filter(None, names)):
            last = series(name).rows[-1]
            if last.last < until:
                first = date.fromordinal(last.last.toordinal() + 1)
                rows.append(Published(name, first, until, last.value, AGREED_RATE))
    return replace(request, overlay=Overlay((*request.overlay.rows, *rows))) if rows else request


def at(request: Request, day: date, paid: list[tuple[date, Decimal]]) -> Owed:
    """What a payment on `day` must be for nothing to stay owed, after `paid`."""
    counted = rules(request.jurisdiction).conventions.payment_day_counted
    more = tuple(Payment(on, amount) for on, amount in paid)
    return owed(
        replace(request, as_of=day, payments=(*request.payments, *more), as_of_counted=counted)
    )


# The two ways ----------------------------------------------------------------------------------------


def with_interest(
    asked: Request, terms: Terms, days: list[date], now: Owed, fee: Decimal
) -> Schedule:
    """Equal instalments (after the first, if that one is given), the last what the law leaves."""
    fixed = [terms.first] if terms.first is not None and len(days) > 1 else []
    amount = level(asked, days, fixed)
    amounts = [*fixed, *[amount] * (len(days) - len(fixed) - 1)]
    last = at(asked, days[-1], list(zip(days, amounts, strict=False))).total
    return finished(asked, terms, days, [*amounts, last], now, fee, given_up=ZERO)


def level(asked: Request, days: list[date], fixed: list[Decimal]) -> Decimal:
    """The least amount that, paid on every day but the fixed and the last, leaves no more than itself."""
    if len(days) - len(fixed) < 2:
        return ZERO
    unit = Decimal(1).scaleb(-places(asked.currency))

    def too_little(units: int) -> bool:
        amounts = [*fixed, *[units * unit] * (len(days) - len(fixed) - 1)]
        return at(asked, days[-1], list(zip(days, amounts, strict=False))).total > units * unit

    total = at(asked, days[-1], list(zip(days, fixed, strict=False))).total
    low, high = 0, int(total / unit)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if too_little(middle) else (low, middle)
    return low * unit


def without_interest(
    asked: Request, terms: Terms, days: list[date], now: Owed, fee: Decimal
) -> Schedule:
    """What is owed on the day of the offer, less the discount, in equal parts: the plan's own time is free."""
    given_up = round_half_up(now.total * terms.discount / 100, asked.currency)
    return finished(asked, terms, days, equal(now.total - given_up, days, terms, asked.currency), now, fee, given_up)  # fmt: skip


def equal(total: Decimal, days: list[date], terms: Terms, currency: str) -> list[Decimal]:
    """Parts that add up to `total`: all the same but the last, which is the least."""
    first = [terms.first] if terms.first is not None and len(days) > 1 else []
    rest, count = total - sum(first, ZERO), len(days) - len(first)
    unit = Decimal(1).scaleb(-places(currency))
    each = (rest / count).quantize(unit, rounding=ROUND_UP)
    return [*first, *[each] * (count - 1), rest - each * (count - 1)]


def finished(
    asked: Request, terms: Terms, days: list[date], amounts: list[Decimal], now: Owed, fee: Decimal,
    given_up: Decimal,
) -> Schedule:  # fmt: skip
    if min(amounts) <= 0:
        raise Refusal(
            "plan_too_small", N_("So many instalments leave nothing for the last one: choose fewer, or a smaller first one."),
            field="count", found=len(days),
        )  # fmt: skip
    split = at(asked, days[-1], list(zip(days, amounts, strict=True))).allocations[-len(days) :]
    parts = tuple(
        Part(n, day, amount, s.interest + s.compensation, s.costs, s.principal)
        for n, (day, amount, s) in enumerate(zip(days, amounts, split, strict=True), 1)
    )  # fmt: skip
    to_come = sum(amounts, ZERO) + given_up - now.total
    return Schedule(
        now.as_of, asked.currency, now.total, fee, given_up, to_come, parts, now,
        why(asked, terms, days, fee, given_up, to_come),
    )  # fmt: skip


def why(
    asked: Request,
    terms: Terms,
    days: list[date],
    fee: Decimal,
    given_up: Decimal,
    to_come: Decimal,
) -> tuple[Reason, ...]:
    found = []
    if terms.kind == PlanKind.SETTLEMENT:
        found.append(
            Reason("settled_for", N_("When all of it is paid in time, the rest is given up."))
        )
    elif terms.waives_interest:
        found.append(
            Reason("free", N_("Interest of the plan's own time is given up when the plan is kept."))
        )
    else:
        found.append(Reason("interest_by_law", N_("Interest runs on what is still open and is part of the instalments; after the last one nothing is owed.")))  # fmt: skip
    moved = [day for day, counted in zip(days, terms.days(), strict=True) if day != counted]
    if moved:
        found.append(Reason("business_days", N_("Days that are no business days are moved to the next one.")))  # fmt: skip
    if any(row.source == AGREED_RATE for row in asked.overlay.rows) and to_come:
        found.append(Reason("agreed_rate", N_("Where a rate is not published yet, the last one published is agreed; nobody pays more than the law asks.")))  # fmt: skip
    if fee:
        found.append(Reason("plan_fee", N_("The law's fee for a written plan is part of what is owed: %(amount)s %(currency)s."), {"amount": str(fee), "currency": asked.currency}))  # fmt: skip
    return tuple(found)
