"""What the house holds about a person (GDPR, art. 15): everything that bears an e-mail address, as a file."""

import json
import zipfile
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from recoup.consent.models import Consent, Subscriber
from recoup.contact.models import ContactAttempt, InboundMail
from recoup.enquiries.models import Enquiry
from recoup.eventlog.operations import record
from recoup.files.operations import content_of
from recoup.journeys.dossier.rows import SECRET, plain
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.outbox.models import Message
from recoup.parties.models import Contact
from recoup.tenancy.models import Agency, Member


def subject_export(*, agency: Agency, email: str, by: Actor, at: datetime) -> bytes:
    """A ZIP: data.json with the rows by kind, and the e-mails that came from the address. Nobody else's
    rows are in it. Its making is recorded. Raises `Refusal` `subject_unknown` where nothing is held."""
    address = email.strip()
    rows, mails = held(agency.id, address)
    if not any(rows.values()):
        raise Refusal("subject_unknown", N_("Nothing is held about %(found)s."), found=address, field="email")  # fmt: skip
    record(agency=agency.id, kind="SubjectInformed", by=by, at=at, audience="internal", rows=sum(map(len, rows.values())))  # fmt: skip
    about = {"agency": agency.name, "about": address, "made_at": at.isoformat(), "held": rows}
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("data.json", json.dumps(about, ensure_ascii=False, indent=1))
        for number, mail in enumerate(mails, 1):
            file.writestr(f"mail/{number:03}.eml", content_of(mail.document))
    return whole.getvalue()


def held(agency: UUID, address: str) -> tuple[dict[str, list[dict[str, Any]]], list[InboundMail]]:
    contacts = Contact.objects.filter(agency_id=agency, email__iexact=address)
    mails = InboundMail.objects.filter(agency_id=agency, sender__iexact=address).select_related("document")  # fmt: skip
    found = {
        "contacts": contacts.select_related("debtor"),
        "contact_attempts": ContactAttempt.objects.filter(agency_id=agency, contact__in=contacts),
        "mails_received": mails,
        "messages_sent": Message.objects.filter(agency_id=agency, recipient__iexact=address),
        "enquiries": Enquiry.objects.filter(agency_id=agency, email__iexact=address),
        "subscriptions": Subscriber.objects.filter(agency_id=agency, address__iexact=address),
        "consents": Consent.objects.filter(agency_id=agency, subscriber__address__iexact=address),
        "memberships": Member.objects.filter(agency_id=agency, user__email__iexact=address),
    }  # fmt: skip
    return {name: [row_of(row) for row in rows.order_by("pk")] for name, rows in found.items()}, list(mails)  # fmt: skip


def row_of(row: Any) -> dict[str, Any]:
    return {f.attname: plain(getattr(row, f.attname)) for f in row._meta.concrete_fields if f.name not in SECRET}  # fmt: skip
