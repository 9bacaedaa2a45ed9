"""Lines on their way from the reader to the books: in a temporary file, a part at a time in memory."""

import pickle
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import fields
from operator import attrgetter
from tempfile import SpooledTemporaryFile
from types import TracebackType

from recoup.payments.bankfiles.facts import Entry

PART = 2_500  # lines in memory at once: what a large file needs follows from this
VALUES = attrgetter(*(field.name for field in fields(Entry)))
SMALL = 2 * 1024 * 1024  # bytes that need no file on the disk


class Spool(AbstractContextManager["Spool"]):
    """What a reader hands over and a writer takes part by part, in the order of the file. The file has no name
    and ends with the process, so that nobody but us has written what is read back."""

    def __init__(self, part: int = PART) -> None:
        self.part, self.count = part, 0
        self.waiting: list[Entry] = []
        self.place = SpooledTemporaryFile(max_size=SMALL)  # noqa: SIM115 - closed with the spool

    def add(self, entries: Iterable[Entry]) -> None:
        self.waiting.extend(entries)
        if len(self.waiting) >= self.part:
            self.lay_down()

    def lay_down(self) -> None:
        if self.waiting:
            # As plain tuples: a row by itself would be taken apart and put together field by field.
            pickle.dump(
                [VALUES(entry) for entry in self.waiting], self.place, pickle.HIGHEST_PROTOCOL
            )
            self.count += len(self.waiting)
            self.waiting = []

    def __len__(self) -> int:
        return self.count + len(self.waiting)

    def parts(self) -> Iterator[list[Entry]]:
        """All lines from the first, any number of times."""
        self.lay_down()
        self.place.seek(0)
        left = self.count
        while left:
            rows = pickle.load(self.place)  # noqa: S301 - written above, by this process
            part = [Entry(*row) for row in rows]
            left -= len(part)
            yield part

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.place.close()
