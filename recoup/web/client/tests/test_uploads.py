"""HOSTILE 3.2: what a file is by its content, malware kept apart, pictures, and how documents are given out."""

import errno
import io
import socket
import struct
import threading
import warnings
import zipfile
import zlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from recoup.cases.tests.cast import submit
from recoup.files.kinds import kind_of, shared_copy
from recoup.files.models import Document, Quarantine
from recoup.files.operations import keep
from recoup.files.scan import scan
from recoup.intake.einvoice import Reader
from recoup.intake.einvoice.tests.samples import cii, pdf, ubl
from recoup.intake.models import Placement
from recoup.journeys.quarantine import scan_again
from recoup.journeys.tests.cast import AT, nordlicht
from recoup.kernel.durable import write_whole
from recoup.kernel.refusal import Refusal
from recoup.web.client.tests.test_pages import logged_in, text
from recoup.web.client.tests.test_submit import drop

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width=2, height=2, *more: bytes, end=b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = zlib.compress(b"\0" * 6)
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + b"".join(more)
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
        + end
    )


def part(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def jpeg(width=3, height=3) -> bytes:
    frame = part(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\0")
    exif = part(0xE1, b"Exif\0\0 GPS 59.3293 N 18.0686 E")
    return (
        b"\xff\xd8"
        + part(0xE0, b"JFIF\0")
        + exif
        + part(0xFE, b"by Anna")
        + frame
        + b"\xff\xda\0\x02data\xff\xd9"
    )


class Clamd:
    """clamd's INSTREAM over a socket of its own; what it says of bytes, by what stands in them."""

    def __init__(self, path: str) -> None:
        self.path, self.streams = path, []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            with line:
                file = line.makefile("rb")
                assert file.read(10) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack(">I", file.read(4))[0]:
                    content += file.read(size)
                self.streams.append(content)
                found = b"Eicar-Test-Signature FOUND" if EICAR in content else b"OK"
                answer = (
                    b"INSTREAM size limit exceeded. ERROR"
                    if content.startswith(b"HUGE")
                    else b"stream: " + found
                )
                line.sendall(answer + b"\0")

    def stop(self) -> None:
        self.listener.close()


@pytest.fixture
def clamd(tmp_path, settings):
    daemon = Clamd(str(tmp_path / "clamd"))
    settings.CLAMD = daemon.path
    yield daemon
    daemon.stop()


@pytest.fixture
def standing(house):
    return nordlicht(house)


@pytest.fixture
def browser(standing):
    return logged_in(standing.member.user)


# What it is, without a database -----------------------------------------------------------------------


@pytest.mark.parametrize(("name", "content", "code"), [
    ("invoice.pdf", b"MZ\x90\0" + b"0" * 90, "file_kind"), ("invoice.pdf", b"<!DOCTYPE html><html>", "file_kind"),
    ("logo.png", b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "file_kind"),
    ("a.pdf", b"\x7fELF" + b"0" * 20, "file_kind"), ("a.gif", b"GIF89a" + b"0" * 20, "file_kind"),
    ("a.tif", b"II*\0" + b"0" * 20, "file_kind"),
    ("frames.gif", b"GIF89a" + struct.pack("<HH", 50_000, 50_000) + b"\0\0\0" + b"\x21\xf9\x04\0\0\0\0\0," * 10_000, "file_kind"),
    ("loop.tif", b"MM\0*" + struct.pack(">I", 8) + b"\0\1" + b"\0" * 12 + struct.pack(">I", 8), "file_kind"),
    ("a.pdf", b"%PDF-1.7\n" + b"PK\x01\x02" + b"0" * 60 + b"PK\x05\x06" + b"\0" * 18, "file_two_kinds"),
    ("a.pdf", b"%PDF-1.7\n<html><script>alert(1)</script>", "file_two_kinds"),
    ("a.png", png(end=b"PK\x01\x02" + b"0" * 60 + b"PK\x05\x06" + b"\0" * 18), "file_two_kinds"),
    ("a.png", png(50_000, 50_000), "picture_too_large"), ("a.jpg", jpeg(40_000, 40_000), "picture_too_large"),
    ("a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 9, "picture_broken"), ("a.jpg", b"\xff\xd8\xff\xe0", "picture_broken"),
])  # fmt: skip
def test_up01_up06_up07_the_content_decides_and_nothing_is_decoded_first(name, content, code):
    with pytest.raises(Refusal) as refused:
        kind_of(content, file=name)
    assert refused.value.code == code and name in refused.value.sentence()


def test_what_may_be_kept_is_known_by_its_content():
    assert kind_of(pdf(), file="x.exe") == "application/pdf"
    assert (kind_of(png(), file="a"), kind_of(jpeg(), file="a")) == ("image/png", "image/jpeg")
    assert kind_of(ubl(), file="a.xml") == "", "the reader tells"


def test_up22_the_shared_copy_tells_neither_place_nor_maker():
    made = shared_copy(jpeg(), "image/jpeg")
    assert b"GPS" not in made and b"Anna" not in made and made.endswith(b"data\xff\xd9")
    told = png(2, 2, chunk(b"tEXt", b"Author\0Anna"), chunk(b"eXIf", b"GPS 59 N"), end=b"<script>")
    made = shared_copy(told, "image/png")
    assert made == png(), "the same picture and nothing else"
    assert shared_copy(b"%PDF-1.7", "application/pdf") == b"%PDF-1.7"


FACTS = b"%PDF-1.7\n1 0 obj <</Author (Anna \\(her\\) Ek) /Creator <416e6e61> /Title (Invoice 7)>> endobj\n<x><dc:creator><rdf:Seq><rdf:li>Anna Ek</rdf:li></rdf:Seq></dc:creator><fx:Version>1.0</fx:Version></x>"


def test_up22_a_pdf_tells_neither_author_nor_program_and_nothing_in_it_moves():
    made = shared_copy(FACTS, "application/pdf")
    assert b"Anna" not in made and b"416e6e61" not in made
    assert b"/Title (Invoice 7)" in made and b"<fx:Version>1.0</fx:Version>" in made
    assert (len(made), made.index(b"endobj")) == (len(FACTS), FACTS.index(b"endobj"))
    signed = FACTS + b" /ByteRange [0 1 2 3]"
    assert shared_copy(signed, "application/pdf") == signed, "a signature covers it"


def test_up22_a_real_pdf_reads_the_same_afterwards():
    original = pdf({"factur-x.xml": cii()})
    made = shared_copy(original, "application/pdf")
    assert len(made) == len(original) and made[:5] == b"%PDF-"
    with Reader() as reader:
        before, after = reader.read(original, file="a.pdf"), reader.read(made, file="a.pdf")
    assert before.number and (after.number, after.grand_total) == (
        before.number,
        before.grand_total,
    )


@given(
    st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-"])
)
def test_any_bytes_are_a_kind_or_a_refusal(rest, head):
    content = head + rest
    try:
        kind = kind_of(content, file="x")
    except Refusal:
        return
    shared_copy(content, kind)


# The scanner -------------------------------------------------------------------------------------------


def test_the_scanner_is_asked_in_pieces_and_no_answer_is_not_clean(clamd, settings):
    assert scan(b"a" * 200_000).clean is True and len(clamd.streams[0]) == 200_000
    found = scan(b"x" + EICAR)
    assert (found.clean, found.found) == (False, "Eicar-Test-Signature")
    assert scan(b"HUGE").clean is None, "what was not looked at whole"
    clamd.stop()
    settings.CLAMD = "/nowhere/clamd"
    assert scan(b"a").clean is None
    settings.CLAMD = ""
    assert scan(b"a").clean is True, "none is configured"


def test_malware_is_kept_apart_and_never_read(browser, standing, clamd):
    response = drop(browser, ("bad.xml", ubl() + b"<!--" + EICAR + b"-->"), ("good.xml", ubl()))
    shown = text(browser.get(response.url))
    assert "the malware scanner found Eicar-Test-Signature" in shown and "It was not kept." in shown
    assert Document.objects.filter(kind="upload").get().name == "good.xml"
    held = Quarantine.objects.get()
    assert held.infected and held.name == "bad.xml" and held.released_at is None


def test_without_the_scanner_files_wait_and_go_on_after_a_later_scan(
    browser, standing, settings, tmp_path
):
    settings.CLAMD = str(tmp_path / "clamd")
    url = drop(browser, ("a.xml", ubl())).url
    document = Document.objects.get(kind="upload")
    assert "could not be checked for malware yet" in text(browser.get(url))
    assert 'value="R-1001"' not in browser.get(url).content.decode(), "nothing of it is read"
    download = reverse("client:document", args=[document.id])
    assert browser.get(download).status_code == 423
    assert scan_again(agency=standing.house.id, at=AT) == {
        "released": 0,
        "infected": 0,
        "waiting": 1,
    }
    daemon = Clamd(settings.CLAMD)
    assert scan_again(agency=standing.house.id, at=AT)["released"] == 1
    daemon.stop()
    assert 'value="R-1001"' in browser.get(url).content.decode()
    assert browser.get(download).status_code == 200


def test_a_person_releases_with_a_reason_and_only_who_may(browser, standing, clamd):
    drop(browser, ("bad.xml", ubl() + b"<!--" + EICAR + b"-->"))
    one = Quarantine.objects.get()
    url = reverse("desk:quarantine_release", args=[one.id])
    assert (
        logged_in(standing.house.members["collector"].user).post(url, {"because": "x"}).status_code
        == 404
    )
    officer = logged_in(standing.house.members["legal_officer"].user)
    officer.post(url, {"because": " "})
    one.refresh_from_db()
    assert one.released_at is None
    officer.post(url, {"because": "A test file of ours"})
    assert "A test file of ours" in text(officer.get(reverse("desk:quarantine")))


def test_a_list_that_cannot_be_scanned_is_refused(browser, standing, settings):
    settings.CLAMD = "/nowhere/clamd"
    response = browser.post(
        reverse("client:placements"),
        {"list": SimpleUploadedFile("a.csv", b"Debtor;Invoice;Due;Amount\nA AB;1;2026-01-31;5\n")},
    )
    assert response.status_code == 422 and "could not be checked for malware" in text(response)
    assert not Placement.objects.exists() and Quarantine.objects.get().name == "a.csv"


# In and out ----------------------------------------------------------------------------------------------


def test_a_picture_is_kept_as_evidence_and_given_out_without_its_maker(browser):
    url = drop(browser, ("photo.jpg", jpeg())).url
    assert "photo.jpg" in text(browser.get(url))
    document = Document.objects.get(kind="upload")
    assert document.media_type == "image/jpeg"
    response = browser.get(reverse("client:document", args=[document.id]))
    assert b"GPS" not in response.content and response["Content-Disposition"].startswith(
        "attachment"
    )
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("name", "shown"), [
    ("../../etc/passwd.xml", "passwd.xml"), ("a\r\nSet-Cookie: x.xml", "a"), ("invoice\u202efdp.xml", "invoicefdp.xml"),
    ("con.xml", "con.xml"), ("\U0001f9fe räkning.xml", "räkning.xml"), ('"quoted".xml', "quoted"),
])  # fmt: skip
def test_up10_a_name_is_only_ever_shown(browser, name, shown):
    drop(browser, (name, ubl()))
    document = Document.objects.get(kind="upload")
    assert shown in document.name and not set(document.name) & set("/\\\r\n\u202e")
    header = browser.get(reverse("client:document", args=[document.id]))["Content-Disposition"]
    assert header.startswith("attachment") and "\n" not in header


def zipped(*names, link="", inner=b"x"):
    """A real archive: each name once, or as often as it stands there; `link`: a symbolic link."""
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for name in names:
            archive.writestr(name, inner)
        if link:
            one = zipfile.ZipInfo(link)
            one.external_attr = 0o120777 << 16
            archive.writestr(one, "/etc/passwd")
    return made.getvalue()


@pytest.mark.parametrize("content", [
    pytest.param(b"PK\x03\x04" + b"../../x" * 20, id="broken"), pytest.param(zipped("../../etc/cron.d/x"), id="up"),
    pytest.param(zipped("/etc/passwd", "C:\\x.exe"), id="absolute"), pytest.param(zipped("a", link="b"), id="link"),
    pytest.param(zipped("a.zip", inner=zipped("0", inner=bytes(20_000_000))), id="bomb"),
    pytest.param(zipped(*(str(n) for n in range(100_000)), inner=b""), id="many"),
    pytest.param(zipped("invoice.xml", "invoice.xml", inner=ubl()), id="twice"),
])  # fmt: skip
def test_up09_an_archive_is_refused_whole_and_no_name_in_it_is_a_path(
    browser, content, tmp_path, settings
):
    settings.FILES_ROOT = tmp_path / "files"  # others at work beside us write into theirs
    settings.FILES_ROOT.mkdir()
    before = set(tmp_path.rglob("*"))
    response = drop(browser, ("a.zip", content), ("a.pdf", content), ("a.xml", content))
    assert response.status_code == 422 and "a.zip" in text(response)
    assert not Document.objects.filter(kind="upload").exists()
    assert set(tmp_path.rglob("*")) == before, "nothing was written anywhere"


def test_a_file_kept_apart_is_listed_as_being_checked_without_a_link(browser, standing, settings):
    case = submit(standing)
    document = keep(
        agency=standing.house.id, content=b"%PDF-1.7 x", name="note.pdf", kind="evidence", title="note.pdf",
        media_type="application/pdf", client=standing.client.id, case=case.id, by=standing.by, at=AT,
    )  # fmt: skip
    page = reverse("client:case_documents", args=[case.number])
    link = reverse("client:document", args=[document.id])
    assert link in browser.get(page).content.decode()
    Quarantine.objects.create(
        agency_id=standing.house.id, sha256=document.sha256, name="note.pdf", infected=False, at=AT, by_name="x"
    )  # fmt: skip
    shown = browser.get(page).content.decode()
    assert link not in shown and "being checked" in shown and "note.pdf" in shown


# A full disk ----------------------------------------------------------------------------------------------


@pytest.fixture
def full(monkeypatch):
    """A disk on which nothing more can be made durable, until it is emptied."""

    def refuse(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("recoup.kernel.durable.os.fsync", refuse)
        yield patched


def stored(settings):
    return {path for path in Path(settings.FILES_ROOT).rglob("*") if path.is_file()}


def test_op04_a_full_disk_keeps_no_half_document_and_says_when_to_come_back(
    browser, standing, settings, full, tmp_path
):
    settings.FILES_ROOT = tmp_path / "files"
    browser.raise_request_exception = False
    before, known = stored(settings), Document.objects.count()
    answer = drop(browser, ("invoice.xml", ubl(number="R-FULL")))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert stored(settings) == before and Document.objects.count() == known
    full.undo()
    assert drop(browser, ("invoice.xml", ubl(number="R-FULL"))).status_code == 302
    assert Document.objects.count() == known + 1 and len(stored(settings) - before) == 1


def test_op04_no_part_of_a_file_is_left_behind(tmp_path, full):
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "a", b"x" * 1000)
    assert not list(tmp_path.iterdir())
    full.undo()
    write_whole(tmp_path / "a", b"x" * 1000)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
