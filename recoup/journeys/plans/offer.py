"""A plan is worked out and offered: at once inside the client's mandate, else the client is asked first."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from recoup.cases.models import Case, Hold
from recoup.cases.operations import add_task, lift_hold, put_on_hold
from recoup.cases.states import HoldKind
from recoup.journeys.mail import mail_client, portal_link
from recoup.journeys.plans import paper
from recoup.journeys.plans.tell import tell_debtor
from recoup.journeys.promise_to_pay import refuse_closed
from recoup.jurisdictions.laws import law
from recoup.jurisdictions.reason import Reason
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.payments.queries import facts_of
from recoup.payments.rules import question
from recoup.plans.models import Plan
from recoup.plans.operations import attach_paper, offer_plan
from recoup.plans.queries import limits_of, standing_plan
from recoup.plans.rules import Schedule, Terms, outside, schedule
from recoup.plans.states import PlanKind, PlanState
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

OPEN_DAYS = 14


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan worked out for a day, and what of it the client's mandate does not cover."""

    terms: Terms
    schedule: Schedule
    outside: tuple[Reason, ...]


def worked_out(*, case: Case, terms: Terms, on: date) -> Draft:
    """What a plan with these terms comes to; writes nothing. Raises `Refusal` as `plans.rules.schedule`."""
    with scope(case.agency_id):
        found = schedule(question(facts_of([case])[case.id], on), terms)
        limits = limits_of(case.client)
    reasons = outside(
        limits, terms, owed=found.owed, first=found.parts[0].amount, last_on=found.last_on, on=on
    )
    return Draft(terms, found, tuple(reasons))


def offer(
    *, agency: Agency, case: Case, terms: Terms, by_debtor: bool = False, by: Actor, at: datetime
) -> Plan:
    """Offer a plan. The debtor's contact rests while the offer is open.

    Of two at once the second is refused (the case's row is locked, one standing plan by constraint).
    Raises `Refusal`: `case_not_open`, `plan_stands_already`, `no_trust_account`, and as `worked_out`.
    """
    # Wider than the debtor's own view: mandate, tasks and plan are the house's.
    with scope(agency.id), transaction.atomic():
        locked = Case.objects.select_for_update(of=("self",)).select_related(
            "client", "debtor", "collector__user", "agency"
        ).get(id=case.id)  # fmt: skip
        refuse_closed(locked)
        if standing_plan(locked.id) is not None:
            raise Refusal(
                "plan_stands_already", N_("There is a plan or an offer on case %(number)s already."),
                number=locked.number,
            )  # fmt: skip
        draft = worked_out(case=locked, terms=terms, on=at.date())
        until = answer_by(locked, at.date()) if draft.outside else open_until(terms, at.date())
        plan = offer_plan(
            case=locked, terms=terms, schedule=draft.schedule, outside=draft.outside, until=until,
            language=locked.debtor.language or "en", by_debtor=by_debtor, by=by, at=at,
        )  # fmt: skip
        fault("plan.made")
        rest(locked, until=until, because=N_("a plan is being agreed"), by=by, at=at)
        if draft.outside:
            ask_client(agency, plan, by=by, at=at)
        else:
            present(agency, plan, tell=not by_debtor, by=by, at=at)
        return plan


def answer_by(case: Case, today: date) -> date:
    """Business days of the client's own country, as its mandate says."""
    code = case.client.country
    days = limits_of(case.client).answer_days
    try:
        return law(code).add_business_days(today, days)
    except Refusal:
        return today + timedelta(days=days + 2)


def open_until(terms: Terms, today: date) -> date:
    """Fourteen days, but not beyond the first payment's day; a settlement until its last day."""
    last = terms.days()[-1] if terms.kind == PlanKind.SETTLEMENT else terms.first_on
    return (
        last if terms.kind == PlanKind.SETTLEMENT else min(last, today + timedelta(days=OPEN_DAYS))
    )


def present(agency: Agency, plan: Plan, *, tell: bool, by: Actor, at: datetime) -> None:
    """Write the paper and, unless the debtor has it before its eyes, send it."""
    document = paper.offered(plan, by=by, at=at)
    attach_paper(plan=plan, document=document)
    fault("plan.paper_kept")
    if tell:
        tell_debtor(
            agency, plan, step="plan_offer", key=f"plan_offer:{plan.number}", document=document,
            subject=N_("Your payment plan with %(creditor)s"),
            paragraphs=[
                N_("we offer you the plan that is enclosed. You can read and sign it here until %(until)s:"),
                "%(link)s",
                N_("Until then nobody reminds you of this debt."),
            ],
            params={"until": plan.until}, by=by, at=at,
        )  # fmt: skip


def ask_client(agency: Agency, plan: Plan, *, by: Actor, at: datetime) -> None:
    """A task in the client's portal with a deadline and a default, and an e-mail about it."""
    case = plan.case
    total = Money(Decimal(plan.figures["to_pay"]), plan.currency)
    add_task(
        agency=agency.id, key=f"approve_plan:{plan.id}", kind="approve_plan", role="client_approver",
        sentence=N_("Decide about plan %(number)s for %(debtor)s: %(amount)s until %(last_on)s."),
        params={"number": plan.number, "debtor": case.debtor.name, "amount": str(total.amount),
                "currency": plan.currency, "last_on": plan.figures["parts"][-1]["due_on"], "plan": str(plan.id)},
        due_on=plan.until, default=N_("Without your answer the plan is declined."), case=case,
        client=case.client_id, by=by, at=at,
    )  # fmt: skip
    mail_client(
        agency=agency, client=case.client, key=f"plan-asked:{plan.id}", template="plan_asked",
        subject=N_("Case %(number)s: a payment plan needs your decision"),
        paragraphs=[
            N_("a payment plan for case %(number)s goes beyond what you have authorised in advance. Please decide by %(until)s; without your answer it is declined."),
            N_("You can read it all here: %(link)s"),
        ],
        params={"number": case.number, "until": plan.until, "link": portal_link(case.number) + "plan/"},
        case=case.id, at=at,
    )  # fmt: skip


def rest(case: Case, *, until: date | None, because: str, by: Actor, at: datetime) -> None:
    """The plan's hold, through `until`; one that stands from before gives way."""
    lift(case, because=N_("another day"), by=by, at=at)
    put_on_hold(case=case, kind=HoldKind.PLAN, because=because, until=until, by=by, at=at)


def lift(case: Case, *, because: str, by: Actor, at: datetime) -> bool:
    standing = Hold.objects.filter(case=case, kind=HoldKind.PLAN, lifted_at__isnull=True).first()
    if standing is not None:
        lift_hold(hold=standing, because=because, by=by, at=at)
    return standing is not None


def is_open(plan: Plan) -> bool:
    return plan.state == PlanState.OFFERED
