"""Moves between stages: `UPDATE … WHERE stage = was`; no row updated means that somebody was first."""

from datetime import date, datetime

from django.db import connection, transaction

from recoup.cases.models import Case, Closure, Move
from recoup.cases.operations.tasks import finish_all
from recoup.cases.states import MOVES, CloseCode, Stage
from recoup.eventlog.operations import record
from recoup.files.models import Document
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal


def refuse_move(was: str, now: str) -> None:
    """Raises `Refusal` `stage_not_reachable` for a move that the table does not have."""
    if Stage(now) not in MOVES[Stage(was)]:
        raise Refusal(
            "stage_not_reachable",
            N_("A case cannot go from “%(was)s” to “%(now)s”."), was=was, now=now,
        )  # fmt: skip


def moved(*, case: Case, was: str, now: str, because: str, by: Actor, at: datetime) -> None:
    """The move and its Move row, without an event; inside the caller's transaction."""
    refuse_move(was, now)
    if not Case.objects.filter(id=case.id, stage=was).update(stage=now):
        current = Case.objects.filter(id=case.id).values_list("stage", flat=True).first()
        raise Refusal(
            "case_moved_meanwhile",
            N_("Case %(number)s is no longer “%(was)s”, but “%(found)s”; look again before you go on."),
            number=case.number, was=was, found=current,
        )  # fmt: skip
    case.stage = now
    Move.objects.create(
        agency_id=case.agency_id, case=case, client_id=case.client_id, was=was, now=now,
        by_name=by.name, at=at, because=because[:300],
    )  # fmt: skip


@transaction.atomic
def move_case(*, case: Case, was: str, now: str, because: str, by: Actor, at: datetime) -> None:
    """Move a case from stage `was` to `now`. Raises `Refusal` `stage_not_reachable`,
    `case_moved_meanwhile`. Accepting, declining, assigning and closing have their own verbs."""
    if was == Stage.CLOSED:
        refuse_move(was, Stage.CLOSED)  # reopening has its own verb
    moved(case=case, was=was, now=now, because=because, by=by, at=at)
    record(agency=case.agency_id, kind="CaseMoved", by=by, at=at, case=case.id, client=case.client_id,
           was=was, now=now, because=because)  # fmt: skip


@transaction.atomic
def accept_case(*, case: Case, by: Actor, at: datetime) -> None:
    """The review is passed. Raises `Refusal` `case_moved_meanwhile` when it was decided before."""
    moved(case=case, was=Stage.SUBMITTED, now=Stage.ACCEPTED, because="accepted", by=by, at=at)
    finish_all(case=case, kind="review", outcome="accepted", by=by, at=at)
    record(agency=case.agency_id, kind="CaseAccepted", by=by, at=at, case=case.id,
           client=case.client_id, number=case.number)  # fmt: skip


@transaction.atomic
def decline_case(*, case: Case, because: str, by: Actor, at: datetime) -> None:
    """The review is not passed; `because` is read by the client. Raises `Refusal` `reason_missing`,
    `case_moved_meanwhile`."""
    refuse_silent(because)
    moved(case=case, was=Stage.SUBMITTED, now=Stage.DECLINED, because=because, by=by, at=at)
    finish_all(case=case, kind="", outcome="declined", by=by, at=at)
    record(agency=case.agency_id, kind="CaseDeclined", by=by, at=at, case=case.id,
           client=case.client_id, number=case.number, because=because)  # fmt: skip


@transaction.atomic
def close_case(
    *, case: Case, code: str, because: str, report: Document | None, by: Actor, at: datetime
) -> Closure:
    """End a case from whichever open stage it is in; its open tasks end with it, but for those about money, which
    may have to go back to its payer yet; no further look is planned (the database sees to it). Raises `Refusal` `close_code_unknown`, `stage_not_reachable`, `case_moved_meanwhile`."""
    if code not in set(CloseCode):
        raise Refusal(
            "close_code_unknown", N_("“%(found)s” is no way to close a case."), found=code
        )
    moved(case=case, was=case.stage, now=Stage.CLOSED, because=because, by=by, at=at)
    closure = Closure.objects.create(
        agency_id=case.agency_id, case=case, client_id=case.client_id, code=code, at=at, by_name=by.name,
        because=because[:300], report=report,
    )  # fmt: skip
    finish_all(case=case, kind="", outcome="case closed", but_role="finance_officer", by=by, at=at)
    record(agency=case.agency_id, kind="CaseClosed", by=by, at=at, case=case.id, client=case.client_id,
           number=case.number, code=code, because=because,
           document=str(report.id) if report else None, title=str(report or ""))  # fmt: skip
    return closure


@transaction.atomic
def reopen_case(*, case: Case, because: str, by: Actor, at: datetime) -> None:
    """A closed case is open again, to be weighed anew; its closures stay. Raises `Refusal` `reason_missing`,
    `case_moved_meanwhile` when it is not closed."""
    refuse_silent(because)
    moved(case=case, was=Stage.CLOSED, now=Stage.EVALUATION, because=because, by=by, at=at)
    record(agency=case.agency_id, kind="CaseReopened", by=by, at=at, case=case.id, client=case.client_id,
           number=case.number, because=because)  # fmt: skip


def plan_next_look(*, case: Case, on: date | None) -> None:
    """The day run looks at the case from day `on` on; None for not of itself. One that is not open has no
    look. The case is held first, as the day run does, so that the two never wait for one another."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_look SET day = %s"
            " WHERE case_id = (SELECT id FROM cases_case WHERE id = %s FOR NO KEY UPDATE)",
            [on, case.id],
        )
    case._state.fields_cache.pop("look", None)


def refuse_silent(because: str) -> None:
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
