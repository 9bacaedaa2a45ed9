"""The ways out of the house. Each can hand a message over and say what it knows of one."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from recoup.contact.channels.dialler import Dialler
from recoup.contact.channels.letterbox import Letterbox
from recoup.contact.channels.smtp import Smtp
from recoup.contact.channels.texting import TextMessages


def standard_channels() -> Mapping[str, Any]:
    """The installation's channels by name; text messages and the dialler where it has a provider."""
    found: dict[str, Any] = {"email": Smtp(), "letter": Letterbox()}
    if settings.SMS_URL:
        found["sms"] = TextMessages()
    if settings.DIALLER_URL:
        found["call"] = Dialler()
    return found
