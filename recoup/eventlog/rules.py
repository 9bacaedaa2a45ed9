"""How an event becomes a link of the chain. Pure: a dossier is checked where there is no database."""

import json
from hashlib import sha256
from typing import Any

GENESIS = "0" * 64
VERSION = 1  # of the canonical form; a change needs a new number, never a new meaning


def canonical_bytes(document: dict[str, Any]) -> bytes:
    """The bytes that are hashed: JSON with sorted keys and no space."""
    return json.dumps(
        document, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    ).encode()  # fmt: skip


def link_of(previous: str, document: dict[str, Any]) -> str:
    """The hash of an event (in its canonical form) that follows `previous`."""
    return sha256(previous.encode() + canonical_bytes(document)).hexdigest()
