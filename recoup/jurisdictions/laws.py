"""What a country answers: `law("SE").limitation_ends_on(…)`. Pure; instants are arguments.

A country does not drive: it answers questions, with the source beside each answer. No answer raises
`NotAnswered` (the case goes to a person), a value that is not published yet `NotKnown`.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from recoup.jurisdictions import facts as packs
from recoup.jurisdictions.answers import (
    Contact,
    CourtRoute,
    LateInterest,
    Notice,
    Order,
    Sum,
)
from recoup.jurisdictions.facts import Fact
from recoup.jurisdictions.formulas import limitation, tariffs
from recoup.jurisdictions.formulas.compensation import per_invoice
from recoup.jurisdictions.formulas.rates import statutory
from recoup.jurisdictions.formulas.tariffs import Charge
from recoup.jurisdictions.owed.answer import Limitation
from recoup.jurisdictions.rules import CODES, Rules, rules
from recoup.jurisdictions.series import SeriesStatus, names_in, provisional, series
from recoup.kernel.days import (
    add_business_days,
    is_business_day,
    next_business_day,
)
from recoup.kernel.refusal import N_, NotAnswered


@lru_cache(maxsize=64)
def law(code: str) -> "Law":
    """The law of an ISO 3166 code (`US-NY` where a state decides). Raises `Refusal`."""
    return Law(rules(code))


class Law:
    """One country's answers."""

    def __init__(self, own: Rules) -> None:
        self.rules = own
        self.code, self.name, self.currency = own.code, own.name, own.currency
        self.zone = ZoneInfo(own.time_zone)

    # Money ---------------------------------------------------------------------------------

    def late_interest(self, *, default_on: date, on: date) -> LateInterest:
        """The rate on day `on` of a debt whose interest began on `default_on`.

        Raises `NotAnswered` (none as of right, or not held), `NotKnown` (not published yet).
        """
        rule, conventions = self.rules.interest, self.rules.conventions
        table = statutory(rule)
        if table is None:
            raise NotAnswered(
                "no_statutory_interest", N_("%(country)s: %(found)s"),
                country=self.code, found=rule["note"],
            )  # fmt: skip
        [(_, _, row)] = table.pieces(default_on.toordinal(), on.toordinal(), on.toordinal() + 1)
        return LateInterest(
            row.rate, row.base, row.margin, table.at_default, rule["compounding"],
            conventions.day_count, row.series, row.source, row.verified, row.provisional,
        )  # fmt: skip

    def compensation(self, *, overdue: Decimal, since: date) -> Sum:
        """Fixed compensation for one invoice of `overdue` in default `since`; 0 where there is none.

        Raises `NotAnswered`, `NotKnown`. `overdue` is in the currency of the pack's bands.
        """
        rule = self.rules.compensation
        if rule["kind"] == "not_answered":
            raise self._unanswered("compensation")
        amount = per_invoice(rule, overdue=overdue, since=since)
        currency = rule.get("paid_in") or rule.get("currency") or self.currency
        return Sum(
            amount, currency, rule["source"], rule["verified"], provisional(rule["verified"])
        )

    def cost(
        self, kind: str, *, value: Decimal, on: date, earlier: Iterable[date] = ()
    ) -> tuple[Charge, str]:
        """The tariff for a measure on a debt of `value`, and its currency.

        `earlier` are the days the same measure was taken before. Raises `NotAnswered`, `NotKnown`.
        """
        rule = self.rules.costs.get("kinds", {}).get(kind)
        if rule is None:
            raise self._unanswered(f"costs: {kind}")
        charge = tariffs.charge(
            rule, value=value, on=on, earlier=list(earlier), folder=self.rules.folder
        )
        return charge, rule["currency"]

    def recoverable_costs(self) -> Fact:
        """Whether, and how far, a business debtor owes the costs of collection. Raises `NotAnswered`."""
        return packs.fact(self.code, "collection_costs.recoverable_from_b2b_debtor")

    def allocation_order(self) -> Order:
        """The country's order for a payment without a designation; house practice says so."""
        rule = self.rules.allocation
        return Order(tuple(rule["order"]), rule["source"], provisional(rule["verified"]))

    # Time ----------------------------------------------------------------------------------

    def limitation_ends_on(
        self, *, due: date, arose: date | None = None, part_payments: Iterable[date] = ()
    ) -> Limitation:
        """The last day to act. Raises `NotAnswered` where it varies within the country."""
        rule = self.rules.limitation
        if rule.get("not_answered"):
            raise self._unanswered("limitation.contract_claim_years")
        ends = limitation.ends_on(rule, due=due, arose=arose, part_payments=part_payments)
        return Limitation(
            ends.on, ends.reasons, rule["source"], rule["verified"], provisional(rule["verified"])
        )

    def acknowledgement(self) -> Fact:
        """What of the acts that interrupt limitation an acknowledgement in writing is, as found in the
        sources. Raises `NotAnswered` where the pack names none."""
        found = packs.fact(self.code, "limitation.interrupted_by")
        named = [one for one in _texts(found.value) if "acknowledg" in one.lower()]
        if not named:
            raise self._unanswered("limitation.acknowledgement")
        return Fact(
            "limitation.acknowledgement", named[0], found.source, found.verified, found.note
        )

    def is_business_day(self, day: date) -> bool:
        """By the country's public holidays and working week."""
        return is_business_day(day, self.code)

    def add_business_days(self, day: date, count: int) -> date:
        """The `count`-th business day after `day`."""
        return add_business_days(day, count, self.code)

    def next_business_day(self, day: date) -> date:
        """`day` itself or the first business day after it."""
        return next_business_day(day, self.code)

    def minimum_notice_days(self) -> Notice:
        """How long a demand must at least leave. Raises `NotAnswered`."""
        rule = self.rules_of("demand")
        if "notice_days" not in rule:
            raise self._unanswered("demand_letter.minimum_notice_days")
        return Notice(
            int(rule["notice_days"]),
            rule["source"],
            rule["verified"],
            provisional(rule["verified"]),
        )

    def deadline(self, *, sent_on: date, days: int) -> date:
        """A deadline `days` (at least the law's notice) after a demand, moved to a business day."""
        with suppress(NotAnswered):
            days = max(days, self.minimum_notice_days().days)
        return self.next_business_day(sent_on + timedelta(days=days))

    def may_contact(self, at: datetime, *, zone: str | None = None) -> Contact:
        """Whether a call or visit is in order at the instant `at` (aware), in the debtor's zone.

        Where the statute names no hours the house's own apply, and `house_practice` says so.
        """
        if at.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        rule = self.rules_of("contact")
        local = at.astimezone(ZoneInfo(zone) if zone else self.zone)
        opens, closes = time.fromisoformat(rule["from"]), time.fromisoformat(rule["to"])
        house = str(rule["verified"]) == "house practice"
        if not self.is_business_day(local.date()):
            because = N_("It is not a business day there.")
        elif local.time() < opens:
            because = N_("It is before business hours there.")
        elif local.time() >= closes:
            because = N_("It is after business hours there.")
        else:
            return Contact(True, N_("Within business hours there."), rule["source"], at, house)
        day = local.date() + timedelta(days=1 if local.time() >= closes else 0)
        earliest = datetime.combine(self.next_business_day(day), opens, tzinfo=local.tzinfo)
        return Contact(False, because, rule["source"], earliest, house)

    # Papers and routes ---------------------------------------------------------------------

    def required_wording(self) -> Fact:
        """What a demand must contain. Raises `NotAnswered`."""
        return packs.fact(self.code, "demand_letter.required_content")

    def demand_required(self) -> Fact:
        """Whether a demand must come before court action. Raises `NotAnswered`."""
        return packs.fact(self.code, "demand_letter.required_before_action")

    def court_route(self) -> CourtRoute:
        """The payment-order procedure. Raises `NotAnswered` where none is established."""
        part = "court_order_procedure"
        return CourtRoute(
            self.fact(f"{part}.name"),
            *(
                self.maybe(f"{part}.{name}")
                for name in (
                    "authority",
                    "thresholds",
                    "court_fees",
                    "objection_days",
                    "small_claims",
                )
            ),
        )

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of its courts and business letters, as BCP 47 codes."""
        return tuple(self.rules_of("languages")["codes"])

    # Facts and series ----------------------------------------------------------------------

    def fact(self, name: str) -> Fact:
        """One researched fact, such as `insolvency.statutory_demand`. Raises `NotAnswered`."""
        return packs.fact(self.code, name)

    def maybe(self, name: str) -> Fact | None:
        """One researched fact, or None where it is not answered."""
        try:
            return self.fact(name)
        except NotAnswered:
            return None

    def facts(self) -> list[Fact]:
        """Every question; `value` is None where it is not answered."""
        return list(packs.facts(self.code))

    def notes(self) -> list[str]:
        return packs.notes(self.code)

    def series_names(self) -> list[str]:
        """The series this country's answers rest on, shared ones included."""
        shared = [self.rules.interest.get(key) for key in ("base", "over_base", "series")]
        return sorted({*names_in(self.rules.folder), *(name for name in shared if name)})

    def series_status(self, *, today: date) -> list[SeriesStatus]:
        """How far each series is known and whether it should have been refreshed by `today`."""
        return [series(name).status(today=today) for name in self.series_names()]

    def rules_of(self, part: str) -> dict[str, Any]:
        return self.rules.other[part]

    def _unanswered(self, name: str) -> NotAnswered:
        return NotAnswered(
            "not_answered", N_("Nobody has established “%(found)s” for %(country)s."),
            found=name, country=self.code,
        )  # fmt: skip


def _texts(value: Any) -> list[str]:
    """The texts in a fact, however it is nested."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [str(value)]


def all_laws() -> list[Law]:
    """The thirty, in the order of their codes."""
    return [law(code) for code in CODES]


def series_status(*, today: date) -> list[SeriesStatus]:
    """Every series once, the stale ones first, then by the day they must next be refreshed."""
    found = {status.name: status for own in all_laws() for status in own.series_status(today=today)}
    return sorted(
        found.values(), key=lambda one: (not one.stale, one.next_refresh or date.max, one.name)
    )
