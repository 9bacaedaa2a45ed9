"""What a client does with its case besides amending it: asks us to pause and to go on, does its tasks."""

from datetime import date, datetime, timedelta

from django.db import transaction

from recoup.cases.models import Case, Hold, Task
from recoup.cases.operations import add_task, finish_task, lift_hold, plan_next_look, put_on_hold
from recoup.cases.states import HoldKind, Stage
from recoup.journeys.amend import refuse_ended
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.context import scope

LONGEST_PAUSE = 90  # days; longer silence lets claims grow old


def pause(*, case: Case, until: date, because: str, by: Actor, at: datetime) -> Hold:
    """Contact rests at the client's wish, through `until`. Raises `Refusal` `case_not_open`,
    `pause_days`, `hold_stands_already`, `reason_missing`."""
    refuse_ended(case)
    today = at.date()
    if not today <= until <= today + timedelta(days=LONGEST_PAUSE):
        raise Refusal(
            "pause_days", N_("Please choose a day between today and %(most)s days from now."),
            field="until", found=until, most=LONGEST_PAUSE,
        )  # fmt: skip
    with scope(case.agency_id), transaction.atomic():
        return put_on_hold(
            case=case, kind=HoldKind.CLIENT_ASKS, because=because, until=until, by=by, at=at
        )


def go_on(*, case: Case, by: Actor, at: datetime) -> bool:
    """The client's pause ends and the day run looks at the case at once; False where none stands."""
    with scope(case.agency_id), transaction.atomic():
        standing = Hold.objects.filter(
            case=case, kind=HoldKind.CLIENT_ASKS, lifted_at__isnull=True
        ).first()
        if standing is None:
            return False
        lift_hold(hold=standing, because=N_("the client asks to go on"), by=by, at=at)
        if case.stage == Stage.CONTACT:
            plan_next_look(case=case, on=at.date())
        return True


def do_task(*, task: Task, outcome: str = "done by the client", by: Actor, at: datetime) -> None:
    """The client says that it has done what it was asked; the collector looks at it. Raises `Refusal`
    `task_done_already`."""
    with scope(task.agency_id), transaction.atomic():
        finish_task(task=task, outcome=outcome, by=by, at=at)
        case = task.case
        if case is None:
            return
        add_task(
            agency=task.agency_id, key=f"done_by_client:{task.id}", kind="done_by_client",
            sentence=N_("%(client)s says that it has done what was asked in %(case)s: look at it and go on."),
            params={"client": case.client.name, "case": case.number}, role="collector", owner=case.collector,
            due_on=at.date() + timedelta(days=1), default=N_("The supervisor decides."), case=case, by=by, at=at,
        )  # fmt: skip
