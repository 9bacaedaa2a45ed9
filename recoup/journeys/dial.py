"""Click to call: the gate is asked and its answer kept; where the house has a dialler the call is queued, and
the provider rings the collector first. Otherwise the collector's own telephone dials the permitted number."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from recoup.cases.models import Case, CollectorProfile
from recoup.contact.sms import dialled
from recoup.journeys.asking_to_call import MayCall, ask_to_call
from recoup.kernel.actor import Actor
from recoup.outbox.operations import queue
from recoup.parties.models import Contact
from recoup.tenancy.models import Agency, Member


def dial(
    *, agency: Agency, case: Case, contact: Contact | None, member: Member | None, by: Actor, at: datetime
) -> tuple[MayCall, bool]:  # fmt: skip
    """(the gate's answer as kept, whether the dialler was asked to ring). Pressed twice within a permit: one
    call."""
    with transaction.atomic():
        answer = ask_to_call(agency=agency, case=case, contact=contact, by=by, at=at)
        ring_first = own_phone(member) if settings.DIALLER_URL else ""
        number = dialled(answer.phone, case.debtor.country)
        if answer.permit is None or not ring_first or not number:
            return answer, False
        queue(
            agency=agency.id, channel="call", key=f"call:{answer.permit}", recipient=number,
            payload={"ring_first": ring_first, "permit": str(answer.permit)}, at=at, gated=True,
            client=case.client_id, case=case.id,
        )  # fmt: skip
        return answer, True


def own_phone(member: Member | None) -> str:
    profile = CollectorProfile.objects.filter(member=member).first() if member else None
    return profile.phone if profile else ""
