"""Devices from which an account has signed in before: a signed cookie, which says no more than that."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE, SALT = "device", "recoup.device"
KEPT = timedelta(days=365)


def remember_device(response: HttpResponse, login: str) -> None:
    response.set_cookie(
        COOKIE, signing.dumps(login.lower(), salt=SALT), max_age=KEPT, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE, path="/",
    )  # fmt: skip


def is_known_device(request: HttpRequest, login: str) -> bool:
    """Whether this account has signed in from here within a year; a forged or foreign cookie is none."""
    try:
        said = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        return False
    return bool(login) and said == login.lower()
