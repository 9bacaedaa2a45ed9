"""The ways out of the house. Each can hand a message over and say what it knows of one."""

from collections.abc import Mapping
from typing import Any

from recoup.contact.channels.letterbox import Letterbox
from recoup.contact.channels.smtp import Smtp


def standard_channels() -> Mapping[str, Any]:
    """The installation's channels by name."""
    return {"email": Smtp(), "letter": Letterbox()}
