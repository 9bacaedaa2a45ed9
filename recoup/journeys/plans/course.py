"""Plans are followed: payments keep them, days break them; reminders go out before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case
from recoup.cases.operations import add_task, charge_cost
from recoup.cases.states import CloseCode, Stage
from recoup.journeys.close import close_with_report
from recoup.journeys.debits import collect_instalment
from recoup.journeys.mail import mail_client, portal_link
from recoup.journeys.plans.answer import go_on, loaded
from recoup.journeys.plans.offer import lift
from recoup.journeys.plans.tell import tell_debtor
from recoup.jurisdictions.laws import law
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.payments.models import Allocation
from recoup.payments.operations import rederive, waive
from recoup.payments.operations.settle import square_costs
from recoup.payments.queries import to_pay
from recoup.plans import operations as plans
from recoup.plans.models import Instalment, Plan
from recoup.plans.queries import dues_of, running, terms_of
from recoup.plans.rules import Course, course, penalty
from recoup.plans.states import PlanKind, PlanState
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

REMIND_BEFORE = 3  # business days


def payments_for(plans_: Iterable[Plan]) -> dict[UUID, list[tuple[date, Decimal]]]:
    """What came in on each plan since it was made (day received, amount): to us or to the client, what
    was returned left out; one query. Ids are in the order of making."""
    since = {plan.case_id: plan.id for plan in plans_}
    found: dict[UUID, list[tuple[date, Decimal]]] = {case: [] for case in since}
    rows = Allocation.objects.filter(
        case_id__in=list(since), waived=False, reverses__isnull=True, reversed_by__isnull=True, amount__gt=0
    ).order_by("received_on", "id")  # fmt: skip
    for id, case, on, amount in rows.values_list("id", "case_id", "received_on", "amount"):
        if id > since[case]:
            found[case].append((on, amount))
    return found


def course_of(plan: Plan, *, on: date) -> Course:
    """How a plan goes on day `on`: each instalment with the payments that filled it."""
    paid = payments_for([plan])[plan.case_id]
    return course(dues_of(plan), paid, on=on, grace_days=terms_of(plan).grace_days)


def follow(*, agency: Agency, cases: Iterable[UUID], by: Actor, at: datetime) -> list[Plan]:
    """After payments of `cases` changed: plans that are paid are kept, what was to be given up is given
    up, and the case is closed. Returns those kept."""
    kept = []
    found = running(agency.id, cases)
    paid = payments_for(found)
    for plan in found:
        if plan.state == PlanState.OFFERED and plan.kind != PlanKind.SETTLEMENT:
            continue
        going = course(
            dues_of(plan), paid[plan.case_id], on=at.date(), grace_days=terms_of(plan).grace_days
        )
        in_time = plan.state == PlanState.AGREED or all(
            one.state == "paid" for one in going.instalments
        )
        if going.kept and in_time:
            keep(agency, plan, by=by, at=at)
            kept.append(plan)
    return kept


def keep(agency: Agency, plan: Plan, *, by: Actor, at: datetime) -> None:
    """All is paid: the rest is given up as agreed, and the case ends."""
    row = loaded(plan)
    plans.keep_plan(plan=row, by=by, at=at)
    case = row.case
    lift(case, because=N_("the plan is kept"), by=by, at=at)
    rest = to_pay(case=case, on=at.date()).total
    if rest > 0:
        waive(
            case=case, amount=Money(rest, case.currency), because=N_("given up as agreed in the plan"),
            by=by, at=at,
        )  # fmt: skip
    if case.stage in (Stage.ACCEPTED, Stage.CONTACT, Stage.EVALUATION, Stage.LEGAL):
        square_costs(case=case, by=by, at=at)
        settled = rest > 0 and row.kind == PlanKind.SETTLEMENT
        code = (
            CloseCode.SETTLED
            if settled
            else CloseCode.PAID_AND_REST_WAIVED
            if rest > 0
            else CloseCode.PLAN_COMPLETED
        )
        close_with_report(
            agency=agency, case=case, code=code, because=N_("the plan is kept"), by=by, at=at
        )


# By the day --------------------------------------------------------------------------------------------


@dataclass
class PlansReport:
    """What a day did to plans."""

    reminded: int = 0
    broken: int = 0
    lapsed: int = 0


def look_at_plans(*, agency: Agency, on: date, by: Actor, at: datetime) -> PlansReport:
    """Live day `on` for the agency's plans: unanswered ones end, missed ones break, reminders go out. Again
    for the same day it does nothing more. Each plan is a transaction of its own; one that cannot be
    followed goes to a person and holds nobody up."""
    report = PlansReport()
    with scope(agency.id):
        standing = list(
            Plan.objects.filter(agency_id=agency.id, state__in=(PlanState.ASKED, PlanState.OFFERED), until__lt=on)
            .values_list("id", flat=True)
        )  # fmt: skip
        agreed = [plan.id for plan in due_for_a_look(agency.id, on)]
    for id in dict.fromkeys([*standing, *agreed]):
        with scope(agency.id), transaction.atomic():
            try:
                with transaction.atomic():
                    look_at(agency, id, on, report, by, at)
            except Refusal as refusal:
                ask_a_person(id, refusal, on, by, at)
    return report


def due_for_a_look(agency: UUID, on: date) -> list[Plan]:
    """Agreed plans with an instalment near or past; two queries."""
    near = on + timedelta(days=21)
    rows = Plan.objects.filter(
        agency_id=agency, state=PlanState.AGREED, instalments__due_on__lte=near
    )
    return list(rows.distinct().order_by("id"))


def look_at(
    agency: Agency, id: UUID, on: date, report: PlansReport, by: Actor, at: datetime
) -> None:
    plan = loaded(Plan(id=id, case_id=Plan.objects.values_list("case_id", flat=True).get(id=id)))
    if plan.state == PlanState.ASKED and plan.until < on:
        from_silence(agency, plan, by, at)
        report.lapsed += 1
    elif plan.state == PlanState.OFFERED and plan.until < on:
        plans.lapse_plan(plan=plan, because=N_("it was not signed in time"), by=by, at=at)
        go_on(plan, said=N_("the offer has run out"), by=by, at=at)
        report.lapsed += 1
    elif plan.state == PlanState.AGREED:
        going = course_of(plan, on=on)
        if going.broken(accelerates=terms_of(plan).accelerates):
            break_it(agency, plan, going, on, by, at)
            report.broken += 1
        else:
            report.reminded += remind(agency, plan, going, on, by, at)


def from_silence(agency: Agency, plan: Plan, by: Actor, at: datetime) -> None:
    """The client did not answer: the default it was told is no."""
    from recoup.journeys.plans.answer import answer

    answer(
        agency=agency,
        plan=plan,
        yes=False,
        because=N_("the client did not answer in time"),
        by=by,
        at=at,
    )


def break_it(agency: Agency, plan: Plan, going: Course, on: date, by: Actor, at: datetime) -> None:
    """All falls due: the penalty that was agreed is charged, the hold is lifted, the client is advised."""
    first = going.missed[0]
    case = plan.case
    plans.break_plan(
        plan=plan, because=N_("an instalment was not paid"), missed=first.left, number=first.due.number, by=by,
        at=at,
    )  # fmt: skip
    share = terms_of(plan).penalty
    for one in going.missed if share else ():
        amount = penalty(one.left, (on - one.due.due_on).days, share, plan.currency)
        if amount > 0:
            charge_cost(
                case=case, kind="other", on=on, amount=Money(amount, plan.currency),
                key=f"penalty:{plan.id}:{one.due.number}",
                because=N_("interest agreed for a late instalment"), by=by, at=at,
            )  # fmt: skip
    if share:
        rederive(case=case, because={"said": plan.number}, by=by, at=at)
    go_on(plan, said=N_("the plan is broken"), by=by, at=at)
    mail_client(
        agency=agency, client=case.client, key=f"plan-broken:{plan.id}", template="plan_broken",
        subject=N_("Case %(number)s: the payment plan is broken"),
        paragraphs=[
            N_("%(debtor)s did not pay the instalment of %(amount)s that was due on %(due)s. All of it is due now, and we go on collecting."),
            N_("We advise you to deliver to this customer only against payment in advance until it has paid."),
            N_("You can read it all here: %(link)s"),
        ],
        params={"number": case.number, "debtor": case.debtor.name, "due": first.due.due_on,
                "amount": Money(first.left, plan.currency), "link": portal_link(case.number)},
        case=case.id, at=at,
    )  # fmt: skip


def remind(agency: Agency, plan: Plan, going: Course, on: date, by: Actor, at: datetime) -> int:
    """A reminder some business days before each instalment that is still open, once each."""
    one = going.next
    if one is None or plan.sealed is None:
        return 0
    if collect_instalment(agency=agency, plan=plan, going=one, on=on, by=by, at=at):
        return 0  # it is collected, and was announced
    code = plan.case.jurisdiction
    days = [one.due.due_on]
    while len(days) <= REMIND_BEFORE:
        days.append(previous(days[-1], code))
    if not days[-1] <= on <= one.due.due_on:
        return 0
    instalment = Instalment.objects.get(plan=plan, number=one.due.number)
    if not plans.mark_reminded(instalment=instalment, message=None, at=at):
        return 0
    tell_debtor(
        agency, plan, step="plan_reminder", key=f"plan_reminder:{plan.number}:{one.due.number}",
        document=plan.sealed,
        subject=N_("Your payment to %(creditor)s on %(due)s"),
        paragraphs=[
            N_("this is to remind you of the instalment of %(amount)s that is due on %(due)s by our plan. The reference is %(reference)s."),
            N_("Your page, with everything filled in: %(link)s"),
            N_("Paid already? Then please take no notice of this."),
        ],
        params={"amount": Money(one.left, plan.currency), "due": one.due.due_on, "reference": plan.case.reference},
        answer_by=one.due.due_on, by=by, at=at,
    )  # fmt: skip
    return 1


def previous(day: date, code: str) -> date:
    return law(code).add_business_days(day, -1)


def end(*, agency: Agency, plan: Plan, because: str, by: Actor, at: datetime) -> Plan:
    """A person takes an offer or a plan back. Raises `Refusal` `reason_missing`, `plan_over`."""
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    with scope(agency.id), transaction.atomic():
        row = loaded(plan)
        plans.end_plan(plan=row, because=because.strip(), by=by, at=at)
        go_on(row, said=N_("the plan was taken back"), by=by, at=at)
        return row


def ask_a_person(id: UUID, refusal: Refusal, on: date, by: Actor, at: datetime) -> None:
    case = Case.objects.select_related("collector").get(plans__id=id)
    add_task(
        agency=case.agency_id, key=f"plan-ask:{id}:{refusal.code}", kind="ask", sentence=refusal.text,
        params={k: str(v) for k, v in refusal.params.items()}, role="collector", owner=case.collector,
        due_on=on + timedelta(days=2), default=N_("The plan is looked at again every day."), case=case,
        by=by, at=at,
    )  # fmt: skip
