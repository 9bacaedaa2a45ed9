"""How an event becomes a link of the chain. Pure: a dossier is checked where there is no database.

From version 2 on what may name a person is not itself in the chain, but a commitment to it: the hash of a
salt of its own and the value. Value and salt stand beside it until they are erased; the chain holds without
them, and nobody can find the value by guessing (docs/adr/0015-names-beside-the-chain.md).
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

GENESIS = "0" * 64
PLAIN = 1  # what an event says is in the chain as it stands
VERSION = 2  # of the canonical form; a change needs a new number, never a new meaning
# What people write, and whom and where they write to. Codes, amounts, days and documents by id are no such thing.
PERSONAL = frozenset((
    "text", "texts", "sender", "recipient", "contact", "name", "email", "phone", "address", "note", "met", "subject",
    "phrase", "payer", "holder", "signatory", "because", "words", "comment", "params", "reason", "purpose", "place", "what",
    "ip", "found",
))  # fmt: skip
SEALED = "sealed"


def may_name(data: Mapping[str, Any]) -> list[str]:
    """The keys of an event's data that get a commitment."""
    return [key for key in data if key in PERSONAL and data[key] not in (None, "", [], {})]


def commitment(salt: str, value: Any) -> str:
    """SHA-256 of the salt, a line's end, and the value as JSON."""
    return sha256(salt.encode() + b"\n" + canonical_value(value)).hexdigest()


def closed(data: Mapping[str, Any], salts: Mapping[str, str]) -> dict[str, Any]:
    """The data as it is hashed: each salted value by its commitment. What was erased is so already."""
    return {k: {SEALED: commitment(salts[k], v)} if k in salts else v for k, v in data.items()}


def is_erased(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {SEALED}


def canonical_value(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def canonical_bytes(document: dict[str, Any]) -> bytes:
    """The bytes that are hashed: JSON with sorted keys and no space."""
    return canonical_value(document)


def link_of(previous: str, document: dict[str, Any]) -> str:
    """The hash of an event (in its canonical form) that follows `previous`."""
    return sha256(previous.encode() + canonical_bytes(document)).hexdigest()
