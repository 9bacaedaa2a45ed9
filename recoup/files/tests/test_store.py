"""Documents: bytes first and durable, then the row; damage is seen and never handed out."""

import os
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.utils.http import content_disposition_header

from recoup.files.models import Document
from recoup.files.operations import content_of, keep, path_of, store
from recoup.files.rules import display_name
from recoup.journeys.prove import prove
from recoup.journeys.prove.documents import SHARE, documents_there, turn_of
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.tenancy.context import scope
from tests.cast import House

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, settings: Any) -> Path:
    settings.FILES_ROOT = tmp_path
    return tmp_path


def put(house: House, content: bytes = b"invoice", **more: Any) -> Document:
    given = {"name": "a.pdf", "media_type": "application/pdf", "kind": "upload"} | more
    return keep(agency=house.id, content=content, by=SYSTEM, at=AT, **given)  # type: ignore[arg-type]


def files_in(place: Path) -> list[str]:
    return sorted(p.name for p in place.rglob("*") if p.is_file())


def in_child(work: Callable[[], object], fault: str) -> int:
    connections.close_all()
    child = os.fork()
    if not child:
        os.environ["RECOUP_FAULT"] = f"{fault}:kill"
        try:
            work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.kills
@pytest.mark.parametrize("fault", ["files.part_written", "files.stored"])
def test_a_kill_between_bytes_and_row_leaves_an_orphan_and_no_document(
    committed_house: House, place: Path, fault: str
) -> None:
    def work() -> None:
        with scope(committed_house.id):  # type: ignore[arg-type]
            put(committed_house)

    assert in_child(work, fault) == -signal.SIGKILL
    with scope(committed_house.id):  # type: ignore[arg-type]
        assert not Document.objects.exists()
    assert len(files_in(place)) == 1
    work()
    with scope(committed_house.id):  # type: ignore[arg-type]
        document = Document.objects.get()
        assert content_of(document) == b"invoice"
        assert documents_there(committed_house.id, AT.date()) == (1, [])  # type: ignore[arg-type]


def test_the_same_content_lies_there_once_and_is_linked_once_per_case(
    house: House, place: Path
) -> None:
    case, other = new_id(), new_id()
    rows = [put(house, case=c) for c in (case, case, other)] + [put(house), put(house)]
    assert rows[0].id == rows[1].id != rows[2].id and rows[3].id != rows[4].id
    assert files_in(place) == [rows[0].sha256]
    assert path_of(rows[0].sha256).parent.stat().st_mode & 0o077 == 0


def test_a_damaged_file_is_refused_and_mended_by_the_same_content(house: House) -> None:
    document = put(house)
    path_of(document.sha256).write_bytes(b"invoicE")
    with pytest.raises(OSError, match="does not match its hash"):
        content_of(document)
    store(b"invoice")
    assert content_of(document) == b"invoice"


def test_prove_finds_missing_short_and_in_its_turn_changed_files(house: House, place: Path) -> None:
    kept = [put(house, f"invoice {n}".encode(), case=new_id()) for n in range(4)]
    first = AT.date()
    assert documents_there(house.id, first) == (4, [])  # type: ignore[arg-type]
    path_of(kept[0].sha256).unlink()
    path_of(kept[1].sha256).write_bytes(b"short")
    path_of(kept[2].sha256).write_bytes(b"invoicE 2")
    looked_at, wrong = documents_there(house.id, first)  # type: ignore[arg-type]
    said = "\n".join(wrong)
    assert looked_at == 4 and kept[3].sha256[:16] not in said
    assert f"{kept[0].sha256[:16]}… cannot be read (No such file or directory)" in said
    assert f"{kept[1].sha256[:16]}… has 5 bytes instead of 9" in said
    days: Iterator[date] = (first + timedelta(days=n) for n in range(SHARE))
    found = [
        day for day in days
        if any("does not match its hash" in w for w in documents_there(house.id, day)[1])  # type: ignore[arg-type]
    ]  # fmt: skip
    assert [day.toordinal() % SHARE for day in found] == [turn_of(kept[2].sha256)]
    check = next(c for c in prove(now=AT) if c.name == "documents are there")
    assert not check.holds and any("bytes instead of" in one for one in check.found)


@pytest.mark.parametrize(("given", "shown"), [
    ("invoice.pdf", "invoice.pdf"),
    ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ("x" * 300, "x" * 120),
    ("../../x", "x"),
    ("..\\..\\windows\\x.pdf", "x.pdf"),
    ("/etc/passwd", "passwd"),
    ("a\r\nb.pdf", "ab.pdf"),
    ("a\x00b.pdf", "ab.pdf"),
    ("invoice\u202efdp.exe", "invoicefdp.exe"),
    ("\u200binvoice\ufeff.pdf", "invoice.pdf"),
    ("con.pdf", "con.pdf"),
    ('a"b\'c;d.pdf', 'a"b\'c;d.pdf'),
    ("faktura 🧾.pdf", "faktura 🧾.pdf"),
    ("Rechnung Mu\u0308ller.pdf", "Rechnung Müller.pdf"),
    ("发票.pdf", "发票.pdf"),
    ("half \ud800 surrogate.pdf", "half surrogate.pdf"),
    ("  ", "document"), ("", "document"), ("..", "document"), ("/", "document"),
])  # fmt: skip
def test_names_are_fit_to_be_shown_and_offered(given: str, shown: str) -> None:
    name = display_name(given)
    assert name == shown
    header = content_disposition_header(True, name) or ""
    assert header.startswith("attachment; filename") and header.isascii() and "\n" not in header


def test_no_name_is_ever_a_path(house: House, place: Path) -> None:
    for name in ("../../evil", "/tmp/evil", "con", "a/b/c"):
        document = put(house, name.encode(), name=name, case=new_id())
        assert path_of(document.sha256).parent.parent == place
    assert all(len(name) == 64 for name in files_in(place))
