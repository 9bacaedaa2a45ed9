"""Promises to pay: made, and settled once."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from recoup.cases.models import Case, Promise
from recoup.cases.states import PromiseState
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal

EVENT = {
    PromiseState.KEPT: "PromiseKept", PromiseState.PART_KEPT: "PromisePartKept",
    PromiseState.BROKEN: "PromiseBroken", PromiseState.OVER: "PromiseOver",
}  # fmt: skip


@transaction.atomic
def make_promise(
    *, case: Case, on: date, amount: Decimal | None, owed: Decimal, by: Actor, at: datetime,
    audience: str = "client",
) -> Promise:  # fmt: skip
    """The debtor names a day (and an amount, else everything); an earlier open promise is over. The caller
    holds the case's row. Raises `Refusal` `promise_amount`."""
    if amount is not None and not 0 < amount <= owed:
        raise Refusal(
            "promise_amount", N_("%(found)s cannot be promised: %(owed)s is owed."), field="promised_amount",
            found=str(amount), owed=str(owed),
        )  # fmt: skip
    for earlier in Promise.objects.filter(case=case, state=PromiseState.OPEN):
        settle_promise(
            promise=earlier, state=PromiseState.OVER, paid=None, because=N_("a later promise took its place"),
            by=by, at=at,
        )  # fmt: skip
    made = Promise.objects.create(
        agency_id=case.agency_id, case=case, client_id=case.client_id, on=on, amount=amount, owed=owed,
        made_at=at, by_name=by.name,
    )  # fmt: skip
    record(
        agency=case.agency_id, kind="PaymentPromised", by=by, at=at, case=case.id, client=case.client_id,
        audience=audience, on=on.isoformat(), amount=str(amount) if amount else None, currency=case.currency,
    )  # fmt: skip
    return made


@transaction.atomic
def settle_promise(
    *, promise: Promise, state: PromiseState, paid: Decimal | None, because: str = "", by: Actor, at: datetime
) -> bool:  # fmt: skip
    """What came of it, once; False when somebody was first."""
    open_ = Promise.objects.filter(id=promise.id, state=PromiseState.OPEN)
    if not open_.update(state=state, paid=paid, settled_at=at):
        return False
    record(
        agency=promise.agency_id, kind=EVENT[state], by=by, at=at, case=promise.case_id, client=promise.client_id,
        audience="client", on=promise.on.isoformat(), paid=str(paid) if paid is not None else None,
        amount=str(promise.amount) if promise.amount else None, currency=promise.case.currency, because=because,
    )  # fmt: skip
    return True
