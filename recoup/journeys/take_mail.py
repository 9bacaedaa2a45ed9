"""An e-mail comes in: whose it is, what it says, and what follows, all or nothing and once.

Nothing is ever answered automatically, so two robots cannot write to each other, and nothing that the
text demands is done: a person reads it, with a suggestion beside it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from recoup.cases.models import Case
from recoup.cases.operations import add_task
from recoup.cases.states import Stage
from recoup.contact.mailbox import Bounce, Kind, Mail, read_bounce, read_mail
from recoup.contact.models import InboundMail
from recoup.contact.operations import assign_mail, keep_mail
from recoup.contact.operations.inbound import key_of
from recoup.contact.operations.permits import reminder_of
from recoup.eventlog.operations import record
from recoup.journeys.quarantine import keep_all_apart, unclean
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_
from recoup.outbox.models import Message
from recoup.parties.models import Contact
from recoup.parties.operations import mark_contact_bad, opt_contact_out
from recoup.tenancy.models import Agency

CASE_NUMBER = re.compile(r"\bR-\d{4}-\d{6}\b")
SOFT_IS_HARD = 3  # refusals in a row after which an address is taken for a bad one
SUGGESTED = {
    "insolvency": N_("speaks of insolvency: check it and stop contact"),
    "lawyer": N_("names a lawyer: write to the lawyer only"),
    "wrong_person": N_("says it is the wrong company or person"),
    "opt_out": N_("asks not to be written to"),
    "promised": N_("promises to pay"),
    "paid_already": N_("says it has been paid: look for the payment"),
    "disputes": N_("disputes the claim"),
    "wants_plan": N_("wants to pay in parts"),
    "wants_papers": N_("asks for documents"),
    "": N_("read and answer"),
}


@dataclass(frozen=True, slots=True)
class Whose:
    """What is known of where an e-mail belongs."""

    case: Case | None = None
    contact: Contact | None = None
    message: Message | None = None


def take_mail(
    *, agency: Agency, content: bytes, name: str, by: Actor, at: datetime
) -> InboundMail | None:
    """Take one e-mail as it came from the server; None when it was taken before. Raises `Refusal` as
    `read_mail`: the caller keeps the file and goes on with the next."""
    mail = read_mail(content, file=name)
    if InboundMail.objects.filter(agency_id=agency.id, key=key_of(mail, content)).exists():
        return None
    # Nobody asked for these files: what the scanner does not call clean is given to nobody, nor the mail around it.
    held = unclean([(name, content), *((part.name, part.content) for part in mail.attachments)])
    bounces = read_bounce(mail)
    bounce = next((b for b in bounces if b.kind is Kind.HARD), bounces[0] if bounces else None)
    with transaction.atomic():
        whose = whose_is(agency, mail, bounce, content)
        row = keep_mail(
            agency=agency.id, content=content, mail=mail, bounce=bounce, case=whose.case,
            contact=whose.contact, message=whose.message, by=by, at=at,
        )  # fmt: skip
        if row is not None:
            keep_all_apart(agency=agency.id, pieces=held, by=by, at=at)
            Taking(agency, row, whose, by, at, mail.unread).follow()
    return row


def give_to_case(*, mail: InboundMail, case: Case, by: Actor, at: datetime) -> None:
    """A person gives an e-mail that nobody knew to a case; then as if it had come to it."""
    with transaction.atomic():
        assign_mail(mail=mail, case=case, by=by, at=at)
        Taking(case.agency, mail, Whose(case, mail.contact, mail.message), by, at).follow()


def whose_is(agency: Agency, mail: Mail, bounce: Bounce | None, content: bytes) -> Whose:
    """By our own message that it answers or returns; by the number of a case in it; by its sender, when
    all that is open of that sender is one case."""
    message = our_message(agency, mail, content)
    address = (
        bounce.address if bounce and bounce.kind is not Kind.AUTO_REPLY else ""
    ) or mail.sender
    if message is not None and message.case_id is not None:
        case = Case.objects.filter(id=message.case_id).first()
        return Whose(case, contact_at(agency, case, message.recipient or address), message)
    numbers = set(CASE_NUMBER.findall(f"{mail.subject}\n{mail.text}"))
    cases = list(Case.objects.filter(agency_id=agency.id, number__in=numbers)[:2])
    if len(cases) != 1 and not bounce:
        debtors = Contact.objects.filter(agency_id=agency.id, email__iexact=mail.sender).values(
            "debtor"
        )
        open_ones = Case.objects.filter(agency_id=agency.id, debtor__in=debtors).exclude(
            stage=Stage.CLOSED
        )
        cases = list(open_ones[:2])
    if len(cases) == 1:
        return Whose(cases[0], contact_at(agency, cases[0], address), message)
    return Whose(None, reminded_at(message), message)


def reminded_at(message: Message | None) -> Contact | None:
    """Whom a client's own reminder went to: there is no case yet, but the address is the debtor's."""
    reminder = reminder_of(message) if message else None
    return reminder.contact if reminder else None


def our_message(agency: Agency, mail: Mail, content: bytes) -> Message | None:
    """The message of ours that is answered or returned: its id stands in the headers, in the address it
    came back to, or in the letter returned below the notice."""
    domain = re.escape(settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> "))
    named = re.compile(rf"<([0-9a-f]{{32}})@{domain}>")
    found = [m.group(1) for answer in mail.answers if (m := named.fullmatch(answer))]
    found += [m.group(1) for to in mail.recipients if (m := re.search(r"\+([0-9a-f]{32})@", to))]
    found += named.findall(content[:1_000_000].decode("latin-1"))[:5]
    for name in dict.fromkeys(found):
        message = Message.objects.filter(agency_id=agency.id, id=UUID(name)).first()
        if message is not None:
            return message
    return None


def contact_at(agency: Agency, case: Case | None, address: str) -> Contact | None:
    if case is None or not address:
        return None
    return Contact.objects.filter(
        agency_id=agency.id, debtor_id=case.debtor_id, email__iexact=address
    ).first()


@dataclass(frozen=True, slots=True)
class Taking:
    """What follows an e-mail that was kept, in the same transaction."""

    agency: Agency
    mail: InboundMail
    whose: Whose
    by: Actor
    at: datetime
    unread: tuple[str, ...] = ()

    def follow(self) -> None:
        follows: dict[str, Callable[[], None]] = {
            InboundMail.Kind.REPLY: self.replied,
            InboundMail.Kind.HARD: self.returned,
            InboundMail.Kind.SOFT: self.put_off,
            InboundMail.Kind.COMPLAINT: self.complained,
            InboundMail.Kind.AUTO_REPLY: self.away,
        }
        if step := follows.get(self.mail.kind):
            step()

    def replied(self) -> None:
        case, mail = self.whose.case, self.mail
        params = {
            "sender": mail.sender_name or mail.sender, "subject": mail.subject, "text": mail.text[:500],
            "suggestion": SUGGESTED[mail.meaning],
        }  # fmt: skip
        if case is None:
            self.task(
                f"mail:{mail.id}", "mail", N_("An e-mail of %(sender)s belongs to no case yet: “%(subject)s”. Give it to its case."),
                params, "account_manager", N_("Nothing follows from it."),
            )  # fmt: skip
            return
        record(
            agency=self.agency.id, kind="DebtorWrote", by=self.by, at=self.at, case=case.id,
            client=case.client_id, audience="client", text=mail.text, sender=params["sender"],
            subject=mail.subject, meaning=mail.meaning, phrase=mail.phrase, mail=str(mail.id),
            unread=", ".join(self.unread)[:300],
        )  # fmt: skip
        # An open task of the kind "reply" stops every message to the debtor at the gate.
        self.task(
            f"reply:{case.id}:{mail.id}", "reply", N_("%(sender)s answered by e-mail about %(case)s (%(suggestion)s): “%(text)s”"),
            params | {"case": case.number}, "collector", N_("Nothing more is sent to the debtor until somebody has read it."),
        )  # fmt: skip

    def returned(self) -> None:
        """Nobody has this address: it is not written to again."""
        self.note("MailReturned")
        case, contact = self.whose.case, self.whose.contact
        if contact is not None and contact.bad_since is None:
            mark_contact_bad(
                contact=contact, only_phone=False, by=self.by, at=self.at,
                case=case.id if case else None, client=case.client_id if case else None,
            )  # fmt: skip
        if case is not None:
            self.task(
                f"address:{case.id}:{contact.id if contact else self.mail.id}", "ask",
                N_("The e-mail to %(address)s came back (%(reason)s): find another address for %(case)s."),
                {"address": self.address, "reason": self.mail.reason, "case": case.number}, "collector",
                N_("The case goes on by letter and telephone."),
            )  # fmt: skip

    def put_off(self) -> None:
        """Refused this time; after several in a row the address is taken for a bad one."""
        self.note("MailReturned")
        contact = self.whose.contact
        if contact is None:
            return
        latest = InboundMail.objects.filter(contact=contact).order_by("-taken_at")
        kinds = list(latest.values_list("kind", flat=True)[:SOFT_IS_HARD])
        if kinds == [InboundMail.Kind.SOFT] * SOFT_IS_HARD and contact.bad_since is None:
            case = self.whose.case
            mark_contact_bad(
                contact=contact, only_phone=False, by=self.by, at=self.at,
                case=case.id if case else None, client=case.client_id if case else None,
            )  # fmt: skip

    def complained(self) -> None:
        self.note("MailComplained")
        if self.whose.contact is not None:
            opt_contact_out(contact=self.whose.contact, by=self.by, at=self.at)

    def away(self) -> None:
        """An absence is no answer and no contact."""
        self.note("AutoReplied")

    @property
    def address(self) -> str:
        message, contact = self.whose.message, self.whose.contact
        return (contact.email if contact else "") or (message.recipient if message else "")

    def note(self, kind: str) -> None:
        case = self.whose.case
        record(
            agency=self.agency.id, kind=kind, by=self.by, at=self.at, case=case.id if case else None,
            client=case.client_id if case else None, audience="internal", address=self.address,
            reason=self.mail.reason, text=self.mail.text[:500], mail=str(self.mail.id),
        )  # fmt: skip

    def task(
        self, key: str, kind: str, sentence: str, params: dict[str, Any], role: str, default: str
    ) -> None:
        case = self.whose.case
        add_task(
            agency=self.agency.id, key=key, kind=kind, sentence=sentence, params=params, role=role,
            owner=case.collector if case and role == "collector" else None,
            due_on=self.at.date() + timedelta(days=1), default=default, case=case, by=self.by, at=self.at,
        )  # fmt: skip
