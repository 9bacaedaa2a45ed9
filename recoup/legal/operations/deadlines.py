"""Deadlines: made once, done or missed once."""

from datetime import datetime

from django.db import transaction

from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.legal.models import Deadline, Proceeding
from recoup.legal.operations.proceedings import told
from recoup.legal.rules import Due, is_court_day


@transaction.atomic
def add_deadline(*, proceeding: Proceeding, due: Due, by: Actor, at: datetime) -> Deadline:
    """A deadline; the same kind counted from the same day to the same day is one. Raises `Refusal` `no_court_day`."""
    if not is_court_day(proceeding.jurisdiction, due.on):
        raise Refusal(
            "no_court_day",
            N_("%(found)s is no court day there."),
            field="on",
            found=due.on.isoformat(),
        )
    made, fresh = Deadline.objects.get_or_create(
        proceeding=proceeding, kind=due.kind, after=due.after, on=due.on,
        defaults={"agency_id": proceeding.agency_id, "client_id": proceeding.client_id, "days": due.days,
                  "source": due.source[:300], "verified": due.verified[:300], "made_at": at},
    )  # fmt: skip
    if fresh:
        told(
            proceeding,
            "DeadlineSet",
            by,
            at,
            deadline=due.kind,
            on=due.on.isoformat(),
            source=due.source,
        )
    return made


@transaction.atomic
def finish_deadline(*, deadline: Deadline, by: Actor, at: datetime) -> None:
    """It was met, or found out. Raises `Refusal` `deadline_done`."""
    if not Deadline.objects.filter(id=deadline.id, done_at=None).update(
        done_at=at, done_by=by.name
    ):
        raise Refusal("deadline_done", N_("This deadline is done already."))
    told(
        deadline.proceeding,
        "DeadlineMet",
        by,
        at,
        deadline=deadline.kind,
        on=deadline.on.isoformat(),
    )


def miss_deadline(*, deadline: Deadline, by: Actor, at: datetime) -> bool:
    """Its day has passed undone; noted once. Whether it was now."""
    if not Deadline.objects.filter(id=deadline.id, done_at=None, missed_at=None).update(
        missed_at=at
    ):
        return False
    told(
        deadline.proceeding,
        "DeadlineMissed",
        by,
        at,
        deadline=deadline.kind,
        on=deadline.on.isoformat(),
    )
    return True
