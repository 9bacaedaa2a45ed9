"""import-bank and remit as others call them: one JSON document, exit codes, nothing twice."""

import json

import pytest

from recoup.console import import_bank, remit
from recoup.payments.bankfiles.tests.samples import entry
from recoup.payments.tests.cast import case_of, trust_account
from recoup.payments.tests.test_bank_file import file_of, paid
from recoup.payments.transfers import validate_pain001

KEYS = {
    "statement_files",
    "entries",
    "matched",
    "part_matched",
    "unmatched",
    "returned",
    "duplicates",
    "amount_matched",
    "errors",
}


@pytest.fixture
def call(house, tmp_path, capsys):
    trust_account(house.agency)

    def run(content, *more):
        path = tmp_path / "a.xml"
        path.write_bytes(content)
        code = import_bank.run([str(path), "--json", *more])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_a_bank_file_is_taken_once(house, call):
    content = file_of(
        paid("100.00", case_of(house.agency)), paid("5.00", ref="B-2"), closing="105.00"
    )
    code, found = call(content)
    assert code == 0 and set(found) >= KEYS
    assert (found["entries"], found["matched"], found["unmatched"], found["amount_matched"]) == (
        2,
        1,
        1,
        {"EUR": "100.00"},
    )
    code, found = call(content)
    assert (code, found["matched"], found["duplicates"]) == (0, 0, 2)


def test_a_file_that_does_not_balance_says_why(call):
    code, found = call(file_of(entry("10.00"), closing="11.00"))
    assert (
        code == 1
        and found["status"] == "held"
        and found["errors"][0]["code"] == "statement_unbalanced"
    )
    assert found["statement_files"] == 0 and "by 1.00 EUR" in found["errors"][0]["message"]


def test_a_broken_file_is_one_error(call):
    code, found = call(b"<Document")
    assert code == 1 and set(found) == {"error"} and found["error"]["code"] == "xml_broken"


def test_remit_writes_the_payment_file_and_again_the_same(house, call, tmp_path, capsys):
    call(file_of(paid("500.00", case_of(house.agency)), closing="500.00"))
    out = tmp_path / "pain.xml"
    documents = []
    for _ in range(2):
        assert remit.run(["--on", "2026-11-20", "--out", str(out), "--json"]) == 0
        documents.append((json.loads(capsys.readouterr().out), out.read_bytes()))
    (first, content), (second, same) = documents
    validate_pain001(content, file="pain.xml")
    assert (first["remittances"], first["clients"], first["gross"]) == (1, 1, "500.00")
    assert (second["remittances"], second["gross"]) == (0, "0.00")
    assert content == same and first["message_id"] == second["message_id"]


def test_a_day_that_is_none_is_refused(house, capsys):
    assert remit.run(["--on", "2026-13-01", "--json"]) == 1
    assert "error" in json.loads(capsys.readouterr().out)
