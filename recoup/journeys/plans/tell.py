"""Messages to a debtor about its plan: by e-mail where there is an address, else by letter; through the
gate like every other, only that the plan's own hold does not stand in their way."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override

from recoup.cases.operations import make_debtor_link
from recoup.contact.models import ContactAttempt
from recoup.contact.queries import posted
from recoup.files.models import Document
from recoup.journeys.mail import said
from recoup.journeys.plans.paper import spoken
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_
from recoup.outbox.models import Message
from recoup.outbox.operations import queue
from recoup.paper.languages import LANGUAGES
from recoup.parties.models import Contact
from recoup.plans.models import Plan
from recoup.tenancy.models import Agency

LINK_LASTS = timedelta(days=400)
DEAR = N_("Dear Sir or Madam,")


def tell_debtor(
    agency: Agency, plan: Plan, *, step: str, key: str, document: Document, subject: str,
    paragraphs: Sequence[str], params: dict[str, Any], answer_by: date | None = None, by: Actor, at: datetime,
) -> Message | None:  # fmt: skip
    """Queue the message once per `key`; None where there is neither an e-mail nor a postal address."""
    case, language = plan.case, spoken(plan)
    contact = email_of(plan)
    channel = "email" if contact else "letter"
    if channel == "letter" and not case.debtor.address:
        return None
    token = make_debtor_link(case=case, expires_at=at + LINK_LASTS, by=by, at=at)
    tongue = LANGUAGES[language]
    with override(language.lower()):
        known = {name: said(value, tongue) for name, value in params.items()}
        known |= {"creditor": case.client.name, "link": f"{settings.ORIGIN}/d/{token}/"}
        text = "\n\n".join(gettext(p) % known for p in (DEAR, *paragraphs))
        payload: dict[str, Any] = {
            "subject": gettext(subject) % known, "text": f"{text}\n\n{agency.name}\n{agency.phone}\n",
            "attachments": [str(document.id)],
        }  # fmt: skip
    recipient = contact.email if contact else ""
    if channel == "letter":
        recipient = f"{case.debtor.name}, {', '.join(posted(case.debtor))}"[:320]
        payload = {"document": str(document.id), "sha256": document.sha256}
    message = queue(
        agency=agency.id, channel=channel, recipient=recipient, payload=payload, at=at, gated=True,
        key=f"{key}:{channel}", client=case.client_id, case=case.id,
    )  # fmt: skip
    ContactAttempt.objects.get_or_create(
        message=message,
        defaults={
            "agency_id": case.agency_id, "case": case, "client_id": case.client_id, "step": step,
            "channel": channel, "document": document, "contact": contact, "language": language,
            "made_at": at, "answer_by": answer_by or plan.until, "by_name": by.name, "owed": {},
        },
    )  # fmt: skip
    return message


def email_of(plan: Plan) -> Contact | None:
    return (
        Contact.objects.filter(debtor_id=plan.case.debtor_id, bad_since=None, opted_out_at=None)
        .exclude(email="").order_by("made_at").first()
    )  # fmt: skip
