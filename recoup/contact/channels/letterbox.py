"""Letters for a print house: a folder with one PDF per letter and a line of index beside it.

The file's name is the message's id, so that handing over twice writes the same file, and whether a
letter has been handed over can be seen; below `by-key` it lies under its key too. Written beside, flushed, then renamed: never half a letter.
"""

import contextlib
import json
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from recoup.contact.channels.refused import CannotSend
from recoup.contact.door import require_open
from recoup.files.models import Document
from recoup.files.operations import content_of
from recoup.kernel.durable import write_whole
from recoup.kernel.faults import fault
from recoup.outbox.models import Message
from recoup.tenancy.context import scope


class Letterbox:
    """Hands letters to the folder `LETTERS_ROOT/<agency>/`, by SFTP or a person to the print house."""

    def place(self, message: Message) -> Path:
        return Path(settings.LETTERS_ROOT) / str(message.agency_id) / f"{message.id}.pdf"

    def mark(self, message: Message) -> Path:
        """The same letter by its key: a database that was restored and has planned it anew gives it another
        id, never another key."""
        name = sha256(message.key.encode()).hexdigest()
        return Path(settings.LETTERS_ROOT) / "by-key" / str(message.agency_id) / name

    def look_up(self, message: Message) -> str | bool | None:
        if self.place(message).exists():
            return message.id.hex
        mark = self.mark(message)
        return f"by key: {mark.name}" if mark.exists() else False

    def hand_over(self, message: Message) -> str:
        """Raises `CannotSend` when the letter's document is missing or damaged, `NoPermit` without a permit of the gate."""
        require_open(message)
        with scope(message.agency_id):
            document = Document.objects.filter(id=message.payload["document"]).first()
            content = self.content(document)
        path = self.place(message)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        index = {"letter": str(message.id), "to": message.recipient, "key": message.key,
                 "sha256": message.payload.get("sha256", "")}  # fmt: skip
        entry = json.dumps(index, ensure_ascii=False).encode()
        write_whole(path.with_suffix(".json"), entry, point="letter.part_written")
        fault("letter.index_written")
        write_whole(path, content, point="letter.part_written")
        mark = self.mark(message)
        mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            mark.hardlink_to(path)
        fault("letter.handed_over")
        return message.id.hex

    @staticmethod
    def content(document: Document | None) -> bytes:
        if document is None:
            raise CannotSend("the letter's document is missing")
        try:
            return content_of(document)
        except OSError as error:
            raise CannotSend(str(error)) from None
