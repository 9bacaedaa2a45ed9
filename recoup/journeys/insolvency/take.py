"""A file of notices comes in: by number contact stops at once; by name it rests until a person has looked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Hold, Task
from recoup.cases.operations import (
    add_task,
    finish_task,
    lift_hold,
    plan_next_look,
    put_on_hold,
)
from recoup.cases.states import HoldKind, Stage
from recoup.insolvency.models import Estate, Match, NoticeFile
from recoup.insolvency.operations import decide_match, keep_notices, keep_word
from recoup.insolvency.operations.take import Kept
from recoup.insolvency.queries import cases_of, index_of
from recoup.insolvency.rules import stays
from recoup.insolvency.states import STAYING, MatchState
from recoup.journeys.insolvency.stay import stay_debtor
from recoup.journeys.signals import published
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.refusal import N_
from recoup.parties.models import Debtor
from recoup.tenancy.models import Agency
from recoup.tenancy.roles import Role

LOOK = N_(
    "Does the notice about %(company)s (%(source)s) concern your debtor %(debtor)s? Likeness %(score)s of 100"
)
READ = N_("A notice about your debtor %(debtor)s (%(source)s, %(said)s) has to be read: it does not stop contact by itself")  # fmt: skip
OWN = N_("%(debtor)s gives notice of its own insolvency (%(court)s %(number)s): look it up, and decide whether it is so")  # fmt: skip
OWN_HOLD = N_("notice of the debtor")
RESTS = N_("Contact with the debtor rests until somebody has decided.")
GOES_ON = N_("Contact goes on as before.")
SAID = "Notice of the debtor"
TOLD = N_("A notice says: %(said)s (%(source)s).")
MAY_BE = "%(company)s, %(source)s"


@dataclass(frozen=True, slots=True)
class TakenNotices:
    """What a file did: `stayed` debtors by number, `held` until a person has looked, `to_read` by number
    but of a kind that stops nothing by itself."""

    file: NoticeFile
    again: bool
    fresh: int
    stayed: tuple[Estate, ...] = ()
    held: tuple[Match, ...] = ()
    to_read: tuple[Match, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file.name, "source": self.file.source, "status": "known" if self.again else "ok",
            "notices": self.file.notices, "fresh": self.fresh,
            "stayed": [{"debtor": e.debtor.name, "estate": e.number, "kind": e.kind} for e in self.stayed],
            "held": [shown(m) for m in self.held], "to_read": [shown(m) for m in self.to_read],
            "warnings": list(self.file.warnings),
        }  # fmt: skip


def shown(match: Match) -> dict[str, Any]:
    return {
        "debtor": match.debtor.name, "company": match.notice.company or match.notice.number, "score": match.score,
        "by": match.because.get("by"), "kind": match.notice.kind,
    }  # fmt: skip


@transaction.atomic
def take_notices(
    *, agency: Agency, content: bytes, name: str, by: Actor, at: datetime
) -> TakenNotices:
    """Take a file and act on it, all or nothing. Call where the whole agency is visible. Raises `Refusal`
    as `notices.read`."""
    index = index_of(agency.id)
    kept: Kept = keep_notices(
        agency=agency.id, content=content, name=name, resembling=index.resembling, by=by, at=at
    )
    if kept.again:
        return TakenNotices(kept.file, True, 0)
    fault("notices.kept")
    stayed: dict[UUID, Estate] = {}
    held, to_read = [], []
    for match in with_debtors(kept.matches):
        if match.state == MatchState.CERTAIN:
            warn(agency, match, by, at)
        if stays(match.notice.kind, match.because["by"]):
            stayed[match.debtor_id] = stay_by(agency, match, by, at)
        elif match.state == MatchState.CERTAIN:
            ask(agency, match, READ, GOES_ON, by, at)
            to_read.append(match)
        elif match.debtor_id not in stayed:
            hold(agency, match, by, at)
            held.append(match)
    fault("notices.acted_on")
    return TakenNotices(
        kept.file, False, len(kept.fresh), tuple(stayed.values()), tuple(held), tuple(to_read)
    )


def warn(agency: Agency, match: Match, by: Actor, at: datetime) -> None:
    """The notice is a danger signal of the debtor, for everybody who deals with it."""
    notice = match.notice
    published(
        agency=agency, debtor=match.debtor, kind="insolvency" if notice.kind in STAYING else "register_notice",
        on=min(notice.published_on or notice.event_on or at.date(), at.date()), because=TOLD,
        params={"source": notice.source, "said": notice.said or notice.kind}, key=f"{notice.id}:{match.debtor_id}", by=by, at=at,
    )  # fmt: skip


def with_debtors(matches: Iterable[Match]) -> list[Match]:
    ids = [m.id for m in matches]
    found = Match.objects.filter(id__in=ids).select_related("notice", "debtor")
    return sorted(found, key=lambda m: (m.state != MatchState.CERTAIN, m.id))


def stay_by(agency: Agency, match: Match, by: Actor, at: datetime) -> Estate:
    notice = match.notice
    return stay_debtor(
        agency=agency, debtor=match.debtor, kind=notice.kind, notice=notice,
        opened_on=notice.event_on or notice.published_on or at.date(), by=by, at=at,
    )  # fmt: skip


def hold(agency: Agency, match: Match, by: Actor, at: datetime) -> None:
    """Contact rests in every case of the debtor, and a person is asked."""
    rest(match, MAY_BE % {"company": match.notice.company, "source": match.notice.source}, by, at)
    ask(agency, match, LOOK, RESTS, by, at)


def rest(match: Match, because: str, by: Actor, at: datetime) -> None:
    for case in cases_of(match.debtor_id):
        if not standing(case.id).exists():
            put_on_hold(case=case, kind=HoldKind.NOTICE, because=because, until=None, by=by, at=at)


@transaction.atomic
def take_word(
    *,
    agency: Agency,
    debtor: Debtor,
    court: str,
    reference: str,
    practitioner: str,
    by: Actor,
    at: datetime,
) -> bool:
    """The debtor itself gives notice: contact rests in all its cases until a person has decided. False
    where the same was said before. Call where the whole agency is visible."""
    match = keep_word(
        debtor=debtor,
        court=court,
        reference=reference,
        practitioner=practitioner,
        said=SAID,
        by=by,
        at=at,
    )
    if match is None:
        return False
    rest(match, OWN_HOLD, by, at)
    ask(agency, match, OWN, RESTS, by, at)
    return True


def standing(case: UUID) -> Any:
    return Hold.objects.filter(
        case=case, kind__in=(HoldKind.NOTICE, HoldKind.INSOLVENCY), lifted_at=None
    )


def ask(agency: Agency, match: Match, sentence: str, default: str, by: Actor, at: datetime) -> None:
    notice = match.notice
    add_task(
        agency=agency.id, key=task_key(match), kind="insolvency_notice", sentence=sentence,
        params={"company": notice.company or notice.number, "source": notice.source, "debtor": match.debtor.name,
                "score": match.score, "said": notice.said or notice.kind, "court": notice.court, "number": notice.reference},
        role=Role.LEGAL_OFFICER, due_on=at.date() + timedelta(days=1), default=default, by=by, at=at,
    )  # fmt: skip


def task_key(match: Match) -> str:
    return f"notice:{match.id}"


@transaction.atomic
def decide(
    *, agency: Agency, match: Match, is_it: bool, because: str, by: Actor, at: datetime
) -> Estate | None:
    """A person has looked. It is the debtor: contact stops, as by number. It is another: contact goes on
    as soon as no other likeness waits. Raises `Refusal` as `decide_match`."""
    decide_match(match=match, is_it=is_it, because=because, by=by, at=at)
    for task in Task.objects.filter(agency_id=agency.id, key=task_key(match), done_at=None):
        finish_task(
            task=task, outcome="is the debtor" if is_it else "another company", by=by, at=at
        )
    if is_it:
        warn(agency, match, by, at)
        return stay_by(agency, match, by, at)
    waiting = Match.objects.filter(debtor_id=match.debtor_id, state=MatchState.TO_CONFIRM)
    if not waiting.exists():
        release(match, because, by, at)
    return None


def release(match: Match, because: str, by: Actor, at: datetime) -> None:
    for case in cases_of(match.debtor_id):
        for held in Hold.objects.filter(case=case, kind=HoldKind.NOTICE, lifted_at=None):
            lift_hold(hold=held, because=because, by=by, at=at)
            if case.stage == Stage.CONTACT:
                plan_next_look(case=case, on=at.date())
