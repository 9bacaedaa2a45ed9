"""Writers of documents: bytes first, durable, then the row that says whose they are."""

from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path
from uuid import UUID

from django.conf import settings

from recoup.files.models import Document
from recoup.files.rules import display_name
from recoup.kernel.actor import Actor
from recoup.kernel.durable import write_whole
from recoup.kernel.faults import fault


def path_of(digest: str) -> Path:
    return Path(settings.FILES_ROOT) / digest[:2] / digest


def store(content: bytes) -> str:
    """Put bytes into the store, durable on return; the same bytes lie there once. Returns the sha256."""
    digest = sha256(content).hexdigest()
    path = path_of(digest)
    if path.exists() and path.read_bytes() == content:
        return digest  # and a damaged one is written anew
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, content, point="files.part_written")
    fault("files.stored")
    return digest


def sha256_of(path: Path) -> str:
    """The hash of a file's content, read piece by piece."""
    with open(path, "rb") as file:
        return file_digest(file, "sha256").hexdigest()


def keep(
    *, agency: UUID, content: bytes, name: str, media_type: str, kind: str, by: Actor, at: datetime,
    title: str = "", language: str = "", client: UUID | None = None, case: UUID | None = None,
    audience: str = "client",
) -> Document:  # fmt: skip
    """Keep a document. The same content of the same kind in the same case is linked once."""
    digest = store(content)
    if case is not None:
        known = Document.objects.filter(
            agency_id=agency, case_id=case, kind=kind, sha256=digest
        ).first()
        if known is not None:
            return known
    return Document.objects.create(
        agency_id=agency, sha256=digest, size=len(content), media_type=media_type,
        name=display_name(name), kind=kind, title=title, language=language, client_id=client,
        case_id=case, audience=audience, made_at=at, by_kind=by.kind, by_id=by.id, by_name=by.name,
    )  # fmt: skip


def content_of(document: Document) -> bytes:
    """The document's bytes, checked against their hash. Raises `OSError` when they are damaged."""
    content = path_of(document.sha256).read_bytes()
    if sha256(content).hexdigest() != document.sha256:
        raise OSError(f"document {document.id} does not match its hash")
    return content


def discard(digest: str) -> bool:
    """Remove bytes that may no longer be kept; False when they are gone already. The row stays: it says
    what was there, and its hash."""
    try:
        path_of(digest).unlink()
    except FileNotFoundError:
        return False
    return True
