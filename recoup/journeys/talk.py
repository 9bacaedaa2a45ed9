"""Client and house talk about a case: the files are kept with it, and who must answer has a task."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case, Task
from recoup.cases.operations import add_task
from recoup.cases.operations.tasks import finish_all
from recoup.files.models import Document
from recoup.files.operations import keep
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_
from recoup.talks.models import Said
from recoup.talks.operations import say
from recoup.talks.rules import MOST_FILES, Side, media_type_of, refuse_unsound
from recoup.tenancy.context import scope

ENCLOSED = "enclosed"
TASK = "client_wrote"


@dataclass(frozen=True, slots=True)
class File:
    name: str
    content: bytes


def talk(
    *,
    case: Case,
    side: Side,
    text: str,
    files: Sequence[File] = (),
    key: UUID,
    by: Actor,
    at: datetime,
) -> Said | None:
    """Say it with its files, all or nothing. A client's message is the collector's task (the account
    manager's before there is one) until the house answers. Raises `Refusal` as `say` and
    `media_type_of`."""
    refuse_unsound(text.strip(), len(files))
    types = [media_type_of(file.name, file.content) for file in files[:MOST_FILES]]
    # Wider than the client's own view: the task is the house's.
    with scope(case.agency_id), transaction.atomic():
        kept = [enclosed(case, file, kind, by, at) for file, kind in zip(files, types, strict=True)]
        made = say(case=case, side=side, text=text, documents=kept, key=key, by=by, at=at)
        if made is not None and side == Side.CLIENT:
            ask_for_answer(case, made, by=by, at=at)
        elif made is not None:
            finish_all(case=case, kind=TASK, outcome="answered", by=by, at=at)
        return made


def enclosed(case: Case, file: File, kind: str, by: Actor, at: datetime) -> Document:
    return keep(
        agency=case.agency_id, content=file.content, name=file.name, media_type=kind, kind=ENCLOSED,
        client=case.client_id, case=case.id, by=by, at=at,
    )  # fmt: skip


def ask_for_answer(case: Case, said: Said, *, by: Actor, at: datetime) -> Task:
    owner = case.collector or case.client.account_manager
    return add_task(
        agency=case.agency_id, key=f"{TASK}:{said.id}", kind=TASK,
        sentence=N_("%(client)s wrote about %(case)s; answer: “%(text)s”"),
        params={"client": case.client.name, "case": case.number, "text": said.text[:300]},
        role="collector" if case.collector else "account_manager", owner=owner,
        due_on=at.date() + timedelta(days=1), default=N_("The supervisor answers."), case=case, by=by, at=at,
    )  # fmt: skip
