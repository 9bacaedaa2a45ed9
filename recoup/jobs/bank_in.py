"""The watched folder: bank files that a bank's client or a person puts there, and those fetched from a bank's
SFTP server, are taken by the worker.

Below the folder each agency has one by its slug. A file is renamed into `working/` (atomic: one worker
has it), taken, and renamed into `done/` or `refused/`, there with a note of the reason beside it. What
a killed worker left in `working/` is taken up again; nothing is booked twice by that.
"""

import json
import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from recoup.jobs.sftp import SLUG, Sftp
from recoup.journeys.collect import take_bank_file
from recoup.kernel.actor import Actor, ActorKind
from recoup.kernel.durable import write_whole
from recoup.kernel.faults import fault
from recoup.kernel.refusal import Refusal
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

log = logging.getLogger(__name__)
SETTLED_SECONDS = 10  # a younger file may still be growing
UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")
BY = Actor(ActorKind.SYSTEM, "Bank folder")


def take_folder(
    *, agency: Agency, folder: Path, now: datetime, wall: float | None = None
) -> dict[str, int]:
    """Take every settled file of the agency's folder; counts of taken, held, known and refused."""
    counts = {"taken": 0, "held": 0, "known": 0, "refused": 0}
    place = folder / agency.slug
    if not place.is_dir():
        return counts
    for name in ("working", "done", "refused"):
        (place / name).mkdir(mode=0o700, exist_ok=True)
    for path in claimed(place, time.time() if wall is None else wall):
        counts[take_one(agency, place, path, now)] += 1
    return counts


def bank_line(agency: Agency) -> Sftp | None:
    """The agency's folder at its bank; None where the installation has none, for a sandbox, and in a copy for
    trying out: it would take the files away from the house itself."""
    where = settings.BANK_SFTP
    if not where or settings.ONLY_TO or agency.sandbox or not SLUG.fullmatch(agency.slug):
        return None
    return Sftp(f"{where}/{agency.slug}")


def fetch(*, agency: Agency, there: Sftp, folder: Path) -> int:
    """Bring what is new at the bank's server into the agency's folder; how many files. A file is fetched once
    it has not grown since the look before, and put into `done/` there if the bank lets us; if not, it is
    known again by its name, size and day. One fetched twice is booked once (`take_bank_file`); one that cannot
    be read is tried again and stands in no other's way."""
    place = folder / agency.slug
    kept = place / "fetched"
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = {name: as_it_is for name, as_it_is in there.listed("").items() if is_whole(name)}
    last = kept / "listed.json"
    before = json.loads(last.read_text()) if last.exists() else {}
    write_whole(last, json.dumps(now).encode())
    brought = 0
    for name, as_it_is in sorted(now.items()):
        mark = kept / sha256(f"{name} {as_it_is}".encode()).hexdigest()
        if before.get(name) != as_it_is or mark.exists():
            continue
        try:
            content = there.get(name)
        except OSError as error:
            log.error("%s at the bank of %s could not be read: %s", name, agency.slug, error)
            continue
        write_whole(free(place, name), content)
        fault("folder.fetched")
        mark.touch(mode=0o600)
        with suppress(OSError):
            there.move(name, f"done/{name}")
        brought += 1
    return brought


def is_whole(name: str) -> bool:
    return not name.startswith(".") and not name.lower().endswith(UNFINISHED)


def claimed(place: Path, wall: float) -> Iterator[Path]:
    """Files of our own: those an earlier worker left, then the new ones, the oldest first."""
    yield from sorted(p for p in (place / "working").iterdir() if p.is_file())
    waiting = [
        p for p in place.iterdir() if p.is_file() and not p.is_symlink() and is_settled(p, wall)
    ]
    for path in sorted(waiting, key=lambda p: (p.stat().st_mtime, p.name)):
        mine = free(place / "working", path.name)
        try:
            path.rename(mine)
        except FileNotFoundError:
            continue  # another worker was first
        fault("folder.claimed")
        yield mine


def is_settled(path: Path, wall: float) -> bool:
    return is_whole(path.name) and wall - path.stat().st_mtime >= SETTLED_SECONDS


def take_one(agency: Agency, place: Path, path: Path, now: datetime) -> str:
    try:
        with scope(agency.id):
            status = take_bank_file(
                agency=agency, content=path.read_bytes(), name=path.name, by=BY, at=now
            ).status
    except Refusal as refusal:
        log.error("bank folder, %s: %s", path.name, refusal.sentence())
        target = free(place / "refused", path.name)
        write_whole(
            target.with_name(target.name + ".reason.txt"), (refusal.sentence() + "\n").encode()
        )
        path.rename(target)
        return "refused"
    fault("folder.taken")
    path.rename(free(place / "done", path.name))
    return status


def free(folder: Path, name: str) -> Path:
    """A name in the folder that nothing has yet."""
    path, number = folder / name, 1
    while path.exists():
        number += 1
        path = folder / f"{number}-{name}"
    return path
