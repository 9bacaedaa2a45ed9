"""The post and the mail server of the simulation: they remember what they took, on disk, before they say so,
as a provider does; and refuse addresses that do not work."""

import json
import os
from datetime import datetime
from pathlib import Path

from recoup.contact.channels.refused import CannotSend
from recoup.contact.door import require_open
from recoup.outbox.models import Message


class Provider:
    """One way out. What it took is a line in the journal: one write, then flushed."""

    def __init__(self, channel: str, journal: Path, now: datetime, bounces: frozenset[str]) -> None:
        self.channel, self.journal, self.now, self.bounces = channel, journal, now, bounces

    def look_up(self, message: Message) -> str | bool | None:
        if not self.journal.exists():
            return False
        with self.journal.open() as lines:
            return message.id.hex if any(str(message.id) in line for line in lines) else False

    def hand_over(self, message: Message) -> str:
        require_open(message)
        if message.recipient in self.bounces:
            raise CannotSend("550 no such user", "recipient")
        line = json.dumps({
            "message": str(message.id), "case": str(message.case_id or ""), "channel": self.channel,
            "to": message.recipient, "at": self.now.isoformat(), "gated": message.gated,
        })  # fmt: skip
        handle = os.open(self.journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, f"{line}\n".encode())
        finally:
            os.close(handle)
        return message.id.hex


def providers(journal: Path, now: datetime, bounces: frozenset[str]) -> dict[str, Provider]:
    return {name: Provider(name, journal, now, bounces) for name in ("email", "letter")}
