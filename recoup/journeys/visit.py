"""A visit is planned: the gate is asked for the moment of the visit, and its answer kept. What came of it has the
consequences of a call."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case
from recoup.contact.models import Visit, VisitReport
from recoup.contact.operations import record_denial
from recoup.contact.operations.visits import Found, plan_visit, report_visit
from recoup.contact.rules import Verdict, gate
from recoup.journeys.call import CALLED_IN, Call, follow, refuse_promise, time_to_answer
from recoup.kernel.actor import Actor
from recoup.parties.models import Contact
from recoup.strategy.facts import gather
from recoup.tenancy.models import Agency, Member


@transaction.atomic
def visit_debtor(
    *, agency: Agency, case: Case, agent: Member, when: datetime, place: str, purpose: str,
    contact: Contact | None = None, by: Actor, at: datetime,
) -> Visit | Verdict:  # fmt: skip
    """Plan a visit, or return the gate's denial, which is kept. Raises `Refusal` as `plan_visit`."""
    known = gather(agency.id, [case], at.date())[case.id]
    verdict = gate(known.gate_facts("visit"), when)
    if not verdict.ok:
        record_denial(case=case, step="visit", channel="visit", verdict=verdict, by=by, at=at)
        return verdict
    return plan_visit(
        case=case,
        agent=agent,
        when=when,
        place=place,
        purpose=purpose,
        contact=contact,
        by=by,
        at=at,
    )


def visit_made(
    *, visit: Visit, found: Found, key: UUID, promised_on: date | None = None, promised_amount: Decimal | None = None,
    by: Actor, at: datetime,
) -> VisitReport:  # fmt: skip
    """Keep the report and do what its outcome calls for, all or nothing; the same `key` again is the first. Raises
    `Refusal` as `report_visit`, and as a call does for a promise (`promise_day_missing`, `_past`, `_far`)."""
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).get(id=visit.case_id)
        known = VisitReport.objects.filter(visit=visit).exists()
        made = report_visit(visit=visit, found=found, key=key, by=by, at=at)
        if known:
            return made
        call = Call(
            visit.case, visit.contact, found.outcome, found.said.strip(), promised_on, promised_amount, None, (), "",
            key, by, at,
        )  # fmt: skip
        refuse_promise(call)
        if case.stage in CALLED_IN:
            follow(call, time_to_answer(call))
    return made
