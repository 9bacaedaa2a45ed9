"""Compensation and costs of a case, and how the one counts towards the other. Pure.

Three relations (docs/algorithms/compensation.md): costs are owed only above the compensation
(`reduces`), the compensation is the least that the costs come to (`within`), or both (`on_top`).
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from recoup.jurisdictions.formulas import compensation, tariffs
from recoup.jurisdictions.overlay import ENTERED
from recoup.jurisdictions.owed import reasons
from recoup.jurisdictions.owed.answer import CostLine
from recoup.jurisdictions.owed.request import Claim, Cost, Request
from recoup.jurisdictions.owed.run import Line
from recoup.jurisdictions.reason import Reason
from recoup.jurisdictions.rules import Rules
from recoup.jurisdictions.series import series
from recoup.kernel.days import previous_business_day
from recoup.kernel.money import round_half_up
from recoup.kernel.refusal import N_, NotAnswered, NotKnown

ZERO = Decimal(0)


class Pots:
    """What has become due beside principal and interest, and what has been paid of it (minor units)."""

    def __init__(
        self, law: Rules, request: Request, unit: int, why: list[Reason], not_answered: list[str]
    ) -> None:
        self.law, self.request, self.unit = law, request, unit
        self.why, self.not_answered = why, not_answered
        rule = law.compensation
        self.relation = rule.get("costs", "on_top")
        self.offset_kinds = rule.get("offset_kinds", ())
        none = rule["kind"] in ("none", "not_answered")
        own = request.currency if none else rule.get("paid_in", rule["currency"])
        self.compensation_currency: str = own
        self.same_currency = own == request.currency
        self.compensates = not none and request.series not in rule.get("not_with_series", ())
        self.compensation = ZERO
        self.compensation_minor = 0  # of the case's currency, nought where it is paid in another
        self.in_default: set[str] = set()
        self.offset = self.other = 0
        self.paid_costs = self.paid_compensation = 0
        self.cost_lines: list[CostLine] = []
        self.cap: int | None = None
        if rule["kind"] == "not_answered":
            not_answered.append("compensation")

    # Becoming due --------------------------------------------------------------------------

    def default(self, lines: list[Line], day: int) -> None:
        """Once per invoice: the compensation of every line whose interest runs by `day` (ordinal)."""
        if not self.compensates:
            return
        for line in lines:
            ref = line.claim.ref
            if line.first <= day and ref not in self.in_default:
                self.in_default.add(ref)
                if line.principal:
                    self._compensate(line)

    def _compensate(self, line: Line) -> None:
        rule = self.law.compensation
        if rule["kind"] == "banded" and rule["currency"] != self.request.currency:
            self._ask(f"compensation: its bands are in {rule['currency']}")
            return
        overdue = Decimal(line.principal) / self.unit
        try:
            amount = compensation.per_invoice(
                rule, overdue=overdue, since=date.fromordinal(line.first)
            )
        except NotKnown as missing:
            self._ask(f"compensation: {missing.params['found']}")
            return
        self.compensation += amount
        if self.same_currency:
            self.compensation_minor = int(self.compensation * self.unit)
        self.why.append(
            reasons.compensation(self.law, line.claim, amount, self.compensation_currency)
        )
        if rule["kind"] == "series":
            self._say_entered(rule["series"], date.fromordinal(line.first))
        if rule.get("fx"):
            self.why.append(
                reasons.exchange_day(line.claim, exchange_day(line.claim, self.law.code))
            )
        elif not self.same_currency:
            self.why.append(reasons.other_currency(amount, self.compensation_currency))

    def _say_entered(self, name: str, day: date) -> None:
        row = series(name).at(day)
        if row.verified == ENTERED:
            self.why.append(reasons.entered_amount(name, row))

    def _ask(self, question: str) -> None:
        if question not in self.not_answered:
            self.not_answered.append(question)

    def charge(self, cost: Cost, lines: list[Line]) -> None:
        """Add a cost: the stated amount, at most what the law allows, or the tariff's."""
        rule = self.law.costs.get("kinds", {}).get(cost.kind)
        if cost.amount is not None:
            amount, source = self._stated(cost, rule), rule
        elif rule is None:
            raise NotAnswered(
                "cost_needs_amount",
                N_("%(country)s has no tariff for “%(found)s”: state the amount."),
                field="costs", found=cost.kind, country=self.law.code,
            )  # fmt: skip
        else:
            amount, source = self._tariff(cost, rule, lines), rule
        minor = int(amount * self.unit)
        if cost.kind in self.offset_kinds:
            self.offset += minor
        else:
            self.other += minor
        self.cost_lines.append(
            CostLine(
                cost.kind, cost.on, amount, source["source"] if source else None,
                source["verified"] if source else None, source.get("condition") if source else None,
            )
        )  # fmt: skip
        self._find_cap(cost, lines)
        if cost.kind != "court_fee":
            self._say_whether_recoverable(cost)

    def _say_whether_recoverable(self, cost: Cost) -> None:
        recoverable = self.law.costs["recoverable"]
        if recoverable == "contract_only":
            self.why.append(reasons.contract_only(self.law, cost))
        elif recoverable is None:
            self._ask("costs: whether a business debtor owes them")

    def _stated(self, cost: Cost, rule: dict[str, Any] | None) -> Decimal:
        assert cost.amount is not None
        if rule is None or rule["currency"] != self.request.currency:
            return cost.amount
        amount = tariffs.capped(rule, cost.amount)
        if amount != cost.amount:
            self.why.append(reasons.cost_capped(cost, amount, rule["source"]))
        return round_half_up(amount, self.request.currency)

    def _tariff(self, cost: Cost, rule: dict[str, Any], lines: list[Line]) -> Decimal:
        if rule["currency"] != self.request.currency:
            raise NotAnswered(
                "cost_needs_amount",
                N_("The tariff for “%(found)s” is in %(currency)s, the claim is not: state the amount."),
                field="costs", found=cost.kind, currency=rule["currency"],
            )  # fmt: skip
        alike = (cost.kind, *rule.get("counts_with", ()))
        earlier = [line for line in self.cost_lines if line.kind in alike]
        value = self._value(lines, cost, with_interest=bool(rule.get("on_interest")))
        simple = "simple" in rule and self._paid_soon(
            lines, cost, int(rule["simple"]["paid_within_days"])
        )
        charge = tariffs.charge(
            rule, value=value, on=cost.on, earlier=[line.on for line in earlier],
            charged=sum(bool(line.amount) for line in earlier), folder=self.law.folder, simple=simple,
        )  # fmt: skip
        if simple:
            self.why.append(reasons.paid_soon(cost, rule))
        self.why.append(reasons.tariff(cost, charge, self.request.currency))
        return round_half_up(charge.amount, self.request.currency)

    def _paid_soon(self, lines: list[Line], cost: Cost, days: int) -> bool:
        """Whether what was overdue on the cost's day, with its interest, came in within the days after."""
        last = min(cost.on + timedelta(days=days), self.request.as_of)
        paid = sum(p.amount for p in self.request.payments if cost.on <= p.on <= last)
        return paid >= self._value(lines, cost, with_interest=True) > 0

    def _value(self, lines: list[Line], cost: Cost, *, with_interest: bool) -> Decimal:
        """The open principal that is overdue on the cost's day (all of it if none is)."""
        day = cost.on.toordinal()
        overdue = [line for line in lines if line.first <= day] or lines
        minor = sum(line.principal for line in overdue)
        if with_interest:
            minor += sum(line.open_interest() for line in overdue)
        return Decimal(minor) / self.unit

    def _find_cap(self, cost: Cost, lines: list[Line]) -> None:
        rule = self.law.costs.get("cap")
        if (
            rule is None
            or cost.kind not in rule["kinds"]
            or rule["currency"] != self.request.currency
        ):
            return
        try:
            band = tariffs.band(rule["bands"], self._value(lines, cost, with_interest=False))
        except NotAnswered:
            self._ask("costs: the total cap for so large a principal")
            return
        self.cap = int(Decimal(band["amount"]) * self.unit)

    # What is owed of it --------------------------------------------------------------------

    def _offset(self) -> int:
        return self.offset if self.cap is None else min(self.offset, self.cap)

    def compensation_due(self) -> Decimal:
        """Compensation that came to be owed, in its own currency."""
        if self.relation != "within" or not self.same_currency:
            return self.compensation
        return Decimal(self._compensation_due()) / self.unit

    def _compensation_due(self) -> int:
        if self.relation != "within":
            return self.compensation_minor
        return max(0, self.compensation_minor - self._offset())

    def costs_due(self) -> int:
        """Costs that came to be owed after the set-off, in minor units."""
        offset = self._offset()
        if self.relation == "reduces":
            offset = max(0, offset - self.compensation_minor)
        return offset + self.other

    def open_costs(self) -> int:
        return max(0, self.costs_due() - self.paid_costs)

    def open_compensation(self) -> int:
        """A set-off that came after a payment of costs makes those count as compensation."""
        if not self.same_currency:
            return 0
        beyond = max(0, self.paid_costs - self.costs_due())
        return max(0, self._compensation_due() - self.paid_compensation - beyond)


def exchange_day(claim: Claim, code: str) -> date:
    """The last business day of the month before the one in which the claim fell due."""
    return previous_business_day(claim.due.replace(day=1) - timedelta(days=1), code)
