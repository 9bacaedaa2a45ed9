"""Letters handed to a print house in batches: which letter is in which batch, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from recoup.cases.models import Case
from recoup.cases.operations import add_task
from recoup.contact.models import PrintBatch, PrintedLetter
from recoup.contact.queries import letters_to_print
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.models import Agency

State = PrintBatch.State
Became = PrintedLetter.State


@transaction.atomic
def open_batch(*, agency: UUID, by: Actor, at: datetime, most: int = 10_000) -> PrintBatch | None:
    """A batch of the letters that left and are in none, the oldest first; None where there are none. A letter
    is in one batch only, by constraint; two at once wait for each other."""
    Agency.objects.select_for_update(no_key=True).get(id=agency)
    letters = list(letters_to_print(agency)[:most])
    if not letters:
        return None
    last = PrintBatch.objects.filter(agency_id=agency).aggregate(last=Max("number"))["last"] or 0
    batch = PrintBatch.objects.create(agency_id=agency, number=last + 1, letters=len(letters), made_at=at, by_name=by.name)  # fmt: skip
    PrintedLetter.objects.bulk_create([
        PrintedLetter(
            agency_id=agency, batch=batch, place=place, message_id=m.id, case_id=m.case_id, client_id=m.client_id,
            paper_id=str(m.payload.get("paper_id", ""))[:80], pages=int(m.payload.get("pages", 0)),
            sha256=m.payload["sha256"], recipient=m.recipient,
        )
        for place, m in enumerate(letters, 1) if m.client_id
    ])  # fmt: skip
    record(agency=agency, kind="PrintBatchMade", by=by, at=at, audience="internal", batch=batch.number, letters=len(letters))  # fmt: skip
    return batch


def move_batch(
    *, batch: PrintBatch, was: Sequence[str], now: str, at: datetime, **more: object
) -> None:
    """Raises `Refusal` `batch_moved` when it is in another state."""
    if not PrintBatch.objects.filter(id=batch.id, state__in=list(was)).update(state=now, **more):
        raise Refusal("batch_moved", N_("The batch is in another state by now; look again."))


def stop_batch(*, batch: PrintBatch, at: datetime) -> None:
    """The batch goes no further: not one letter more. Raises `Refusal` `batch_moved`."""
    move_batch(batch=batch, was=(State.OPEN,), now=State.STOPPED, at=at)


def resume_batch(*, batch: PrintBatch, at: datetime) -> None:
    """The batch goes on where it was. Raises `Refusal` `batch_moved`."""
    move_batch(batch=batch, was=(State.STOPPED,), now=State.OPEN, at=at)


@dataclass(frozen=True, slots=True)
class Said:
    """A line of the print house: what became of a letter."""

    letter: UUID
    state: str
    reason: str = ""


@transaction.atomic
def settle_letter(*, agency: UUID, said: Said, by: Actor, at: datetime) -> bool:
    """What became of a letter, each state once; False when that was known, or comes too late (a letter that came
    back is not printed any more). One that came back makes its address bad: the gate denies letters there until
    another one stands in; for that, and for one that was not printed, a person is asked. Raises `Refusal`
    `letter_unknown`."""
    letter = PrintedLetter.objects.filter(agency_id=agency, message_id=said.letter).first()
    if letter is None:
        raise Refusal(
            "letter_unknown", N_("No letter “%(found)s” was handed over."), found=str(said.letter)
        )
    before = {Became.PRINTED: [Became.MADE], Became.REFUSED: [Became.MADE], Became.RETURNED: [Became.MADE, Became.PRINTED]}  # fmt: skip
    known = PrintedLetter.objects.filter(id=letter.id, state__in=before[Became(said.state)])
    if not known.update(state=said.state, said=said.reason[:300], settled_at=at):
        return False
    if said.state == Became.PRINTED:
        return True
    cases = Case.objects.select_related("debtor", "collector")
    case = cases.get(id=letter.case_id) if letter.case_id else None
    kind = "LetterReturned" if said.state == Became.RETURNED else "LetterRefused"
    record(
        agency=agency, kind=kind, by=by, at=at, case=letter.case_id, client=letter.client_id, recipient=letter.recipient,
        because=said.reason[:300],
    )  # fmt: skip
    back = said.state == Became.RETURNED
    sentence = N_(
        "The letter to %(recipient)s was not printed (%(reason)s): find out and write again."
    )
    default = N_("The other channel of the step counts.")
    if back:
        sentence = N_("The letter to %(recipient)s came back (%(reason)s): find the right address.")
        default = N_("No letter goes to this address; the other ways of the plan count.")
    add_task(
        agency=agency, key=f"{said.state}:{letter.id}", kind="ask", sentence=sentence,
        role="collector" if case else "account_manager",
        params={"recipient": letter.recipient, "reason": said.reason[:100] or "?"}, owner=case.collector if case else None,
        due_on=at.date() + timedelta(days=2), default=default, case=case, by=by, at=at,
    )  # fmt: skip
    return True
