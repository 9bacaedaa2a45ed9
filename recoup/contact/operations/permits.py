"""The gate's answers, kept: a permit opens the door, a denial says why it stayed shut and until when."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case
from recoup.contact.door import Pass, made_pass
from recoup.contact.models import Denial, Permit, Reminder
from recoup.contact.rules import GateFacts, Verdict
from recoup.kernel.ids import new_id
from recoup.outbox.models import Message

KEPT = (
    "stage", "owed", "channel", "jurisdiction", "country", "time_zone", "threat", "demands_sent",
)  # fmt: skip


@transaction.atomic
def permit_message(*, message: Message, step: str, facts: GateFacts | None, at: datetime) -> Pass:
    """Keep the gate's yes for the attempt that has just claimed `message`; in the same transaction.
    Found already (the same attempt asked twice), it is the first one that counts."""
    reminder = None if message.case_id else reminder_of(message)
    assert message.client_id and (message.case_id or reminder), (
        "a message to a debtor belongs to a case"
    )
    made = Permit(
        agency_id=message.agency_id, case_id=message.case_id, reminder=reminder, client_id=message.client_id,
        message_id=message.id, fence=message.fence, step=step, channel=message.channel, at=at,
        house=facts.house.version if facts else "", facts=kept(facts) if facts else {},
    )  # fmt: skip
    Permit.objects.bulk_create([made], ignore_conflicts=True)
    first = Permit.objects.get(message_id=message.id, fence=message.fence)
    return made_pass(message, first.id)


def permitted_before(*, message: Message, at: datetime) -> None:
    """The provider has a message to a debtor whose permit went with a database that was restored: what is
    known of it is kept as one, so that the contact counts. Nothing where there is a permit."""
    if not message.gated or Permit.objects.filter(message_id=message.id).exists():
        return
    reminder = None if message.case_id else reminder_of(message)
    assert message.client_id and (message.case_id or reminder), (
        "a message to a debtor belongs to a case"
    )
    Permit.objects.create(
        agency_id=message.agency_id, case_id=message.case_id, reminder=reminder, client_id=message.client_id, message_id=message.id,
        fence=message.fence, step=message.key.split(":", 1)[0][:40], channel=message.channel, at=at, house="",
        facts={"because": "it had left before the database was restored"},
    )  # fmt: skip


def reminder_of(message: Message) -> Reminder | None:
    """The client's own reminder that a message carries."""
    return Reminder.objects.filter(message=message).first()


def own_mail(message: Message) -> Pass:
    """The pass of a message that is not to a debtor. Raises `NoPermit` for one that is."""
    return made_pass(message, None)


@transaction.atomic
def permit_call(*, case: Case, facts: GateFacts, at: datetime) -> UUID:
    """Keep the gate's yes for a call about to be made; returns the permit's id."""
    made = Permit.objects.create(
        id=new_id(), agency_id=case.agency_id, case=case, client_id=case.client_id, step="call",
        channel="call", at=at, house=facts.house.version, facts=kept(facts),
    )  # fmt: skip
    return made.id


@transaction.atomic
def deny_message(*, message: Message, step: str, verdict: Verdict, at: datetime) -> None:
    """Keep the gate's no at the moment of sending. The event is the message's own (`MessageDenied`)."""
    reminder = None if message.case_id else reminder_of(message)
    if message.client_id is None or (message.case_id is None and reminder is None):
        return
    Denial.objects.create(
        agency_id=message.agency_id, case_id=message.case_id, debtor_id=reminder.debtor_id if reminder else None,
        client_id=message.client_id, message_id=message.id,
        step=step, channel=message.channel, at=at, code=verdict.code, because=verdict.because,
        params=verdict.params, earliest_at=verdict.earliest_at,
    )  # fmt: skip


def kept(facts: GateFacts) -> dict[str, object]:
    """What the gate knew, as far as it may be asked for later; JSON values."""
    plain = replace(facts)
    return {
        **{name: str(getattr(plain, name)) for name in KEPT if getattr(plain, name) not in ("", None)},
        "holds": [kind for kind, _ in plain.holds],
        "written_on": [day.isoformat() for day, _ in plain.written_on][-5:],
        "calls_on": [day.isoformat() for day in plain.calls_on][-7:],
    }  # fmt: skip
