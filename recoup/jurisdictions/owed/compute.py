"""`owed`: what a debtor owes under a country's law on a day, with the derivation. Pure.

One sum serves letters, portal, ledger and court papers. The steps: lay out the lines, go through the
events in the order of days (credit notes, costs, payments), accrue to the last interest day, gather.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from operator import attrgetter

from recoup.jurisdictions.formulas import limitation as limitations
from recoup.jurisdictions.formulas.exact import Sum
from recoup.jurisdictions.overlay import ENTERED, current, using
from recoup.jurisdictions.owed import contract, reasons
from recoup.jurisdictions.owed.allocate import Allocator
from recoup.jurisdictions.owed.answer import (
    Allocation,
    ClaimLine,
    Compensation,
    Limitation,
    Owed,
    Segment,
)
from recoup.jurisdictions.owed.frame import frame_of
from recoup.jurisdictions.owed.pots import Pots
from recoup.jurisdictions.owed.request import Claim, Payment, Request
from recoup.jurisdictions.owed.run import Line
from recoup.jurisdictions.reason import Reason
from recoup.jurisdictions.series import provisional
from recoup.kernel.money import round_half_up

by_due, by_day = attrgetter("due"), attrgetter("on")
CREDIT, COST, PAYMENT = range(3)


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
        self.frame = frame = frame_of(request)
        self.end = request.as_of.toordinal() + frame.as_of_counted
        self.why: list[Reason] = []
        self.not_answered = list(frame.not_answered)
        self.lines = self._lines()
        self.pots = Pots(frame.law, request, frame.unit, self.why, self.not_answered)
        self.allocations: list[Allocation] = []
        self.unallocated = 0

    # Laying out ----------------------------------------------------------------------------

    def _lines(self) -> list[Line]:
        frame = self.frame
        claims = [claim for claim in self.request.claims if claim.kind == "invoice"]
        claims.sort(key=by_due)
        return [
            Line(
                claim, self.minor(claim.amount),
                claim.due.toordinal() + 1 if claim.interest_from is None else claim.interest_from.toordinal(),
                frame.table, frame.day_count, frame.by_segment, frame.rests, frame.limited,
            )
            for claim in claims
        ]  # fmt: skip

    def minor(self, amount: Decimal) -> int:
        return int(amount * self.frame.unit)

    def major(self, minor: int) -> Decimal:
        return minor * self.frame.minor_unit

    # Going through the days ----------------------------------------------------------------

    def _walk(self) -> None:
        request = self.request
        if len(request.claims) > len(self.lines) or request.costs or request.payments:
            for day, kind, _, what in self._events():
                if kind == CREDIT:
                    self._credit(what, day)  # type: ignore[arg-type]
                elif kind == COST:
                    self._accrue(day)
                    self.pots.default(self.lines, day)
                    self.pots.charge(what, self.lines)  # type: ignore[arg-type]
                else:
                    self._pay(what, day)  # type: ignore[arg-type]
        self._accrue(self.end)
        self.pots.default(self.lines, self.end - 1)

    def _events(self) -> list[tuple[int, int, int, object]]:
        """Credit notes, then costs, then payments of each day, each in the order they are listed."""
        request, why = self.request, self.why
        events: list[tuple[int, int, int, object]] = []
        for i, claim in enumerate(request.claims):
            if claim.kind == "credit_note":
                day = (claim.interest_from or claim.due).toordinal()
                if day > request.as_of.toordinal():
                    why.append(reasons.credit_note_later(claim))
                else:
                    events.append((day, CREDIT, i, claim))
        for i, cost in enumerate(request.costs):
            if cost.on > request.as_of:
                why.append(reasons.cost_later(cost))
            else:
                events.append((cost.on.toordinal(), COST, i, cost))
        for i, payment in enumerate(request.payments):
            if payment.on > request.as_of:
                why.append(reasons.payment_later(payment))
            else:
                events.append((payment.on.toordinal(), PAYMENT, i, payment))
        self.allocator = Allocator(self.frame.order, self.lines, self.pots)
        return sorted(events, key=lambda event: event[:3])

    def _accrue(self, end: int) -> None:
        end = min(end, self.end)
        for line in self.lines:
            line.accrue(end)

    def _pay(self, payment: Payment, day: int) -> None:
        self._accrue(day + 1 if self.frame.payment_day_counted else day)
        self.pots.default(self.lines, day)
        parts = self.allocator.pay(payment)
        self.unallocated += parts["unallocated"]
        amounts = {bucket: self.major(amount) for bucket, amount in parts.items()}
        self.allocations.append(Allocation(on=payment.on, amount=payment.amount, **amounts))

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
        request, lines, pots, frame, major = (
            self.request, self.lines, self.pots, self.frame, self.major,
        )  # fmt: skip
        by_line = [line.accrued() for line in lines]
        accrued = sum(by_line)
        paid = sum(line.paid for line in lines)
        principal = sum(line.principal for line in lines)
        costs, compensation = pots.open_costs(), pots.open_compensation()
        self._say_what_was_used()
        limitation = self._limitation()
        return Owed(
            jurisdiction=request.jurisdiction, currency=request.currency, as_of=request.as_of,
            principal=major(principal), interest=major(accrued - paid),
            interest_accrued=major(accrued), interest_paid=major(paid),
            compensation=self._compensation(compensation), costs=major(costs),
            total=major(principal + accrued - paid + costs + compensation),
            unallocated=major(self.unallocated), per_diem=self._per_diem(),
            segments=self._segments(), allocations=tuple(self.allocations),
            claims=self._claims(by_line), cost_lines=tuple(pots.cost_lines),
            limitation=limitation, why=tuple(self.why), not_answered=tuple(self.not_answered),
            conventions=frame.conventions,
        )  # fmt: skip

    def _say_what_was_used(self) -> None:
        request, frame = self.request, self.frame
        stretches = [one for line in self.lines for one in line.stretches]
        if any(one.row.provisional for one in stretches):
            self.why.append(reasons.provisional())
        if frame.contracted:
            self.why += contract.passed(frame.law, stretches)
        if frame.limited:
            lost = sum(line.lost for line in self.lines)
            if lost:
                self.why.append(reasons.limited(frame.law, self.major(lost), request.currency))
        if current():
            self._say_entered()
        if self.unallocated:
            self.why.append(reasons.overpaid(self.major(self.unallocated), request.currency))

    def _say_entered(self) -> None:
        """Which values were entered beside the pack and carry a figure of this answer."""
        used = {
            (one.row.series, one.row.first): one.row
            for line in self.lines for one in line.stretches if one.row.verified == ENTERED
        }  # fmt: skip
        self.why += [reasons.entered(row) for row in used.values()]

    def _explain(self) -> None:
        request, frame = self.request, self.frame
        self.why += frame.before
        if frame.table is not None:
            self.why.append(reasons.days(frame.day_count, frame.as_of_counted, request.as_of))
        self.why += frame.after
        if request.payments:
            self.why.append(reasons.order(frame.law, request, frame.order))
        for line in self.lines:
            if line.first >= self.end and line.claim.due >= request.as_of:
                self.why.append(reasons.not_yet_due(line.claim))

    def _per_diem(self) -> Decimal:
        """What one day more adds at the rates of the last interest day, rounded once."""
        day = self.end - 1
        total = Sum()
        for line in self.lines:
            line.add_day(total, day)
        return self.major(total.rounded())

    def _segments(self) -> tuple[Segment, ...]:
        unit, day = self.frame.minor_unit, date.fromordinal
        return tuple(
            Segment(
                line.claim.ref, day(one.first), day(one.end - 1), one.days, one.basis,
                one.principal * unit, row.rate, row.base, row.margin, one.rounded() * unit,
                row.source, row.verified, row.series, row.provisional,
            )
            for line in self.lines for one in line.stretches for row in (one.row,)
        )  # fmt: skip

    def _claims(self, by_line: Sequence[int]) -> tuple[ClaimLine, ...]:
        unit = self.frame.minor_unit
        return tuple(
            ClaimLine(
                claim.ref, claim.amount, claim.due, date.fromordinal(line.first),
                line.principal * unit, (accrued - line.paid) * unit, accrued * unit,
            )
            for line, accrued in zip(self.lines, by_line, strict=True) for claim in (line.claim,)
        )  # fmt: skip

    def _compensation(self, still_open: int) -> Compensation:
        pots, rule = self.pots, self.frame.law.compensation
        currency = pots.compensation_currency
        amount = round_half_up(pots.compensation_due(), currency)
        none = rule["kind"] in ("none", "not_answered")
        return Compensation(
            amount=amount, currency=currency, paid=self.major(pots.paid_compensation),
            open=self.major(still_open) if pots.same_currency else amount,
            source=None if none else rule["source"], verified=None if none else rule["verified"],
        )  # fmt: skip

    def _limitation(self) -> Limitation | None:
        rule = self.frame.law.limitation
        if rule.get("not_answered"):
            self.not_answered.append("limitation: " + str(rule.get("alternatives", "")))
            return None
        live = [line for line in self.lines if line.principal] or self.lines
        if not live:
            return None
        as_of = self.request.as_of
        days = [p.on for p in self.request.payments if p.on <= as_of]
        ends = min(
            [
                limitations.ends_on(
                    rule, due=line.claim.due, arose=line.claim.arose_on, part_payments=days
                )
                for line in live
            ],
            key=by_day,
        )
        return Limitation(
            ends.on, ends.reasons, rule["source"], rule["verified"], provisional(rule["verified"])
        )
