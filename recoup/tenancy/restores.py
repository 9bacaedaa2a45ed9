"""A database that was restored sends nothing until somebody has compared it with what has left.

What it knows is older than what has happened: a message that it holds ready may have left, a payment file
that it never heard of may be at the bank. `Restore` is that state; the writers of what leaves ask for it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.models import Agency, Restore

NOTHING_LEAVES = N_(
    "The database was restored: nothing leaves the house until an administrator has compared it and released it."
)


def place_of_rest() -> str:
    """Where the database lies: server, timeline, database. Another one after a dump was restored elsewhere, a
    return to an earlier moment, a failover. Where a host does not tell the first two, the database alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_function_privilege('pg_control_system()', 'execute')"
            " AND has_function_privilege('pg_control_checkpoint()', 'execute')"
        )
        told: bool = cursor.fetchone()[0]
        control = (
            "(SELECT system_identifier FROM pg_control_system()), (SELECT timeline_id FROM pg_control_checkpoint()),"
            if told
            else "'-', '-',"
        )
        cursor.execute(
            f"SELECT {control} oid FROM pg_database WHERE datname = current_database()"  # noqa: S608
        )
        return "/".join(str(part) for part in cursor.fetchone())


def has_moved(agency: UUID) -> str:
    """The place the agency was last seen in, when that is another one than today's; the first time it is
    only noted."""
    here = place_of_rest()
    known = Agency.objects.filter(id=agency)
    if known.filter(lives_in="").update(lives_in=here):
        return ""
    was = str(known.values_list("lives_in", flat=True).get())
    return was if was != here else ""


def open_restore(agency: UUID) -> Restore | None:
    """Inside the agency's scope."""
    return Restore.objects.filter(agency_id=agency, released_at__isnull=True).first()


def refuse_restored(agency: UUID) -> None:
    """Raises `Refusal` `restored` while nothing may leave."""
    if open_restore(agency) is not None:
        raise Refusal("restored", NOTHING_LEAVES)


def stop(*, agency: UUID, because: str, params: dict[str, Any], at: datetime) -> Restore | None:
    """From now on nothing leaves; None when that is so already. The new place is noted, so that it is
    noticed once."""
    made = Restore(agency_id=agency, noticed_at=at, because=because, params=params)
    Restore.objects.bulk_create([made], ignore_conflicts=True)
    Agency.objects.filter(id=agency).update(lives_in=place_of_rest())
    return Restore.objects.filter(id=made.id).first()


def release(*, restore: Restore, note: str, by_name: str, at: datetime) -> None:
    """What waits may leave again. Raises `Refusal` `reason_missing`, `restore_released`."""
    if len(note.strip()) < 5:
        raise Refusal("reason_missing", N_("Please say what was compared with what."), field="note")
    still = Restore.objects.filter(id=restore.id, released_at__isnull=True)
    if not still.update(released_at=at, released_by_name=by_name, note=note.strip()[:500]):
        raise Refusal("restore_released", N_("It has been released already."))


def lost(agency: UUID) -> list[tuple[int, datetime]]:
    """(last place of the chain that the restored database had, when it was noticed) of each restore that was
    released: what was published beyond that place before that moment is known to be gone."""
    rows = Restore.objects.filter(agency_id=agency, released_at__isnull=False)
    return [(int(p.get("seq", 0)), at) for p, at in rows.values_list("params", "noticed_at")]
