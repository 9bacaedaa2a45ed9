"""The chain's newest place, published outside the database: `heads/<agency>.jsonl`, a line a minute at
the most. Copy the file to where the database's administrator cannot write."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from recoup.eventlog.models import Seal
from recoup.kernel.durable import append_line
from recoup.tenancy.context import scope

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
    append_line(file_of(agency), json.dumps(asdict(head)).encode())
    return head


def published_heads(agency: UUID) -> list[Head]:
    """The last heads published, some hundreds; a line torn by a crash is passed over."""
    path = file_of(agency)
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
