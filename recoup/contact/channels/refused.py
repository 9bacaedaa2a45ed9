"""What a channel says when the provider refuses. Anything else it raises may have arrived after all."""


class CannotSend(Exception):
    """The provider refused for good; trying again is pointless. `code` says what was refused:
    `recipient` (this address takes nothing) or `message`."""

    def __init__(self, said: str, code: str = "message") -> None:
        self.code = code
        super().__init__(said)


class TryLater(Exception):
    """The provider certainly has not taken it (busy, not reachable); trying again later is safe."""
