"""The same act on many cases, set by set. Each says which cases it left alone, and why: none is
skipped in silence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from recoup.cases.models import Assignment, Case, Hold, Look, Move, Task
from recoup.cases.operations.assign import MAY_HOLD
from recoup.cases.operations.stage import refuse_silent
from recoup.cases.states import OPEN, HoldKind, Stage
from recoup.eventlog.operations import Happened, record_many
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.models import Member

MOST = 5000
HELD = [s.value for s in OPEN if s != Stage.SUBMITTED]


@dataclass(slots=True)
class Done:
    """`done` are the cases on which it was done; `left` says for each other one why not."""

    done: list[Case] = field(default_factory=list)
    left: list[tuple[Case, Refusal]] = field(default_factory=list)


def refuse_too_many(count: int) -> None:
    if count > MOST:
        raise Refusal(
            "too_many_at_once", N_("%(found)d cases are too many at once; up to %(most)d."),
            found=count, most=MOST,
        )  # fmt: skip


@transaction.atomic
def assign_many(
    *, agency: UUID, given: Mapping[UUID, Member], because: Mapping[UUID, dict[str, Any]], by: Actor,
    at: datetime,
) -> Done:  # fmt: skip
    """Give each case of `given` to its collector, with its reasons; open tasks of the one before go
    along. A case that ended or was not accepted meanwhile is left. The guard is in the WHERE.

    Raises `Refusal` `too_many_at_once`, `not_a_collector`.
    """
    refuse_too_many(len(given))
    for member in set(given.values()):
        if member.role not in MAY_HOLD or not member.active or member.agency_id != agency:
            raise Refusal(
                "not_a_collector",
                N_("%(found)s does not take cases."),
                found=str(member.user),
            )
    cases = locked(agency, given)
    was = {case.id: case.collector_id for case in cases}
    done, left = parted(cases, lambda c: not_assignable(c))
    ids = [c.id for c in done]
    members = [given[c.id].id for c in done]
    with connection.cursor() as cursor:
        cursor.execute(GIVE, {"agency": agency, "ids": ids, "members": members})
        entering = [c for c in done if c.stage == Stage.ACCEPTED]
        Look.objects.filter(case__in=entering).update(day=at.date())
        pairs = [(c.id, was[c.id], given[c.id].id) for c in done if was[c.id]]
        cursor.execute(TASKS_ALONG, {
            "agency": agency, "ids": [p[0] for p in pairs], "was": [p[1] for p in pairs],
            "now": [p[2] for p in pairs],
        })  # fmt: skip
    Move.objects.bulk_create([
        Move(id=new_id(), agency_id=agency, case=c, client_id=c.client_id, was=Stage.ACCEPTED,
             now=Stage.CONTACT, by_name=by.name, at=at, because="assigned")
        for c in entering
    ])  # fmt: skip
    Assignment.objects.bulk_create([
        Assignment(id=new_id(), agency_id=agency, case=c, client_id=c.client_id, collector=given[c.id],
                   at=at, by_name=by.name, because=because.get(c.id, {}))
        for c in done
    ])  # fmt: skip
    record_many(agency=agency, events=[
        Happened("CaseAssigned", at, by, c.id, c.client_id,
                 data={"collector": str(given[c.id].user), "because": because.get(c.id, {})})
        for c in done
    ])  # fmt: skip
    for case in done:
        case.collector = given[case.id]
    return Done(done, left)


GIVE = """
UPDATE cases_case c SET collector_id = v.member,
    stage = CASE c.stage WHEN 'accepted' THEN 'contact' ELSE c.stage END
FROM unnest(%(ids)s::uuid[], %(members)s::uuid[]) AS v(id, member)
WHERE c.id = v.id AND c.agency_id = %(agency)s
"""
TASKS_ALONG = """
UPDATE cases_task t SET owner_id = v.now
FROM unnest(%(ids)s::uuid[], %(was)s::uuid[], %(now)s::uuid[]) AS v(id, was, now)
WHERE t.case_id = v.id AND t.owner_id = v.was AND t.done_at IS NULL AND t.agency_id = %(agency)s
"""


def locked(agency: UUID, ids: Iterable[UUID]) -> list[Case]:
    """The cases, held until the transaction ends, always in the same order (no deadlock)."""
    found = Case.objects.filter(agency_id=agency, id__in=list(ids)).order_by("id")
    return list(found.select_for_update(of=("self",)).select_related("debtor"))


def parted(cases: Sequence[Case], against: Any) -> tuple[list[Case], list[tuple[Case, Refusal]]]:
    answers = [(case, against(case)) for case in cases]
    return [c for c, no in answers if no is None], [(c, no) for c, no in answers if no is not None]


def not_assignable(case: Case) -> Refusal | None:
    if case.stage in HELD:
        return None
    return Refusal(
        "case_not_assignable", N_("Case %(number)s is “%(found)s” and cannot be assigned."),
        number=case.number, found=case.stage,
    )  # fmt: skip


@transaction.atomic
def hold_many(
    *, agency: UUID, ids: Iterable[UUID], kind: str, because: str, until: date | None, by: Actor,
    at: datetime,
) -> Done:  # fmt: skip
    """Put many cases on hold; one that is held for this reason already is left. Raises `Refusal`
    `hold_kind_unknown`, `reason_missing`, `too_many_at_once`."""
    wanted = list(ids)
    refuse_too_many(len(wanted))
    if kind not in set(HoldKind):
        raise Refusal("hold_kind_unknown", N_("“%(found)s” is no kind of hold."), found=kind)
    refuse_silent(because)
    cases = locked(agency, wanted)
    standing = set(
        Hold.objects.filter(case_id__in=wanted, kind=kind, lifted_at=None).values_list(
            "case_id", flat=True
        )
    )

    def against(case: Case) -> Refusal | None:
        if case.stage not in HELD:
            return Refusal(
                "case_not_held", N_("Case %(number)s is “%(found)s”: there is nothing to hold."),
                number=case.number, found=case.stage,
            )  # fmt: skip
        if case.id in standing:
            return Refusal(
                "hold_stands_already", N_("Case %(number)s is already on hold for this reason."),
                number=case.number, found=kind,
            )  # fmt: skip
        return None

    done, left = parted(cases, against)
    Hold.objects.bulk_create([
        Hold(id=new_id(), agency_id=agency, case=c, client_id=c.client_id, kind=kind, since=at,
             until=until, because=because[:300], by_name=by.name)
        for c in done
    ])  # fmt: skip
    day = until.isoformat() if until else None
    record_many(agency=agency, events=[
        Happened("CaseHeld", at, by, c.id, c.client_id,
                 data={"hold": kind, "because": because, "until": day})
        for c in done
    ])  # fmt: skip
    return Done(done, left)


@transaction.atomic
def note_many(*, agency: UUID, ids: Iterable[UUID], text: str, by: Actor, at: datetime) -> Done:
    """The same internal note on many cases. Raises `Refusal` `note_empty`, `too_many_at_once`."""
    wanted = list(ids)
    refuse_too_many(len(wanted))
    text = text.strip()[:4000]
    if not text:
        raise Refusal("note_empty", N_("Please write something."), field="text")
    cases = locked(agency, wanted)
    record_many(agency=agency, events=[
        Happened("NoteAdded", at, by, c.id, c.client_id, "internal", {"text": text, "key": str(new_id())})
        for c in cases
    ])  # fmt: skip
    return Done(cases, [])


@transaction.atomic
def postpone_tasks(
    *, agency: UUID, ids: Iterable[UUID], until: date, because: str, by: Actor, at: datetime
) -> Done:
    """The open calls of many cases are for another day, within the next fourteen; the reason stands in
    each story. A case without an open call is left. Raises `Refusal` `postponed_badly`, `reason_missing`."""
    wanted = list(ids)
    refuse_too_many(len(wanted))
    refuse_silent(because)
    days = (until - at.date()).days
    if not 1 <= days <= 14:
        raise Refusal(
            "postponed_badly", N_("%(found)s is not within the next fourteen days."),
            field="until", found=until,
        )  # fmt: skip
    cases = locked(agency, wanted)
    open_calls = Task.objects.filter(case_id__in=wanted, kind="call", done_at=None, due_at=None)
    having = set(open_calls.values_list("case_id", flat=True))
    done, left = parted(cases, lambda c: None if c.id in having else Refusal(
        "no_call_to_postpone", N_("No call is planned in case %(number)s."), number=c.number))  # fmt: skip
    open_calls.update(due_on=until)
    record_many(agency=agency, events=[
        Happened("CallPostponed", at, by, c.id, c.client_id, "internal",
                 {"until": until.isoformat(), "because": because[:300]})
        for c in done
    ])  # fmt: skip
    return Done(done, left)
