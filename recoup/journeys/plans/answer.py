"""The client answers an offer that is outside its mandate."""

from datetime import datetime

from django.db import transaction

from recoup.cases.models import Case, Task
from recoup.cases.operations import add_task, finish_task, plan_next_look
from recoup.cases.states import Stage
from recoup.journeys.plans.offer import lift, open_until, present, rest
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_
from recoup.plans.models import Plan
from recoup.plans.operations import answer_plan
from recoup.plans.queries import terms_of
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency


def answer(
    *, agency: Agency, plan: Plan, yes: bool, because: str = "", by: Actor, at: datetime
) -> Plan:
    """Yes: the debtor gets the paper to sign. No: the case goes on as before, and the collector is told.
    Of two answers the first counts. Raises `Refusal` `plan_moved_meanwhile`, `plan_over`."""
    # Wider than the client's own view: links, holds and messages are the house's.
    with scope(agency.id), transaction.atomic():
        row = loaded(plan)
        task = Task.objects.filter(key=f"approve_plan:{row.id}", done_at__isnull=True).first()
        until = max(at.date(), open_until(terms_of(row), at.date()))
        said = because.strip() or (
            N_("approved by the client") if yes else N_("declined by the client")
        )
        answer_plan(plan=row, yes=yes, until=until, because=said, by=by, at=at)
        if task is not None:
            finish_task(task=task, outcome="approved" if yes else "declined", by=by, at=at)
        if yes:
            rest(row.case, until=until, because=N_("a plan is being agreed"), by=by, at=at)
            present(agency, row, tell=True, by=by, at=at)
        else:
            go_on(row, said=N_("the client declined the plan"), by=by, at=at)
        return row


def loaded(plan: Plan) -> Plan:
    """The plan with its case locked, so that payments and answers wait for one another."""
    Case.objects.select_for_update(of=("self",)).get(id=plan.case_id)
    return Plan.objects.select_related(
        "case__client", "case__debtor", "case__collector__user", "case__agency", "document"
    ).get(id=plan.id)  # fmt: skip


def go_on(plan: Plan, *, said: str, by: Actor, at: datetime) -> None:
    """The hold is lifted, the case is looked at today, and its collector is told."""
    case = plan.case
    lift(case, because=said, by=by, at=at)
    if case.stage == Stage.CONTACT:
        plan_next_look(case=case, on=at.date())
    add_task(
        agency=case.agency_id, key=f"plan_over:{plan.id}:{plan.state}", kind="plan_over", role="collector",
        owner=case.collector,
        sentence=N_("Plan %(number)s of %(debtor)s is over (%(state)s): decide how to go on."),
        params={"number": plan.number, "debtor": case.debtor.name, "state": plan.state},
        due_on=at.date(), default=N_("The treatment plan goes on."), case=case, by=by, at=at,
    )  # fmt: skip
