"""What is offered, and what a client has authorised in advance. Pure."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Self

from recoup.jurisdictions.reason import Reason
from recoup.kernel.days import add_months, parse_day
from recoup.kernel.refusal import N_, Refusal
from recoup.plans.states import Every, PlanKind

MOST_INSTALMENTS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is offered to a debtor.

    `first`: the first instalment's amount, None for as much as the others; `discount`: percent of what is
    owed that is given up once the rest is paid; `waives_interest`: interest of the plan's own time is not
    asked for; `penalty`: percent a year on a late instalment for the days it is late; `grace_days`: how
    long a debtor has after an instalment's day before the plan is broken; `accelerates`: one missed
    instalment makes all due, otherwise two.
    """

    kind: PlanKind
    first_on: date
    count: int = 1
    every: Every = Every.MONTH
    first: Decimal | None = None
    discount: Decimal = Decimal(0)
    waives_interest: bool = False
    penalty: Decimal = Decimal(0)
    grace_days: int = 3
    accelerates: bool = True

    def days(self) -> list[date]:
        """The instalments' days as counted, before they are moved to business days."""
        if self.every == Every.MONTH:
            return [add_months(self.first_on, n) for n in range(self.count)]
        step = timedelta(days=7 if self.every == Every.WEEK else 14)
        return [self.first_on + n * step for n in range(self.count)]

    def as_json(self) -> dict[str, Any]:
        found = asdict(self)
        return {k: str(v) if isinstance(v, Decimal | date) else v for k, v in found.items()}

    @classmethod
    def read(cls, doc: dict[str, Any]) -> Self:
        """From `as_json`. Raises `Refusal` `day_not_iso`."""
        return cls(
            kind=PlanKind(doc["kind"]), first_on=parse_day(doc["first_on"], field="first_on"),
            count=int(doc["count"]), every=Every(doc["every"]),
            first=Decimal(doc["first"]) if doc["first"] is not None else None,
            discount=Decimal(doc["discount"]), waives_interest=bool(doc["waives_interest"]),
            penalty=Decimal(doc["penalty"]), grace_days=int(doc["grace_days"]),
            accelerates=bool(doc["accelerates"]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a client has authorised: within it a plan is agreed at once, outside it the client is asked.

    `months`: from the day of the offer to the last instalment; `first_percent`: of what is owed, the
    least first instalment; `discount`: the most that may be given up, percent; `first_days`: the first
    payment comes within so many days; `accelerates`: it must be all due once an instalment is missed;
    `answer_days`: business days to answer when asked, after which the answer is no.
    """

    months: int = 0
    first_percent: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    may_waive_interest: bool = False
    accelerates: bool = True
    first_days: int = 30
    answer_days: int = 3


NOTHING = Limits()
"""No mandate: everything is asked."""


def refuse_unsound(terms: Terms, *, on: date) -> None:
    """Raises `Refusal`: `plan_count`, `plan_day_past`, `plan_share`, `plan_first`."""
    if not 1 <= terms.count <= MOST_INSTALMENTS:
        raise Refusal(
            "plan_count", N_("%(found)s instalments are not possible: choose 1 to %(most)s."),
            field="count", found=terms.count, most=MOST_INSTALMENTS,
        )  # fmt: skip
    if terms.first_on < on:
        raise Refusal(
            "plan_day_past", N_("%(found)s has passed: please choose a day to come."),
            field="first_on", found=terms.first_on,
        )  # fmt: skip
    for name, value, most in (
        ("discount", terms.discount, Decimal("99.99")), ("penalty", terms.penalty, Decimal(100)),
    ):  # fmt: skip
        if not 0 <= value <= most:
            raise Refusal(
                "plan_share", N_("“%(found)s” is no share between 0 and %(most)s percent."),
                field=name, found=value, most=most,
            )  # fmt: skip
    if not 0 <= terms.grace_days <= 31:
        raise Refusal(
            "plan_grace", N_("“%(found)s” days of grace are not possible: choose 0 to 31."),
            field="grace_days", found=terms.grace_days,
        )  # fmt: skip
    if terms.first is not None and terms.first <= 0:
        raise Refusal(
            "plan_first", N_("The first instalment must be more than nothing."),
            field="first", found=terms.first,
        )  # fmt: skip


def outside(limits: Limits, terms: Terms, *, owed: Decimal, first: Decimal, last_on: date, on: date) -> list[Reason]:  # fmt: skip
    """What of an offer the mandate does not cover, a sentence each; empty when it may be agreed at once.

    `owed` is what is owed on the day of the offer `on`, `first` the first instalment, `last_on` the last day.
    """
    found = []
    if last_on > add_months(on, limits.months):
        found.append(Reason(
            "too_long", N_("It runs until %(last)s; %(months)s months are authorised."),
            {"last": last_on.isoformat(), "months": limits.months},
        ))  # fmt: skip
    if terms.first_on > on + timedelta(days=limits.first_days):
        found.append(Reason(
            "too_late", N_("The first payment is on %(first)s; it must come within %(days)s days."),
            {"first": terms.first_on.isoformat(), "days": limits.first_days},
        ))  # fmt: skip
    if terms.count > 1 and first * 100 < limits.first_percent * owed:
        found.append(Reason(
            "first_too_small", N_("The first instalment is less than %(percent)s percent of what is owed."),
            {"percent": plain(limits.first_percent)},
        ))  # fmt: skip
    if terms.discount > limits.discount:
        found.append(Reason(
            "discount_too_large", N_("A discount of %(found)s percent is asked for; %(percent)s percent are authorised."),
            {"found": plain(terms.discount), "percent": plain(limits.discount)},
        ))  # fmt: skip
    if terms.waives_interest and not limits.may_waive_interest:
        found.append(Reason("interest_waived", N_("Interest would be given up.")))
    if limits.accelerates and not terms.accelerates and terms.count > 1:
        found.append(
            Reason("no_acceleration", N_("A missed instalment would not make the rest due."))
        )
    return found


def plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
