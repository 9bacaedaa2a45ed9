"""The one place that speaks to clients' servers: resolves, checks every address, connects to the very
address it has checked (no second look-up that could say otherwise, HOSTILE WH03), follows nothing."""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from recoup.kernel.refusal import Refusal
from recoup.webhooks.rules import Target, refuse_private

CONNECT_SECONDS, WHOLE_SECONDS = 5.0, 15.0
MOST_BYTES, KEPT_CHARACTERS = 64 * 1024, 200
AGENT = "Recoup-Webhooks/1"


@dataclass(frozen=True, slots=True)
class Reply:
    """`status` None: no answer; `said` why, or the beginning of what was answered. `after`: Retry-After."""

    status: int | None
    said: str
    took_ms: int
    after: int = 0


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name; none when it cannot be found."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def post(
    target: Target, headers: dict[str, str], body: bytes,
    look_up: Callable[[str, int], list[str]] = resolve,
) -> Reply:  # fmt: skip
    """One POST, in at most 15 seconds. Never raises for what the other side does."""
    begun = time.monotonic()
    try:
        addresses = look_up(target.host, target.port)
        if not target.exempt:
            refuse_private(target.host, addresses)
        if not addresses:
            return Reply(None, "the name cannot be found", took(begun))
        return spoken(target, addresses[0], headers, body, begun)
    except Refusal as refusal:
        return Reply(None, refusal.sentence(), took(begun))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Reply(None, type(error).__name__, took(begun))


def spoken(
    target: Target, address: str, headers: dict[str, str], body: bytes, begun: float
) -> Reply:
    sock = socket.create_connection((address, target.port), timeout=CONNECT_SECONDS)
    # A receiver that drips a byte now and then would never run into a timeout of single reads.
    open_now = [sock]
    watch = threading.Timer(WHOLE_SECONDS, cut, [open_now])
    watch.daemon = True
    watch.start()
    try:
        sock.settimeout(WHOLE_SECONDS)
        if target.scheme == "https":
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=target.host)
            open_now[0] = sock
        line = http.client.HTTPConnection(target.host, target.port)
        line.sock = sock
        line.request("POST", target.path, body, {
            "Content-Type": "application/json", "User-Agent": AGENT, "Connection": "close", **headers,
        })  # fmt: skip
        answer = line.getresponse()
        text = answer.read(MOST_BYTES).decode("utf-8", "replace")
        shown = "".join(c for c in text if c.isprintable())[:KEPT_CHARACTERS]
        after = answer.headers.get("Retry-After", "")
        seconds = int(after) if after.isdecimal() and len(after) < 7 else 0
        return Reply(answer.status, shown, took(begun), seconds)
    finally:
        watch.cancel()
        sock.close()


def cut(open_now: list[socket.socket]) -> None:
    with contextlib.suppress(OSError):
        open_now[0].shutdown(socket.SHUT_RDWR)


def took(begun: float) -> int:
    return int((time.monotonic() - begun) * 1000)
