"""The chain's newest place, published outside the database: `heads/<agency>.jsonl`, a line a minute at
the most. Copy the file to where the database's administrator cannot write."""

import json
import logging
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from recoup.eventlog.models import Seal
from recoup.kernel.durable import append_line
from recoup.tenancy.context import scope
from recoup.tenancy.restores import lost

log = logging.getLogger(__name__)
LAST = 64 * 1024  # bytes of the file that are read back


@dataclass(frozen=True, slots=True)
class Head:
    """A place of the chain as it was published; `at` is an ISO instant."""

    agency: str
    seq: int
    hash: str
    at: str


def file_of(agency: UUID) -> Path:
    return Path(settings.HEADS_ROOT) / f"{agency}.jsonl"


def publish_head(*, agency: UUID, at: datetime) -> Head | None:
    """Append the newest committed place, durable on return; None when it has been published. To be
    called outside any transaction of the caller's."""
    with scope(agency):
        last = Seal.objects.filter(agency_id=agency).order_by("-seq").first()
    known = published_heads(agency)
    if last is None or (known and max(h.seq for h in known) >= last.seq):
        return None
    head = Head(str(agency), last.seq, last.hash, at.isoformat())
    line = json.dumps(asdict(head)).encode()
    append_line(file_of(agency), line)
    if settings.HEADS_COPY:
        try:
            append_line(Path(settings.HEADS_COPY) / file_of(agency).name, line)
        except OSError as error:
            log.error("the chain's head could not be published to %s: %s", settings.HEADS_COPY, error)  # fmt: skip
    return head


def witnesses(agency: UUID) -> list[Head]:
    """The heads of all places they were published to: who can write one may not be able to write another."""
    found = published_heads(agency)
    if not settings.HEADS_COPY:
        return found
    copy = still_true(agency, read_heads(Path(settings.HEADS_COPY) / file_of(agency).name))
    return [*found, *(h for h in copy if h not in found)]


def published_heads(agency: UUID) -> list[Head]:
    """The last heads published, some hundreds; a line torn by a crash is passed over."""
    return still_true(agency, read_heads(file_of(agency)))


def missed(agency: UUID) -> tuple[list[Head], list[Head]]:
    """(published heads whose place is gone from the chain, those that stand there otherwise). Inside the
    agency's scope."""
    heads = witnesses(agency)
    places = Seal.objects.filter(agency_id=agency, seq__in=[h.seq for h in heads])
    kept = dict(places.values_list("seq", "hash"))
    gone = [h for h in heads if h.seq not in kept]
    return gone, [h for h in heads if h.seq in kept and kept[h.seq] != h.hash]


def still_true(agency: UUID, heads: list[Head]) -> list[Head]:
    """Without those of a time that a restore has taken back, once somebody has released it."""
    with scope(agency):
        gone = lost(agency)
    return [
        h for h in heads
        if not any(h.seq > seq and datetime.fromisoformat(h.at) <= until for seq, until in gone)
    ]  # fmt: skip


def read_heads(path: Path) -> list[Head]:
    if not path.exists():
        return []
    with open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - LAST))
        lines = file.read().split(b"\n")
    if size > LAST:
        lines = lines[1:]
    heads = []
    for line in lines:
        try:
            heads.append(Head(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return heads
