"""What a collector can take, and when they are away."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from recoup.cases.models import Absence, CollectorProfile
from recoup.cases.rules.assignment import PERMISSIONS
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.models import Member
from recoup.tenancy.roles import Role

LONGEST = 366  # days of one absence


@transaction.atomic
def set_profile(
    *, member: Member, countries: Sequence[str], languages: Sequence[str], capacity: int = 200,
    absent_until: date | None = None, laws: Sequence[str] = (), experience_years: int = 0,
    permissions: Sequence[str] = (), phone: str = "", by: Actor, at: datetime,
) -> CollectorProfile:  # fmt: skip
    """What a collector can take; the last of two at once stands. Raises `Refusal`
    `permission_unknown`, `not_a_collector`."""
    if member.role not in (Role.COLLECTOR, Role.SUPERVISOR, Role.LEGAL_OFFICER):
        raise Refusal(
            "not_a_collector", N_("%(found)s does not take cases."), found=str(member.user)
        )
    for found in permissions:
        if found not in PERMISSIONS:
            raise Refusal("permission_unknown", N_("“%(found)s” is no permission."), found=found)
    said: dict[str, Any] = {
        "countries": list(countries), "languages": list(languages), "laws": list(laws),
        "experience_years": experience_years, "permissions": list(permissions), "capacity": capacity,
        "phone": phone,
    }  # fmt: skip
    profile, _ = CollectorProfile.objects.update_or_create(
        member=member, defaults={"agency_id": member.agency_id, "absent_until": absent_until} | said
    )
    record(agency=member.agency_id, kind="ProfileSet", by=by, at=at, audience="internal",
           member=str(member.user), absent_until=absent_until.isoformat() if absent_until else None, **said)  # fmt: skip
    return profile


@transaction.atomic
def plan_absence(
    *, member: Member, first_on: date, last_on: date, stand_in: Member | None, because: str, by: Actor,
    at: datetime,
) -> Absence:  # fmt: skip
    """A collector will be away. Raises `Refusal` `absence_backwards`, `absence_long`, `absence_past`,
    `absence_twice` (overlaps another), `stand_in_same`."""
    if last_on < first_on:
        raise Refusal(
            "absence_backwards", N_("The absence ends before it begins."), field="last_on"
        )
    if (last_on - first_on).days >= LONGEST:
        raise Refusal("absence_long", N_("An absence lasts a year at most."), field="last_on")
    if last_on < at.date():
        raise Refusal("absence_past", N_("The absence is over already."), field="last_on")
    if stand_in is not None and stand_in.id == member.id:
        raise Refusal("stand_in_same", N_("Nobody stands in for themselves."), field="stand_in")
    Member.objects.select_for_update().get(id=member.id)  # two at once: the second finds the first
    standing = Absence.objects.filter(member=member, cancelled_at=None, returned_at=None)
    if standing.filter(first_on__lte=last_on, last_on__gte=first_on).exists():
        raise Refusal(
            "absence_twice",
            N_("%(who)s is already away on some of these days."),
            who=str(member.user),
        )
    made = Absence.objects.create(
        agency_id=member.agency_id, member=member, stand_in=stand_in, first_on=first_on, last_on=last_on,
        because=because[:300], made_at=at, by_name=by.name,
    )  # fmt: skip
    record(agency=member.agency_id, kind="AbsencePlanned", by=by, at=at, audience="internal",
           member=str(member.user), first_on=first_on.isoformat(), last_on=last_on.isoformat())  # fmt: skip
    return made


@transaction.atomic
def end_absence(*, absence: Absence, by: Actor, at: datetime) -> None:
    """Called off before it began, or back earlier: the cases come back with the next round. Raises
    `Refusal` `absence_over`."""
    open_one = Absence.objects.filter(id=absence.id, cancelled_at=None, returned_at=None)
    if not open_one.update(cancelled_at=at):
        raise Refusal("absence_over", N_("This absence is over already."))
    record(agency=absence.agency_id, kind="AbsenceEnded", by=by, at=at, audience="internal",
           member=str(absence.member.user))  # fmt: skip
