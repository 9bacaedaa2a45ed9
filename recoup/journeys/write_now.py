"""A collector takes a written step of the plan now: the same gate, charge, words and typesetting as by the day
run, so that a letter by hand and one by schedule never differ."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from recoup.cases.models import Case
from recoup.cases.operations import plan_next_look
from recoup.cases.states import Stage
from recoup.contact.operations import record_denials
from recoup.contact.rules import Verdict
from recoup.journeys import steps
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.strategy.facts import CaseFacts, gather
from recoup.strategy.operations import keep_decisions
from recoup.strategy.plans import STANDARD, Step
from recoup.strategy.rules import Decision
from recoup.tenancy.models import Agency


@dataclass(frozen=True, slots=True)
class Written:
    """By which channels it goes; `denied` where the gate kept them all shut."""

    channels: tuple[str, ...]
    denied: Verdict | None = None


def written_steps(known: CaseFacts) -> list[Step]:
    """The steps in writing of the case's plan, in its order."""
    mine = [s for s in known.plan.steps if s.written]
    return mine or [s for s in STANDARD.steps if s.written]


def write_now(*, agency: Agency, case: Case, step: str, by: Actor, at: datetime) -> Written:
    """Plan the letter of `step` for now; the worker typesets and sends it. The same step again on one day is the
    first. Raises `Refusal` `step_unknown`, `no_trust_account`, `wording_missing`, `no_authority`, and what the law's figures raise."""
    with transaction.atomic():
        locked = (
            Case.objects.select_for_update(of=("self",))
            .select_related("client", "debtor", "collector__user", "agreement")
            .get(id=case.id, agency_id=agency.id)
        )
        known = gather(agency.id, [locked], at.date())[locked.id]
        if known.refusal is not None:
            raise known.refusal
        chosen = next((s for s in written_steps(known) if s.name == step), None)
        if chosen is None:
            raise Refusal(
                "step_unknown", N_("The plan has no letter “%(found)s”."), found=step[:40]
            )
        return taken(agency, known, chosen, by, at)


def taken(agency: Agency, known: CaseFacts, step: Step, by: Actor, at: datetime) -> Written:
    decision = Decision(
        step.name, "by_hand", N_("%(name)s sent it by hand"), {"name": by.name}, plan_step=step
    )
    work = steps.Work(agency, at.date(), by, at)
    letters: list[Any] = []
    denials: list[Any] = []
    done = steps.Done()
    steps.write(work, known, decision, letters, denials, done)
    record_denials(agency=agency.id, denials=denials, by=by, at=at)
    if not letters:
        if not denials and done.asks:
            raise done.asks[0][1]
        return Written((), denials[0].verdict if denials else None)
    steps.refuse_without_account(work, letters)
    keep_decisions(agency=agency.id, taken=[(known, decision)], on=work.on, at=at)
    steps.charge(work, letters)
    steps.plan(work, letters)
    look = done.looks.get(known.case.id)
    if look is not None and known.case.stage == Stage.CONTACT:
        plan_next_look(case=known.case, on=look)
    return Written(letters[0][2])
