"""The one way from a state to another."""

from datetime import datetime
from typing import Any

from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.plans.models import Plan
from recoup.plans.states import MOVES, STANDING, PlanState


def moved(plan: Plan, was: PlanState, now: PlanState, **more: Any) -> None:
    """Inside the caller's transaction. Raises `Refusal` `plan_moved_meanwhile` when somebody was first."""
    assert now in MOVES[was], f"{was} to {now}"
    if not Plan.objects.filter(id=plan.id, state=was).update(state=now, **more):
        raise Refusal(
            "plan_moved_meanwhile", N_("Plan %(number)s has been decided by somebody else meanwhile; look again."),
            number=plan.number,
        )  # fmt: skip
    plan.state = now
    for name, value in more.items():
        setattr(plan, name, value)


def ended(plan: Plan, now: PlanState, kind: str, *, because: str, by: Actor, at: datetime, **data: Any) -> None:  # fmt: skip
    """The plan's end, with its event for client and debtor."""
    was = PlanState(plan.state)
    if now not in MOVES[was]:
        raise Refusal(
            "plan_over", N_("Plan %(number)s is over (%(state)s)."), number=plan.number, state=was
        )
    moved(plan, was, now, ended_at=at, because=because[:300])
    record(
        agency=plan.agency_id, kind=kind, by=by, at=at, case=plan.case_id, client=plan.client_id,
        audience="debtor" if plan.by_debtor or was != PlanState.ASKED else "client", number=plan.number, plan_kind=plan.kind,
        because=because, currency=plan.currency, **data,
    )  # fmt: skip


def stands(plan: Plan) -> bool:
    return plan.state in STANDING
