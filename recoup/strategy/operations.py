"""The writers of strategy: decisions as taken, treatment plans and their trials, how far the day is lived."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Value
from django.db.models.functions import Greatest

from recoup.cases.models import Case
from recoup.eventlog.operations import Happened, record, record_many
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id_text
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client
from recoup.strategy.evaluation import Option
from recoup.strategy.facts import CaseFacts
from recoup.strategy.models import Counsel, DayRun, Evaluation, TreatmentPlan, Trial
from recoup.strategy.plans import STANDARDS, PlanKind
from recoup.strategy.reading import as_kept, read_plan
from recoup.strategy.rules import VERSION, Decision
from recoup.tenancy.bulk import insert_many
from recoup.tenancy.models import Agency

DECISION = {
    "id": "uuid", "case_id": "uuid", "client_id": "uuid", "step": "text", "rule": "text", "plan": "text",
    "because": "text", "params": "jsonb", "facts": "jsonb",
}  # fmt: skip


def keep_decisions(
    *, agency: UUID, taken: Iterable[tuple[CaseFacts, Decision]], on: date, at: datetime
) -> None:
    """Decisions as taken: the facts of the day, rule and version, reasons. Once per case, day and step."""
    rows = (
        (
            new_id_text(), known.case.id, known.case.client_id, decision.step, f"{decision.rule} v{VERSION}",
            known.plan.label[:60], decision.because, json.dumps(decision.params), json.dumps(facts_kept(known)),
        )
        for known, decision in taken
    )  # fmt: skip
    insert_many(
        "strategy_decision", DECISION, rows,
        constants={"agency_id": ("uuid", agency), "on": ("date", on), "made_at": ("timestamptz", at)},
        on_conflict="ON CONFLICT DO NOTHING",
    )  # fmt: skip


def facts_kept(known: CaseFacts) -> dict[str, Any]:
    facts = known.facts
    return {
        "stage": facts.stage, "owed": str(facts.owed), "currency": facts.currency,
        "contacts": [[c.step, c.on.isoformat()] for c in facts.contacts],
        "holds": [h[0] for h in facts.holds], "reactions": list(facts.reactions),
    }  # fmt: skip


@transaction.atomic
def save_draft(
    *, agency: UUID, client: Client | None, name: str, steps: Sequence[dict[str, Any]], note: str = "",
    kind: str = PlanKind.COLLECTION, by: Actor, at: datetime,
) -> TreatmentPlan:  # fmt: skip
    """The one draft of a client's (or the agency's own) plan, made or changed; the last word counts.
    Raises `Refusal` `plan_…` naming the step and field."""
    if not name.strip():
        raise Refusal("plan_name", N_("Please give the plan a name."), field="name")
    kept = as_kept(read_plan(name.strip(), "0", steps, kind))
    one_at_a_time(agency)
    mine = TreatmentPlan.objects.filter(agency_id=agency, client=client, kind=kind)
    changed = mine.filter(state=TreatmentPlan.State.DRAFT)
    least = first_version(name.strip(), kind)
    if changed.update(
        name=name.strip()[:40], steps=kept, note=note[:300], made_at=at, made_by=by.name,
        version=Greatest("version", Value(least)),
    ):  # fmt: skip
        return changed.get()
    version = max(least, (mine.aggregate(last=Max("version"))["last"] or 0) + 1)
    return TreatmentPlan.objects.create(
        agency_id=agency, client=client, kind=kind, name=name.strip()[:40], version=version, steps=kept, note=note[:300],
        made_at=at, made_by=by.name,
    )  # fmt: skip


def first_version(name: str, kind: str) -> int:
    """The least version of a plan of that name: one after the built-in plan's, where it is called the same."""
    standard = STANDARDS[PlanKind(kind)]
    return int(standard.version) + 1 if name == standard.name else 1


@transaction.atomic
def release_plan(
    *, plan: TreatmentPlan, valid_from: date, by: Actor, at: datetime
) -> TreatmentPlan:
    """A draft comes into force on `valid_from`; it never changes again. Raises `Refusal`
    `plan_not_draft` when somebody was first, `day_past`."""
    refuse_past(valid_from, at)
    read_plan(plan.name, str(plan.version), plan.steps, plan.kind)
    settle_draft(
        plan, TreatmentPlan.State.RELEASED, valid_from=valid_from, released_at=at, released_by=by.name
    )  # fmt: skip
    record(
        agency=plan.agency_id, kind="PlanReleased", by=by, at=at, client=plan.client_id, audience="internal",
        plan=str(plan), valid_from=valid_from.isoformat(), steps=plan.steps,
    )  # fmt: skip
    plan.refresh_from_db()
    return plan


@transaction.atomic
def drop_draft(*, plan: TreatmentPlan, by: Actor, at: datetime) -> None:
    """A draft is given up. Raises `Refusal` `plan_not_draft`."""
    settle_draft(plan, TreatmentPlan.State.DROPPED, released_at=at, released_by=by.name)


def settle_draft(plan: TreatmentPlan, state: str, **changes: Any) -> None:
    draft = TreatmentPlan.objects.filter(id=plan.id, state=TreatmentPlan.State.DRAFT)
    if not draft.update(state=state, **changes):
        raise Refusal("plan_not_draft", N_("This version is no longer a draft; look again."))


@transaction.atomic
def start_trial(
    *, plan: TreatmentPlan, share: int, since: date, within_days: int, by: Actor, at: datetime
) -> Trial:
    """The draft `plan` challenges the one in force for `share` percent of the cases that come into contact
    from `since` on. Raises `Refusal` `plan_not_draft`, `trial_share`, `trial_runs`, `day_past`."""
    refuse_past(since, at)
    if not 1 <= share <= 99 or not 7 <= within_days <= 365:
        raise Refusal(
            "trial_share", N_("A trial takes 1 to 99 percent of the cases, over 7 to 365 days.")
        )
    if plan.kind == PlanKind.OWN:
        raise Refusal("trial_own", N_("A client's own reminders are not tried against each other."))
    one_at_a_time(plan.agency_id)
    if Trial.objects.filter(
        agency_id=plan.agency_id, client=plan.client, until__isnull=True
    ).exists():
        raise Refusal("trial_runs", N_("A trial is running already; end it first."))
    settle_draft(
        plan, TreatmentPlan.State.RELEASED, valid_from=since, released_at=at, released_by=by.name
    )
    trial = Trial.objects.create(
        agency_id=plan.agency_id, client_id=plan.client_id, challenger=plan, share=share, since=since,
        within_days=within_days, made_at=at, made_by=by.name,
    )  # fmt: skip
    record(
        agency=plan.agency_id, kind="TrialStarted", by=by, at=at, client=plan.client_id, audience="internal",
        plan=str(plan), share=share, since=since.isoformat(), steps=plan.steps,
    )  # fmt: skip
    return trial


@transaction.atomic
def end_trial(*, trial: Trial, adopt: bool, on: date, by: Actor, at: datetime) -> None:
    """The trial ends; with `adopt` the challenger is in force for all from now on, as a version of its
    own, else nobody's plan any more. Raises `Refusal` `trial_over` when somebody was first."""
    if not Trial.objects.filter(id=trial.id, until__isnull=True).update(until=on):
        raise Refusal("trial_over", N_("This trial has ended already."))
    won = trial.challenger
    if adopt:
        draft = save_draft(
            agency=trial.agency_id, client=trial.client, name=won.name, steps=won.steps,
            note=f"adopted from the trial of version {won.version}", by=by, at=at,
        )  # fmt: skip
        release_plan(plan=draft, valid_from=on, by=by, at=at)
    record(
        agency=trial.agency_id, kind="TrialEnded", by=by, at=at, client=trial.client_id, audience="internal",
        plan=str(won), adopted=adopt,
    )  # fmt: skip


def refuse_past(day: date, at: datetime) -> None:
    if day < at.date():
        raise Refusal(
            "day_past", N_("%(found)s has passed: a plan comes into force on a day to come."),
            field="valid_from", found=day.isoformat(),
        )  # fmt: skip


def one_at_a_time(agency: UUID) -> None:
    Agency.objects.select_for_update(no_key=True).get(id=agency)


@transaction.atomic
def begin_day(*, agency: UUID, on: date, due: int, at: datetime) -> DayRun:
    """The day's row, made by the first run of the day."""
    run, fresh = DayRun.objects.get_or_create(
        agency_id=agency, on=on, defaults={"due": due, "started_at": at, "seen_at": at}
    )
    if not fresh and due:
        DayRun.objects.filter(id=run.id).update(
            due=run.looked_at + due, finished_at=None, seen_at=at
        )
    return run


@transaction.atomic
def note_progress(
    *, run: DayRun, looked_at: int, counts: dict[str, int], at: datetime, finished: bool = False
) -> None:
    """What a batch did, added to the day's row."""
    row = DayRun.objects.select_for_update().get(id=run.id)
    row.looked_at += looked_at
    row.counts = {k: row.counts.get(k, 0) + counts.get(k, 0) for k in {*row.counts, *counts}}
    row.seen_at, row.finished_at = at, at if finished else row.finished_at
    row.save(update_fields=["looked_at", "counts", "seen_at", "finished_at"])


@dataclass(frozen=True, slots=True)
class NewEvaluation:
    """A case as weighed, for the house and for its client (`told`, from `theirs`); all as frozen JSON."""

    case: Case
    facts: dict[str, Any]
    answer: dict[str, Any]
    theirs: dict[str, Any]
    told: dict[str, Any]
    due_on: date


@transaction.atomic
def keep_evaluations(
    *, agency: UUID, made: Sequence[NewEvaluation], because: str, params: dict[str, Any], on: date, by: Actor,
    at: datetime,
) -> list[Evaluation]:  # fmt: skip
    """Keep what was weighed; an open one of the same case is superseded."""
    supersede([one.case.id for one in made])
    rows = [
        Evaluation(
            agency_id=agency, case=one.case, client_id=one.case.client_id, on=on, because=because[:300], params=params,
            facts=one.facts, answer=one.answer, version=one.answer["version"], recommended=one.answer["recommended"],
            due_on=one.due_on, made_at=at, by_name=by.name,
        )
        for one in made
    ]  # fmt: skip
    Evaluation.objects.bulk_create(rows)
    Counsel.objects.bulk_create([
        Counsel(
            agency_id=agency, evaluation=row, case=one.case, client_id=one.case.client_id, on=on, facts=one.theirs, answer=one.told,
            version=one.told["version"], recommended=one.told["recommended"], made_at=at,
        )
        for row, one in zip(rows, made, strict=True)
    ])  # fmt: skip
    record_many(agency=agency, events=[
        Happened("CaseWeighed", at, by, one.case.id, one.case.client_id, "client",
                 {"option": one.told["recommended"], "version": one.told["version"]})
        for one in made
    ])  # fmt: skip
    return rows


def supersede(cases: Iterable[UUID]) -> None:
    """Open evaluations of cases give way."""
    Evaluation.objects.filter(case_id__in=list(cases), state=Evaluation.State.OPEN).update(
        state=Evaluation.State.SUPERSEDED
    )


@transaction.atomic
def settle_evaluation(
    *, evaluation: Evaluation, option: str, because: str, by: Actor, at: datetime
) -> None:
    """A person (or the default of its deadline) decided, once. Raises `Refusal` `option_unknown`,
    `evaluation_decided` (somebody was first), `reason_missing` (another way than the recommended one)."""
    if option not in set(Option):
        raise Refusal("option_unknown", N_("“%(found)s” is no way to go on."), field="option", found=option)  # fmt: skip
    if option != evaluation.recommended and not because.strip():
        raise Refusal("reason_missing", N_("Say why you decide otherwise than recommended."), field="because")  # fmt: skip
    changed = Evaluation.objects.filter(id=evaluation.id, state=Evaluation.State.OPEN).update(
        state=Evaluation.State.DECIDED, decided=option, decided_at=at, decided_by=by.name,
        decided_because=because.strip()[:300],
    )  # fmt: skip
    if not changed:
        raise Refusal("evaluation_decided", N_("This evaluation was decided or replaced meanwhile; look again."))  # fmt: skip
    record(
        agency=evaluation.agency_id, kind="WayDecided", by=by, at=at, case=evaluation.case_id,
        client=evaluation.client_id, option=option, because=because.strip()[:300], version=evaluation.version,
        recommended=evaluation.recommended,
    )  # fmt: skip


def await_client(*, evaluation: Evaluation, approval: UUID) -> None:
    """The decision waits for the client's word."""
    Evaluation.objects.filter(id=evaluation.id).update(
        state=Evaluation.State.ASKED, approval_id=approval
    )
