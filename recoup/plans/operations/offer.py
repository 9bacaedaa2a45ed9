"""An offer is made, asked of the client where it must be, and answered."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from recoup.cases.models import Case
from recoup.eventlog.operations import record
from recoup.files.models import Document
from recoup.jurisdictions.reason import Reason
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import N_, Refusal
from recoup.plans.models import Instalment, Plan
from recoup.plans.operations.states import ended, moved
from recoup.plans.rules import Schedule, Terms
from recoup.plans.states import PlanState


@transaction.atomic
def offer_plan(
    *, case: Case, terms: Terms, schedule: Schedule, outside: Sequence[Reason], until: date, language: str,
    by_debtor: bool, by: Actor, at: datetime,
) -> Plan:  # fmt: skip
    """An offer with its instalments; it waits for the client when something is `outside` the mandate, for
    the debtor otherwise. One stands per case (a constraint: of two at once one is refused).

    Raises `Refusal` `plan_stands_already`.
    """
    state = PlanState.ASKED if outside else PlanState.OFFERED
    earlier = Plan.objects.filter(case=case).count()
    plan = Plan(
        id=new_id(), agency_id=case.agency_id, case=case, client_id=case.client_id,
        number=f"{case.number}-P{earlier + 1}", kind=terms.kind, state=state, by_debtor=by_debtor,
        currency=case.currency, on=schedule.on, terms=terms.as_json(), figures=figures(schedule),
        outside=[written(reason) for reason in outside], until=until, language=language, made_at=at,
        by_name=by.name,
    )  # fmt: skip
    try:
        with transaction.atomic():
            plan.save(force_insert=True)
            Instalment.objects.bulk_create(
                Instalment(
                    agency_id=case.agency_id, plan=plan, case=case, client_id=case.client_id,
                    number=part.number, due_on=part.due_on, amount=part.amount,
                )
                for part in schedule.parts
            )  # fmt: skip
    except IntegrityError:
        raise Refusal(
            "plan_stands_already", N_("There is a plan or an offer on case %(number)s already."),
            number=case.number,
        ) from None  # fmt: skip
    record(
        agency=case.agency_id, kind="PlanAsked" if outside else "PlanOffered", by=by, at=at, case=case.id,
        client=case.client_id, audience="client" if outside and not by_debtor else "debtor",
        number=plan.number, plan_kind=terms.kind, total=str(schedule.to_pay), currency=case.currency,
        instalments=len(schedule.parts), last_on=schedule.last_on.isoformat(), until=until.isoformat(),
    )  # fmt: skip
    return plan


def figures(found: Schedule) -> dict[str, Any]:
    """What the paper says, as text."""
    return {
        "owed": str(found.owed), "fee": str(found.fee), "given_up": str(found.given_up),
        "interest_to_come": str(found.interest_to_come), "to_pay": str(found.to_pay),
        "principal": str(found.before.principal), "interest": str(found.before.interest),
        "compensation": str(found.before.compensation.open if found.before.compensation.currency == found.currency else 0),
        "costs": str(found.before.costs), "why": [written(reason) for reason in found.why],
        "parts": [
            {"number": p.number, "due_on": p.due_on.isoformat(), "amount": str(p.amount),
             "interest": str(p.interest), "costs": str(p.costs), "principal": str(p.principal)}
            for p in found.parts
        ],
    }  # fmt: skip


def written(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, "text": reason.text, "params": dict(reason.params)}


@transaction.atomic
def attach_paper(*, plan: Plan, document: Document) -> None:
    """The paper that is offered, before anybody signs it. Raises `Refusal` `plan_moved_meanwhile`."""
    if not Plan.objects.filter(id=plan.id, signed_at=None).update(document=document):
        raise Refusal("plan_moved_meanwhile", N_("Plan %(number)s has been decided by somebody else meanwhile; look again."), number=plan.number)  # fmt: skip
    plan.document = document


@transaction.atomic
def answer_plan(
    *, plan: Plan, yes: bool, until: date, because: str = "", by: Actor, at: datetime
) -> None:
    """The client says yes (the debtor may sign until `until`) or no. Of two answers the first counts.
    Raises `Refusal` `plan_moved_meanwhile`, `plan_over`."""
    if not yes:
        ended(plan, PlanState.DECLINED, "PlanDeclined", because=because, by=by, at=at)
        return
    if plan.state != PlanState.ASKED:
        raise Refusal("plan_over", N_("Plan %(number)s is over (%(state)s)."), number=plan.number, state=plan.state)  # fmt: skip
    moved(plan, PlanState.ASKED, PlanState.OFFERED, answered_by=by.name, until=until)
    record(
        agency=plan.agency_id, kind="PlanApproved", by=by, at=at, case=plan.case_id, client=plan.client_id,
        audience="debtor", number=plan.number, plan_kind=plan.kind, until=until.isoformat(),
    )  # fmt: skip
