"""What a dossier consists of, and how it is written: the same contents always give the same bytes."""

import json
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol

FORMAT = "recoup-dossier/1"
MANIFEST, SIGNATURE, STAMP = "manifest.json", "manifest.sig", "manifest.tst"
CERTIFICATE, AUTHORITY = "certificate/seal.crt", "certificate/authority.crt"
UNLISTED = (MANIFEST, SIGNATURE, STAMP, CERTIFICATE, AUTHORITY)  # not in the manifest's own list
EVENTS, LEDGER, HEAD = "events.jsonl", "ledger.json", "head.json"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the dossier; `what` says to people what it is, `read` gives its bytes."""

    path: str
    sha256: str
    size: int
    what: str
    read: Callable[[], bytes]


class Sink(Protocol):
    def write(self, data: bytes, /) -> Any: ...
    def flush(self) -> Any: ...


def part(path: str, content: bytes, what: str) -> Part:
    return Part(path, sha256(content).hexdigest(), len(content), what, lambda: content)


def json_part(path: str, document: Any, what: str) -> Part:
    return part(path, json.dumps(document, ensure_ascii=False, indent=1).encode(), what)


def lines_part(path: str, documents: Iterable[Any], what: str) -> Part:
    """One JSON document a line."""
    rows = (json.dumps(d, ensure_ascii=False, sort_keys=True) + "\n" for d in documents)
    return part(path, "".join(rows).encode(), what)


def manifest_bytes(facts: dict[str, Any], parts: Iterable[Part]) -> bytes:
    """`facts`: case, made_at, signed_by …; the files follow in their order."""
    files = [{"path": p.path, "sha256": p.sha256, "size": p.size, "what": p.what} for p in parts]
    document = {"format": FORMAT, **facts, "files": files}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def write(
    sink: Sink, made_at: datetime, fixed: Iterable[tuple[str, bytes]], parts: Iterable[Part]
) -> None:  # fmt: skip
    """The whole file. `sink` is never asked where it stands, so that a stream will do."""
    with zipfile.ZipFile(_Stream(sink), "w", zipfile.ZIP_STORED) as file:  # type: ignore[call-overload]
        for path, content in fixed:
            file.writestr(_entry(path, made_at), content)
        for each in parts:
            file.writestr(_entry(each.path, made_at), each.read())


def _entry(path: str, made_at: datetime) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, made_at.timetuple()[:6])
    info.create_system, info.external_attr = 3, 0o644 << 16
    return info


class _Stream:
    """Only writes: zipfile then puts sizes behind each entry, whether or not the file could seek."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink

    def write(self, data: bytes) -> int:
        self.sink.write(data)
        return len(data)

    def flush(self) -> None:
        self.sink.flush()
