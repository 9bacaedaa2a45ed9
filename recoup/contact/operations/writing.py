"""Writing to a debtor: one letter, and the same by e-mail; kept as sent, queued once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from recoup.cases.models import Case, ClaimLine
from recoup.contact.models import ContactAttempt
from recoup.contact.operations.payloads import letter_payload, sms_payload
from recoup.contact.queries import letter_address, posted
from recoup.contact.statement import invoice_rows
from recoup.contact.wording import Words
from recoup.eventlog.operations import Happened, record, record_many
from recoup.files.models import Document
from recoup.files.operations import keep
from recoup.jurisdictions.owed import Owed, as_document
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.ids import new_id, new_id_text
from recoup.kernel.money import Money
from recoup.kernel.sheets import sheet
from recoup.outbox.models import Message
from recoup.outbox.operations import Unwritten, fill, queue_unwritten
from recoup.paper.documents.debtor_letter import (
    Consequence,
    DebtorLetter,
    LetterKind,
    debtor_letter,
    known_gaps,
)
from recoup.paper.figures import day
from recoup.paper.languages import language_of
from recoup.paper.parts import Address, Paper, Person, Sender
from recoup.paper.payment import Payment
from recoup.paper.wording import fill as fill_gaps
from recoup.parties.models import Contact
from recoup.tenancy.bulk import among, insert_many


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is to be written. `channels` are those the gate permits; `link` and `code` let the debtor in;
    `words` by medium, with their version."""

    step: str
    kind: str
    channels: tuple[str, ...]
    owed: Owed
    written_on: date
    deadline_on: date
    consequence: Consequence
    payment: Payment
    sender: Sender
    collector: Person
    language: str
    link: str
    code: str
    email_to: Contact | None
    sms_to: str = ""
    words: Mapping[str, Words]


@sheet(frozen=True, slots=True, kw_only=True)
class Planned:
    """A letter to be typeset before it leaves: which step of which plan, by which channels the gate
    permits, to whom. `key_of` makes it the same letter when it is planned twice for one day."""

    case: Case
    step: str
    plan: str
    kind: str
    answer_days: int
    consequence: str
    channels: tuple[str, ...]
    email_to: UUID | None
    because: str
    params: dict[str, Any]
    sms_to: UUID | None = None

    def to(self, channel: str) -> UUID | None:
        return {"email": self.email_to, "sms": self.sms_to}.get(channel)

    def key_of(self, channel: str, on: date) -> str:
        return f"{self.step}:{self.case.number}:{on.isoformat()}:{channel}"


ATTEMPT = {
    "id": "uuid", "case_id": "uuid", "client_id": "uuid", "step": "text", "plan": "text", "channel": "text",
    "message_id": "uuid", "contact_id": "uuid", "paper": "uuid", "language": "text",
}  # fmt: skip


@transaction.atomic
def plan_letters(
    *, agency: UUID, letters: Sequence[Planned], on: date, by: Actor, at: datetime
) -> list[Planned]:
    """Queue many letters, a message and an attempt for each channel, one event for each letter; they are
    typeset later, one by one. A letter planned for the same step and day before is left out, whoever
    planned it; the caller holds the cases' rows. Returns those queued."""
    mine = Message.objects.filter(
        agency_id=agency, case_id__among=among(letter.case.id for letter in letters)
    )
    known = set(mine.values_list("key", flat=True))
    fresh = [
        letter for letter in letters if not any(letter.key_of(c, on) in known for c in letter.channels)
    ]  # fmt: skip
    messages, attempts = [], []
    payload_of = cache(unwritten)
    for letter in fresh:
        case, paper = letter.case, new_id()
        payload = payload_of(letter.step, letter.kind, letter.answer_days, letter.consequence)
        for channel in letter.channels:
            message = new_id()
            messages.append(
                Unwritten(
                    message, channel, letter.key_of(channel, on), case.client_id, case.id, payload
                )
            )
            attempts.append((
                new_id_text(), case.id, case.client_id, letter.step, letter.plan[:60], channel, message,
                letter.to(channel), paper, case.debtor.language,
            ))  # fmt: skip
    queue_unwritten(agency=agency, messages=messages, at=at)
    insert_many(
        "contact_contactattempt", ATTEMPT, attempts,
        constants={
            "agency_id": ("uuid", agency), "made_at": ("timestamptz", at), "outcome": ("text", ""),
            "note": ("text", ""), "by_name": ("text", by.name), "owed": ("jsonb", "{}"),
        },
    )  # fmt: skip
    record_many(
        agency=agency,
        events=[
            Happened("LetterPlanned", at, by, letter.case.id, letter.case.client_id, "internal", {
                "step": letter.step, "channels": list(letter.channels), "plan": letter.plan,
                "because": letter.because, "params": letter.params,
            })
            for letter in fresh
        ],
    )  # fmt: skip
    return fresh


def unwritten(step: str, kind: str, answer_days: int, consequence: str) -> str:
    """What the messages of a letter hold until it is typeset."""
    return json.dumps(
        {"step": step, "letter": kind, "answer_days": answer_days, "consequence": consequence}
    )


@transaction.atomic
def write_to_debtor(
    *, case: Case, attempts: Sequence[ContactAttempt], letter: Letter, by: Actor, at: datetime
) -> Document:
    """Typeset a planned letter, keep it, and give its messages their content. Raises `Refusal` when a value
    is missing (never “Dear None”). `attempts` are those that share the paper and have none yet; the
    caller holds their messages' rows."""
    data = composed(case, letter)
    paper = debtor_letter(data, language=letter.language, at=at)
    document = keep(
        agency=case.agency_id, content=paper.content, name=paper.filename, media_type="application/pdf",
        kind="letter", by=by, at=at, title=paper.title, language=letter.language, client=case.client_id,
        case=case.id, audience="debtor",
    )  # fmt: skip
    fault("letter.kept")
    for attempt in attempts:
        assert attempt.message_id is not None
        recipient, payload = addressed(case, letter, data, attempt.channel, str(document.id), paper)
        fill(message=attempt.message_id, recipient=recipient, payload=payload)
        fault("letter.queued")
    ContactAttempt.objects.filter(
        id__in=[a.id for a in attempts], document__isnull=True
    ).update(
        document=document, answer_by=letter.deadline_on, owed=as_document(letter.owed),
        language=letter.language,
    )  # fmt: skip
    record(
        agency=case.agency_id, kind="LetterWritten", by=by, at=at, case=case.id, client=case.client_id,
        audience="debtor", step=letter.step, channels=list(letter.channels), document=str(document.id),
        title=paper.title, total=str(letter.owed.total), currency=case.currency,
        deadline_on=letter.deadline_on.isoformat(),
        template={medium: words.label for medium, words in letter.words.items()},
    )  # fmt: skip
    return document


def composed(case: Case, letter: Letter) -> DebtorLetter:
    debtor, owed = case.debtor, letter.owed
    lines = list(ClaimLine.objects.filter(case=case).order_by("due_on", "ref"))
    rows = invoice_rows(owed, lines)
    per_day = Money(owed.per_diem, case.currency).rounded() if owed.per_diem else None
    return DebtorLetter(
        kind=LetterKind(letter.kind), paper_id=f"{case.number}-{letter.written_on:%y%m%d}-{letter.step}",
        case_number=case.number, written_on=letter.written_on, sender=letter.sender,
        recipient=Address(name=debtor.name, lines=posted(debtor), country=debtor.country),
        creditor=case.client.name, ground=ground(letter.language), contact=letter.collector,
        invoices=rows, total=Money(owed.total, case.currency), interest_to=owed.as_of, per_day=per_day,
        deadline_on=letter.deadline_on, payment=letter.payment, consequence=letter.consequence,
        link=letter.link, code=letter.code, own=letter.words["letter"].texts,
        legal=legal_sentences(case, letter),
    )  # fmt: skip


def legal_sentences(case: Case, letter: Letter) -> tuple[str, ...]:
    """The house's own sentences for what the law wants said, filled."""
    found = letter.words["letter"].legal.values()
    if not found:
        return ()
    gaps = {"creditor": case.client.name, "agency": letter.sender.name, "debtor": case.debtor.name,
            "case": case.number, "collector": letter.collector.name, "link": letter.link}  # fmt: skip
    return tuple(fill_gaps(sentence, gaps) for sentence in found)


def ground(language: str) -> str:
    with translation.override(language.lower()):
        return _("goods and services delivered")


def mail_of(case: Case, letter: Letter, channel: str) -> dict[str, Any]:
    """What an e-mail or a text message would say; for a preview."""
    shown = Paper(b"", "", 1, title_said(letter), "")
    return addressed(case, letter, composed(case, letter), channel, "", shown)[1]


def title_said(letter: Letter) -> str:
    return letter.words["letter"].say(f"letter.{letter.kind}.title", letter.language, {})


def addressed(
    case: Case, letter: Letter, data: DebtorLetter, channel: str, document: str, paper: Paper
) -> tuple[str, dict[str, Any]]:
    """Recipient and payload for one channel, with the version of the words it is written in."""
    words = letter.words[channel]
    if channel == "letter":
        held = letter_payload(paper, data.paper_id, document, words.label)
        return letter_address(case.debtor), held
    spoken = language_of(letter.language)
    # A deadline in running text has its day without the weekday, as the standard sentences want it.
    gaps = known_gaps(data, spoken) | {
        "title": title_of(paper.title, case),
        "deadline": day(letter.deadline_on, spoken),
    }
    if channel == "sms":
        text = words.say("sms.text", letter.language, gaps)
        return letter.sms_to, sms_payload(text, document, words.label)
    assert letter.email_to is not None
    return letter.email_to.email, {
        "subject": words.say("mail.subject", letter.language, gaps),
        "text": words.say("mail.text", letter.language, gaps),
        "attachments": [document], "template": words.label,
    }  # fmt: skip


def title_of(title: str, case: Case) -> str:
    """The letter's own title, without the number that a file's has."""
    return title.removesuffix(f" {case.number}")
