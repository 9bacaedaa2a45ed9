"""What a channel says when the provider refuses for good."""


class CannotSend(Exception):
    """The provider refused for good (unknown recipient, bad address); trying again is pointless."""
