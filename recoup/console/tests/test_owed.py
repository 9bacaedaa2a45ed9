"""`recoup owed` at the edge: exit codes, the error document, and how fast it starts."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from recoup.console.owed import run

GOOD = {
    "jurisdiction": "SE", "currency": "SEK", "as_of": "2026-06-30",
    "claims": [{"ref": "F-1", "amount": "10000.00", "due": "2025-01-31"}],
    "payments": [{"on": "2025-03-01", "amount": "2000.00"}],
}  # fmt: skip


def ask(text: str | bytes, capsys: Any, monkeypatch: Any, *argv: str) -> tuple[int, str, str]:
    raw = text if isinstance(text, bytes) else text.encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    code = run(list(argv))
    out, err = capsys.readouterr()
    return code, out, err


def test_one_json_document_and_nothing_else(capsys: Any, monkeypatch: Any) -> None:
    code, out, err = ask(json.dumps(GOOD), capsys, monkeypatch, "-", "--json")
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert answer["principal"] == "8084.38"
    assert answer["allocations"][0]["interest"] == "84.38"


def test_people_get_a_table(capsys: Any, monkeypatch: Any) -> None:
    code, out, _ = ask(json.dumps(GOOD), capsys, monkeypatch)
    assert code == 0
    for words in (
        "Owed under the law of SE",
        "8084.38 SEK",
        "Payments",
        "Limitation",
        "each day more",
    ):
        assert words in out


def test_a_file_is_read_and_named(tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "request.json"
    file.write_text("\ufeff" + json.dumps(GOOD), encoding="utf-8")
    assert run(["--json", str(file)]) == 0
    capsys.readouterr()
    file.write_text("{", encoding="utf-8")
    assert run([str(file), "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["code"], error["file"]) == ("json_broken", str(file))
    assert run([str(tmp_path / "none.json"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "file_unreadable"
    assert run([str(tmp_path), "--json"]) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "json_broken"), ("[1,2", "json_broken"), (b"\xff\xfe{", "json_broken"), ("[]", "not_an_object"),
        ('{"as_of":"2026-01-01","as_of":"2026-01-02"}', "json_broken"), ('{"a": NaN}', "json_broken"),
        ('{"a": Infinity}', "json_broken"), ("[" * 200_000, "json_broken"),
        ('{"a": ' + "9" * 5000 + "}", "unknown_key"),
        (json.dumps(GOOD).replace('"10000.00"', "10000.00"), "amount_not_plain"),
        (json.dumps(GOOD).replace('"10000.00"', "1e400"), "amount_not_plain"),
        (json.dumps(GOOD | {"as_of": "2027-01-31"}), "not_known"),
        (json.dumps(GOOD | {"claims": [GOOD["claims"][0] | {"amount": "10.005"}]}), "amount_too_precise"),
    ],
)  # fmt: skip
def test_bad_input_is_one_error_document(
    text: str | bytes, code: str, capsys: Any, monkeypatch: Any
) -> None:
    status, out, _ = ask(text, capsys, monkeypatch, "--json")
    error = json.loads(out)["error"]
    assert (status, error["code"]) == (1, code)
    assert error["message"]
    assert set(error) <= {"code", "message", "file", "row", "field", "found"}


def test_wrong_usage(capsys: Any) -> None:
    assert run(["a", "b"]) == 2
    assert run(["--yaml"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "usage" in err


def test_django_is_not_loaded() -> None:
    script = "import sys; from recoup.console.owed import run; import recoup.jurisdictions.laws; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
