"""Nothing passes unseen: deadlines, the end of limitation, the end of a title. Once a day, for what is due."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from recoup.cases.models import Case, Task
from recoup.cases.operations import add_task
from recoup.journeys.insolvency.claim import alarm as file_claims
from recoup.journeys.legal.course import named
from recoup.jurisdictions.laws import law
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, NotAnswered, Refusal
from recoup.legal.models import Proceeding
from recoup.legal.operations import miss_deadline, note_look
from recoup.legal.queries import due_deadlines, limitation_due, open_proceedings
from recoup.legal.rules import (
    ALARMS,
    LIMITATION_ALARMS,
    TITLE_ALARMS,
    last_day_to_act,
    next_look,
    step_of,
)
from recoup.legal.states import Stage
from recoup.payments.queries import facts_of
from recoup.payments.rules import CaseFacts
from recoup.tenancy.models import Agency
from recoup.tenancy.roles import Role

BATCH = 500
NEAR = N_("%(deadline)s in %(proceeding)s (%(debtor)s) is due on %(day)s, in %(days)s days")
MISSED = N_("MISSED: %(deadline)s in %(proceeding)s (%(debtor)s) was due on %(day)s. Ask the lawyer at once what can be saved")  # fmt: skip
BARRED_SOON = N_("The claim in case %(case)s against %(debtor)s becomes time-barred after %(day)s, in %(days)s days; last court day before: %(last)s")  # fmt: skip
BARRED = N_(
    "The claim in case %(case)s against %(debtor)s became time-barred after %(day)s: decide with a lawyer"
)
UNKNOWN = N_("When the claim in case %(case)s against %(debtor)s becomes time-barred is not established for %(country)s: ask a lawyer")  # fmt: skip
TITLE_ENDS = N_(
    "The title in %(proceeding)s (%(debtor)s) ends on %(day)s, in %(days)s days: renew or enforce it"
)
BARS = N_("After that day the claim can no longer be enforced.")
LOST = N_("A missed period can lose the case.")


@dataclass
class Alarmed:
    """How many tasks a day has made, by what for."""

    deadlines: int = 0
    missed: int = 0
    limitation: int = 0
    titles: int = 0
    claims: int = 0


def alarm(*, agency: Agency, on: date, by: Actor, at: datetime) -> Alarmed:
    """Everything that comes near or has passed, as tasks; each step of an alarm once. Call where the whole
    agency is visible. Run again for the same day it makes nothing more."""
    found = Alarmed()
    with transaction.atomic():
        for deadline in due_deadlines(agency.id).filter(on__lte=on + timedelta(days=ALARMS[0])):
            left = (deadline.on - on).days
            step = step_of(ALARMS, left)
            if left < 0 and miss_deadline(deadline=deadline, by=by, at=at):
                found.missed += 1
            one = deadline.proceeding
            params = named(one) | {
                "deadline": deadline.kind,
                "day": deadline.on.isoformat(),
                "days": left,
            }
            found.deadlines += once(
                agency, one.case, f"deadline:{deadline.id}:{step}", "legal_deadline", NEAR if left >= 0 else MISSED,
                params, LOST, Role.LEGAL_OFFICER if left > 1 else Role.SUPERVISOR, on, by, at,
            )  # fmt: skip
        found.titles = titles(agency, on, by, at)
        found.claims = file_claims(agency=agency, on=on, by=by, at=at)
    while cases := limitation_due(agency.id, on, BATCH):
        with transaction.atomic():
            found.limitation += limitation(agency, list(cases), on, by, at)
        if len(cases) < BATCH:
            break
    return found


def once(
    agency: Agency, case: Case, key: str, kind: str, sentence: str, params: dict[str, object], default: str,
    role: str, on: date, by: Actor, at: datetime,
) -> int:  # fmt: skip
    if Task.objects.filter(agency_id=agency.id, key=key).exists():
        return 0
    add_task(agency=agency.id, key=key, kind=kind, sentence=sentence, params=params, role=role, due_on=on,
             default=default, case=case, by=by, at=at)  # fmt: skip
    return 1


def titles(agency: Agency, on: date, by: Actor, at: datetime) -> int:
    made = 0
    rows = open_proceedings(agency.id).filter(
        title_until__isnull=False, title_until__lte=on + timedelta(days=TITLE_ALARMS[0])
    )
    for one in rows:
        assert one.title_until is not None
        left = (one.title_until - on).days
        params = named(one) | {"day": one.title_until.isoformat(), "days": left}
        key = f"title:{one.id}:{one.title_until}:{step_of(TITLE_ALARMS, left)}"
        made += once(
            agency,
            one.case,
            key,
            "title_ends",
            TITLE_ENDS,
            params,
            BARS,
            Role.LEGAL_OFFICER,
            on,
            by,
            at,
        )
    return made


def limitation(agency: Agency, cases: list[Case], on: date, by: Actor, at: datetime) -> int:
    """Work the end of limitation out anew for each case, say what is due, and plan the next look."""
    made = 0
    facts = facts_of(cases)
    filed = {
        p.case_id: p for p in Proceeding.objects.filter(case__in=cases)
        .exclude(stage__in=(Stage.PREPARING, Stage.OVER))
    }  # fmt: skip
    for case in cases:
        lines = len(facts[case.id].claims)
        count = case.line_count  # type: ignore[attr-defined]
        ends = first_end(facts[case.id])
        if ends is None:
            params: dict[str, object] = {
                "case": case.number,
                "debtor": case.debtor.name,
                "country": case.jurisdiction,
            }
            if lines:
                made += once(agency, case, f"limitation:{case.id}:unknown", "limitation_near", UNKNOWN, params, BARS,
                             Role.LEGAL_OFFICER, on, by, at)  # fmt: skip
            note_look(case=case, lines=count, ends_on=None, look_on=on + timedelta(days=365), at=at)
            continue
        made += speak(agency, case, ends, filed.get(case.id), on, by, at)
        note_look(
            case=case, lines=count, ends_on=ends, look_on=next_look(ends, on) if ends >= on else on + timedelta(days=90),
            at=at, stopped=f"{filed[case.id].number} is filed" if case.id in filed else "",
        )  # fmt: skip
    return made


def first_end(facts: CaseFacts) -> date | None:
    """The earliest end of limitation among the open invoices; None where the pack gives none."""
    own = law(facts.jurisdiction)
    paid = [p.on for p in facts.paid if not p.waived]
    try:
        ends = [
            own.limitation_ends_on(due=c.due, arose=c.arose_on, part_payments=paid).ends_on
            for c in facts.claims if c.kind == "invoice"
        ]  # fmt: skip
    except (NotAnswered, Refusal):
        return None
    return min(ends, default=None)


def speak(
    agency: Agency,
    case: Case,
    ends: date,
    filed: Proceeding | None,
    on: date,
    by: Actor,
    at: datetime,
) -> int:
    """A filed proceeding does not silence the alarm: whether it stops limitation, and for which invoices,
    is for the legal officer to confirm; the task names it."""
    left = (ends - on).days
    step = step_of(LIMITATION_ALARMS, left)
    if step is None:
        return 0
    params: dict[str, object] = {
        "case": case.number, "debtor": case.debtor.name, "day": ends.isoformat(), "days": left,
        "last": last_day_to_act(case.jurisdiction, ends).isoformat(), "filed": filed.number if filed else "",
    }  # fmt: skip
    key = f"limitation:{case.id}:{ends}:{step}"
    sentence = BARRED if left < 0 else BARRED_SOON
    role = Role.LEGAL_OFFICER if left > 7 else Role.SUPERVISOR
    return once(agency, case, key, "limitation_near", sentence, params, BARS, role, on, by, at)
