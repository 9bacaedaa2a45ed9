"""Writers: what somebody agrees to, and one press to stop it."""

import secrets
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from recoup.consent.models import Consent, Subscriber
from recoup.consent.queries import folded, latest
from recoup.consent.rules import PURPOSES, WORDING_VERSION
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal


def subscriber_of(*, agency: UUID, address: str, at: datetime) -> Subscriber:
    """The address with its token, made when it is first written to. Two at once make one."""
    found, _ = Subscriber.objects.get_or_create(
        agency_id=agency,
        address=folded(address),
        defaults={"token": secrets.token_urlsafe(24), "made_at": at},
    )
    return found


@transaction.atomic
def say(
    *, subscriber: Subscriber, purpose: str, given: bool, wording: str, language: str, source: str,
    ip: str = "", by: Actor, at: datetime,
) -> Consent | None:  # fmt: skip
    """Keep a yes or a no with its words. The same again changes nothing and gives None. Two at once are
    both kept, the later counts. Raises `Refusal` `purpose_unknown`."""
    if purpose not in PURPOSES:
        raise Refusal(
            "purpose_unknown", N_("There is no such kind of e-mail: %(found)s."), found=purpose[:40]
        )
    if latest(subscriber, purpose) is given:
        return None
    made = Consent.objects.create(
        agency_id=subscriber.agency_id, subscriber=subscriber, purpose=purpose, given=given,
        wording=wording[:500], wording_version=WORDING_VERSION, language=language, source=source, ip=ip, at=at,
    )  # fmt: skip
    record(agency=subscriber.agency_id, kind="ConsentGiven" if given else "ConsentTakenBack", by=by, at=at,
           audience="internal", address=subscriber.address, purpose=purpose, version=WORDING_VERSION, source=source)  # fmt: skip
    return made


def stop_link(*, agency: UUID, address: str, purpose: str, at: datetime) -> str:
    """Where one press stops e-mails of a purpose to an address (RFC 8058)."""
    found = subscriber_of(agency=agency, address=address, at=at)
    return f"{settings.ORIGIN}/mail/{found.token}/stop/{purpose}/"
