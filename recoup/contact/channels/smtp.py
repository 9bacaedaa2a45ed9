"""E-mail by SMTP. The Message-ID is made from the outbox key, so that the same message always carries
the same one; plain SMTP cannot be asked afterwards what it took, the local catcher can."""

import smtplib
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from recoup.contact.channels.refused import CannotSend
from recoup.files.models import Document
from recoup.files.operations import content_of
from recoup.kernel.faults import fault
from recoup.outbox.models import Message
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency


class Smtp:
    """One connection per message; a refusal of the recipient or the content is final."""

    def message_id(self, message: Message) -> str:
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
        return f"<{message.id.hex}@{domain}>"

    def look_up(self, message: Message) -> str | bool | None:
        if not settings.MAIL_CATCHER:
            return None
        from re import sub

        name = sub(r"[^A-Za-z0-9.@_-]", "_", self.message_id(message).strip("<>")) + ".eml"
        return self.message_id(message) if (Path(settings.MAIL_ROOT) / name).exists() else False

    def hand_over(self, message: Message) -> str:
        """Raises `CannotSend` for a final refusal; anything else may be tried again."""
        email = self.composed(message)
        try:
            email.connection = get_connection()
            email.send()
        except smtplib.SMTPRecipientsRefused as refusal:
            codes = [code for code, _ in refusal.recipients.values()]
            if all(code >= 500 for code in codes):
                raise CannotSend(f"the recipient was refused ({codes[0]})") from None
            raise
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refusal:
            if refusal.smtp_code >= 500:
                raise CannotSend(f"the message was refused ({refusal.smtp_code})") from None
            raise
        fault("email.handed_over")
        return self.message_id(message)

    def composed(self, message: Message) -> EmailMultiAlternatives:
        payload = message.payload
        with scope(message.agency_id):
            agency = Agency.objects.get(id=message.agency_id)
            found = Document.objects.in_bulk(payload.get("attachments", []))
            parts = [(d.name, content_of(d), d.media_type) for d in found.values()]
        if len(parts) != len(payload.get("attachments", [])):
            raise CannotSend("an attachment is missing")
        sender = f"{payload.get('from_name') or agency.name} <{settings.DEFAULT_FROM_EMAIL}>"
        email = EmailMultiAlternatives(
            subject=payload["subject"], body=payload["text"], from_email=sender,
            to=[message.recipient], reply_to=[agency.email],
            headers={"Message-ID": self.message_id(message), "Auto-Submitted": "auto-generated"},
        )  # fmt: skip
        if payload.get("html"):
            email.attach_alternative(payload["html"], "text/html")
        for name, content, media_type in parts:
            email.attach(name, content, media_type)
        return email
