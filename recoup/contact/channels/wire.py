"""One request to a provider over HTTPS, for the channels only; nothing is followed, nothing is retried."""

import http.client
import json
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from recoup.contact.channels.refused import TryLater

SECONDS = 20
MOST_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider said; `body` is {} where it was no JSON object."""

    status: int
    body: Mapping[str, Any]


Speak = Callable[[str, str, Mapping[str, str], bytes], Answer]


def speak(method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Raises `TryLater` where the request certainly did not arrive; anything else it raises may have."""
    where = urlsplit(url)
    connection = http.client.HTTPSConnection(
        where.hostname or "",
        where.port or 443,
        timeout=SECONDS,
        context=ssl.create_default_context(),
    )
    try:
        try:
            connection.connect()
        except (OSError, socket.gaierror) as error:
            raise TryLater(f"the provider was not reached ({type(error).__name__})") from None
        path = where.path + (f"?{where.query}" if where.query else "")
        connection.request(method, path or "/", body or None, dict(headers))
        said = connection.getresponse()
        return Answer(said.status, read_object(said.read(MOST_BYTES)))
    finally:
        connection.close()


def read_object(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
