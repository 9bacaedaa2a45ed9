"""`recoup einvoice`: the document of the contract, its exit codes, its table."""

import json
import subprocess
import sys

import pytest

from recoup.console.einvoice import run
from recoup.intake.einvoice.tests.samples import cii, pdf, ubl

KEYS = {
    "file", "status", "syntax", "container", "type_code", "number", "issue_date", "due_date", "due_date_source",
    "currency", "grand_total", "prepaid", "due_payable", "seller", "buyer", "accounts", "lines", "warnings",
}  # fmt: skip


@pytest.fixture
def files(tmp_path):
    contents = {
        "a.xml": ubl(),
        "b.pdf": pdf({"factur-x.xml": cii()}),
        "c.pdf": pdf(),
        "d.xml": b"<html/>",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return [str(tmp_path / name) for name in contents]


def test_every_file_has_its_entry_under_its_path_as_given(files, capsys):
    assert run([*files, "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)["files"]
    assert [e["file"] for e in entries] == files
    assert [e["status"] for e in entries] == ["ok", "ok", "no_invoice", "refused"]
    assert all(set(e) >= KEYS for e in entries)
    assert entries[0]["due_payable"] == "1190.00"
    assert entries[0]["lines"] == 1
    assert set(entries[0]["buyer"]) >= {"name", "vat", "legal_id", "country", "city", "postcode"}
    assert entries[2]["error"]["code"] == "pdf_without_xml"
    assert entries[3]["error"]["file"] == "d.xml"


def test_when_everything_is_refused_the_exit_code_says_so(files, capsys):
    assert run(["--json", files[3]]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["error"] == answer["files"][0]["error"]


def test_a_file_that_is_not_there_is_refused_by_name(capsys):
    assert run(["--json", "nowhere/x.pdf"]) == 1
    [entry] = json.loads(capsys.readouterr().out)["files"]
    assert entry["error"]["message"] == "x.pdf cannot be opened: No such file or directory."


def test_a_file_without_end_is_not_read_to_the_end(capsys):
    assert run(["--json", "/dev/zero"]) == 1
    [entry] = json.loads(capsys.readouterr().out)["files"]
    assert entry["error"]["code"] == "file_too_large"


def test_people_get_a_table(files, capsys):
    assert run(files) == 0
    out = capsys.readouterr().out
    assert "Nordlicht AB → Kaufhaus Müller GmbH" in out
    assert "1190.00 EUR, issued 2026-03-02, due 2026-04-01" in out
    assert "c.pdf: no invoice" in out


@pytest.mark.parametrize("argv", [[], ["--json"], ["--colour", "a.xml"]])
def test_wrong_usage(argv, capsys):
    assert run(argv) == 2
    assert "usage" in capsys.readouterr().err


def test_from_standard_input_without_django_or_database():
    script = (
        "import sys; from recoup.console import main; code = main(['einvoice', '-', '--json'])\n"
        "assert not [m for m in sys.modules if m.startswith(('django', 'facturx', 'pikepdf'))]; sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input=ubl(), capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["files"][0]["number"] == "R-1001"
