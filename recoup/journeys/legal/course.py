"""A proceeding from its opening to its end: the client's approval, stages, deadlines, costs."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from recoup.approvals.models import Approval
from recoup.approvals.states import ApprovalKind
from recoup.cases.models import Case, Hold, Task
from recoup.cases.operations import add_task, finish_task, move_case, plan_next_look
from recoup.cases.operations.tasks import finish_all
from recoup.cases.states import HoldKind
from recoup.cases.states import Stage as CaseStage
from recoup.insolvency.rules import Threshold, demand_threshold, may_demand, petition_threshold
from recoup.journeys import approve
from recoup.journeys.signals import published
from recoup.jurisdictions.laws import law
from recoup.jurisdictions.proceedings import course, fee_of
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, NotAnswered, NotKnown, Refusal
from recoup.legal.models import Award, Deadline, Measure, Outlay, Proceeding, Step
from recoup.legal.operations import (
    add_deadline,
    finish_deadline,
    grant_award,
    move_proceeding,
    open_proceeding,
    pay_outlay,
    set_budget,
    set_title_until,
    start_measure,
)
from recoup.legal.rules import Due, deadlines_at, entered, grown, interest_after, may_open
from recoup.legal.states import BEFORE_TITLE, Route, Stage
from recoup.parties.models import Partner
from recoup.payments.queries import owed
from recoup.tenancy.models import Agency
from recoup.tenancy.roles import Role

ASK = N_("May we go to law (%(route)s) against %(debtor)s for %(owed)s? Expected costs: %(cost)s")
KEEP = N_("%(deadline)s in %(proceeding)s (%(debtor)s) by %(day)s")
FIND = N_("Find out the period of %(deadline)s in %(proceeding)s (%(debtor)s): nothing is established for %(country)s")  # fmt: skip
LOST = N_("A missed period can lose the case.")
NEXT = N_("Take the next step in %(proceeding)s (%(debtor)s): %(stage)s")
NOTHING_SAID = Threshold(None, "", {}, "", "")
JUDGED = N_("A court has decided against it in %(proceeding)s: %(stage)s.")
STAYS = N_("It stays on the legal officer's list.")


@transaction.atomic
def go_to_law(
    *,
    agency: Agency,
    case: Case,
    route: str,
    lawyer: Partner | None,
    because: str,
    by: Actor,
    at: datetime,
) -> Proceeding:
    """Open a proceeding; the case is with the legal officer from now on. Raises `NotAnswered` for a route
    the country has not, `Refusal` as `may_open` and `open_proceeding`."""
    one = course(case.jurisdiction, route)
    disputed = Hold.objects.filter(case=case, kind=HoldKind.DISPUTED, lifted_at=None).exists()
    claim = Money(owed(case=case, on=at.date()).total, case.currency).rounded()
    if (refusal := may_open(one, claim, disputed)) is not None:
        raise refusal
    if route == Route.WINDING_UP:
        refuse_too_little(least_for(case.jurisdiction, claim, Stage.PREPARING), disputed)
    made = open_proceeding(case=case, route=route, lawyer=lawyer, because=because, by=by, at=at)
    if case.stage in (CaseStage.CONTACT, CaseStage.EVALUATION):
        move_case(case=case, was=case.stage, now=CaseStage.LEGAL, because=because, by=by, at=at)
        plan_next_look(case=case, on=None)
        finish_all(case=case, kind="evaluate", outcome=CaseStage.LEGAL, by=by, at=at)
    fault("legal.opened")
    start(made, Stage.PREPARING, at.date(), by, at)
    return made


def least_for(country: str, claim: Money, stage: str) -> Threshold | None:
    """What a statutory demand (before it is filed: a petition) must reach; None where nobody has said."""
    try:
        if stage == Stage.PREPARING:
            return demand_threshold(country, claim)[1]
        return petition_threshold(country, claim)
    except NotAnswered:
        return None


def refuse_too_little(found: Threshold | None, disputed: bool) -> None:
    """A debt that is disputed or too small is never the ground of a winding-up. Where no least amount is
    established, what the law asks for is a deadline that somebody finds out."""
    if (refusal := may_demand(found or NOTHING_SAID, disputed)) is not None:
        raise refusal


def least_now(proceeding: Proceeding, on: date) -> Threshold | None:
    """The check of a winding-up as it stands today, for its page; None for any other route."""
    if proceeding.route != Route.WINDING_UP:
        return None
    case = proceeding.case
    claim = Money(owed(case=case, on=on).total, case.currency).rounded()
    return least_for(case.jurisdiction, claim, proceeding.stage)


def expected_fee(proceeding: Proceeding, on: date) -> tuple[Money, str] | None:
    """The court's fee for what is owed today, with its source; None where a person finds it out."""
    case = proceeding.case
    claim = Money(owed(case=case, on=on).total, case.currency).rounded()
    try:
        fee, source, _ = fee_of(course(proceeding.jurisdiction, proceeding.route), claim, on)
    except (NotAnswered, NotKnown):
        return None
    return (fee, source) if fee.currency == case.currency else None


@transaction.atomic
def ask_budget(
    *, agency: Agency, proceeding: Proceeding, cost: Money, odds: int | None, days: int | None, by: Actor, at: datetime
) -> Approval:  # fmt: skip
    """Ask the client for these costs; its answer becomes the budget. The same sum twice asks once."""
    case = proceeding.case
    claim = Money(owed(case=case, on=at.date()).total, case.currency).rounded()
    return approve.ask(
        agency=agency, case=case, kind=ApprovalKind.LEGAL_STEP, key=f"legal:{proceeding.id}:{cost.amount}:{proceeding.budget}",
        sentence=ASK, cost=cost, odds_percent=odds, duration_days=days,
        params={"route": proceeding.route, "debtor": case.debtor.name, "owed": str(claim), "cost": str(cost),
                "proceeding": str(proceeding.id)},
        by=by, at=at,
    )  # fmt: skip


def follow(agency: Agency, approval: Approval, *, by: Actor, at: datetime) -> None:
    """The client has answered about costs of a proceeding: yes is its budget; no goes to a person."""
    found = Proceeding.objects.filter(
        id=approval.params.get("proceeding"), agency_id=agency.id
    ).first()
    if found is not None and approval.is_yes:
        set_budget(proceeding=found, approval=approval, by=by, at=at)
    approve.to_a_person(agency, approval, by=by, at=at)


approve.register(ApprovalKind.LEGAL_STEP, follow)


@transaction.atomic
def move(
    *,
    proceeding: Proceeding,
    now: str,
    on: date,
    because: str = "",
    document: Any = None,
    by: Actor,
    at: datetime,
) -> Step:
    """What happened at court: the stage moves, its deadlines begin, those of the stage before are done.
    Raises as `move_proceeding`."""
    was = proceeding.stage
    if now == Stage.FILED and proceeding.route == Route.WINDING_UP:
        case = proceeding.case
        claim = Money(owed(case=case, on=at.date()).total, case.currency).rounded()
        disputed = Hold.objects.filter(case=case, kind=HoldKind.DISPUTED, lifted_at=None).exists()
        refuse_too_little(least_for(case.jurisdiction, claim, now), disputed)
    made = move_proceeding(
        proceeding=proceeding,
        was=was,
        now=now,
        on=on,
        because=because,
        document=document,
        by=by,
        at=at,
    )
    for deadline in Deadline.objects.filter(proceeding=proceeding, done_at=None).select_related(
        "proceeding"
    ):
        done(deadline, by, at)
    for task in Task.objects.filter(key__startswith=f"legal-next:{proceeding.id}:", done_at=None):
        finish_task(task=task, outcome=now, by=by, at=at)
    if now != Stage.OVER:
        start(proceeding, now, on, by, at)
    if now in (Stage.DECIDED, Stage.TITLE):
        warn(proceeding, now, on, by, at)
    return made


def warn(proceeding: Proceeding, stage: str, on: date, by: Actor, at: datetime) -> None:
    """A judgment is a danger signal, for the client whose proceeding it is and for the house; no other client
    learns of it."""
    published(
        agency=proceeding.agency, debtor=proceeding.case.debtor, kind="court_notice", on=min(on, at.date()), because=JUDGED,
        params={"proceeding": proceeding.number, "stage": stage}, key=f"court:{proceeding.id}", client=proceeding.client_id,
        by=by, at=at,
    )  # fmt: skip


def done(deadline: Deadline, by: Actor, at: datetime) -> None:
    finish_deadline(deadline=deadline, by=by, at=at)
    for task in Task.objects.filter(key__startswith=f"deadline:{deadline.id}", done_at=None):
        finish_task(task=task, outcome="met", by=by, at=at)


def start(proceeding: Proceeding, stage: str, on: date, by: Actor, at: datetime) -> None:
    """The deadlines of a stage, each with its task; without any, somebody takes the next step in a week."""
    one = course(proceeding.jurisdiction, proceeding.route)
    dues = deadlines_at(one, stage, on)
    for due in dues:
        keep(proceeding, due, by, at)
    if not dues:
        add_task(
            agency=proceeding.agency_id, key=f"legal-next:{proceeding.id}:{stage}:{on}", kind="legal_next",
            sentence=NEXT, params=named(proceeding) | {"stage": stage}, role=Role.LEGAL_OFFICER,
            due_on=law(proceeding.jurisdiction).add_business_days(max(on, at.date()), 5), default=STAYS,
            case=proceeding.case, by=by, at=at,
        )  # fmt: skip


def keep(proceeding: Proceeding, due: Due, by: Actor, at: datetime) -> Deadline:
    made = add_deadline(proceeding=proceeding, due=due, by=by, at=at)
    add_task(
        agency=proceeding.agency_id, key=f"deadline:{made.id}", kind="legal_deadline",
        sentence=FIND if due.days is None else KEEP,
        params=named(proceeding) | {"deadline": due.kind, "day": made.on.isoformat(), "country": proceeding.jurisdiction},
        role=Role.LEGAL_OFFICER, due_on=made.on, default=LOST, case=proceeding.case, by=by, at=at,
    )  # fmt: skip
    return made


def named(proceeding: Proceeding) -> dict[str, Any]:
    return {"proceeding": proceeding.number, "debtor": proceeding.case.debtor.name}


@transaction.atomic
def enter_deadline(
    *, proceeding: Proceeding, kind: str, on: date, source: str, by: Actor, at: datetime
) -> Deadline:
    """A day that a person has read in the court's letter; what was to be found out is found. Raises
    `Refusal` `source_missing`."""
    if not source.strip():
        raise Refusal("source_missing", N_("Please say where this was read."), field="source")
    for waiting in Deadline.objects.filter(
        proceeding=proceeding, kind=kind, days=None, done_at=None
    ):
        done(waiting, by, at)
    due = entered(proceeding.jurisdiction, kind, on, at.date(), source)
    if kind == "title_expiry":
        set_title_until(proceeding=proceeding, until=on, source=source, by=by, at=at)
    return keep(proceeding, due, by, at)


@transaction.atomic
def advance(
    *, proceeding: Proceeding, kind: str, amount: Money, on: date, advanced_by: str, recoverable: bool, because: str,
    key: str, by: Actor, at: datetime,
) -> Outlay:  # fmt: skip
    """A cost of the proceeding is paid. Raises as `pay_outlay`."""
    return pay_outlay(
        proceeding=proceeding, kind=kind, amount=amount, on=on, advanced_by=advanced_by, recoverable=recoverable,
        because=because, key=key, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def award(
    *, proceeding: Proceeding, kind: str, on: date, principal: Money, interest: Money, costs: Money,
    after: dict[str, Any] | None, source: str, by: Actor, at: datetime,
) -> Award:  # fmt: skip
    """What was granted. The interest on it is the pack's, else what a person has read in the judgment, else
    the claim's own goes on."""
    if after is None:
        try:
            after, source, _ = interest_after(proceeding.jurisdiction)
        except NotAnswered:
            source = source or ""
    return grant_award(
        proceeding=proceeding, kind=kind, on=on, principal=principal, interest=interest, costs=costs, after=after,
        source=source, by=by, at=at,
    )  # fmt: skip


def title_stands_at(proceeding: Proceeding, on: date) -> dict[str, Any] | None:
    """What the title has grown to: granted sums, interest since by its rule (None where nobody has said
    which), and the sum. Raises `NotKnown`."""
    found = proceeding.awards.order_by("-on", "-id").first()
    if found is None:
        return None
    base = Money(found.principal, found.currency).rounded()
    granted = found.principal + found.interest + found.costs
    since = grown(proceeding.jurisdiction, base, found.on, found.after, on) if found.after else None
    interest = since.interest if since else None
    return {
        "award": found, "granted": Money(granted, found.currency).rounded(), "since": interest,
        "segments": since.segments if since else (), "total": Money(granted + (interest or Decimal(0)), found.currency).rounded(),
    }  # fmt: skip


@transaction.atomic
def measure(
    *,
    proceeding: Proceeding,
    kind: str,
    on: date,
    what: str,
    security: Money | None,
    by: Actor,
    at: datetime,
) -> Measure:
    """A search for assets or an order to preserve them, with the task to hear what came of it."""
    made = start_measure(
        proceeding=proceeding, kind=kind, on=on, what=what, security=security, by=by, at=at
    )
    before = proceeding.stage in BEFORE_TITLE
    add_task(
        agency=proceeding.agency_id, key=f"measure:{made.id}", kind="legal_measure", role=Role.LEGAL_OFFICER,
        sentence=N_("Hear what came of the measure (%(measure)s) in %(proceeding)s (%(debtor)s)"),
        params=named(proceeding) | {"measure": kind, "before_title": before},
        due_on=law(proceeding.jurisdiction).add_business_days(at.date(), 10), default=STAYS, case=proceeding.case,
        by=by, at=at,
    )  # fmt: skip
    return made
