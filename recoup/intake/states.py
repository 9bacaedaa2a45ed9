"""The states of a placement and the moves between them."""

from enum import StrEnum


class State(StrEnum):
    READ = "read"  # looked at by the client; nothing is made of it yet
    QUEUED = "queued"  # confirmed; waits for the worker
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"  # the file as a whole cannot be taken
    DISCARDED = "discarded"
    UNDONE = "undone"


class RowState(StrEnum):
    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


MOVES: dict[State, tuple[State, ...]] = {
    State.READ: (State.QUEUED, State.DISCARDED, State.REFUSED),
    State.QUEUED: (State.RUNNING, State.REFUSED),
    State.RUNNING: (State.DONE, State.REFUSED),
    State.DONE: (State.UNDONE,),
    State.REFUSED: (),
    State.DISCARDED: (),
    State.UNDONE: (),
}
