"""What came in and may be malware is kept apart, by its content: nobody opens it until a later scan or a person
has released it. Fails closed: what could not be scanned is kept apart too."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from recoup.eventlog.operations import record
from recoup.files.models import Document, Quarantine
from recoup.files.operations import path_of, store
from recoup.files.scan import Scanned, scan
from recoup.kernel.actor import SYSTEM, Actor
from recoup.kernel.refusal import N_, Refusal

HELD = N_(
    "%(file)s is kept apart: it could not be checked for malware yet. It is looked at as soon as it has been."
)
INFECTED = N_(
    "%(file)s is kept apart: the malware scanner found %(found)s in it. Send a clean file."
)


def held_back(file: str, found: Scanned) -> Refusal | None:
    """Why a file is kept apart; None for a clean one."""
    if found.clean:
        return None
    if found.clean is None:
        return Refusal("file_unscanned", HELD, file=file)
    return Refusal("file_infected", INFECTED, file=file, found=found.found)


def keep_apart(
    *, agency: UUID, content: bytes, name: str, found: Scanned, by: Actor, at: datetime
) -> Quarantine:
    """Keep the bytes and that they are held; the same bytes are held once."""
    digest = store(content)
    with transaction.atomic():
        made, fresh = Quarantine.objects.get_or_create(
            agency_id=agency, sha256=digest,
            defaults={"name": name[:200], "infected": found.clean is False, "found": found.found, "at": at, "by_name": by.name},
        )  # fmt: skip
        if fresh:
            record(agency=agency, kind="FileQuarantined", by=by, at=at, audience="internal", name=made.name,
                   sha256=digest, found=found.found)  # fmt: skip
    return made


def is_held(document: Document) -> bool:
    return document.sha256 in held(document.agency_id, [document.sha256])


def held(agency: UUID, digests: Iterable[str]) -> set[str]:
    rows = Quarantine.objects.filter(
        agency_id=agency, sha256__in=list(digests), released_at__isnull=True
    )
    return set(rows.values_list("sha256", flat=True))


@transaction.atomic
def release(*, one: Quarantine, because: str, by: Actor, at: datetime) -> None:
    """A person has looked and takes the responsibility. Raises `Refusal` `reason_missing`, `released_already`."""
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    waiting = Quarantine.objects.filter(id=one.id, released_at__isnull=True)
    if not waiting.update(released_at=at, released_by=by.name, because=because.strip()[:300]):
        raise Refusal("released_already", N_("Somebody has released this file already."))
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
