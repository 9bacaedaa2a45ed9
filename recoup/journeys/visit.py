"""A visit is planned: the gate is asked for the moment of the visit, and its answer kept."""

from datetime import datetime

from django.db import transaction

from recoup.cases.models import Case
from recoup.contact.models import Visit
from recoup.contact.operations import record_denial
from recoup.contact.operations.visits import plan_visit
from recoup.contact.rules import Verdict, gate
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
