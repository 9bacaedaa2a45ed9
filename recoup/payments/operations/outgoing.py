"""Lines that are no receipt: our payouts as the bank shows them, what came back, the agency's own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from recoup.cases.operations import add_task
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.refusal import N_, Refusal
from recoup.ledger.accounts import HouseAccount
from recoup.ledger.models import Entry
from recoup.ledger.operations import Draft, Leg, open_book, post
from recoup.payments.models import (
    Allocation,
    BankLine,
    LineOutcome,
    PayoutDecision,
    Refund,
    Remittance,
)
from recoup.payments.operations.allocate import FINANCE, undo
from recoup.payments.operations.booking import Unit, one_at_a_time
from recoup.payments.operations.debit import note_returned
from recoup.payments.operations.refund import end_for_payment, end_undelivered
from recoup.payments.queries import left_of
from recoup.tenancy.bulk import among_texts

Kind = LineOutcome.Kind
NO_END_TO_END = ("", "NOTPROVIDED", "NOTAVAILABLE", "NONREF")


@dataclass(slots=True)
class Outgoing:
    """What the lines of a file were; `settled` need no matching any more."""

    payouts: int = 0
    returned: int = 0
    settled: set[Any] = field(default_factory=set)


def may_be_known(lines: QuerySet[BankLine]) -> QuerySet[BankLine]:
    """Those of the lines that `settle_known` has a say in: money out, and what came in under a number of ours."""
    payouts = Remittance.objects.filter(agency_id=OuterRef("agency_id"))
    refunds = Refund.objects.filter(agency_id=OuterRef("agency_id"))
    ours = Exists(payouts.filter(end_to_end_id=OuterRef("end_to_end_id"))) | Exists(
        refunds.filter(number=OuterRef("end_to_end_id"))
    )
    return lines.exclude(end_to_end_id__in=NO_END_TO_END).filter(Q(amount__lt=0) | ours)


def settle_known(lines: Sequence[BankLine], *, by: Actor, at: datetime) -> Outgoing:
    """Settle what names itself by an end-to-end id: payouts, returned payouts, returned payments.
    Anything that does not fit exactly stays open for a person."""
    result = Outgoing()
    named = [line for line in lines if line.end_to_end_id not in NO_END_TO_END]
    remittances = remittances_of(named)
    refunds = refunds_of(named)
    for line in named:
        remittance = remittances.get(line.end_to_end_id)
        refund = refunds.get(line.end_to_end_id)
        if remittance is not None:
            if settle_payout(line, remittance, by=by, at=at):
                result.settled.add(line.id)
                result.payouts += line.amount < 0
                result.returned += line.amount > 0
        elif refund is not None:
            if settle_refund(line, refund, by=by, at=at):
                result.settled.add(line.id)
                result.payouts += line.amount < 0
                result.returned += line.amount > 0
        elif line.amount < 0 and (original := original_of(line)):
            take_back(line, original, by=by, at=at)
            # One that came with the same file is explained by its return.
            result.settled |= {line.id, original.id}
            result.returned += 1
    return result


def remittances_of(lines: Iterable[BankLine]) -> dict[str, Remittance]:
    wanted = {line.end_to_end_id for line in lines}
    agencies = {line.agency_id for line in lines}
    found = Remittance.objects.filter(
        agency_id__in=agencies, end_to_end_id__among=among_texts(wanted)
    )
    return {r.end_to_end_id: r for r in found.select_related("client")}


def refunds_of(lines: Iterable[BankLine]) -> dict[str, Refund]:
    wanted = {line.end_to_end_id for line in lines}
    agencies = {line.agency_id for line in lines}
    found = Refund.objects.filter(agency_id__in=agencies, number__among=among_texts(wanted))
    return {r.number: r for r in found.select_related("case", "entry", "line")}


def paid_out(ordered: Remittance | Refund) -> bool:
    """Whether the bank has shown the payment and it has not come back."""
    kinds = (Kind.PAYOUT, Kind.PAYOUT_RETURNED, Kind.REFUND, Kind.REFUND_RETURNED)
    seen = ordered.outcomes.filter(kind__in=kinds).aggregate(total=Sum("amount"))["total"]
    return bool(seen)


def settle_refund(line: BankLine, refund: Refund, *, by: Actor, at: datetime) -> bool:
    """Our refund is seen (or came back, and is owed to the payer again, or is the agency's where that had borne
    it); False when it does not fit."""
    fits = abs(line.amount) == refund.amount and line.currency == refund.currency
    over = refund.ended_at and refund.end != Refund.End.BORNE
    if not fits or over or paid_out(refund) == (line.amount < 0):
        alarm(line, refund, by=by, at=at)
        return False
    out = line.amount < 0
    entry = move_transit(line, refund.number, "refund", out, by=by, at=at)
    fault("refund.confirmation_posted")
    if out:
        alarm_unapproved(line, refund, by=by, at=at)
    LineOutcome.objects.create(
        agency_id=line.agency_id, line=line, kind=Kind.REFUND if out else Kind.REFUND_RETURNED, amount=line.amount,
        refund=refund, entry=entry, at=at, by_name=by.name,
        because={"reason": line.return_reason} if line.return_reason else {},
    )  # fmt: skip
    if not out:
        owed_again = refund.ended_at is None
        end_undelivered(refund, Refund.End.RETURNED, line.return_reason or "returned", by=by, at=at)
        if owed_again:
            refund_back_task(refund, line, by=by, at=at)
    return True


def refund_back_task(refund: Refund, line: BankLine, *, by: Actor, at: datetime) -> None:
    add_task(
        agency=line.agency_id, key=f"refund-returned:{line.key}", kind="refund_returned", role=FINANCE,
        sentence=N_("Refund %(number)s to %(holder)s came back (%(reason)s): ask for the right account, then propose it again."),
        params={"number": refund.number, "holder": refund.holder, "reason": line.return_reason or "–"},
        due_on=at.date() + timedelta(days=2), default=N_("The money stays apart for the debtor."), case=refund.case,
        by=by, at=at,
    )  # fmt: skip


def move_transit(
    line: BankLine, number: str, kind: str, out: bool, *, by: Actor, at: datetime
) -> Entry:
    """A payment of ours on the statement: out of transit, or back into it."""
    house = open_book(agency=line.agency_id, kind="house", name="House")
    money = Unit(line.currency)(-line.amount)
    legs = (
        Leg(house, HouseAccount.IN_TRANSIT, money),
        Leg(house, HouseAccount.UNALLOCATED, -money),
    )
    memo = f"{kind.capitalize()} {number} {'seen' if out else 'returned'}"
    made = Draft(
        kind if out else f"{kind}_returned", f"{kind}-line:{line.key}", line.value_on, memo, legs
    )
    return post(agency=line.agency_id, draft=made, by=by, at=at)


def settle_payout(line: BankLine, remittance: Remittance, *, by: Actor, at: datetime) -> bool:
    """Our payout is seen (or came back); False when amount, currency or state do not fit: a task."""
    fits = abs(line.amount) == remittance.net and line.currency == remittance.currency
    if not fits or paid_out(remittance) == (line.amount < 0):
        alarm(line, remittance, by=by, at=at)
        return False
    out = line.amount < 0
    house = open_book(agency=line.agency_id, kind="house", name="House")
    money = Unit(line.currency)(-line.amount)
    legs = (
        Leg(house, HouseAccount.IN_TRANSIT, money),
        Leg(house, HouseAccount.UNALLOCATED, -money),
    )
    kind = Kind.PAYOUT if out else Kind.PAYOUT_RETURNED
    memo = f"Payout {remittance.number} {'seen' if out else 'returned'}"
    draft = Draft(
        kind,
        f"payout:{line.key}",
        line.value_on,
        memo,
        legs,
        None,
        {"remittance": str(remittance.id)},
    )
    entry = post(agency=line.agency_id, draft=draft, by=by, at=at)
    fault("payout.confirmation_posted")
    LineOutcome.objects.create(
        agency_id=line.agency_id, line=line, kind=kind, amount=line.amount, remittance=remittance, entry=entry,
        at=at, by_name=by.name, because={"reason": line.return_reason} if line.return_reason else {},
    )  # fmt: skip
    fault("payout.confirmed")
    data: dict[str, Any] = {
        "number": remittance.number,
        "amount": str(abs(money.amount)),
        "currency": line.currency,
    }
    if out:
        record(agency=line.agency_id, kind="PayoutConfirmed", by=by, at=at, client=remittance.client_id,
               on=line.value_on.isoformat(), **data)  # fmt: skip
        alarm_unapproved(line, remittance, by=by, at=at)
        return True
    record(agency=line.agency_id, kind="PayoutReturned", by=by, at=at, client=remittance.client_id,
           reason=line.return_reason, **data)  # fmt: skip
    add_task(
        agency=line.agency_id, key=f"payout-returned:{line.key}", kind="payout_returned", role=FINANCE,
        sentence=N_("Payout %(number)s to %(client)s came back (%(reason)s): put the account right, then pay again."),
        params={"number": remittance.number, "client": remittance.client.name, "reason": line.return_reason or "–"},
        due_on=at.date() + timedelta(days=1), default=N_("The money stays apart for the client."), by=by, at=at,
    )  # fmt: skip
    return True


def alarm(line: BankLine, remittance: Remittance | Refund, *, by: Actor, at: datetime) -> None:
    add_task(
        agency=line.agency_id, key=f"payout-odd:{line.key}", kind="payout_odd", role=FINANCE,
        sentence=N_("A line of %(found)s %(currency)s names payout %(number)s, which it does not fit: look at once."),
        params={"number": remittance.number, "found": str(Unit(line.currency)(line.amount).amount), "currency": line.currency},
        due_on=at.date(), default=N_("The line stays unexplained."), by=by, at=at,
    )  # fmt: skip


def alarm_unapproved(
    line: BankLine, ordered: Remittance | Refund, *, by: Actor, at: datetime
) -> None:
    """The bank has carried out an order that no second person has approved: booked, since the money is gone,
    and somebody who did not propose it must find out how the file reached the bank."""
    if PayoutDecision.objects.filter(payout=ordered.payout_id, approved=True).exists():
        return
    add_task(
        agency=line.agency_id, key=f"payout-unapproved:{line.key}", kind="payout_odd", role="supervisor",
        sentence=N_("The bank has paid %(number)s (%(found)s %(currency)s) although nobody has approved its file: find out at once how it reached the bank."),
        params={"number": ordered.number, "found": str(Unit(line.currency)(abs(line.amount)).amount), "currency": line.currency},
        due_on=at.date(), default=N_("The payment stays booked as the bank shows it."), by=by, at=at,
    )  # fmt: skip


def original_of(line: BankLine) -> BankLine | None:
    """The one receipt that a returned line takes back: same end-to-end id, the amount turned."""
    if not line.return_reason:
        return None
    found = BankLine.objects.filter(
        agency_id=line.agency_id, end_to_end_id=line.end_to_end_id, amount=-line.amount,
        currency=line.currency, account_id=line.account_id,
    ).exclude(outcomes__kind=Kind.RETURNED).exclude(allocations__reversed_by__line__amount__lt=0)  # fmt: skip
    several = list(found[:2])
    return several[0] if len(several) == 1 else None


@transaction.atomic
def return_payment(
    *, line: BankLine, original: BankLine, by: Actor, at: datetime
) -> list[Allocation]:
    """A receipt was taken back by the bank: its allocations are undone, the newest first, against the
    returning `line`. What was remitted becomes that client's debt, never the other clients'.

    Raises `Refusal` `return_differs` unless the two lines are each other's opposite, `line_spent`.
    """
    one_at_a_time(line.agency_id)
    if line.amount >= 0 or line.amount != -original.amount or line.currency != original.currency:
        raise Refusal(
            "return_differs", N_("%(found)s %(currency)s is not the opposite of the payment of %(amount)s."),
            found=str(Unit(line.currency)(line.amount).amount), currency=line.currency,
            amount=str(Unit(original.currency)(original.amount).amount),
        )  # fmt: skip
    if left_of([line])[line.id] != line.amount:
        raise Refusal("line_spent", N_("This line is already explained."))
    return take_back(line, original, by=by, at=at)


def take_back(line: BankLine, original: BankLine, *, by: Actor, at: datetime) -> list[Allocation]:
    live = Allocation.objects.filter(line=original, reverses__isnull=True, reversed_by__isnull=True)
    said = f"returned {line.return_reason}".strip()
    unowned = Refund.objects.filter(line=original, allocation__isnull=True)
    end_for_payment(unowned, by=by, at=at)
    undone = []
    counted = Allocation.objects.filter(exchange__line=original, reversed_by__isnull=True)
    for allocation in counted.select_related("case__client", "remitted", "exchange").order_by(
        "-id"
    ):
        undone.append(undo(allocation, line=None, said=said, by=by, at=at))
    for allocation in live.select_related("case__client", "remitted").order_by(
        "-received_on", "-id"
    ):
        end_for_payment(Refund.objects.filter(allocation=allocation), by=by, at=at)
        undone.append(undo(allocation, line=line, said=said, by=by, at=at))
    rest = left_of([original])[original.id]
    if rest:
        LineOutcome.objects.bulk_create([
            LineOutcome(agency_id=line.agency_id, line=one, kind=Kind.RETURNED, amount=amount, at=at,
                        by_name=by.name, because={"with": other.key})
            for one, other, amount in ((original, line, rest), (line, original, -rest))
        ])  # fmt: skip
    for allocation in undone:
        returned_tasks(allocation, line, by=by, at=at)
    note_returned(line, by=by, at=at)
    return undone


def returned_tasks(undone: Allocation, line: BankLine, *, by: Actor, at: datetime) -> None:
    case, unit = undone.case, Unit(undone.currency)
    amount = str(unit(-undone.amount).amount)
    params = {"number": case.number, "amount": amount, "currency": undone.currency,
              "reason": line.return_reason or "–", "client": case.client.name}  # fmt: skip
    if hasattr(undone.reverses, "remitted"):
        add_task(
            agency=case.agency_id, key=f"returned-remitted:{undone.id}", kind="returned_remitted", role=FINANCE,
            sentence=N_("%(amount)s %(currency)s of case %(number)s were returned (%(reason)s) after they were "
                        "remitted: %(client)s owes them."),
            params=params, due_on=at.date() + timedelta(days=1),
            default=N_("It is set off at the client's next remittance."), case=case, by=by, at=at,
        )  # fmt: skip


@transaction.atomic
def book_own_line(*, line: BankLine, because: str, by: Actor, at: datetime) -> LineOutcome:
    """A bank's fee or another debit that is the agency's own: its share on the account pays it.
    Raises `Refusal` `own_money_out_only`, `line_spent`, `reason_missing`."""
    one_at_a_time(line.agency_id)
    left = left_of([line])[line.id]
    if line.amount >= 0:
        raise Refusal("own_money_out_only", N_("Only money that went out can be the agency's own."))
    if left >= 0:
        raise Refusal("line_spent", N_("This line is already explained."))
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    house = open_book(agency=line.agency_id, kind="house", name="House")
    money = Unit(line.currency)(-left)
    legs = (
        Leg(house, HouseAccount.AGENCY_SHARE, money),
        Leg(house, HouseAccount.UNALLOCATED, -money),
    )
    draft = Draft("own", f"own:{line.key}", line.value_on, because[:300], legs)
    entry = post(agency=line.agency_id, draft=draft, by=by, at=at)
    record(agency=line.agency_id, kind="OwnLineBooked", by=by, at=at, audience="internal",
           amount=str(-money.amount), currency=line.currency, because=because)  # fmt: skip
    return LineOutcome.objects.create(
        agency_id=line.agency_id, line=line, kind=Kind.OWN, amount=left, entry=entry, at=at, by_name=by.name,
        because={"said": because[:300]},
    )  # fmt: skip
