"""The folder of insolvency notices: what a register's download puts there is taken by the worker, as the
bank folder's files are (`working/`, `done/`, `refused/` with the reason beside it)."""

import logging
import time
from datetime import datetime
from pathlib import Path

from recoup.jobs.bank_in import claimed, free
from recoup.journeys.insolvency.take import take_notices
from recoup.kernel.actor import Actor, ActorKind
from recoup.kernel.durable import write_whole
from recoup.kernel.refusal import Refusal
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

log = logging.getLogger(__name__)
BY = Actor(ActorKind.SYSTEM, "Notices folder")


def take_folder(
    *, agency: Agency, folder: Path, now: datetime, wall: float | None = None
) -> dict[str, int]:
    """Take every settled file of the agency's folder; counts of taken, known and refused."""
    counts = {"taken": 0, "known": 0, "refused": 0}
    place = folder / agency.slug
    if not place.is_dir():
        return counts
    for name in ("working", "done", "refused"):
        (place / name).mkdir(mode=0o700, exist_ok=True)
    for path in claimed(place, time.time() if wall is None else wall):
        counts[take_one(agency, place, path, now)] += 1
    return counts


def take_one(agency: Agency, place: Path, path: Path, now: datetime) -> str:
    try:
        with scope(agency.id):
            taken = take_notices(
                agency=agency, content=path.read_bytes(), name=path.name, by=BY, at=now
            )
    except Refusal as refusal:
        log.error("notices folder, %s: %s", path.name, refusal.sentence())
        target = free(place / "refused", path.name)
        write_whole(
            target.with_name(target.name + ".reason.txt"), (refusal.sentence() + "\n").encode()
        )
        path.rename(target)
        return "refused"
    path.rename(free(place / "done", path.name))
    return "known" if taken.again else "taken"
