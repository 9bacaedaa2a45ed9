"""The only writers of notices."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import N_, Refusal
from recoup.notices.models import Notice
from recoup.notices.rules import How
from recoup.tenancy.models import Member


def notice_of(member: Member, *, at: datetime) -> Notice:
    """The person's wish; made on first sight, so that nobody is told of what was before them."""
    assert member.client_id is not None
    found, _ = Notice.objects.get_or_create(
        member=member,
        defaults={
            "agency_id": member.agency_id, "client_id": member.client_id, "told_upto": new_id(), "at": at,
        },
    )  # fmt: skip
    return found


@transaction.atomic
def choose(*, member: Member, how: str, by: Actor, at: datetime) -> Notice:
    """How this person wants to be told from now on. Coming back from none, nothing of the time between
    is told. Raises `Refusal` `notice_unknown`."""
    if how not in set(How):
        raise Refusal(
            "notice_unknown", N_("Please choose one of them."), field="how", found=how[:20]
        )
    known = notice_of(member, at=at)
    if known.how == how:
        return known
    changed = {"how": how, "at": at} | ({"told_upto": new_id()} if known.how == How.NONE else {})
    Notice.objects.filter(id=known.id).update(**changed)
    record(agency=member.agency_id, kind="NoticesChosen", by=by, at=at, client=member.client_id,
           audience="internal", how=how, name=str(member.user))  # fmt: skip
    known.how = how
    return known


def told(*, notice: Notice, upto: UUID, on: date) -> None:
    """In the caller's transaction, with the digest's own queueing."""
    Notice.objects.filter(id=notice.id).update(told_upto=upto, told_on=on)
