"""What becomes of a plan: kept, broken, lapsed, taken back; and that a debtor was reminded."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_
from recoup.outbox.models import Message
from recoup.plans.models import Instalment, Plan, Reminded
from recoup.plans.operations.states import ended
from recoup.plans.states import PlanState


@transaction.atomic
def keep_plan(*, plan: Plan, by: Actor, at: datetime) -> None:
    """All instalments are paid. Raises `Refusal` `plan_over`, `plan_moved_meanwhile`."""
    ended(plan, PlanState.KEPT, "PlanKept", because=N_("all of it has been paid"), by=by, at=at)


@transaction.atomic
def break_plan(
    *, plan: Plan, because: str, missed: Decimal, number: int, by: Actor, at: datetime
) -> None:
    """An instalment was missed, or a payment that kept the plan was returned: all is due again.
    Raises `Refusal` `plan_over`, `plan_moved_meanwhile`."""
    ended(plan, PlanState.BROKEN, "PlanBroken", because=because, by=by, at=at,
          amount=str(missed), instalment=number)  # fmt: skip


@transaction.atomic
def lapse_plan(*, plan: Plan, because: str, by: Actor, at: datetime) -> None:
    """Nobody signed in time, or the figures changed before. Raises `Refusal` as `keep_plan`."""
    ended(plan, PlanState.LAPSED, "PlanLapsed", because=because, by=by, at=at)


@transaction.atomic
def end_plan(*, plan: Plan, because: str, by: Actor, at: datetime) -> None:
    """A person takes it back, or the case ends. Raises `Refusal` as `keep_plan`."""
    ended(plan, PlanState.ENDED, "PlanEnded", because=because, by=by, at=at)


def mark_reminded(*, instalment: Instalment, message: Message | None, at: datetime) -> bool:
    """Keep that the debtor was reminded; False when it was before (a unique row per instalment)."""
    _, fresh = Reminded.objects.get_or_create(
        instalment=instalment,
        defaults={"agency_id": instalment.agency_id, "client_id": instalment.client_id, "at": at, "message": message},
    )  # fmt: skip
    return fresh
