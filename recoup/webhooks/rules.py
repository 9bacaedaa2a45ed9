"""Webhooks: which address may be told, when it is tried again, what is said and how it is signed.

Signed per Standard Webhooks 1.0 (https://www.standardwebhooks.com): HMAC-SHA256 over
`id.timestamp.body` with a secret of 256 bits, one `v1,` signature per secret in force. Pure.
"""

import base64
import hmac
import ipaddress
import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from recoup.kernel.refusal import N_, Refusal

WINDOW = timedelta(
    hours=72
)  # tried for three days, as RFC 5321 4.5.4.1 tries mail for four to five
PAUSES = (5, 60, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)  # seconds after the nth try
LONGEST_REST = timedelta(minutes=10)  # of a whole endpoint after failures
OVERLAP = timedelta(hours=24)  # both secrets sign after a rotation
KEPT = timedelta(days=30)  # deliveries, for replay
MOST_ENDPOINTS = 10
PORTS = (443, 8443)
NAME = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.ASCII)  # fmt: skip
PRIVATE_NAMES = (
    ".local",
    ".internal",
    ".localhost",
    ".localdomain",
    ".lan",
    ".home.arpa",
    ".onion",
)
NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect: `exempt` where the operator of the house has named host and port themselves."""

    url: str
    scheme: str
    host: str
    port: int
    path: str
    exempt: bool = False


def read_url(url: str, *, own: Iterable[str] = (), exempt: Iterable[str] = ()) -> Target:
    """An address that may be told. Raises `Refusal` `webhook_url_wrong`, with why, for anything but
    https to a plain host name of the public internet on an allowed port (HOSTILE WH01, WH04).

    `own`: this installation's hosts. `exempt`: `host:port` that its operator allows, http too.
    """
    if not url.isascii() or not url.isprintable() or any(c in url for c in " \\<>\"'`{}|^"):
        raise wrong(url, N_("It holds characters that do not belong into an address; write international names in punycode (xn--…)."))  # fmt: skip
    if len(url) > 500:
        raise wrong(url, N_("It is longer than 500 characters."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise wrong(url, N_("It cannot be read.")) from None
    host = (parts.hostname or "").rstrip(".")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise wrong(url, N_("It must not hold a user name or a password."))
    if parts.fragment:
        raise wrong(url, N_("It must not have a part after #."))
    port = port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if f"{host}:{port}" in set(exempt) and parts.scheme in ("http", "https"):
        return Target(url, parts.scheme, host, port, path, exempt=True)
    if parts.scheme != "https":
        raise wrong(url, N_("It must begin with https://."))
    if port not in PORTS:
        raise wrong(url, N_("Only the ports 443 and 8443 are called."))
    if host in {h.lower() for h in own}:
        raise wrong(url, N_("It is our own address."))
    if not is_address(host) and (not NAME.fullmatch(host) or host.endswith(PRIVATE_NAMES)):
        raise wrong(url, N_("“%(host)s” is not a name of the public internet."), host=host)
    if is_address(host) and not is_public(host):
        raise wrong(url, N_("%(host)s is not an address of the public internet."), host=host)
    return Target(url, "https", host, port, path)


def wrong(url: str, why: str, **params: Any) -> Refusal:
    """The refusal as one sentence; `why` is marked English with gaps of its own."""
    return Refusal("webhook_url_wrong", why, field="url", found=url[:80], **params)


def is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Whether an IP address lies in the public internet: not private, loopback, link-local (the clouds'
    metadata service), shared, multicast, reserved, nor such an address carried inside IPv6."""
    known = ipaddress.ip_address(address.split("%")[0])
    if "%" in address:
        return False
    if known.version == 6:
        inner = known.ipv4_mapped or known.sixtofour or (known.teredo[1] if known.teredo else None)
        if inner is not None:
            return False
        if any(known in net for net in NAT64):
            return False
    return bool(
        known.is_global and not known.is_multicast and not known.is_reserved
        and not known.is_loopback and not known.is_link_local and not known.is_unspecified
    )  # fmt: skip


def refuse_private(host: str, addresses: Iterable[str]) -> None:
    """Every address a name stands for must be public: one private among them is a trap (WH03)."""
    found = list(addresses)
    if not found:
        raise wrong(host, N_("“%(host)s” cannot be found."), host=host)
    if not all(is_public(one) for one in found):
        raise wrong(host, N_("“%(host)s” leads into a private network."), host=host)


# Trying ----------------------------------------------------------------------------------------------


def next_try(*, tries: int, first: datetime, now: datetime, after: int = 0) -> datetime | None:
    """When to try again after the `tries`-th failure; None once three days have passed since the first.
    `after`: seconds the receiver asked for (Retry-After), honoured up to a day."""
    if now - first >= WINDOW:
        return None
    pause = max(PAUSES[min(tries, len(PAUSES)) - 1], min(after, 86400))
    return min(now + timedelta(seconds=pause), first + WINDOW)


def rest_after(failures: int) -> timedelta:
    """How long an endpoint is left alone after so many failures on end, whatever waits for it."""
    return min(timedelta(seconds=2 ** min(failures, 12)), LONGEST_REST)


# Saying ----------------------------------------------------------------------------------------------


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, *, id: str, at: datetime, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{id}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, text, "sha256")).decode()


def headers(secrets: Iterable[str], *, id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers; one signature for each secret in force."""
    signed = " ".join(signature(secret, id=id, at=at, body=body) for secret in secrets)
    return {"webhook-id": id, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signed}  # fmt: skip


def body_of(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
