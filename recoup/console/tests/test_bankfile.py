import json
import subprocess
import sys
from pathlib import Path

import pytest

from recoup.console.bankfile import run
from recoup.payments.bankfiles.tests.samples import MT940, camt, entry, statement, tx


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.xml"
    details = tx("50.00", "Debtor GmbH", ref="RF18539007547034")
    path.write_bytes(camt(statement(entry("50.00", details=details), closing="150.00")))
    return path


def document(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict]:
    code = run([*argv, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_file_is_described_with_amounts_as_strings(
    good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = document(capsys, str(good), "--entries")
    (file,) = found["files"]
    assert code == 0
    assert (file["file"], file["status"], file["format"]) == (str(good), "ok", "camt.053.001.08")
    (s,) = file["statements"]
    assert {k: s[k] for k in ("opening", "closing", "credit_sum", "debit_sum", "balanced", "entries", "from", "to")} == {
        "opening": "100.00", "closing": "150.00", "credit_sum": "50.00", "debit_sum": "0.00", "balanced": True,
        "entries": 1, "from": "2026-11-20", "to": "2026-11-20",
    }  # fmt: skip
    (line,) = file["entries"]
    assert (line["amount"], line["counterparty"], line["reference"]) == (
        "50.00",
        "Debtor GmbH",
        "RF18539007547034",
    )
    assert {
        "statement", "booked_on", "value_on", "amount", "currency", "status", "reversal", "counterparty",
        "counterparty_account", "end_to_end_id", "reference", "remittance", "return_reason",
    } <= set(line)  # fmt: skip


def test_entries_are_left_out_unless_asked_for(
    good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert document(capsys, str(good))[1]["files"][0]["entries"] == []


def test_a_refused_file_gives_one_sentence_and_exit_1(
    good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.xml"
    bad.write_bytes(good.read_bytes()[:-20])
    code, found = document(capsys, str(bad), str(good), str(tmp_path / "none.xml"))
    assert code == 1
    assert [f["status"] for f in found["files"]] == ["refused", "ok", "refused"]
    assert [f.get("error", {}).get("code") for f in found["files"]] == [
        "xml_broken",
        None,
        "file_unreadable",
    ]
    assert found["error"]["file"] == str(bad)


@pytest.mark.parametrize("argv", [[], ["--json"], ["--what", "x"]])
def test_wrong_usage_is_exit_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(argv) == 2
    assert "usage" in capsys.readouterr().err


def test_people_get_a_table(good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "a.sta"
    other.write_text(MT940)
    assert run([str(good), str(other), "--entries"]) == 0
    shown = capsys.readouterr().out
    assert "camt.053.001.08" in shown
    assert "balances" in shown
    assert "-19.00 EUR" in shown


def test_it_starts_without_django(good: Path) -> None:
    script = "import sys; from recoup.console import main; main(sys.argv[1:]); assert 'django' not in sys.modules"
    done = subprocess.run(
        [sys.executable, "-c", script, "bankfile", str(good), "--json"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["files"][0]["status"] == "ok"
