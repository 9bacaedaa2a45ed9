"""What a channel says when the provider refuses. Anything else it raises may have arrived after all."""


class CannotSend(Exception):
    """The provider refused for good (unknown recipient, bad address); trying again is pointless."""


class TryLater(Exception):
    """The provider certainly has not taken it (busy, not reachable); trying again later is safe."""
