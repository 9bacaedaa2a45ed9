"""E-mails that came in, each kept once and whole."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import connection, transaction

from recoup.cases.models import Case
from recoup.contact.mailbox import Bounce, Mail, Meaning, cut_reply, language_of_text, meaning_of
from recoup.contact.models import InboundMail
from recoup.eventlog.operations import record
from recoup.files.operations import keep
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.outbox.models import Message
from recoup.parties.models import Contact


def key_of(mail: Mail, content: bytes) -> str:
    """What makes it the same e-mail: its own Message-ID, which no two share, else its bytes."""
    return mail.message_id[:300] or sha256(content).hexdigest()


@transaction.atomic
def keep_mail(
    *, agency: UUID, content: bytes, mail: Mail, bounce: Bounce | None, case: Case | None,
    contact: Contact | None, message: Message | None, by: Actor, at: datetime,
) -> InboundMail | None:  # fmt: skip
    """Keep an e-mail; None when it was taken before. Two at once: the second waits for the first's
    commit, and then takes nothing.

    The whole e-mail lies in the files as it came, seen by the house only (a reply may quote anything).
    """
    key = key_of(mail, content)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 29))", [f"{agency}:{key}"]
        )
    if InboundMail.objects.filter(agency_id=agency, key=key).exists():
        return None
    reply = cut_reply(mail.text, sender=mail.sender_name)
    meaning = Meaning("") if bounce else meaning_of(f"{mail.subject}\n{reply.text}")
    document = keep(
        agency=agency, content=content, name=f"{mail.subject[:80] or 'e-mail'}.eml", kind="mail_in",
        media_type="message/rfc822", title=mail.subject[:200], audience="internal",
        client=case.client_id if case else None, case=case.id if case else None, by=by, at=at,
    )  # fmt: skip
    row = InboundMail.objects.create(
        agency_id=agency, key=key, document=document,
        kind=bounce.kind if bounce else InboundMail.Kind.REPLY, reason=bounce.reason[:24] if bounce else "",
        sender=mail.sender[:320], sender_name=mail.sender_name[:200], subject=mail.subject[:300],
        text=bounce.said if bounce else reply.text, language=language_of_text(reply.text),
        meaning=meaning.code, phrase=meaning.phrase, case=case, contact=contact, message=message,
        taken_at=at, sent_at=mail.sent_at,
    )  # fmt: skip
    for part in mail.attachments[:50]:
        keep(
            agency=agency, content=part.content, name=part.name, media_type="application/octet-stream",
            kind="mail_attachment", title=part.name[:200], audience="internal",
            client=case.client_id if case else None, case=case.id if case else None, by=by, at=at,
        )  # fmt: skip
    return row


@transaction.atomic
def assign_mail(*, mail: InboundMail, case: Case, by: Actor, at: datetime) -> InboundMail:
    """A person says whose the e-mail is. Raises `Refusal` `mail_assigned` when somebody was first."""
    if not InboundMail.objects.filter(id=mail.id, case__isnull=True).update(case=case):
        raise Refusal("mail_assigned", N_("This e-mail was already given to a case."))
    mail.case = case
    record(
        agency=mail.agency_id, kind="MailAssigned", by=by, at=at, case=case.id, client=case.client_id,
        audience="internal", sender=mail.sender, subject=mail.subject,
    )  # fmt: skip
    return mail


def forget_mail(mail: InboundMail) -> dict[str, str]:
    """Empty what names a person, inside the caller's transaction; what it held. The file goes after it."""
    names = ("sender", "sender_name", "subject", "text", "phrase")
    held = {name: getattr(mail, name) for name in names}
    InboundMail.objects.filter(id=mail.id).update(**dict.fromkeys(names, ""))
    return held
