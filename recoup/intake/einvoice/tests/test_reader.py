"""The guarded child: limits, death and restart, nothing from outside."""

import subprocess
import sys
import time

import pytest

from recoup.intake.einvoice import NoInvoice, Reader, read_invoice, reader
from recoup.intake.einvoice.document import read_here
from recoup.intake.einvoice.reading import Reading
from recoup.intake.einvoice.tests.samples import cii, fattura, pdf, ubl
from recoup.intake.einvoice.tests.test_refusals import bomb
from recoup.intake.einvoice.transport import packed, unpacked
from recoup.kernel.refusal import Refusal


def bombed_pdf(size: int) -> bytes:
    """A PDF whose invoice unpacks to `size` bytes."""
    stream = bomb(size)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(factur-x.xml) 3 0 R]>>>>>>",
        b"<</Type/Pages/Kids[]/Count 0>>",
        b"<</Type/Filespec/F(factur-x.xml)/UF(factur-x.xml)/EF<</F 4 0 R>>>>",
        b"<</Type/EmbeddedFile/Filter/FlateDecode/Length %d>>stream\n%s\nendstream"
        % (len(stream), stream),
    ]
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + table
    return out + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start


def test_a_batch_in_one_child_reads_as_in_this_process():
    with Reader() as batch:
        for content in (ubl(), cii(), fattura(bodies=2), pdf({"factur-x.xml": cii()})):
            assert batch.read(content, file="a/b.xml") == read_here(content, file="a/b.xml")
        child = batch.child
        with pytest.raises(NoInvoice):
            batch.read(pdf(), file="p.pdf")
        with pytest.raises(Refusal):
            batch.read(b"", file="p.pdf")
        assert batch.child is child
    assert child.poll() is not None


def test_a_single_file_can_be_read_alone():
    assert read_invoice(ubl(), file="u.xml").number == "R-1001"


def test_a_bomb_is_refused_and_the_next_file_is_read():  # UP04, IM10
    content = bombed_pdf(3 << 30)
    assert len(content) < 5_000_000
    with Reader() as batch:
        started = time.monotonic()
        with pytest.raises(Refusal) as caught:
            batch.read(content, file="bomb.pdf")
        assert time.monotonic() - started < 25
        assert caught.value.as_error()["file"] == "bomb.pdf"
        assert batch.read(ubl(), file="u.xml").number == "R-1001"


def test_the_processor_limit_ends_a_child_that_never_ends():
    script = (
        "from recoup.intake.einvoice import worker; worker.SECONDS = 0; worker.limit_time()\n"
        "while True: pass"
    )
    done = subprocess.run([sys.executable, "-c", script], timeout=30, check=False)
    assert done.returncode < 0


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('192.0.2.1', 80), 1)",
        "socket.getaddrinfo('example.org', 80)",
        "subprocess.run(['true'])",
        "os.system('true')",
        "os.write(os.open('written', os.O_CREAT | os.O_WRONLY), b'x')",
    ],
)
def test_the_child_reaches_nothing_outside(attempt, tmp_path):
    script = (
        "import os, socket, subprocess, sys\nfrom recoup.intake.einvoice import worker\n"
        f"worker.guard()\ntry:\n    {attempt}\nexcept OSError as error:\n    print('stopped')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        timeout=30,
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(reader.ROOT)},
    )
    assert b"stopped" in done.stdout or done.returncode < 0


SILENT = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAD = [sys.executable, "-c", "raise SystemExit(3)"]
LIAR = [sys.executable, "-c", "import sys; sys.stdout.buffer.write(b'\\xff' * 9 + b'x' * 100)"]
FORGER = [sys.executable, "-c", "import sys; sys.stdout.buffer.write(b'\\0' * 7 + b'\\2[]')"]


NO_NUMBER = [
    sys.executable,
    "-c",
    'import sys; a = b\'{"$":"Decimal","is":"x"}\'; sys.stdout.buffer.write(len(a).to_bytes(8, \'big\') + a)',
]
DEEP = [
    sys.executable,
    "-c",
    "import sys; a = b'[' * 100000; sys.stdout.buffer.write(len(a).to_bytes(8, 'big') + a)",
]


@pytest.mark.parametrize("command", [SILENT, DEAD, LIAR, FORGER, NO_NUMBER, DEEP])
def test_a_child_that_is_silent_dead_or_lies_is_replaced(command, monkeypatch):
    def false_child():
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    monkeypatch.setattr(reader, "PATIENCE", 1.0)
    with Reader() as batch:
        with monkeypatch.context() as patch:
            patch.setattr(reader, "started", false_child)
            with pytest.raises(Refusal) as caught:
                batch.read(ubl(), file="x/u.xml")
        assert caught.value.code == "file_too_hard"
        assert caught.value.as_error()["file"] == "u.xml"
        assert batch.child is None
        monkeypatch.setattr(reader, "PATIENCE", 30.0)
        assert batch.read(ubl(), file="u.xml").number == "R-1001"


def test_a_child_that_does_not_even_listen_is_ended(monkeypatch):
    monkeypatch.setattr(reader, "PATIENCE", 1.0)
    monkeypatch.setattr(
        reader,
        "started",
        lambda: subprocess.Popen(SILENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE),
    )
    with Reader() as batch, pytest.raises(Refusal):
        batch.read(b"<" + b" " * 10_000_000, file="deaf.xml")


def test_a_file_over_the_limit_is_not_even_sent():
    with Reader() as batch:
        with pytest.raises(Refusal) as caught:
            batch.read(b" " * (reader.LARGEST + 1), file="big.xml")
        assert caught.value.code == "file_too_large"
        assert batch.child is None


def test_the_child_knows_nothing_of_the_parent_s_environment(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    with Reader() as batch:
        batch.read(ubl(), file="u.xml")
        with open(f"/proc/{batch.child.pid}/environ", "rb") as environment:
            assert b"secret" not in environment.read()


@pytest.mark.parametrize("content", [ubl(payable="1191.00"), fattura(bodies=3)])
def test_what_comes_out_of_the_child_is_what_went_in(content):
    reading = read_here(content, file="f.xml")
    assert unpacked(packed(reading)) == reading


def test_a_refusal_survives_the_way_with_its_gaps():
    refusal = NoInvoice("code", "%(file)s is %(what)s.", file="f", what="Ö")
    back = unpacked(packed(refusal))
    assert type(back) is NoInvoice
    assert back.as_error() == refusal.as_error()


@pytest.mark.parametrize(
    "content", [b"[]", b"1", b'{"$": "os"}', b'{"$": "Decimal", "is": "1"}', b"\xff"]
)
def test_anything_else_from_the_child_is_an_error(content):
    with pytest.raises(ValueError):
        unpacked(content)


def test_names_that_are_no_text_reach_the_child():
    assert isinstance(read_invoice(ubl(), file="b\udcffd.xml"), Reading)
