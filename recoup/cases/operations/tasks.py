"""What a person must do by a day, and what happens otherwise."""

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
    owner: Member | None = None, due_on: date, default: str, case: Case | None = None,
    client: UUID | None = None, by: Actor, at: datetime,
) -> Task:  # fmt: skip
    """A task; the same `key` again makes no second one and returns the first.

    `sentence` is marked English with gaps for `params`; `client` makes it that client's to do (and
    see), without it the task is the house's own, also when a client's act has caused it.
    """
    made = Task(
        agency_id=agency, key=key, kind=kind, sentence=sentence, params=params, role=role, owner=owner,
        due_on=due_on, default=default, case=case, client_id=client, made_at=at,
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


def finish_all(*, case: Case, kind: str, outcome: str, by: Actor, at: datetime) -> int:
    """Finish every open task of a case (of one `kind`, or all when blank); returns how many."""
    wanted = Task.objects.filter(case=case, done_at__isnull=True).select_for_update()
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
