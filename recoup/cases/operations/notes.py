"""What people write down about a case for one another."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case
from recoup.eventlog.models import Event
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.kernel.text import counted, squeezed

LONGEST = 4000


@transaction.atomic
def add_note(*, case: Case, text: str, key: UUID, by: Actor, at: datetime) -> None:
    """An internal note in the case's story; the same `key` again adds no second one.

    Raises `Refusal` `note_empty`, `note_long`.
    """
    text = text.strip()
    if not text:
        raise Refusal("note_empty", N_("Please write something."), field="text")
    if (found := counted(text, LONGEST)) > LONGEST:
        raise Refusal(
            "note_long", N_("The note has %(found)d characters; up to %(most)d can be kept."),
            field="text", found=found, most=LONGEST,
        )  # fmt: skip
    text = squeezed(text)
    Case.objects.select_for_update(of=("self",)).get(id=case.id)
    if Event.objects.filter(case_id=case.id, kind="NoteAdded", data__key=str(key)).exists():
        return
    record(agency=case.agency_id, kind="NoteAdded", by=by, at=at, case=case.id,
           client=case.client_id, audience="internal", text=text, key=str(key))  # fmt: skip
