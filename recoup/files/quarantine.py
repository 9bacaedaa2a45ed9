"""What came in and may be malware is kept apart, by its content: nobody opens it until a later scan or a person
has released it. Fails closed: what could not be scanned is kept apart too."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from recoup.files.models import Document, Quarantine
from recoup.files.operations import store
from recoup.files.scan import Scanned
from recoup.kernel.actor import Actor
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


def set_apart(
    *, agency: UUID, content: bytes, name: str, found: Scanned, by: Actor, at: datetime
) -> tuple[Quarantine, bool]:
    """Keep the bytes and that they are held; the same bytes are held once. The caller records it when new."""
    return Quarantine.objects.get_or_create(
        agency_id=agency, sha256=store(content),
        defaults={"name": name[:200], "infected": found.clean is False, "found": found.found, "at": at, "by_name": by.name},
    )  # fmt: skip


def is_held(document: Document) -> bool:
    return document.sha256 in held(document.agency_id, [document.sha256])


def held(agency: UUID, digests: Iterable[str]) -> set[str]:
    rows = Quarantine.objects.filter(
        agency_id=agency, sha256__in=list(digests), released_at__isnull=True
    )
    return set(rows.values_list("sha256", flat=True))


def let_go(*, one: Quarantine, because: str, by: Actor, at: datetime) -> None:
    """Released with the reason; the caller records it. Raises `Refusal` `reason_missing`, `released_already`."""
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    waiting = Quarantine.objects.filter(id=one.id, released_at__isnull=True)
    if not waiting.update(released_at=at, released_by=by.name, because=because.strip()[:300]):
        raise Refusal("released_already", N_("Somebody has released this file already."))
