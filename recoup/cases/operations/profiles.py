"""What a collector can take."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from recoup.cases.models import CollectorProfile
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.tenancy.models import Member


@transaction.atomic
def set_profile(
    *, member: Member, countries: Sequence[str], languages: Sequence[str], capacity: int = 200,
    absent_until: date | None = None, by: Actor, at: datetime,
) -> CollectorProfile:  # fmt: skip
    """The countries and languages of a collector, how many open cases, and until when away."""
    profile, _ = CollectorProfile.objects.update_or_create(
        member=member,
        defaults={"agency_id": member.agency_id, "countries": list(countries),
                  "languages": list(languages), "capacity": capacity, "absent_until": absent_until},
    )  # fmt: skip
    record(agency=member.agency_id, kind="ProfileSet", by=by, at=at, audience="internal",
           member=str(member.user), countries=list(countries), languages=list(languages),
           capacity=capacity, absent_until=absent_until.isoformat() if absent_until else None)  # fmt: skip
    return profile
