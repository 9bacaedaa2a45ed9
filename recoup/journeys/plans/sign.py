"""The debtor signs the plan on its page: sealed, charged, in force, all at once or not at all."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from recoup.cases.operations import charge_cost, plan_next_look
from recoup.journeys.mail import mail_client, portal_link
from recoup.journeys.plans import paper
from recoup.journeys.plans.answer import loaded
from recoup.journeys.plans.offer import offer, rest, worked_out
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.payments.operations import rederive
from recoup.plans.models import Plan
from recoup.plans.operations import lapse_plan, sign_plan
from recoup.plans.queries import dues_of, terms_of
from recoup.plans.states import PlanState
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency


def sign(
    *, agency: Agency, plan: Plan, signatory: str, title: str = "", ticked: Sequence[str], ip: str, browser: str,
    by: Actor, at: datetime,
) -> Plan:  # fmt: skip
    """Sign an offered plan. What is owed must still be what the paper says: after a payment or a cost that
    came since, the offer lapses and the same terms, worked out anew, are returned as a new plan to be read.

    Two at once: the case's row is locked, the second finds it signed. Raises `Refusal` as
    `plans.operations.sign_plan` and, for the new offer, as `offer`.
    """
    # Wider than the debtor's own view: charge, hold and mails are the house's.
    with scope(agency.id), transaction.atomic():
        row = loaded(plan)
        if row.state == PlanState.AGREED:
            return row
        if changed(row):
            lapse_plan(
                plan=row, because=N_("the figures changed before it was signed"), by=by, at=at
            )
            terms = replace(terms_of(row), first_on=max(terms_of(row).first_on, at.date()))
            return offer(
                agency=agency, case=row.case, terms=terms, by_debtor=row.by_debtor, by=by, at=at
            )
        signed = sign_plan(
            plan=row, signatory=signatory, title=title, ticked=ticked, ip=ip, browser=browser,
            seal=lambda p: paper.signed(in_case(p, row), by=by, at=at), by=by, at=at,
        )  # fmt: skip
        fault("plan.signed")
        charge_fee(row, by=by, at=at)
        rest(row.case, until=None, because=N_("the debtor pays by a plan"), by=by, at=at)
        fault("plan.in_force")
        plan_next_look(case=row.case, on=dues_of(row)[0].due_on)
        tell_client(agency, row, at=at)
        return signed


def in_case(plan: Plan, known: Plan) -> Plan:
    """The signed row with what was loaded of its case."""
    plan.case = known.case
    return plan


def changed(plan: Plan) -> bool:
    """Whether the same terms, worked out for the same day, come to other instalments now."""
    if plan.state != PlanState.OFFERED:
        return False
    try:
        now = worked_out(case=plan.case, terms=terms_of(plan), on=plan.on).schedule
    except Refusal:
        return True
    return [p.amount for p in now.parts] != [d.amount for d in dues_of(plan)]


def charge_fee(plan: Plan, *, by: Actor, at: datetime) -> None:
    """The law's fee for a written plan, once per case."""
    fee = Decimal(plan.figures["fee"])
    if fee:
        charge_cost(
            case=plan.case, kind="instalment_plan", on=at.date(), amount=Money(fee, plan.currency),
            key="instalment_plan", because=N_("the law's fee for a written plan"), by=by, at=at,
        )  # fmt: skip
        # A payment of the same day comes after the cost in the law's order.
        rederive(case=plan.case, because={"said": plan.number}, by=by, at=at)


def tell_client(agency: Agency, plan: Plan, *, at: datetime) -> None:
    case = plan.case
    mail_client(
        agency=agency, client=case.client, key=f"plan-agreed:{plan.id}", template="plan_agreed",
        subject=N_("Case %(number)s: a payment plan is signed"),
        paragraphs=[
            N_("%(debtor)s has acknowledged the debt and signed a plan for %(total)s; the last payment is due on %(last)s."),
            N_("You can read it all here: %(link)s"),
        ],
        params={
            "number": case.number, "debtor": case.debtor.name, "last": dues_of(plan)[-1].due_on,
            "total": Money(Decimal(plan.figures["to_pay"]), plan.currency), "link": portal_link(case.number),
        },
        case=case.id, at=at,
    )  # fmt: skip
