"""The states of a dispute, why one is raised, and whose word is whose."""

from enum import StrEnum


class State(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"  # the debtor is right: what it disputes falls away
    PARTLY = "partly"
    REJECTED = "rejected"  # the claim stands as it was
    WITHDRAWN = "withdrawn"  # by whoever raised it
    SETTLED = "settled"  # agreed between the two: part is given up from a day on


class Reason(StrEnum):
    NOT_RECEIVED = "not_received"
    FAULTY = "faulty"
    PRICE = "price"
    PAID = "paid"
    CREDITED = "credited"
    NOT_OURS = "not_ours"
    OTHER = "other"


class Side(StrEnum):
    DEBTOR = "debtor"
    CLIENT = "client"
    HOUSE = "house"


OUTCOMES = (State.UPHELD, State.PARTLY, State.REJECTED, State.WITHDRAWN, State.SETTLED)
MOVES: dict[State, tuple[State, ...]] = {State.OPEN: OUTCOMES} | dict.fromkeys(OUTCOMES, ())
# Those that take something off the claim.
TAKING = (State.UPHELD, State.PARTLY, State.SETTLED)
