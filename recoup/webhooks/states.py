"""States of an endpoint and of a delivery."""

from enum import StrEnum


class EndpointState(StrEnum):
    ON = "on"
    OFF = "off"  # events are kept for it, and sent once it is on again


class State(StrEnum):
    WAITING = "waiting"
    ATTEMPTING = "attempting"
    DELIVERED = "delivered"
    EXPIRED = "expired"  # tried for three days in vain


OPEN = (State.WAITING, State.ATTEMPTING)
