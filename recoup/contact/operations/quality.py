"""A supervisor looks at a contact of the sample."""

from datetime import datetime

from django.db import IntegrityError, transaction

from recoup.contact.models import ContactAttempt, QualityCheck
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal

QUESTIONS = {
    "identified": N_("Said who called, from where and for whom"),
    "true": N_("Said only what is so; no threat that nobody authorised"),
    "courteous": N_("Stayed courteous"),
    "outcome": N_("The outcome chosen is what was said"),
    "noted": N_("The note lets somebody else go on"),
}
MARKS = (0, 1, 2)


@transaction.atomic
def check_quality(
    *, attempt: ContactAttempt, marks: dict[str, int], note: str, by: Actor, at: datetime
) -> QualityCheck:
    """Marks from 0 to 2 for each question, once per contact. Raises `Refusal` `marks_missing`,
    `own_contact`, `checked_already`."""
    if set(marks) != set(QUESTIONS) or any(m not in MARKS for m in marks.values()):
        raise Refusal("marks_missing", N_("Give a mark for each question."))
    if attempt.by_name == by.name:
        raise Refusal("own_contact", N_("Nobody checks their own contact."))
    if min(marks.values()) == 0 and not note.strip():
        raise Refusal("note_missing", N_("Please note what was wrong."), field="note")
    try:
        with transaction.atomic():
            made = QualityCheck.objects.create(
                agency_id=attempt.agency_id, attempt=attempt, client_id=attempt.client_id, marks=marks,
                note=note[:1000], by_name=by.name, at=at,
            )  # fmt: skip
    except IntegrityError:
        raise Refusal(
            "checked_already", N_("Somebody has already looked at this contact.")
        ) from None
    record(agency=attempt.agency_id, kind="ContactChecked", by=by, at=at, case=attempt.case_id,
           client=attempt.client_id, audience="internal", points=sum(marks.values()),
           of=2 * len(QUESTIONS), collector=attempt.by_name)  # fmt: skip
    return made
