"""Writing in a client's own name about receivables it has not placed: kept as sent, queued once a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case
from recoup.contact.models import ContactAttempt, Denial, Reminder
from recoup.contact.operations.payloads import letter_payload, sms_payload
from recoup.contact.queries import letter_address
from recoup.contact.rules import Verdict
from recoup.contact.wording import Words
from recoup.eventlog.operations import record
from recoup.files.operations import keep
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.ids import new_id
from recoup.outbox.models import Message
from recoup.outbox.operations import queue
from recoup.paper.documents.own_reminder import OwnReminder, own_gaps, own_reminder
from recoup.paper.languages import language_of
from recoup.paper.parts import Paper
from recoup.parties.models import Client, Contact, Debtor
from recoup.tenancy.bulk import among

DID_BY_HAND = "own_contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLetter:
    """What is to be written. `channels` are those the gate permits; `words` by medium, with their version;
    `items` as the row keeps them; `answer_by`: until when the debtor is left in peace."""

    client: Client
    debtor: Debtor
    paper: OwnReminder
    channels: tuple[str, ...]
    words: Mapping[str, Words]
    language: str
    email_to: Contact | None
    sms_to: Contact | None
    sms_number: str
    step: str
    plan: str
    items: Sequence[Mapping[str, str]]
    because: str
    params: Mapping[str, Any]
    on: date
    answer_by: date

    def key_of(self, channel: str) -> str:
        """The same letter when it is planned twice for one day."""
        return f"own:{self.client.id}:{self.debtor.id}:{self.paper.total.currency}:{self.on.isoformat()}:{channel}"

    def to(self, channel: str) -> Contact | None:
        return {"email": self.email_to, "sms": self.sms_to}.get(channel)


@transaction.atomic
def write_reminder(*, agency: UUID, letter: OwnLetter, by: Actor, at: datetime) -> list[Reminder]:
    """Typeset, keep and queue it, a message for each channel; nothing when it was written that day before.
    Raises `Refusal` as `own_reminder` does."""
    keys = [letter.key_of(channel) for channel in letter.channels]
    if Message.objects.filter(agency_id=agency, key__in=keys).exists():
        return []
    paper = own_reminder(letter.paper, language=letter.language, at=at)
    document = keep(
        agency=agency, content=paper.content, name=paper.filename, media_type="application/pdf", kind="letter",
        by=by, at=at, title=paper.title, language=letter.language, client=letter.client.id,
    )  # fmt: skip
    fault("reminder.kept")
    shared, made = new_id(), []
    for channel in letter.channels:
        recipient, payload = addressed(letter, channel, str(document.id), paper)
        message = queue(
            agency=agency, channel=channel, key=letter.key_of(channel), recipient=recipient, payload=payload, at=at,
            gated=True, client=letter.client.id,
        )  # fmt: skip
        fault("reminder.queued")
        made.append(Reminder(
            agency_id=agency, client=letter.client, debtor=letter.debtor, currency=letter.paper.total.currency,
            step=letter.step, channel=channel, kind=letter.paper.kind, plan=letter.plan[:60], paper=shared, message=message,
            contact=letter.to(channel), document=document, language=letter.language, answer_by=letter.answer_by,
            items=list(letter.items), because=letter.because[:300], params=dict(letter.params), made_at=at, by_name=by.name,
        ))  # fmt: skip
    Reminder.objects.bulk_create(made)
    record(
        agency=agency, kind="OwnReminderWritten", by=by, at=at, client=letter.client.id, debtor=str(letter.debtor.id),
        step=letter.step, channels=list(letter.channels), document=str(document.id), total=str(letter.paper.total.amount),
        currency=letter.paper.total.currency, invoices=[one["ref"] for one in letter.items], because=letter.because,
        params=dict(letter.params), template={medium: words.label for medium, words in letter.words.items()},
    )  # fmt: skip
    return made


def addressed(letter: OwnLetter, channel: str, document: str, paper: Paper) -> tuple[str, dict[str, Any]]:  # fmt: skip
    """Recipient and payload for one channel; an answer to the e-mail goes to the client itself."""
    words = letter.words[channel]
    if channel == "letter":
        held = letter_payload(paper, letter.paper.paper_id, document, words.label)
        return letter_address(letter.debtor), held
    spoken = language_of(letter.language)
    title = letter.words["letter"].say(
        f"own.{letter.paper.kind}.title", letter.language, own_gaps(letter.paper, spoken)
    )
    gaps = own_gaps(letter.paper, spoken) | {"title": title}
    if channel == "sms":
        text = words.say("own.sms.text", letter.language, gaps)
        return letter.sms_number, sms_payload(text, document, words.label)
    assert letter.email_to is not None
    return letter.email_to.email, {
        "subject": words.say("own.mail.subject", letter.language, gaps),
        "text": words.say("own.mail.text", letter.language, gaps), "attachments": [document] if document else [],
        "template": words.label, "from_name": letter.client.name, "reply_to": letter.client.email,
    }  # fmt: skip


@transaction.atomic
def deny_reminder(
    *,
    client: Client,
    debtor: Debtor,
    step: str,
    channel: str,
    verdict: Verdict,
    by: Actor,
    at: datetime,
) -> None:
    """Keep the gate's no when a client's reminder was to be written."""
    Denial.objects.create(
        agency_id=client.agency_id, debtor=debtor, client_id=client.id, step=step, channel=channel, at=at,
        code=verdict.code, because=verdict.because, params=verdict.params, earliest_at=verdict.earliest_at,
    )  # fmt: skip
    record(
        agency=client.agency_id, kind="ContactDenied", by=by, at=at, client=client.id, audience="internal", step=step,
        channel=channel, code=verdict.code, because=verdict.because, params=verdict.params, debtor=str(debtor.id),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ByHand:
    """A contact a client made itself: its channel and outcome (`contact.outcomes.BY_CLIENT`)."""

    channel: str
    outcome: str
    right_party: bool | None
    at: datetime
    by_name: str
    note: str


@transaction.atomic
def carry_contacts(*, case: Case, items: Sequence[UUID], by_hand: Sequence[ByHand]) -> int:
    """What was said to the debtor before its invoices became `case` counts in the case: every reminder that
    names one of them, with its message (so that one under way counts when it arrives), and what the client
    did itself. Returns how many."""
    wanted = {str(item) for item in items}
    sent = [
        r for r in Reminder.objects.filter(client_id=case.client_id, debtor_id=case.debtor_id, message__attempt=None)
        if any(one["item"] in wanted for one in r.items)
    ]  # fmt: skip
    shared = {"agency_id": case.agency_id, "case": case, "client_id": case.client_id}
    rows = [
        ContactAttempt(
            **shared, step=r.kind, plan=r.plan, channel=r.channel, contact_id=r.contact_id, message_id=r.message_id,
            document_id=r.document_id, paper=r.paper, language=r.language, made_at=r.made_at, answer_by=r.answer_by,
            by_name=r.by_name,
        )
        for r in sent
    ] + [
        ContactAttempt(
            **shared, step=DID_BY_HAND, channel=one.channel, outcome=one.outcome, right_party=one.right_party,
            made_at=one.at, note=one.note, by_name=one.by_name,
        )
        for one in by_hand
    ]  # fmt: skip
    ContactAttempt.objects.bulk_create(rows)
    return len(rows)


def denied_lately(agency: UUID, debtors: Sequence[UUID], since: datetime) -> set[tuple[UUID, str, str, str]]:  # fmt: skip
    """(debtor, step, channel, code) of what was denied since: the same no is kept once a week."""
    rows = Denial.objects.filter(agency_id=agency, debtor_id__among=among(debtors), at__gte=since, message_id=None)  # fmt: skip
    return set(rows.values_list("debtor_id", "step", "channel", "code"))
