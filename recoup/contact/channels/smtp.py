"""E-mail by SMTP. The Message-ID is made from the outbox key, so that the same message always carries
the same one; plain SMTP cannot be asked afterwards what it took, the local catcher can."""

import contextlib
import re
import smtplib
from email.utils import formataddr
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils.html import format_html
from django.utils.translation import gettext, override

from recoup.consent.operations import stop_link
from recoup.consent.rules import PURPOSES
from recoup.contact.channels.refused import CannotSend, TryLater
from recoup.contact.door import require_open
from recoup.files.models import Document
from recoup.files.operations import content_of
from recoup.kernel.faults import fault
from recoup.kernel.refusal import N_
from recoup.outbox.models import Message
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

STOP_LINK = N_("Stop e-mails of this kind, or choose which you get")
STOP = N_("To get no more e-mails of this kind, or to choose which you get:")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


def one_line(text: str) -> str:
    """Names and subjects go into headers: whatever would end the line there becomes a space."""
    return UNPRINTABLE.sub(" ", text).strip()


class Smtp:
    """One connection per message; a refusal of the recipient or the content is final."""

    def message_id(self, message: Message) -> str:
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
        return f"<{message.id.hex}@{domain}>"

    def look_up(self, message: Message) -> str | bool | None:
        if not settings.MAIL_CATCHER:
            return None
        name = re.sub(r"[^A-Za-z0-9.@_-]", "_", self.message_id(message).strip("<>")) + ".eml"
        return self.message_id(message) if (Path(settings.MAIL_ROOT) / name).exists() else False

    def hand_over(self, message: Message) -> str:
        """Raises `CannotSend` for a final refusal, `TryLater` where it was certainly not taken; after
        anything else (the line broke while the message was under way) nobody can say. `NoPermit` without a permit of the gate."""
        require_open(message)
        try:
            email = self.composed(message)
            email.message()
        except (ValueError, OSError) as error:
            raise CannotSend(f"the message could not be composed ({error})") from None
        connection = get_connection()
        try:
            connection.open()
        except (OSError, smtplib.SMTPException) as error:
            raise TryLater(f"the mail server was not reached ({type(error).__name__})") from None
        fault("email.connected")
        try:
            connection.send_messages([email])
        except smtplib.SMTPRecipientsRefused as refusal:
            raise refused([code for code, _ in refusal.recipients.values()], "recipient") from None
        except smtplib.SMTPResponseException as refusal:
            raise refused([refusal.smtp_code], "message") from None
        finally:
            # A poor good-bye takes back nothing that was accepted.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                connection.close()
        fault("email.handed_over")
        return self.message_id(message)

    def return_path(self, message: Message) -> str:
        """The envelope's sender, of its own for each message, so that a bounce without any id is still
        known (variable envelope return path)."""
        user, at, domain = settings.BOUNCES.partition("@")
        return f"{user}+{message.id.hex}@{domain}" if at else ""

    def stop_link(self, message: Message) -> str:
        """Where e-mails of this kind are stopped; "" for a letter of a contract."""
        purpose = message.payload.get("purpose", "")
        if purpose not in PURPOSES:
            return ""
        return stop_link(
            agency=message.agency_id, address=message.recipient, purpose=purpose, at=message.made_at
        )

    def composed(self, message: Message) -> EmailMultiAlternatives:
        payload = message.payload
        with scope(message.agency_id):
            agency = Agency.objects.get(id=message.agency_id)
            found = Document.objects.in_bulk(payload.get("attachments", []))
            parts = [(d.name, content_of(d), d.media_type) for d in found.values()]
            stop = self.stop_link(message)
        if len(parts) != len(payload.get("attachments", [])):
            raise CannotSend("an attachment is missing")
        name = one_line(payload.get("from_name") or agency.name)
        sender = formataddr((name, settings.DEFAULT_FROM_EMAIL))
        headers = {
            "From": sender,
            "Message-ID": self.message_id(message),
            "Auto-Submitted": "auto-generated",
        }
        text = payload["text"]
        if stop:
            # RFC 8058: one press in the mail program, no page, no sign-in.
            headers |= {
                "List-Unsubscribe": f"<{stop}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            }
            text += stop_text(payload.get("language", "en"), stop)
        email = EmailMultiAlternatives(
            subject=one_line(payload["subject"]), body=text,
            from_email=self.return_path(message) or sender,
            to=[message.recipient], reply_to=[payload.get("reply_to") or agency.email], headers=headers,
        )  # fmt: skip
        if html := payload.get("html"):
            if stop:
                html = html.replace(
                    "</body>", stop_html(payload.get("language", "en"), stop) + "</body>"
                )
            email.attach_alternative(html, "text/html")
        for file, content, media_type in parts:
            email.attach(file, content, media_type)
        return email


def stop_text(language: str, link: str) -> str:
    with override(language.lower()):
        return f"\n-- \n{gettext(STOP)}\n{link}\n"


def stop_html(language: str, link: str) -> str:
    with override(language.lower()):
        return format_html(
            '<p style="max-width:560px;margin:8px auto 0;font-size:14px"><a href="{}">{}</a></p>', link, gettext(STOP_LINK)
        )  # fmt: skip


def refused(codes: list[int], what: str) -> Exception:
    """5xx is final, 4xx is for later (RFC 5321 section 4.2.1)."""
    if all(code >= 500 for code in codes):
        return CannotSend(f"the {what} was refused ({codes[0]})", what)
    return TryLater(f"the {what} was put off ({codes[0]})")
