"""E-mails to a client: written in the client's language, queued in the change's own transaction."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext, override

from recoup.kernel.money import Money
from recoup.kernel.refusal import N_
from recoup.outbox.models import Message
from recoup.outbox.operations import queue
from recoup.paper import figures
from recoup.paper.languages import Language, spoken_or_english
from recoup.parties.models import Client, Division
from recoup.tenancy.models import Agency

# A marked sentence; with gaps of its own where it does not share those of the whole e-mail.
Paragraph = str | tuple[str, dict[str, Any]]
GREETING = N_("Hello,")
REGARDS = N_("Kind regards,")


def mail_client(
    *, agency: Agency, client: Client, key: str, template: str, subject: str,
    paragraphs: Sequence[Paragraph], params: dict[str, Any], attachments: Sequence[UUID] = (),
    case: UUID | None = None, purpose: str = "", at: datetime,
) -> Message | None:  # fmt: skip
    """Queue one e-mail; the same `key` again queues nothing more. None when the client has no address, or is the
    agency itself. About a case it goes to the address of its division, where that has one.

    `subject` and `paragraphs` are marked sentences with gaps for `params`, whose money and days are
    written as the language does.
    """
    own = (
        Division.objects.filter(cases__id=case).values_list("email", flat=True).first()
        if case
        else ""
    )
    recipient = own or client.email
    if not recipient or client.own:
        return None
    return mail_person(
        agency=agency, recipient=recipient, language=client.language, key=key, template=template,
        subject=subject, paragraphs=paragraphs, params=params, attachments=attachments,
        client=client.id, case=case, purpose=purpose, at=at,
    )  # fmt: skip


def mail_person(
    *, agency: Agency, recipient: str, language: str, key: str, template: str, subject: str,
    paragraphs: Sequence[Paragraph], params: dict[str, Any], attachments: Sequence[UUID] = (),
    client: UUID | None = None, case: UUID | None = None, purpose: str = "", html: str = "", at: datetime,
) -> Message:  # fmt: skip
    """Queue one e-mail to anybody who is not a debtor; as `mail_client`. `html`: the same, for mail programs that
    show it.

    With a `purpose` (`consent.rules.PURPOSES`) the e-mail has an unsubscribe link, and does not leave
    once its reader has said no to that purpose; without one it is a letter of a contract.
    """
    spoken = spoken_or_english(language)
    with override(spoken.code.lower()):
        filled = {name: said(value, spoken) for name, value in params.items()}
        text = "\n\n".join(written(part, filled, spoken) for part in (GREETING, *paragraphs))
        payload = {
            "template": template, "language": spoken.code, "subject": gettext(subject) % filled,
            "text": f"{text}\n\n{gettext(REGARDS)}\n{agency.name}\n",
            "attachments": [str(document) for document in attachments], "from_name": agency.name,
            **({"purpose": purpose} if purpose else {}), **({"html": html} if html else {}),
        }  # fmt: skip
    return queue(
        agency=agency.id, channel="email", key=key, recipient=recipient, payload=payload, at=at,
        gated=False, client=client, case=case,
    )  # fmt: skip


def written(part: Paragraph, filled: dict[str, Any], spoken: Language) -> str:
    sentence, own = (part, {}) if isinstance(part, str) else part
    return gettext(sentence) % (filled | {name: said(value, spoken) for name, value in own.items()})


def said(value: Any, spoken: Language) -> Any:
    if isinstance(value, Money):
        return figures.money(value, spoken)
    if isinstance(value, date):
        return figures.day(value, spoken)
    if isinstance(value, Decimal):
        return figures.percent(value, spoken)
    return value


def portal_link(number: str) -> str:
    """Where a client reads a case."""
    return f"{settings.ORIGIN}/client/cases/{number}/"
