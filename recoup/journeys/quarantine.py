"""Files kept apart and released, with their events; what could not be scanned is scanned again."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from recoup.eventlog.operations import record
from recoup.files.models import Quarantine
from recoup.files.operations import path_of
from recoup.files.quarantine import let_go, set_apart
from recoup.files.scan import Scanned, scan
from recoup.kernel.actor import SYSTEM, Actor


@transaction.atomic
def keep_apart(
    *, agency: UUID, content: bytes, name: str, found: Scanned, by: Actor, at: datetime
) -> Quarantine:
    """Keep the bytes and that they are held, once."""
    made, fresh = set_apart(agency=agency, content=content, name=name, found=found, by=by, at=at)
    if fresh:
        record(agency=agency, kind="FileQuarantined", by=by, at=at, audience="internal", name=made.name,
               sha256=made.sha256, found=found.found)  # fmt: skip
    return made


Piece = tuple[str, bytes, Scanned]


def unclean(pieces: Iterable[tuple[str, bytes]]) -> list[Piece]:
    """(name, content) of those that the scanner does not call clean, with what it says. Asks the scanner:
    outside any transaction."""
    judged = ((name, content, scan(content)) for name, content in pieces)
    return [one for one in judged if not one[2].clean]


def keep_all_apart(*, agency: UUID, pieces: Iterable[Piece], by: Actor, at: datetime) -> None:
    for name, content, found in pieces:
        keep_apart(agency=agency, content=content, name=name, found=found, by=by, at=at)


@transaction.atomic
def release(*, one: Quarantine, because: str, by: Actor, at: datetime) -> None:
    """A person has looked, or a later scan has. Raises `Refusal` as `let_go`."""
    let_go(one=one, because=because, by=by, at=at)
    record(agency=one.agency_id, kind="FileReleased", by=by, at=at, audience="internal", name=one.name,
           sha256=one.sha256, because=because.strip()[:300])  # fmt: skip


def scan_again(*, agency: UUID, at: datetime, most: int = 100) -> dict[str, int]:
    """Scan what could not be scanned: the clean is released, the infected stays. Call where the whole agency
    is visible."""
    counts = {"released": 0, "infected": 0, "waiting": 0}
    rows = Quarantine.objects.filter(agency_id=agency, infected=False, released_at__isnull=True)
    for one in rows.order_by("at", "id")[:most]:
        found = scan(path_of(one.sha256).read_bytes())
        if found.clean:
            release(one=one, because="A later scan found nothing.", by=SYSTEM, at=at)
            counts["released"] += 1
        elif found.clean is False:
            Quarantine.objects.filter(id=one.id).update(infected=True, found=found.found)
            counts["infected"] += 1
        else:
            counts["waiting"] += 1
    return counts
