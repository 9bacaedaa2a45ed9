"""A case is weighed, somebody decides, and what was decided is done. Nothing stays in evaluation without a
person and a deadline; what nobody decides in time goes as recommended where the house may, and is asked
of the client where it may not."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from recoup.approvals.models import Approval
from recoup.approvals.states import Answer, ApprovalKind
from recoup.cases.models import Case, Move
from recoup.cases.operations import NewTask, add_task, add_tasks, move_case, plan_next_look
from recoup.cases.operations.tasks import finish_all
from recoup.cases.states import OPEN, CloseCode, Stage
from recoup.journeys.approve import ask, register, to_a_person
from recoup.journeys.plans.offer import offer
from recoup.jurisdictions.laws import law
from recoup.jurisdictions.rules import CODES
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.plans.queries import limits_of
from recoup.plans.rules import Terms
from recoup.plans.states import PlanKind
from recoup.strategy.evaluation import Option, Suit, evaluate
from recoup.strategy.models import Evaluation
from recoup.strategy.operations import (
    NewEvaluation,
    await_client,
    keep_evaluations,
    settle_evaluation,
    supersede,
)
from recoup.strategy.weighing import answer_json, facts_json, weighings
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

WORKED_ON = (Stage.CONTACT, Stage.EVALUATION, Stage.LEGAL)
DECIDE_DAYS, WORK_DAYS, MONITOR_DAYS, ANSWER_DAYS = 5, 3, 90, 5
FIRST_DAYS, MONTHS, DISCOUNT = (
    14,
    6,
    Decimal(15),
)  # of an offer where the client's mandate says nothing else
ASKED: dict[str, tuple[str, str]] = {
    Option.PLAN: (ApprovalKind.PLAN, N_("May we agree a payment plan with %(debtor)s?")),
    Option.SETTLE: (ApprovalKind.SETTLEMENT, N_("May we settle with %(debtor)s for less than all?")),
    Option.LEGAL: (ApprovalKind.LEGAL_STEP, N_("May we go to court against %(debtor)s?")),
    Option.INSOLVENCY: (ApprovalKind.LEGAL_STEP, N_("May we file in, or ask for, insolvency proceedings against %(debtor)s?")),
    Option.STOP: (ApprovalKind.WRITE_OFF, N_("May we close the case against %(debtor)s? It would cost more than it brings.")),
}  # fmt: skip


def weigh(
    *, agency: Agency, cases: Sequence[Case], on: date, because: str, params: dict[str, Any], by: Actor, at: datetime
) -> list[Evaluation]:  # fmt: skip
    """Weigh cases (with client, debtor and collector loaded), in the caller's transaction and scope. Those
    whose law gives no answer are left out: a person has them by another task."""
    made = [
        NewEvaluation(
            each.case, facts_json(each.house), answer_json(evaluate(each.house)),
            facts_json(each.client), answer_json(evaluate(each.client)),
            deadline(each.case, on, DECIDE_DAYS),
        )
        for each in weighings(agency.id, cases, on)
    ]  # fmt: skip
    return keep_evaluations(agency=agency.id, made=made, because=because, params=params, on=on, by=by, at=at)  # fmt: skip


def weigh_now(*, agency: Agency, case: Case, because: str, by: Actor, at: datetime) -> Evaluation:
    """A person wants it weighed: something has happened. Raises `Refusal` `not_weighed` (by its stage, or
    where the law has no answer)."""
    if case.stage not in WORKED_ON:
        raise Refusal("not_weighed", N_("Case %(number)s is “%(found)s”; there is nothing to weigh."),
                      number=case.number, found=case.stage)  # fmt: skip
    with scope(agency.id), transaction.atomic():
        case = Case.objects.select_related("client", "debtor", "collector__user", "agreement__rate_card").get(id=case.id)  # fmt: skip
        made = weigh(agency=agency, cases=[case], on=at.date(), because=because or N_("asked for at the desk"), params={}, by=by, at=at)  # fmt: skip
        if not made:
            raise Refusal("not_weighed", N_("What is owed on case %(number)s is not known; a person looks at the law first."), number=case.number)  # fmt: skip
        to_decide(case, on=at.date(), due_on=made[0].due_on, by=by, at=at)
        return made[0]


def to_decide(case: Case, *, on: date, due_on: date, by: Actor, at: datetime) -> None:
    """The collector has it, by a day."""
    add_tasks(agency=case.agency_id, by=by, at=at, tasks=[NewTask(
        case, f"evaluate:{case.number}:{on.isoformat()}", "evaluate",
        N_("Weigh what to do with %(case)s: %(debtor)s has not paid."),
        {"case": case.number, "debtor": case.debtor.name}, "collector", due_on,
        N_("It goes as recommended; the client is asked where its word is needed."),
    )])  # fmt: skip


def decide(
    *, agency: Agency, evaluation: Evaluation, option: str, because: str, by: Actor, at: datetime
) -> Evaluation:
    """Decide on a way and go it, or ask the client first (its mandate may answer at once). Raises `Refusal`
    as `settle_evaluation`, `way_closed`."""
    with scope(agency.id), transaction.atomic():
        case = (
            Case.objects.select_for_update(of=("self",))
            .select_related("client", "debtor", "collector__user", "agreement__rate_card", "agency")
            .get(id=evaluation.case_id)
        )  # fmt: skip
        refuse_closed_way(evaluation, option)
        settle_evaluation(evaluation=evaluation, option=option, because=because, by=by, at=at)
        finish_all(case=case, kind="evaluate", outcome=option, by=by, at=at)
        if option == Option.LEGAL and evaluation.facts.get("suit"):
            at_law(agency, case, evaluation, by, at)
        elif option in ASKED:
            ask_client(agency, case, evaluation, option, by=by, at=at)
        else:
            GO[Option(option)](agency, case, evaluation, by, at)
        return Evaluation.objects.get(id=evaluation.id)


def refuse_closed_way(evaluation: Evaluation, option: str) -> None:
    """What the facts of the day have closed is not decided, whoever wants it."""
    ways = {w["option"]: w for w in evaluation.answer["ways"]}
    closed = ways.get(option, {}).get("why_not", "")
    if closed:
        raise Refusal("way_closed", closed, field="option")


def ask_client(
    agency: Agency, case: Case, evaluation: Evaluation, option: str, *, by: Actor, at: datetime
) -> None:
    kind, sentence = ASKED[option]
    told = next(w for w in evaluation.counsel.answer["ways"] if w["option"] == option)
    given_up = Decimal(evaluation.facts["owed"]) if option == Option.STOP else Decimal(told["cost"])
    if option == Option.SETTLE:
        given_up = Decimal(evaluation.facts["owed"]) * Decimal(evaluation.facts["discount"] or DISCOUNT) / 100  # fmt: skip
    asked = ask(
        agency=agency, case=case, kind=kind, key=f"evaluation:{evaluation.id}", sentence=sentence,
        params={"debtor": case.debtor.name, "option": option, "evaluation": str(evaluation.id),
                "close_code": CloseCode.UNCOLLECTABLE.value},
        cost=Money(given_up, case.currency).rounded(), odds_percent=round(Decimal(told["chance"])),
        duration_days=told["days"], answer_days=ANSWER_DAYS, default=Answer.DECLINE, by=by, at=at,
    )  # fmt: skip
    await_client(evaluation=evaluation, approval=asked.id)


# Gone ----------------------------------------------------------------------------------------------------


def go_on(agency: Agency, case: Case, evaluation: Evaluation, by: Actor, at: datetime) -> None:
    """Back into contact: the plan begins anew, but for what is made once only."""
    if case.stage != Stage.CONTACT:
        move_case(case=case, was=case.stage, now=Stage.CONTACT, because=N_("weighed: go on"), by=by, at=at)  # fmt: skip
    plan_next_look(case=case, on=at.date() + timedelta(days=1))


def visit(agency: Agency, case: Case, evaluation: Evaluation, by: Actor, at: datetime) -> None:
    """Somebody goes there: the visit is planned by a day, and the case is in contact meanwhile."""
    go_on(agency, case, evaluation, by, at)
    add_task(
        agency=agency.id, key=f"visit:{evaluation.id}", kind="visit", role="field_agent",
        sentence=N_("Visit %(debtor)s about %(case)s."), params={"debtor": case.debtor.name, "case": case.number},
        due_on=deadline(case, at.date(), WORK_DAYS), default=N_("The supervisor decides."), case=case, by=by, at=at,
    )  # fmt: skip


def monitor(agency: Agency, case: Case, evaluation: Evaluation, by: Actor, at: datetime) -> None:
    """Watched for a quarter, then weighed again."""
    add_task(
        agency=agency.id, key=f"evaluate-again:{evaluation.id}", kind="evaluate", role="collector",
        owner=case.collector, sentence=N_("Look at %(case)s again: %(debtor)s was only monitored."),
        params={"debtor": case.debtor.name, "case": case.number}, due_on=at.date() + timedelta(days=MONITOR_DAYS),
        default=N_("The supervisor decides."), case=case, by=by, at=at,
    )  # fmt: skip


def at_law(agency: Agency, case: Case, evaluation: Evaluation, by: Actor, at: datetime) -> None:
    """The client has sent it to court already, with a budget: it is gone on with, or enforced, within that.
    What goes beyond the budget asks for it anew when it is entered (`legal.course`)."""
    sentence = (
        N_("Go on with the suit of %(case)s against %(debtor)s.") if evaluation.facts["suit"] == Suit.PENDING
        else N_("Go on enforcing against %(debtor)s (%(case)s).")
    )  # fmt: skip
    add_task(
        agency=agency.id, key=f"at-law:{evaluation.id}", kind="ask", role="legal_officer", sentence=sentence,
        params={"debtor": case.debtor.name, "case": case.number}, due_on=deadline(case, at.date(), WORK_DAYS),
        default=N_("The court's deadlines stand as they are entered."), case=case, by=by, at=at,
    )  # fmt: skip


GO = {Option.GO_ON: go_on, Option.VISIT: visit, Option.MONITOR: monitor}


def offer_agreed(agency: Agency, approval: Approval, *, by: Actor, at: datetime) -> None:
    """The client has agreed to a plan or a settlement: it is offered to the debtor at once, inside the mandate
    where that allows one. What cannot be offered, and a no, goes to a person."""
    case, option = approval.case, approval.params.get("option")
    if not approval.is_yes or option not in (Option.PLAN, Option.SETTLE):
        return to_a_person(agency, approval, by=by, at=at)
    try:
        with transaction.atomic():
            if case.stage == Stage.EVALUATION:
                move_case(case=case, was=case.stage, now=Stage.CONTACT, because=N_("weighed: an offer is made"), by=by, at=at)  # fmt: skip
                plan_next_look(case=case, on=at.date() + timedelta(days=1))
            offer(agency=agency, case=case, terms=terms_of(case, option, at.date()), by=by, at=at)
    except Refusal:
        return to_a_person(agency, approval, by=by, at=at)
    return None


def terms_of(case: Case, option: str, on: date) -> Terms:
    limits = limits_of(case.client)
    first = on + timedelta(days=min(FIRST_DAYS, limits.first_days))
    if option == Option.SETTLE:
        return Terms(kind=PlanKind.SETTLEMENT, first_on=first, discount=limits.discount or DISCOUNT)
    months = min(limits.months or MONTHS, MONTHS)
    return Terms(kind=PlanKind.INSTALMENTS, first_on=first, count=max(2, months))


for _kind in (ApprovalKind.PLAN, ApprovalKind.SETTLEMENT):
    register(_kind, offer_agreed)


# By the day ------------------------------------------------------------------------------------------------


def look_at_evaluations(*, agency: Agency, on: date, by: Actor, at: datetime) -> int:
    """What nobody decided by its deadline goes as recommended: done where the house may, asked of the client
    where it may not. Again for the same day it does nothing more; one that cannot be done goes to a person."""
    with scope(agency.id):
        moved = Move.objects.filter(case=OuterRef("case"), at__gt=OuterRef("made_at"))
        ended = Evaluation.objects.filter(
            Exists(moved), agency_id=agency.id, state=Evaluation.State.OPEN
        )
        supersede(ended.values_list("case_id", flat=True))
        late = Evaluation.objects.filter(
            agency_id=agency.id, state=Evaluation.State.OPEN, due_on__lt=on, case__stage__in=OPEN
        ).select_related("case__collector", "case__debtor", "counsel").order_by("due_on", "id")  # fmt: skip
        rows = list(late)
    for row in rows:
        with scope(agency.id), transaction.atomic():
            try:
                with transaction.atomic():
                    decide(agency=agency, evaluation=row, option=row.recommended, because=N_("nobody decided in time"), by=by, at=at)  # fmt: skip
            except Refusal as refusal:
                supersede([row.case_id])
                to_the_supervisor(row, refusal, on, by, at)
    return len(rows)


def to_the_supervisor(row: Evaluation, refusal: Refusal, on: date, by: Actor, at: datetime) -> None:
    add_task(
        agency=row.agency_id, key=f"evaluate-stuck:{row.id}", kind="ask", role="supervisor", sentence=refusal.text,
        params={k: str(v) for k, v in refusal.params.items()}, due_on=on + timedelta(days=2),
        default=N_("The case is looked at again every day."), case=row.case, by=by, at=at,
    )  # fmt: skip


def deadline(case: Case, on: date, days: int) -> date:
    code = case.jurisdiction
    return law(code).add_business_days(on, days) if code in CODES else on + timedelta(days=days + 2)
