"""Identifiers. Pure."""

from datetime import datetime
from uuid import UUID

import uuid_utils
from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): unique, and in the order of making, so that indexes stay compact."""
    made: UUID = uuid7()
    return made


def new_id_text() -> str:
    """The same as text, for rows that are written and not looked at here."""
    return str(uuid_utils.uuid7())


def id_at(at: datetime) -> UUID:
    """The least id of an instant: whatever was made before it has a lesser one."""
    return UUID(int=int(at.timestamp() * 1000) << 80 | 0x7 << 76)
