"""Are the documents there that the rows name?"""

from datetime import date
from uuid import UUID

from recoup.files.models import Document
from recoup.files.operations import path_of, sha256_of
from recoup.retention.queries import erased_files

SHARE = 100  # one file in so many is read and hashed a day; after as many days all have been


def documents_there(agency: UUID, on: date) -> tuple[int, list[str]]:
    """(contents looked at, what is wrong): a content missing or of another size; and among those whose
    turn it is on this day, one that does not match its hash."""
    wrong, looked_at = [], 0
    erased = erased_files(agency)
    rows = Document.objects.filter(agency_id=agency).order_by().values_list("sha256", "size")
    for digest, size in rows.distinct().iterator(2000):
        if digest in erased:
            continue  # removed on purpose, its row and hash stay
        looked_at += 1
        if fault := fault_of(digest, size, on):
            wrong.append(fault)
    return looked_at, wrong


def fault_of(digest: str, size: int, on: date) -> str:
    """What is wrong with one content; empty when nothing is."""
    path = path_of(digest)
    try:
        found = path.stat().st_size
        if found != size:
            return f"document {digest[:16]}… has {found} bytes instead of {size}"
        if turn_of(digest) == on.toordinal() % SHARE and sha256_of(path) != digest:
            return f"document {digest[:16]}… does not match its hash"
    except OSError as error:
        return f"document {digest[:16]}… cannot be read ({error.strerror})"
    return ""


def turn_of(digest: str) -> int:
    """On which of the days of a round this content is read."""
    return int(digest[:8], 16) % SHARE
