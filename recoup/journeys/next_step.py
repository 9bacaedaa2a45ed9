"""What comes next in a case: the day run's own rules, asked without acting, as a person is told."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from recoup.cases.states import Stage
from recoup.kernel.refusal import N_
from recoup.strategy.facts import CaseFacts
from recoup.strategy.plans import STANDARD
from recoup.strategy.rules import VERSION, Decision, Facts, decide

HOPS = 6
# Waits that end of themselves on a day, so that one can look past them.
PASSING = ("time_to_answer", "on_hold")
WITH_A_PERSON = {
    Stage.SUBMITTED: N_("an account manager reviews the case"),
    Stage.ACCEPTED: N_("a collector is found for the case"),
    Stage.EVALUATION: N_("the collector weighs what to do, because all steps of the plan are done"),
    Stage.LEGAL: N_("the legal officer goes on with the case"),
    Stage.CLOSED: N_("nothing; the case is closed"),
    Stage.DECLINED: N_("nothing; the case was declined"),
}
SENTENCES = {
    "now": N_("%(step)s on %(on)s, because %(because)s"),
    "later": N_("%(step)s on %(on)s, unless something comes in before: %(because)s"),
    "close": N_("close the case, because %(because)s"),
    "evaluate": N_("weigh what to do on %(on)s, because %(because)s"),
    "evaluate_later": N_(
        "weigh what to do on %(on)s, unless something comes in before: %(because)s"
    ),
    "held": N_("nothing until somebody lifts the hold (%(hold)s)"),
    "going_out": N_("%(step)s is on its way; a look again on %(on)s"),
    "with_a_person": N_("%(step)s by the collector, because %(because)s"),
    "refused": N_("a person decides: %(because)s"),
    "at_court": N_(
        "%(deadline)s by %(on)s in proceeding %(proceeding)s, kept by the legal officer"
    ),
}


@dataclass(frozen=True, slots=True)
class NextStep:
    """One sentence with gaps: `text` (marked English), `params`, and inside it another, `because` with
    `because_params`. Codes and ISO days in the gaps are put into words by the reader's front door.

    `on` is the day, None where a person decides it. `decisions` are those that led here, in order.
    """

    step: str
    text: str
    params: dict[str, Any] = field(default_factory=dict)
    because: str = ""
    because_params: dict[str, Any] = field(default_factory=dict)
    on: date | None = None
    decisions: tuple[Decision, ...] = ()
    plan: str = STANDARD.label
    version: str = VERSION

    @property
    def needs_somebody(self) -> bool:
        """Whether it rests with a person until that person acts."""
        return self.on is None or self.step in ("close", "evaluate")


def next_step(known: CaseFacts, on: date) -> NextStep:
    """The next step of a case as of day `on`, looking past waits that end of themselves."""
    stage = Stage(known.facts.stage)
    if known.refusal is not None and stage in (Stage.CONTACT, Stage.EVALUATION, Stage.LEGAL):
        return NextStep("ask", SENTENCES["refused"], {}, known.refusal.text, known.refusal.params)
    decisions = followed(replace(known.facts, on=on))
    if stage == Stage.LEGAL and known.at_court is not None:
        kind, day, number = known.at_court
        params = {"deadline": kind, "on": iso(day), "proceeding": number}
        return NextStep(
            "legal_deadline", SENTENCES["at_court"], params, on=day, decisions=decisions
        )
    last = decisions[-1]
    if last.step == "nothing":
        return NextStep(last.step, WITH_A_PERSON[stage], decisions=decisions)
    return told(known, decisions, on)


def followed(facts: Facts) -> tuple[Decision, ...]:
    """The decision of the day, and while it is a wait with an end, the one after it."""
    found = [decide(facts, STANDARD)]
    while len(found) < HOPS and found[-1].rule in PASSING and ends(found[-1]):
        facts = replace(facts, on=found[-1].look_on or facts.on)
        found.append(decide(facts, STANDARD))
    return tuple(found)


def ends(decision: Decision) -> bool:
    return decision.look_on is not None and (
        decision.rule != "on_hold" or "until" in decision.params
    )


def told(known: CaseFacts, decisions: tuple[Decision, ...], on: date) -> NextStep:
    first, last = decisions[0], decisions[-1]
    waited = len(decisions) > 1
    asked = decisions[-2].look_on if waited else None
    day = max(asked or on, known.case.next_action_on or on, on)
    form = last.step if last.step in SENTENCES else "later" if waited else "now"
    if last.step == "evaluate" and waited:
        form = "evaluate_later"
    if last.rule == "on_hold":
        return NextStep("wait", SENTENCES["held"], dict(last.params), decisions=decisions)
    if last.rule == "going_out":
        params = {"step": last.params["step"], "on": iso(last.look_on)}
        return NextStep(
            "wait", SENTENCES["going_out"], params, on=last.look_on, decisions=decisions
        )
    if last.rule == "with_a_person":
        because, params = reason_of_open(known)
        return NextStep(
            last.params["step"], SENTENCES["with_a_person"], {"step": last.params["step"]},
            because, params, decisions=decisions,
        )  # fmt: skip
    return NextStep(
        last.step, SENTENCES[form], {"step": last.step, "on": iso(day)}, first.because,
        first.params, None if last.step == "close" else day, decisions,
    )  # fmt: skip


def reason_of_open(known: CaseFacts) -> tuple[str, dict[str, Any]]:
    """Why the open step is with a person: what the rules would say had it no task yet."""
    decision = decide(replace(known.facts, open_tasks=()), STANDARD)
    return decision.because, decision.params


def iso(day: date | None) -> str:
    return day.isoformat() if day else ""
