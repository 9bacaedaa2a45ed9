"""Many cases change hands: a batch balanced over the collectors, an absence and the return from it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Absence, Assignment, Case
from recoup.cases.operations import assign_many
from recoup.cases.operations.many import HELD, MOST, Done
from recoup.cases.queries import assignment_facts, collector_profiles
from recoup.cases.rules import CaseFacts, score
from recoup.cases.rules.assignment import VERSION
from recoup.cases.rules.balance import balance
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.models import Agency, Member


@dataclass(frozen=True, slots=True)
class Shared:
    """A batch given away: who took how many, and what stayed where it was, with why."""

    taken: Counter[str] = field(default_factory=Counter)
    left: Sequence[tuple[Case, Refusal]] = ()


@transaction.atomic
def share_out(
    *, agency: Agency, cases: Sequence[Case], without: Sequence[UUID] = (), extra: dict[str, Any],
    by: Actor, at: datetime,
) -> Shared:  # fmt: skip
    """Give `cases` away as a whole, by the same score as one alone (docs/algorithms/assignment.md), to
    collectors that are present and not among `without`. `extra` is kept with each reason."""
    on = at.date()
    profiles = [p for p in collector_profiles(agency.id, on) if p.member not in without]
    kinds: dict[CaseFacts, list[Case]] = defaultdict(list)
    for case in cases:
        kinds[assignment_facts(case)].append(case)
    found = balance(profiles, {kind: len(each) for kind, each in kinds.items()}, on)
    people = {m.id: m for m in Member.objects.filter(agency_id=agency.id).select_related("user")}
    by_member = {p.member: p for p in profiles}
    given: dict[UUID, Member] = {}
    because: dict[UUID, dict[str, Any]] = {}
    for kind, shares in found.given.items():
        queue = iter(kinds[kind])
        for member, count in shares.items():
            scored = score(by_member[member], kind)
            reason = scored.because | {"batch": len(cases), "collector": str(people[member].user)}
            for case in [next(queue) for _ in range(count)]:
                given[case.id], because[case.id] = people[member], reason | extra
    done = assign_many(agency=agency.id, given=given, because=because, by=by, at=at)
    nobody = Refusal("nobody_to_take", N_("Nobody who is present may take this case."))
    left = [*done.left, *((c, nobody) for kind in found.nobody for c in kinds[kind])]
    return Shared(Counter(str(given[c.id].user) for c in done.done), left)


def hand_over_absences(*, agency: Agency, on: date, by: Actor, at: datetime) -> dict[str, int]:
    """Whoever is away from `on` hands over, whoever is back gets theirs again; each absence once, in a
    transaction of its own. Run again it does nothing more."""
    count = Counter[str]()
    todo = Absence.objects.filter(agency_id=agency.id, returned_at=None)
    for absence in todo.select_related("member__user", "stand_in__user").order_by("first_on", "id"):
        over = absence.cancelled_at is not None or absence.last_on < on
        if over:
            count["returned"] += take_back(absence, by=by, at=at)
        elif absence.first_on <= on and absence.handed_at is None:
            count["handed"] += hand_absence_over(agency, absence, by=by, at=at)
    return dict(count)


@transaction.atomic
def hand_absence_over(agency: Agency, absence: Absence, *, by: Actor, at: datetime) -> int:
    """The open cases of who is away go to the stand-in, without one to the best fits. The guard is in
    the WHERE: two at once hand over once."""
    first = Absence.objects.filter(id=absence.id, handed_at=None, returned_at=None)
    if not first.update(handed_at=at):
        return 0
    cases = list(
        Case.objects.filter(agency_id=agency.id, collector=absence.member, stage__in=HELD)
        .select_related("debtor", "client").order_by("id")[:MOST]
    )  # fmt: skip
    mark = {"absence": str(absence.id), "returns_to": str(absence.member.user)}
    if absence.stand_in is not None:
        because = {"rule": VERSION, "stands_in_for": str(absence.member.user)} | mark
        done = assign_many(
            agency=agency.id, given=dict.fromkeys([c.id for c in cases], absence.stand_in),
            because=dict.fromkeys([c.id for c in cases], because), by=by, at=at,
        )  # fmt: skip
        return len(done.done)
    shared = share_out(
        agency=agency, cases=cases, without=[absence.member_id], extra=mark, by=by, at=at
    )
    return sum(shared.taken.values())


@transaction.atomic
def take_back(absence: Absence, *, by: Actor, at: datetime) -> int:
    """What was handed over because of this absence, and that nobody has given away since, comes back."""
    if not Absence.objects.filter(id=absence.id, returned_at=None).update(returned_at=at):
        return 0
    if absence.handed_at is None or not absence.member.active:
        return 0
    last = (
        Assignment.objects.filter(agency_id=absence.agency_id, case__stage__in=HELD,
                                  because__absence=str(absence.id))
        .select_related("case").order_by("case_id", "-at", "-id").distinct("case_id")
    )  # fmt: skip
    theirs = [row.case_id for row in last if row.case.collector_id == row.collector_id]
    reason = {"rule": VERSION, "back": str(absence.member.user)}
    done: Done = assign_many(
        agency=absence.agency_id, given=dict.fromkeys(theirs, absence.member),
        because=dict.fromkeys(theirs, reason), by=by, at=at,
    )  # fmt: skip
    return len(done.done)
