"""Writing to a debtor: one letter, and the same by e-mail; kept as sent, queued once."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from recoup.cases.models import Case, ClaimLine
from recoup.contact.models import ContactAttempt
from recoup.contact.statement import invoice_rows
from recoup.eventlog.operations import record
from recoup.files.operations import keep
from recoup.jurisdictions.owed import Owed, as_document
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.money import Money
from recoup.outbox.operations import queue
from recoup.paper.documents.debtor_letter import (
    Consequence,
    DebtorLetter,
    LetterKind,
    debtor_letter,
)
from recoup.paper.figures import day
from recoup.paper.languages import language_of
from recoup.paper.parts import Address, Person, Sender
from recoup.paper.payment import Payment
from recoup.parties.models import Contact, Debtor


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is to be written. `channels` are those the gate permits; `link` and `code` let the debtor in."""

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


@transaction.atomic
def write_to_debtor(*, case: Case, letter: Letter, by: Actor, at: datetime) -> list[ContactAttempt]:
    """Typeset the letter, keep it, and queue it by each channel. Raises `Refusal` when a value is missing
    (never “Dear None”). The same step on the same day is queued once."""
    paper = debtor_letter(composed(case, letter), language=letter.language, at=at)
    document = keep(
        agency=case.agency_id, content=paper.content, name=paper.filename, media_type="application/pdf",
        kind="letter", by=by, at=at, title=paper.title, language=letter.language, client=case.client_id,
        case=case.id, audience="debtor",
    )  # fmt: skip
    fault("letter.kept")
    attempts = []
    for channel in letter.channels:
        recipient, payload = addressed(
            case, letter, channel, str(document.id), paper.sha256, paper.title
        )
        message = queue(
            agency=case.agency_id, channel=channel, recipient=recipient, payload=payload, at=at, gated=True,
            key=f"{letter.step}:{case.number}:{letter.written_on.isoformat()}:{channel}",
            client=case.client_id, case=case.id,
        )  # fmt: skip
        attempt, _made = ContactAttempt.objects.get_or_create(
            message=message,
            defaults={
                "agency_id": case.agency_id, "case": case, "client_id": case.client_id,
                "step": letter.step, "channel": channel, "document": document,
                "contact": letter.email_to if channel == "email" else None,
                "language": letter.language, "made_at": at, "answer_by": letter.deadline_on,
                "by_name": by.name, "owed": as_document(letter.owed),
            },
        )  # fmt: skip
        attempts.append(attempt)
        fault("letter.queued")
    record(
        agency=case.agency_id, kind="LetterWritten", by=by, at=at, case=case.id, client=case.client_id,
        audience="debtor", step=letter.step, channels=list(letter.channels), document=str(document.id),
        title=paper.title, total=str(letter.owed.total), currency=case.currency,
        deadline_on=letter.deadline_on.isoformat(),
    )  # fmt: skip
    return attempts


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
        link=letter.link, code=letter.code,
    )  # fmt: skip


def posted(debtor: Debtor) -> tuple[str, ...]:
    """Street lines, then postcode and city where they are kept apart."""
    place = f"{debtor.postcode} {debtor.city}".strip()
    return (*debtor.address, *([place] if place and place not in debtor.address else []))


def ground(language: str) -> str:
    with translation.override(language.lower()):
        return _("goods and services delivered")


def addressed(
    case: Case, letter: Letter, channel: str, document: str, sha256: str, title: str
) -> tuple[str, dict[str, Any]]:
    """Recipient and payload for one channel."""
    if channel == "letter":
        return f"{case.debtor.name}, {', '.join(posted(case.debtor))}"[:320], {
            "document": document,
            "sha256": sha256,
        }
    with translation.override(letter.language.lower()):
        text = _(
            "Dear Sir or Madam,\n\n"
            "we write on behalf of %(creditor)s. The enclosed letter says what is owed, why, and how to pay "
            "or object by %(deadline)s.\n\nEverything, with your documents, is here:\n%(link)s\n\n"
            "If you have paid in the meantime, please accept our thanks.\n\n%(collector)s\n%(agency)s"
        ) % {
            "creditor": case.client.name, "deadline": day(letter.deadline_on, language_of(letter.language)), "link": letter.link,
            "collector": letter.collector.name, "agency": letter.sender.name,
        }  # fmt: skip
    assert letter.email_to is not None
    subject = f"{title} – {case.client.name}"
    return letter.email_to.email, {"subject": subject, "text": text, "attachments": [document]}
