"""Readings and refusals between the guarded child and its parent: tagged JSON, never pickle, so that a
child taken over by a file can give wrong facts but run nothing in the parent."""

import json
import struct
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from recoup.intake.einvoice.reading import (
    Attachment,
    Due,
    Line,
    NoInvoice,
    Notice,
    Party,
    Preceding,
    Reading,
)  # fmt: skip
from recoup.kernel.refusal import N_, Refusal

# A frame is its length and its bytes.
LENGTH = struct.Struct(">Q")
LARGEST = 50 * 1024 * 1024
RECORDS: dict[str, Callable[..., Any]] = {
    c.__name__: c for c in (Attachment, Due, Line, Notice, Party, Preceding, Reading)
}
REFUSALS = {c.__name__: c for c in (NoInvoice, Refusal)}


def packed(outcome: Reading | Refusal) -> bytes:
    return json.dumps(tagged(outcome)).encode("ascii")


def tagged(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {"$": "Decimal", "is": str(value)}
    if isinstance(value, date):
        return {"$": "date", "is": value.isoformat()}
    if isinstance(value, tuple | list):
        return [tagged(v) for v in value]
    if isinstance(value, Refusal):
        kind = "NoInvoice" if isinstance(value, NoInvoice) else "Refusal"
        return {
            "$": kind,
            "code": value.code,
            "text": value.text,
            "params": json.dumps(value.params, default=str),
        }
    if type(value).__name__ in RECORDS:
        return {
            "$": type(value).__name__,
            **{f.name: tagged(getattr(value, f.name)) for f in fields(value)},
        }
    return value


def unpacked(content: bytes) -> Reading | Refusal:
    """Raises `ValueError` for anything but one packed outcome."""
    outcome = json.loads(content, object_hook=rebuilt)
    if not isinstance(outcome, Reading | Refusal):
        raise ValueError("neither a reading nor a refusal")
    return outcome


def rebuilt(found: dict[str, Any]) -> Any:
    kind = found.pop("$", None)
    if kind == "Decimal":
        return Decimal(found["is"])
    if kind == "date":
        return date.fromisoformat(found["is"])
    if kind in REFUSALS:
        return REFUSALS[kind](found["code"], found["text"], **json.loads(found["params"]))
    if kind not in RECORDS:
        return found
    if kind == "Notice":
        found["params"] = tuple((k, v) for k, v in found["params"])
    return RECORDS[kind](**{k: tuple(v) if isinstance(v, list) else v for k, v in found.items()})


def too_large(file: str) -> Refusal:
    text = N_("%(file)s is larger than %(limit)d MB, the most that is read.")
    return Refusal("file_too_large", text, file=file, limit=LARGEST >> 20)
