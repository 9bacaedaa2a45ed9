"""Signing secrets at rest: encrypted with a key of the installation, so that a copy of the database
alone signs nothing."""

import base64
from hashlib import sha256

from cryptography.fernet import Fernet
from django.conf import settings


def box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(sha256(settings.WEBHOOK_KEY.encode()).digest()))


def sealed(secret: str) -> str:
    return box().encrypt(secret.encode()).decode()


def opened(sealed: str) -> str:
    """Raises `cryptography.fernet.InvalidToken` when the installation's key is another."""
    return box().decrypt(sealed.encode()).decode()
