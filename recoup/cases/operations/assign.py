"""Giving a case to a collector, with the reasons kept."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Assignment, Case, Task
from recoup.cases.operations.stage import moved, plan_next_look
from recoup.cases.queries import assignment_facts, collector_profiles
from recoup.cases.rules import Scored, best
from recoup.cases.states import OPEN, Stage
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.models import Member
from recoup.tenancy.roles import Role

MAY_HOLD = (Role.COLLECTOR, Role.SUPERVISOR, Role.LEGAL_OFFICER)


def best_collector(*, agency: UUID, case: Case, on: date) -> Scored | None:
    """The collector who fits best among those present on `on`, None when nobody is. Staff's view only."""
    return best(collector_profiles(agency, on), assignment_facts(case), on)


@transaction.atomic
def assign_case(
    *, case: Case, collector: Member, because: dict[str, Any], seen: str | None = None, by: Actor, at: datetime
) -> Assignment:  # fmt: skip
    """Give the case to `collector`, with the open tasks of who had it before; an accepted one moves on to contact and is looked at from today.

    `seen`: who had it when the person looked (the member's id, "" for nobody), None where nobody looked. Raises
    `Refusal` `case_not_assignable` (not accepted yet, or ended), `not_a_collector`, `assigned_meanwhile` (PF03).
    """
    if (
        collector.role not in MAY_HOLD
        or not collector.active
        or collector.agency_id != case.agency_id
    ):
        raise Refusal(
            "not_a_collector", N_("%(found)s does not take cases."), found=str(collector.user)
        )
    held = [s for s in OPEN if s != Stage.SUBMITTED]
    before = (
        Case.objects.select_for_update(of=("self",)).values_list("collector_id", flat=True).get(id=case.id)
    )  # fmt: skip
    if seen is not None and seen != str(before or ""):
        now = Member.objects.select_related("user").filter(id=before).first()
        raise Refusal(
            "assigned_meanwhile", N_("Meanwhile the case has been given to %(name)s; nothing was changed. Give it to %(found)s all the same?"),
            name=str(now.user) if now else "–", found=str(collector.user),
        )  # fmt: skip
    taken = Case.objects.filter(id=case.id, stage__in=held).update(collector=collector)
    if not taken:
        raise Refusal(
            "case_not_assignable", N_("Case %(number)s is “%(found)s” and cannot be assigned."),
            number=case.number, found=case.stage,
        )  # fmt: skip
    case.collector = collector
    if before is not None and before != collector.id:  # what was theirs to do goes along
        Task.objects.filter(case=case, owner_id=before, done_at=None).update(owner=collector)
    made = Assignment.objects.create(
        agency_id=case.agency_id, case=case, client_id=case.client_id, collector=collector, at=at,
        by_name=by.name, because=because,
    )  # fmt: skip
    if case.stage == Stage.ACCEPTED:
        moved(case=case, was=Stage.ACCEPTED, now=Stage.CONTACT, because="assigned", by=by, at=at)
        plan_next_look(case=case, on=at.date())
    record(agency=case.agency_id, kind="CaseAssigned", by=by, at=at, case=case.id, client=case.client_id,
           collector=str(collector.user), because=because)  # fmt: skip
    return made
