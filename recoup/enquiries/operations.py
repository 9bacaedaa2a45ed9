"""Writers of enquiries."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from recoup.agreements.models import Quote
from recoup.enquiries.models import Enquiry
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.operations import mail, needed
from recoup.parties.rules import clean

LONGEST = 4000


@transaction.atomic
def take_enquiry(
    *, agency: UUID, key: UUID, name: str, company: str, email: str, phone: str, language: str,
    time_zone: str, call_at: datetime | None, message: str, quote: Quote | None, by: Actor, at: datetime,
) -> tuple[Enquiry, bool]:  # fmt: skip
    """Keep an enquiry, once per `key`; the row and whether it is new.

    Raises `Refusal` `missing`, `email_invalid`, `phone_needed` (a call without a number), `text_broken`.
    """
    number = clean(phone, 40)
    if call_at is not None and sum(c.isdigit() for c in number) < 5:
        raise Refusal(
            "phone_needed", N_("Give the number at which we may call you."), field="phone"
        )
    values = {
        "name": needed(name, "name", 150), "company": clean(company, 200), "email": needed(mail(email), "email", 254),
        "phone": number, "language": language, "time_zone": time_zone, "call_at": call_at,
        "message": "\n".join(clean(line, 1000) for line in message.splitlines())[:LONGEST], "quote": quote, "made_at": at,
    }  # fmt: skip
    made, fresh = Enquiry.objects.get_or_create(agency_id=agency, key=key, defaults=values)
    if fresh:
        record(agency=agency, kind="EnquiryReceived", by=by, at=at, audience="internal", name=made.name,
               company=made.company, call_at=call_at.isoformat() if call_at else "", quote=quote.number if quote else "")  # fmt: skip
    return made, fresh


@transaction.atomic
def answer_enquiry(*, enquiry: Enquiry, outcome: str, by: Actor, at: datetime) -> None:
    """Somebody has answered; of two at once the second is refused. Raises `Refusal` `enquiry_answered`,
    `missing`."""
    said = needed(outcome, "outcome", 1000)
    open_one = Enquiry.objects.filter(id=enquiry.id, answered_at=None)
    if not open_one.update(answered_at=at, answered_by=by.name, outcome=said):
        first = Enquiry.objects.get(id=enquiry.id)
        raise Refusal(
            "enquiry_answered", N_("This was already done by %(who)s."), who=first.answered_by
        )
    record(
        agency=enquiry.agency_id,
        kind="EnquiryAnswered",
        by=by,
        at=at,
        audience="internal",
        name=enquiry.name,
        because=said,
    )


def forget_enquiry(enquiry: Enquiry) -> dict[str, str]:
    """Empty what names a person, inside the caller's transaction; what it held."""
    names = ("name", "company", "email", "phone", "message")
    held = {name: getattr(enquiry, name) for name in names}
    Enquiry.objects.filter(id=enquiry.id).update(**dict.fromkeys(names, ""))
    return held
