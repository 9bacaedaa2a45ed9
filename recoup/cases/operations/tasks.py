"""What a person must do by a day, and what happens otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case, Task
from recoup.eventlog.operations import Happened, record, record_many
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.models import Member


@transaction.atomic
def add_task(
    *, agency: UUID, key: str, kind: str, sentence: str, params: dict[str, Any], role: str,
    owner: Member | None = None, due_on: date, due_at: datetime | None = None, default: str,
    case: Case | None = None, client: UUID | None = None, by: Actor, at: datetime,
) -> Task:  # fmt: skip
    """A task; the same `key` again makes no second one and returns the first.

    `sentence` is marked English with gaps for `params`; `due_at` makes it an appointment; `client` makes it that client's to do (and
    see), without it the task is the house's own, also when a client's act has caused it.
    """
    made = Task(
        agency_id=agency, key=key, kind=kind, sentence=sentence, params=params, role=role, owner=owner,
        due_on=due_on, due_at=due_at, default=default, case=case, client_id=client, made_at=at,
    )  # fmt: skip
    # Inserted blind: whoever caused the task may not be allowed to see it.
    Task.objects.bulk_create([made], ignore_conflicts=True)
    first = Task.objects.filter(agency_id=agency, key=key).first()
    if first is None or first.id == made.id:
        record(
            agency=agency, kind="TaskAdded", by=by, at=at, case=case.id if case else None,
            client=case.client_id if case else client, audience="client" if client else "internal",
            task=kind, sentence=sentence, params=params, due_on=due_on.isoformat(), role=role,
        )  # fmt: skip
    return first or made


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task of the house to be, on a case; as `add_task` takes it."""

    case: Case
    key: str
    kind: str
    sentence: str
    params: dict[str, Any]
    role: str
    due_on: date
    default: str


@transaction.atomic
def add_tasks(*, agency: UUID, tasks: Sequence[NewTask], by: Actor, at: datetime) -> int:
    """Many tasks at once, each owned by its case's collector; a key that is known makes no second one.
    Returns how many are new."""
    known = set(
        Task.objects.filter(agency_id=agency, key__in=[t.key for t in tasks]).values_list(
            "key", flat=True
        )
    )
    fresh = [t for t in tasks if t.key not in known]
    Task.objects.bulk_create(
        [
            Task(
                agency_id=agency, key=t.key, kind=t.kind, sentence=t.sentence, params=t.params, role=t.role,
                owner_id=t.case.collector_id, due_on=t.due_on, default=t.default, case=t.case, made_at=at,
            )
            for t in fresh
        ],
        batch_size=2000,
    )  # fmt: skip
    record_many(
        agency=agency,
        events=[
            Happened("TaskAdded", at, by, t.case.id, t.case.client_id, "internal", {
                "task": t.kind, "sentence": t.sentence, "params": t.params, "due_on": t.due_on.isoformat(),
                "role": t.role,
            })
            for t in fresh
        ],
    )  # fmt: skip
    return len(fresh)


@transaction.atomic
def finish_task(*, task: Task, outcome: str, by: Actor, at: datetime) -> None:
    """A task is done. Raises `Refusal` `task_done_already` when somebody was first."""
    open_one = Task.objects.filter(id=task.id, done_at__isnull=True)
    if not open_one.update(done_at=at, done_by=by.name, outcome=outcome[:60]):
        first = Task.objects.filter(id=task.id).first()
        raise Refusal(
            "task_done_already", N_("This was already done by %(who)s."),
            who=first.done_by if first else "",
        )  # fmt: skip
    record_many(agency=task.agency_id, events=[finished(task, outcome, by, at)])


def finish_all(
    *, case: Case, kind: str, outcome: str, but_role: str = "", by: Actor, at: datetime
) -> int:
    """Finish every open task of a case (of one `kind`, or all when blank; none of `but_role`); returns how many."""
    wanted = Task.objects.filter(case=case, done_at__isnull=True).select_for_update()
    wanted = wanted.exclude(role=but_role) if but_role else wanted
    tasks = list(wanted.filter(kind=kind) if kind else wanted)
    Task.objects.filter(id__in=[t.id for t in tasks]).update(
        done_at=at, done_by=by.name, outcome=outcome[:60]
    )
    record_many(agency=case.agency_id, events=[finished(t, outcome, by, at, case) for t in tasks])
    return len(tasks)


def finished(
    task: Task, outcome: str, by: Actor, at: datetime, case: Case | None = None
) -> Happened:
    case = case or task.case
    return Happened(
        "TaskFinished", at, by, task.case_id, case.client_id if case else task.client_id,
        "client" if task.client_id else "internal",
        {"task": task.kind, "sentence": task.sentence, "params": task.params, "outcome": outcome},
    )  # fmt: skip


@transaction.atomic
def reopen_task(*, task: Task, by: Actor, at: datetime) -> None:
    """A task finished by mistake is open again, for who finished it. Raises `Refusal` `task_open` when it
    is not done, `task_of_another`."""
    done = Task.objects.filter(id=task.id, done_at__isnull=False)
    if not done.exists():
        raise Refusal("task_open", N_("This task is still open."))
    if not done.filter(done_by=by.name).update(done_at=None, done_by="", outcome=""):
        raise Refusal("task_of_another", N_("Only who finished it may take it back."))
    record(agency=task.agency_id, kind="TaskReopened", by=by, at=at, case=task.case_id, client=task.client_id,
           audience="client" if task.client_id else "internal", task=task.kind, sentence=task.sentence,
           params=task.params)  # fmt: skip


EMPTIED = "–"


def forget_task(task: Task) -> dict[str, Any]:
    """Empty what a finished task's sentence named, inside the caller's transaction; what it held."""
    held = dict(task.params)
    Task.objects.filter(id=task.id, done_at__isnull=False).update(
        params=dict.fromkeys(task.params, EMPTIED)
    )
    return held
