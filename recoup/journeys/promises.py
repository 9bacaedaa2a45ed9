"""Promises on their day: kept, kept in part, broken or over, and what each is followed by."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from recoup.cases.models import Case, Hold, Promise
from recoup.cases.operations import (
    add_task,
    lift_hold,
    make_promise,
    plan_next_look,
    settle_promise,
)
from recoup.cases.rules.promises import what_came
from recoup.cases.states import HoldKind, PromiseState, Stage
from recoup.jurisdictions.laws import law
from recoup.jurisdictions.rules import CODES
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.payments.models import Allocation
from recoup.payments.queries import owed, owed_many
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

BATCH = 500
ENDED = (Stage.CLOSED, Stage.DECLINED)


def keep_promise(
    *, case: Case, on: date, amount: Decimal | None, by: Actor, at: datetime, audience: str = "client"
) -> Promise:  # fmt: skip
    """A promise as it was made, with what was owed then (the principal, where the law gives no figure)."""
    try:
        total = owed(case=case, on=at.date()).total
    except Refusal:
        total = sum(
            (x.amount if x.kind == "invoice" else -x.amount for x in case.lines.all()), Decimal(0)
        )
    return make_promise(
        case=case, on=on, amount=amount, owed=total, by=by, at=at, audience=audience
    )


def settle_promises(*, agency: Agency, on: date, by: Actor, at: datetime) -> dict[str, int]:
    """Settle every open promise of which it can be said what came of it, each in a transaction of its own;
    how many ended how. Again on the same day: nothing. Two at once share the work."""
    done: dict[str, int] = {}
    last: UUID | None = None
    while True:
        with scope(agency.id):
            found = settleable(agency.id, on)
            if last is not None:
                found = found.filter(id__gt=last)
            rows = list(found.select_related("case")[:BATCH])
            states = came_of(agency.id, rows, on)
        if not rows:
            return done
        last = rows[-1].id
        for row in rows:
            if row.id in states:
                with scope(agency.id):
                    if settle_one(row, *states[row.id], on, by, at):
                        done[states[row.id][0]] = done.get(states[row.id][0], 0) + 1
                fault("promise.settled")


def settleable(agency: UUID, on: date) -> QuerySet[Promise]:
    """Open promises whose day has passed, on which something was paid, or whose case has ended."""
    paid = Allocation.objects.filter(
        case=OuterRef("case_id"), received_on__gte=OuterRef("made_at__date"), waived=False
    )
    found = Promise.objects.filter(agency_id=agency, state=PromiseState.OPEN)
    return found.filter(Q(on__lt=on) | Q(case__stage__in=ENDED) | Exists(paid)).order_by("id")


def came_of(
    agency: UUID, rows: list[Promise], on: date
) -> dict[UUID, tuple[PromiseState, Decimal | None, Decimal | None]]:
    """(state, what came in, what is left) of those that can be settled; four queries for a batch."""
    left = owed_many(agency, {row.case_id for row in rows}, on, refused={})
    found: dict[UUID, tuple[PromiseState, Decimal | None, Decimal | None]] = {}
    paid = paid_since(rows)
    for row in rows:
        rest = left[row.case_id].total if row.case_id in left else None
        state = what_came(
            on=row.on, amount=row.amount, owed=row.owed, paid=paid[row.id],
            left=rest if rest is not None else row.owed, today=on,
        )  # fmt: skip
        if row.case.stage in ENDED and state is not PromiseState.KEPT:
            state = PromiseState.OVER
        if state is not None:
            found[row.id] = (state, paid[row.id], rest)
    return found


def paid_since(rows: list[Promise]) -> dict[UUID, Decimal]:
    """What was received on each promise's case from the day it was made on; undone payments leave nothing."""
    by_case = {row.case_id: row for row in rows}
    received = (
        Allocation.objects.filter(case_id__in=by_case, waived=False)
        .values("case_id", "received_on")
        .annotate(sum=Coalesce(Sum("amount"), Decimal(0)))
    )
    found = {row.id: Decimal(0) for row in rows}
    for each in received.values_list("case_id", "received_on", "sum"):
        case, day, amount = each
        if day >= by_case[case].made_at.date():
            found[by_case[case].id] += amount
    return found


def settle_one(
    promise: Promise, state: PromiseState, paid: Decimal | None, left: Decimal | None,
    on: date, by: Actor, at: datetime,
) -> bool:  # fmt: skip
    """The case's row is held, so that a payment or a new promise comes before or after, not between."""
    case = (
        Case.objects.select_for_update(of=("self",))
        .select_related("debtor", "collector")
        .get(id=promise.case_id)
    )
    because = N_("the case ended before its day") if state is PromiseState.OVER else ""
    if not settle_promise(promise=promise, state=state, paid=paid, because=because, by=by, at=at):
        return False
    for hold in Hold.objects.filter(
        case=case, kind=HoldKind.PROMISE, lifted_at=None, until=promise.on
    ):
        lift_hold(hold=hold, because=LIFTED[state], by=by, at=at)
    follow(case, promise, state, paid, left, on, by, at)
    return True


LIFTED = {
    PromiseState.KEPT: N_("the promise was kept"), PromiseState.PART_KEPT: N_("only a part was paid"),
    PromiseState.BROKEN: N_("the promise was not kept"), PromiseState.OVER: N_("the case ended"),
}  # fmt: skip


def follow(
    case: Case, promise: Promise, state: PromiseState, paid: Decimal | None, left: Decimal | None,
    on: date, by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Kept: the day run looks again and closes, or goes on with the rest. Broken or in part: a call on the next
    business day there, and the plan goes on after it. Over: nothing."""
    if state is PromiseState.OVER:
        return
    day = on + timedelta(days=1)
    due = law(case.jurisdiction).next_business_day(day) if case.jurisdiction in CODES else day
    if case.stage == Stage.CONTACT:
        kept = state is PromiseState.KEPT
        plan_next_look(case=case, on=on if kept else due + timedelta(days=1))
    if state is PromiseState.KEPT:
        return
    params: dict[str, Any] = {
        "debtor": case.debtor.name,
        "case": case.number,
        "on": promise.on.isoformat(),
    }
    sentence = N_("Call %(debtor)s about %(case)s: the promise for %(on)s was not kept.")
    if state is PromiseState.PART_KEPT:
        params["paid"] = str(Money(paid or Decimal(0), case.currency).rounded())
        sentence = N_(
            "Call %(debtor)s about %(case)s: of the promise for %(on)s only %(paid)s came."
        )
    add_task(
        agency=case.agency_id, key=f"promise:{promise.id}", kind="call", sentence=sentence, params=params,
        role="collector", owner=case.collector,
        due_on=due,
        default=N_("The call stays on the list and is shown to the supervisor."), case=case, by=by, at=at,
    )  # fmt: skip
