"""The day run: every case that is due is looked at once, and gets its next step or its next look.

Claims due cases in batches (`FOR UPDATE SKIP LOCKED`), gathers their facts in a handful of queries,
decides, acts. Run again for the same day it does nothing more; killed anywhere, the next run goes
on where it stopped: each batch commits with the looks it planned.
"""

import logging
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import OperationalError, transaction

from recoup.cases.models import Case, Task
from recoup.cases.operations import add_task, charge_cost, move_case
from recoup.cases.states import OPEN, Stage
from recoup.contact.operations import record_denial, write_to_debtor
from recoup.contact.rules import Verdict, gate
from recoup.eventlog.operations import record
from recoup.journeys.letter import compose
from recoup.journeys.plans.course import look_at_plans
from recoup.jurisdictions.laws import law
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, NotAnswered, Refusal
from recoup.payments.queries import owed
from recoup.strategy.facts import CaseFacts, gather
from recoup.strategy.models import Decision as DecisionTaken
from recoup.strategy.plans import STANDARD, Step
from recoup.strategy.rules import VERSION, Decision, decide
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

log = logging.getLogger(__name__)
BATCH = 100
WAYS = {"no_address", "opted_out", "bad_address"}  # what only a person can mend


@dataclass
class DayReport:
    """What a day run did; keys as `recoup day --json` prints them."""

    on: date
    cases_looked_at: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    letters: int = 0
    emails: int = 0
    calls_queued: int = 0
    tasks: int = 0
    denied: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


def run_day(*, agency: Agency, on: date, by: Actor, at: datetime) -> DayReport:
    """Live day `on` for one agency. Cost follows the number of due cases, not of open ones."""
    report, start = DayReport(on), time.perf_counter()
    look_at_plans(agency=agency, on=on, by=by, at=at)
    while True:
        with scope(agency.id):
            cases = due_cases(agency.id, on)
            if not cases:
                break
            live(agency, cases, on, report, by, at)
        fault("day.batch_done")
    report.seconds = round(time.perf_counter() - start, 3)
    return report


def due_cases(agency: UUID, on: date) -> list[Case]:
    due = Case.objects.filter(agency_id=agency, stage__in=list(OPEN), next_action_on__lte=on)
    return list(
        due.select_for_update(skip_locked=True, of=("self",))
        .select_related("client", "debtor", "collector__user", "agreement")
        .order_by("next_action_on", "id")[:BATCH]
    )


def live(
    agency: Agency, cases: list[Case], on: date, report: DayReport, by: Actor, at: datetime
) -> None:
    """Decide and act for one batch, in the caller's transaction."""
    found = gather(agency.id, cases, on)
    looks: dict[date | None, list[UUID]] = defaultdict(list)
    for case in cases:
        report.cases_looked_at += 1
        looks[look_at(agency, found[case.id], on, report, by, at)].append(case.id)
    fault("day.decided")
    for look_on, ids in looks.items():
        Case.objects.filter(id__in=ids).update(next_action_on=look_on)


def look_at(
    agency: Agency, known: CaseFacts, on: date, report: DayReport, by: Actor, at: datetime
) -> date | None:
    """One case; returns the day of its next look. What breaks in one case goes to a person and never
    stops the others."""
    if known.refusal is not None:
        return ask_a_person(known, known.refusal, on, report, by, at)
    decision = decide(known.facts, STANDARD)
    report.actions[decision.step] += 1
    if decision.step in ("wait", "nothing"):
        return decision.look_on
    try:
        with transaction.atomic():
            return act(agency, known, decision, on, report, by, at)
    except Refusal as refusal:
        return ask_a_person(known, refusal, on, report, by, at)
    except OperationalError:
        raise  # the database, not the case
    except Exception as error:
        log.exception("the day run broke at case %s", known.case.number)
        broke = Refusal("day_broke", N_("The day run broke at this case (%(found)s): tell whoever runs the house."),
                        found=type(error).__name__)  # fmt: skip
        return ask_a_person(known, broke, on, report, by, at)


def act(
    agency: Agency,
    known: CaseFacts,
    decision: Decision,
    on: date,
    report: DayReport,
    by: Actor,
    at: datetime,
) -> date | None:
    """Do one decision; returns the day to look again, None when a person has the case."""
    keep_decision(known, decision, on, at)
    if decision.step == "close":
        closing_task(known, on, report, by, at)
        return None
    if decision.step == "evaluate":
        evaluate(known, decision, on, report, by, at)
        return None
    assert decision.plan_step is not None
    if decision.plan_step.channels == ("call",):
        call_task(known, decision, on, report, by, at)
        return on + timedelta(days=1)
    return write(agency, known, decision.plan_step, on, report, by, at)


def keep_decision(known: CaseFacts, decision: Decision, on: date, at: datetime) -> None:
    """The decision as taken: facts of the day, rule and version, reasons. Once per case, day and step."""
    facts = known.facts
    DecisionTaken.objects.bulk_create(
        [DecisionTaken(
            agency_id=known.case.agency_id, case=known.case, client_id=known.case.client_id, on=on,
            step=decision.step, rule=f"{decision.rule} v{VERSION}", plan=STANDARD.label,
            because=decision.because, params=decision.params, made_at=at,
            facts={
                "stage": facts.stage, "owed": str(facts.owed), "currency": facts.currency,
                "contacts": [[c.step, c.on.isoformat()] for c in facts.contacts],
                "holds": [h[0] for h in facts.holds],
            },
        )],
        ignore_conflicts=True,
    )  # fmt: skip


def write(
    agency: Agency, known: CaseFacts, step: Step, on: date, report: DayReport, by: Actor, at: datetime
) -> date:  # fmt: skip
    """Ask the gate for each channel of the step, write by those it permits; returns when to look again."""
    verdicts = {c: gate(known.gate_facts(c, step), at) for c in step.channels}
    permitted = tuple(c for c, v in verdicts.items() if v.ok)
    if not permitted:
        return put_off(known, step, verdicts, on, report, by, at)
    for channel, verdict in verdicts.items():
        # An e-mail address that nobody knows is no news; the letter goes.
        if not verdict.ok and verdict.code != "no_address":
            deny(known, step, channel, verdict, report, by, at)
    charged = charge_for(known, step, on, by, at)
    letter = compose(agency, charged, step, permitted, on, by, at)
    write_to_debtor(case=known.case, letter=letter, by=by, at=at)
    fault("day.written")
    report.letters += "letter" in permitted
    report.emails += "email" in permitted
    return letter.deadline_on + timedelta(days=1)


def put_off(
    known: CaseFacts, step: Step, verdicts: dict[str, Verdict], on: date, report: DayReport, by: Actor,
    at: datetime,
) -> date:  # fmt: skip
    """No way is open. When the gate says from when, that is the day of the next look; where it cannot
    say (no address, all opted out), a person must find a way."""
    refusals = {v.code: (c, v) for c, v in reversed(verdicts.items())}
    for channel, verdict in refusals.values():
        deny(known, step, channel, verdict, report, by, at)
    opens = [v.earliest_at.date() for v in verdicts.values() if v.earliest_at]
    if not opens and WAYS & set(refusals):
        _, verdict = refusals[next(code for code in refusals if code in WAYS)]
        ask_a_person(
            known, Refusal(verdict.code, verdict.because, **verdict.params), on, report, by, at
        )
        return on + timedelta(days=7)
    return max(on + timedelta(days=1), min(opens, default=on))


def charge_for(known: CaseFacts, step: Step, on: date, by: Actor, at: datetime) -> CaseFacts:
    """Charge what the law's tariff grants for the step, once per case, before the letter says what is
    owed. No tariff, or one in another currency: nothing is charged."""
    case = known.case
    if step.charge is None or known.owed is None:
        return known
    try:
        tariff, currency = law(case.jurisdiction).cost(
            step.charge, value=known.owed.principal, on=on
        )
    except NotAnswered:
        return known
    if currency != case.currency or tariff.amount <= 0:
        return known
    charge_cost(
        case=case, kind=step.charge, on=on, amount=Money(tariff.amount, currency), key=step.charge,
        because=tariff.source, by=by, at=at,
    )  # fmt: skip
    fault("day.charged")
    return replace(known, owed=owed(case=case, on=on))


def deny(
    known: CaseFacts, step: Step, channel: str, verdict: Verdict, report: DayReport, by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    record_denial(case=known.case, step=step.name, channel=channel, verdict=verdict, by=by, at=at)
    report.denied[verdict.code] += 1


def call_task(
    known: CaseFacts, decision: Decision, on: date, report: DayReport, by: Actor, at: datetime
) -> None:
    case = known.case
    due = law(case.jurisdiction).next_business_day(on)
    number = known.case.debtor.phone
    add_task(
        agency=case.agency_id, key=f"call:{case.number}:{on.isoformat()}", kind="call",
        sentence=N_("Call %(debtor)s about %(case)s: %(phone)s"),
        params={"debtor": case.debtor.name, "case": case.number, "phone": number or "?"},
        role="collector", owner=case.collector, due_on=due, default=N_("The call stays on the list and is shown to the supervisor."),
        case=case, by=by, at=at,
    )  # fmt: skip
    report.calls_queued += 1
    record(agency=case.agency_id, kind="CallPlanned", by=by, at=at, case=case.id, client=case.client_id,
           due_on=due.isoformat(), because=decision.because, params=decision.params)  # fmt: skip


def evaluate(
    known: CaseFacts, decision: Decision, on: date, report: DayReport, by: Actor, at: datetime
) -> None:
    """The phase's contacts are done: a person weighs the case, by a day."""
    case = known.case
    move_case(
        case=case,
        was=Stage.CONTACT,
        now=Stage.EVALUATION,
        because=decision.because % decision.params,
        by=by,
        at=at,
    )
    add_task(
        agency=case.agency_id, key=f"evaluate:{case.number}:{on.isoformat()}", kind="evaluate",
        sentence=N_("Weigh what to do with %(case)s: %(debtor)s has not paid."),
        params={"case": case.number, "debtor": case.debtor.name}, role="collector", owner=case.collector,
        due_on=law(case.jurisdiction).add_business_days(on, 5), default=N_("The supervisor decides."), case=case, by=by, at=at,
    )  # fmt: skip
    report.tasks += 1


def closing_task(known: CaseFacts, on: date, report: DayReport, by: Actor, at: datetime) -> None:
    case = known.case
    add_task(
        agency=case.agency_id, key=f"close:{case.number}", kind="close",
        sentence=N_("Nothing is owed on %(case)s any more: close it."), params={"case": case.number},
        role="collector", owner=case.collector, due_on=on + timedelta(days=3), default=N_("The supervisor closes it."),
        case=case, by=by, at=at,
    )  # fmt: skip
    report.tasks += 1


def ask_a_person(
    known: CaseFacts, refusal: Refusal, on: date, report: DayReport, by: Actor, at: datetime
) -> date:
    """The law or the letter gave no answer: a task with the refusal's own sentence, one at a time.
    The case is looked at again every day, in case the answer has come."""
    case = known.case
    cause = f"ask:{case.number}:{refusal.code}:"
    if not Task.objects.filter(case=case, key__startswith=cause, done_at__isnull=True).exists():
        add_task(
            agency=case.agency_id, key=f"{cause}{on.isoformat()}", kind="ask", sentence=refusal.text,
            params={k: str(v) for k, v in refusal.params.items()}, role="collector", owner=case.collector,
            due_on=on + timedelta(days=2), default=N_("The case is looked at again every day."),
            case=case, by=by, at=at,
        )  # fmt: skip
        report.tasks += 1
    return on + timedelta(days=1)
