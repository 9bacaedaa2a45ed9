"""Calls made, with the code that says who acts next."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case
from recoup.contact.models import ContactAttempt
from recoup.contact.outcomes import OUTCOMES
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Contact


@transaction.atomic
def record_call(
    *, case: Case, contact: Contact | None, outcome: str, note: str, by: Actor, at: datetime,
    step: str = "call", answer_by: date | None = None, id: UUID | None = None,
) -> ContactAttempt:  # fmt: skip
    """A call as it went, under `id` where the caller has one. Raises `Refusal` `outcome_unknown`, `note_missing` (some outcomes need one)."""
    code = OUTCOMES.get(outcome)
    if code is None:
        raise Refusal(
            "outcome_unknown",
            N_("“%(found)s” is not an outcome of a call."),
            field="outcome",
            found=outcome,
        )
    if code.needs_note and not note.strip():
        raise Refusal("note_missing", N_("Please note what was said."), field="note")
    attempt = ContactAttempt.objects.create(
        id=id or new_id(), agency_id=case.agency_id, case=case, client_id=case.client_id, step=step, channel="call",
        contact=contact, made_at=at, outcome=outcome, right_party=code.right_party, note=note,
        by_name=by.name, answer_by=answer_by,
    )  # fmt: skip
    record(
        agency=case.agency_id, kind="CallMade", by=by, at=at, case=case.id, client=case.client_id,
        outcome=outcome, contact=str(contact) if contact else "", right_party=code.right_party,
    )  # fmt: skip
    return attempt
