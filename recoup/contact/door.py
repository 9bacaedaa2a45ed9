"""One door out: a channel hands a message over only while the door stands open for that very message.

`contact.operations.permits` opens it: with a permit of the gate (kept in the database in the transaction
that claims the message), or for the house's own mail, which is not to a debtor. Real channels call
`require_open` first, so that no path, however written, reaches them without.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from recoup.outbox.models import Message


class NoPermit(Exception):
    """A channel was reached past the gate. A fault of ours, never an outcome."""


_KEY = object()


@dataclass(frozen=True, slots=True)
class Pass:
    """What opens the door for one attempt (`fence`) at one message. Made by `contact.operations.permits`
    alone; `permit` is the row it rests on, None for mail that is not to a debtor."""

    message: UUID
    channel: str
    fence: int
    permit: UUID | None
    key: object

    def __post_init__(self) -> None:
        if self.key is not _KEY:
            raise NoPermit("a pass is made from a permit, not by hand")


def made_pass(message: Message, permit: UUID | None) -> Pass:
    """For `contact.operations.permits` only (a test looks who else calls it)."""
    if message.gated and permit is None:
        raise NoPermit(f"message {message.id} is to a debtor and has no permit")
    return Pass(message.id, message.channel, message.fence, permit, _KEY)


_open: ContextVar[Pass | None] = ContextVar("open_door", default=None)


@contextmanager
def opened(given: Pass) -> Iterator[None]:
    """The door stands open for what `given` names, in this thread, as long as the block lasts."""
    token = _open.set(given)
    try:
        yield
    finally:
        _open.reset(token)


def require_open(message: Message) -> None:
    """The first line of every channel. Raises `NoPermit`."""
    standing = _open.get()
    if standing is None or (standing.message, standing.channel, standing.fence) != (
        message.id, message.channel, message.fence,
    ):  # fmt: skip
        raise NoPermit(f"message {message.id} came to the door without a permit")
