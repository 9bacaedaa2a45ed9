"""The day run: every case that is due is looked at once, and gets its next step or its next look.

Claims due cases in batches (`FOR UPDATE SKIP LOCKED`), gathers their facts in a handful of queries,
decides, acts. Run again for the same day it does nothing more; killed anywhere, the next run goes
on where it stopped: each batch commits with the looks it planned.
"""

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case
from recoup.cases.operations import add_task, move_case
from recoup.cases.states import OPEN, Stage
from recoup.contact.operations import record_denial, write_to_debtor
from recoup.contact.rules import Verdict, gate
from recoup.eventlog.operations import record
from recoup.journeys.letter import compose
from recoup.jurisdictions.laws import law
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.refusal import N_, Refusal
from recoup.strategy.facts import CaseFacts, gather
from recoup.strategy.models import Decision as DecisionTaken
from recoup.strategy.plans import STANDARD, Step
from recoup.strategy.rules import VERSION, Decision, decide
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

BATCH = 100


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
    for case in cases:
        known = found[case.id]
        report.cases_looked_at += 1
        # Looked at again tomorrow at the latest, whatever happens below; every branch may say later.
        look_on: date | None = on + timedelta(days=1)
        if known.refusal is not None:
            ask_a_person(known, known.refusal, on, report, by, at)
        else:
            decision = decide(known.facts, STANDARD)
            look_on = act(agency, known, decision, on, report, by, at)
        Case.objects.filter(id=case.id).update(next_action_on=look_on)


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
    report.actions[decision.step] += 1
    if decision.step in ("wait", "nothing"):
        return decision.look_on
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
    agency: Agency,
    known: CaseFacts,
    step: Step,
    on: date,
    report: DayReport,
    by: Actor,
    at: datetime,
) -> date:
    """Ask the gate for each channel of the step, write by those it permits; returns when to look again."""
    verdicts = {
        channel: gate(known.gate_facts(channel, step.name), at) for channel in step.channels
    }
    permitted = tuple(c for c, v in verdicts.items() if v.ok)
    for channel, verdict in verdicts.items():
        # An e-mail address that nobody knows is no news; the letter goes.
        if not verdict.ok and not (verdict.code == "no_address" and permitted):
            deny(known, step, channel, verdict, report, by, at)
    if not permitted:
        return max(on + timedelta(days=1), *(v.earliest_at.date() for v in verdicts.values() if v.earliest_at)) \
            if any(v.earliest_at for v in verdicts.values()) else on + timedelta(days=1)  # fmt: skip
    try:
        with transaction.atomic():
            letter = compose(agency, known, step, permitted, on, by, at)
            write_to_debtor(case=known.case, letter=letter, by=by, at=at)
    except Refusal as refusal:
        ask_a_person(known, refusal, on, report, by, at)
        return on + timedelta(days=1)
    report.letters += "letter" in permitted
    report.emails += "email" in permitted
    return letter.deadline_on + timedelta(days=1)


def deny(
    known: CaseFacts,
    step: Step,
    channel: str,
    verdict: Verdict,
    report: DayReport,
    by: Actor,
    at: datetime,
) -> None:
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
        role="collector", owner=case.collector, due_on=due, default="the call stays on the list and is shown to the supervisor",
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
        because="all steps of the plan are done",
        by=by,
        at=at,
    )
    add_task(
        agency=case.agency_id, key=f"evaluate:{case.number}:{on.isoformat()}", kind="evaluate",
        sentence=N_("Weigh what to do with %(case)s: %(debtor)s has not paid."),
        params={"case": case.number, "debtor": case.debtor.name}, role="collector", owner=case.collector,
        due_on=law(case.jurisdiction).add_business_days(on, 5), default="the supervisor decides", case=case, by=by, at=at,
    )  # fmt: skip
    report.tasks += 1


def closing_task(known: CaseFacts, on: date, report: DayReport, by: Actor, at: datetime) -> None:
    case = known.case
    add_task(
        agency=case.agency_id, key=f"close:{case.number}", kind="close",
        sentence=N_("Nothing is owed on %(case)s any more: close it."), params={"case": case.number},
        role="collector", owner=case.collector, due_on=on + timedelta(days=3), default="the supervisor closes it",
        case=case, by=by, at=at,
    )  # fmt: skip
    report.tasks += 1


def ask_a_person(
    known: CaseFacts, refusal: Refusal, on: date, report: DayReport, by: Actor, at: datetime
) -> None:
    """The law or the letter gave no answer: a task with the refusal's own sentence."""
    case = known.case
    add_task(
        agency=case.agency_id, key=f"ask:{case.number}:{refusal.code}:{on.isoformat()}", kind="ask",
        sentence=refusal.text, params={k: str(v) for k, v in refusal.params.items()}, role="collector",
        owner=case.collector, due_on=on + timedelta(days=2), default="the case is looked at again every day", case=case, by=by, at=at,
    )  # fmt: skip
    report.tasks += 1
