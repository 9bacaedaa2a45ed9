"""From where a request comes, in one place: for limits, for the trail of a signature, for notices."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The client's address: as the server saw it, or, behind `TRUSTED_HOPS` reverse proxies of one's
    own, as the outermost of these saw it.

    Each proxy appends to X-Forwarded-For whom it was asked by, so that only the right-most entries, as
    many as there are proxies, are known to be true; what stands left of them anybody can write
    (HOSTILE AP17). An entry that is no address, or a header too short, counts as none.
    """
    seen = str(request.META.get("REMOTE_ADDR", ""))
    hops: int = settings.TRUSTED_HOPS
    if hops < 1:
        return seen
    passed = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    if len(passed) < hops:
        return seen
    try:
        return str(ipaddress.ip_address(passed[-hops].strip()))
    except ValueError:
        return seen


def neighbourhood(address: str) -> str:
    """Whom a limit counts together: an IPv4 address, or an IPv6 network of 64 bits, within which one
    household takes as many addresses as it likes."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return str(known)
    mapped = known.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.ip_network((known, 64), strict=False))
