"""A call agreed for half past nine there stays at half past nine there, whatever becomes of the clocks (DT09).

An appointment is kept as an instant and as the words of its place: day, hour and zone. Where a newer table of
zones says that this hour is another instant by now, the instant moves, and the case's story says so.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from recoup.cases.models import Case, Task
from recoup.contact.rules import zone
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency


def said_there(call_at: datetime, clock: str) -> dict[str, str]:
    """What a task of an agreed call keeps beside its instant: the hour there, in words that no table changes."""
    place = zone(clock)
    there = call_at.astimezone(place)
    return {"there": there.strftime("%Y-%m-%dT%H:%M"), "zone": place.key, "fold": str(there.fold)}


def instant_of(said: dict[str, str]) -> datetime:
    """The instant that is now meant by an hour there."""
    there = datetime.fromisoformat(said["there"]).replace(fold=int(said.get("fold", "0")))
    return there.replace(tzinfo=ZoneInfo(said["zone"])).astimezone(UTC)


def keep_hours(*, agency: Agency, by: Actor, at: datetime) -> int:
    """Move the agreed calls to come whose hour there has become another instant; how many. Again it does nothing."""
    moved = 0
    with scope(agency.id), transaction.atomic():
        ahead = Task.objects.select_for_update(of=("self",)).filter(
            agency_id=agency.id, kind="call", done_at=None, due_at__gt=at, params__has_key="there"
        )
        for task in ahead.order_by("id"):
            meant, was = instant_of(task.params), task.due_at
            if meant == was or was is None:
                continue
            Task.objects.filter(id=task.id).update(due_at=meant)
            if task.case_id is not None:
                case = Case.objects.get(id=task.case_id)
                record(
                    agency=agency.id, kind="CallBackMoved", by=by, at=at, case=case.id, client=case.client_id,
                    audience="internal", was=was.isoformat(), when=meant.isoformat(), on=task.params["there"][:10],
                    there=task.params["there"][11:], zone=task.params["zone"],
                )  # fmt: skip
            moved += 1
    return moved
