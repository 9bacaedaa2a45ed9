"""`owed`: what a debtor owes under a country's law on a day, with the derivation. Pure.

One sum serves letters, portal, ledger and court papers. The steps: lay out the lines, go through the
events in the order of days (credit notes, costs, payments), accrue to the last interest day, gather.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from recoup.jurisdictions.formulas import limitation as limitations
from recoup.jurisdictions.formulas.exact import Sum
from recoup.jurisdictions.overlay import ENTERED, current, using
from recoup.jurisdictions.owed import reasons
from recoup.jurisdictions.owed.allocate import Allocator, full_order
from recoup.jurisdictions.owed.answer import (
    Allocation,
    ClaimLine,
    Compensation,
    Limitation,
    Owed,
    Segment,
)
from recoup.jurisdictions.owed.pots import Pots
from recoup.jurisdictions.owed.request import Claim, Request
from recoup.jurisdictions.owed.run import Line
from recoup.jurisdictions.owed.terms import rate_table
from recoup.jurisdictions.reason import Reason
from recoup.jurisdictions.rules import rules
from recoup.jurisdictions.series import provisional
from recoup.kernel.money import places, round_half_up

ONE_DAY = timedelta(days=1)


def owed(request: Request) -> Owed:
    """The answer to one request.

    Raises `NotKnown` naming the missing period of a rate, `NotAnswered` where the country has no such
    rule, `Refusal` for a request that contradicts itself.
    """
    if not request.overlay:
        return Computation(request).answer()
    with using(request.overlay):
        return Computation(request).answer()


class Computation:
    """One request being answered; the attributes are what the steps hand on."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.law = law = rules(request.jurisdiction)
        conventions = law.conventions
        self.unit = 10 ** places(request.currency)
        self.exponent = Decimal(1).scaleb(-places(request.currency))
        self.day_count = request.day_count or conventions.day_count
        self.rounding = request.rounding or conventions.rounding
        self.counted = _given(request.as_of_counted, conventions.as_of_counted)
        self.payment_day = _given(request.payment_day_counted, conventions.payment_day_counted)
        self.end = request.as_of.toordinal() + (1 if self.counted else 0)
        self.order = full_order(request.allocation or tuple(law.allocation["order"]))
        self.why: list[Reason] = []
        self.not_answered: list[str] = []
        self.table = rate_table(request.jurisdiction, request.interest, request.series)
        self.lines = self._lines()
        self.pots = Pots(law, request, self.unit, self.why, self.not_answered)
        self.allocations: list[Allocation] = []
        self.unallocated = 0

    # Laying out ----------------------------------------------------------------------------

    def _lines(self) -> list[Line]:
        request, rests = self.request, self._rests()
        claims = [claim for claim in request.claims if claim.kind == "invoice"]
        claims.sort(key=lambda claim: claim.due)
        return [
            Line(
                claim=claim, principal=self.minor(claim.amount),
                first=(claim.interest_from or claim.due + ONE_DAY).toordinal(), table=self.table,
                day_count=self.day_count, by_segment=self.rounding == "segment", rests=rests,
            )
            for claim in claims
        ]  # fmt: skip

    def _rests(self) -> str:
        interest = self.request.interest
        if interest.compounding is not None:
            return interest.compounding
        statutory = interest.kind == "statutory"
        return str(self.law.interest["compounding"]) if statutory else "simple"

    def minor(self, amount: Decimal) -> int:
        return int(amount * self.unit)

    def major(self, minor: int) -> Decimal:
        return Decimal(minor) * self.exponent

    # Going through the days ----------------------------------------------------------------

    def _walk(self) -> None:
        request = self.request
        events: list[tuple[int, int, int, object]] = []
        for i, claim in enumerate(request.claims):
            if claim.kind == "credit_note":
                day = (claim.interest_from or claim.due).toordinal()
                if day > request.as_of.toordinal():
                    self.why.append(reasons.credit_note_later(claim))
                else:
                    events.append((day, 0, i, claim))
        for i, cost in enumerate(request.costs):
            if cost.on > request.as_of:
                self.why.append(reasons.cost_later(cost))
            else:
                events.append((cost.on.toordinal(), 1, i, cost))
        for i, payment in enumerate(request.payments):
            if payment.on > request.as_of:
                self.why.append(reasons.payment_later(payment))
            else:
                events.append((payment.on.toordinal(), 2, i, payment))
        self.allocator = Allocator(self.order, self.lines, self.pots)
        events.sort(key=lambda event: event[:3])
        for day, kind, _, what in events:
            if kind == 0:
                self._credit(what, day)  # type: ignore[arg-type]
            elif kind == 1:
                self._accrue(day)
                self.pots.default(self.lines, day)
                self.pots.charge(what, self.lines)  # type: ignore[arg-type]
            else:
                self._pay(what, day)
        self._accrue(self.end)
        self.pots.default(self.lines, self.end - 1)

    def _accrue(self, end: int) -> None:
        end = min(end, self.end)
        for line in self.lines:
            line.accrue(end)

    def _pay(self, payment: object, day: int) -> None:
        self._accrue(day + 1 if self.payment_day else day)
        self.pots.default(self.lines, day)
        parts = self.allocator.pay(payment)  # type: ignore[arg-type]
        self.unallocated += parts["unallocated"]
        self.allocations.append(
            Allocation(
                on=payment.on, amount=payment.amount,  # type: ignore[attr-defined]
                **{bucket: self.major(amount) for bucket, amount in parts.items()},
            )
        )  # fmt: skip

    def _credit(self, note: Claim, day: int) -> None:
        """A credit note takes principal off the claim it names, then off the oldest."""
        self._accrue(day)
        self.pots.default(self.lines, day - 1)
        left = self.minor(note.amount)
        for line in sorted(self.lines, key=lambda line: line.claim.ref != note.credits):
            taken = min(left, line.principal)
            line.principal -= taken
            left -= taken
        if left:
            self.why.append(reasons.credit_left(note, self.major(left), self.request.currency))

    # Gathering -----------------------------------------------------------------------------

    def answer(self) -> Owed:
        self._explain()
        self._walk()
        request, lines, pots = self.request, self.lines, self.pots
        by_line = [line.accrued() for line in lines]
        accrued = sum(by_line)
        paid = sum(line.paid for line in lines)
        principal = sum(line.principal for line in lines)
        costs, compensation = pots.open_costs(), pots.open_compensation()
        if any(one.row.provisional for line in lines for one in line.stretches):
            self.why.append(reasons.provisional())
        if current():
            self._say_entered()
        if self.unallocated:
            self.why.append(reasons.overpaid(self.major(self.unallocated), request.currency))
        return Owed(
            jurisdiction=request.jurisdiction, currency=request.currency, as_of=request.as_of,
            principal=self.major(principal), interest=self.major(accrued - paid),
            interest_accrued=self.major(accrued), interest_paid=self.major(paid),
            compensation=self._compensation(compensation), costs=self.major(costs),
            total=self.major(principal + accrued - paid + costs + compensation),
            unallocated=self.major(self.unallocated), per_diem=self._per_diem(),
            segments=tuple(self._segments()), allocations=tuple(self.allocations),
            claims=tuple(self._claims(by_line)), cost_lines=tuple(pots.cost_lines),
            limitation=self._limitation(),
            why=tuple(self.why), not_answered=tuple(self.not_answered),
            conventions={
                "day_count": self.day_count, "rounding": self.rounding,
                "as_of_counted": self.counted, "payment_day_counted": self.payment_day,
                "compounding": self._rests(), "allocation": list(self.order),
                "law_as_of": self.law.checked_to,
            },
        )  # fmt: skip

    def _say_entered(self) -> None:
        """Which values were entered beside the pack and carry a figure of this answer."""
        used = {
            (one.row.series, one.row.first): one.row
            for line in self.lines for one in line.stretches if one.row.verified == ENTERED
        }  # fmt: skip
        self.why += [reasons.entered(row) for row in used.values()]

    def _explain(self) -> None:
        request, law = self.request, self.law
        self.why.append(reasons.interest(law, request, self.table))
        if request.interest.kind == "statutory" and request.series is None:
            kind = law.interest["kind"]
            if kind == "not_answered":
                self.not_answered.append(f"late_interest: {law.interest['note']}")
            elif law.interest.get("note") and self.table is not None:
                self.why.append(reasons.note(law.interest["note"]))
        if self.table is not None:
            self.why.append(reasons.days(self.day_count, self.counted, request.as_of))
            self.why.append(reasons.rounding(self.rounding))
        if request.payments:
            self.why.append(reasons.order(law, request, self.order))
        for line in self.lines:
            if line.claim.due >= request.as_of and line.first >= self.end:
                self.why.append(reasons.not_yet_due(line.claim))

    def _per_diem(self) -> Decimal:
        """What one day more adds at the rates of the last interest day, rounded once."""
        day = self.end - 1
        total = Sum()
        for line in self.lines:
            line.add_day(total, day)
        return self.major(total.rounded() if total.by_basis else 0)

    def _segments(self) -> Iterable[Segment]:
        for line in self.lines:
            for one in line.stretches:
                row = one.row
                yield Segment(
                    line.claim.ref, date.fromordinal(one.first), date.fromordinal(one.end - 1),
                    one.days, one.basis, self.major(one.principal), row.rate, row.base, row.margin,
                    self.major(one.rounded()), row.source, row.verified, row.series,
                    row.provisional,
                )  # fmt: skip

    def _claims(self, by_line: Sequence[int]) -> Iterable[ClaimLine]:
        for line, accrued in zip(self.lines, by_line, strict=True):
            claim = line.claim
            yield ClaimLine(
                claim.ref, claim.amount, claim.due, date.fromordinal(line.first),
                self.major(line.principal), self.major(accrued - line.paid), self.major(accrued),
            )  # fmt: skip

    def _compensation(self, still_open: int) -> Compensation:
        pots, rule = self.pots, self.law.compensation
        currency = pots.compensation_currency
        amount = round_half_up(pots.compensation_due(), currency)
        none = rule["kind"] in ("none", "not_answered")
        return Compensation(
            amount=amount, currency=currency, paid=self.major(pots.paid_compensation),
            open=self.major(still_open) if pots.same_currency else amount,
            source=None if none else rule["source"], verified=None if none else rule["verified"],
        )  # fmt: skip

    def _limitation(self) -> Limitation | None:
        rule = self.law.limitation
        if rule.get("not_answered"):
            self.not_answered.append("limitation: " + str(rule.get("alternatives", "")))
            return None
        live = [line for line in self.lines if line.principal] or self.lines
        if not live:
            return None
        days = [p.on for p in self.request.payments if p.on <= self.request.as_of]
        ends = min(
            (
                limitations.ends_on(
                    rule, due=line.claim.due, arose=line.claim.arose_on, part_payments=days
                )
                for line in live
            ),
            key=lambda found: found.on,
        )
        return Limitation(
            ends.on, ends.reasons, rule["source"], rule["verified"], provisional(rule["verified"])
        )


def _given(stated: bool | None, default: bool) -> bool:
    return default if stated is None else stated
