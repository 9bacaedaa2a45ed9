"""`recoup import-cases` and `undo-import` as a stranger calls them: keys, exit codes, the error document."""

import json

import pytest

from recoup.cases.models import Case
from recoup.console.import_cases import run, undo
from recoup.intake.models import Placement
from recoup.journeys.tests.cast import nordlicht

LIST = """customer_name;customer_country;invoice_number;invoice_date;due_date;amount;currency
Alpha GmbH;DE;R-1;01.03.2026;31.03.2026;1.234,50;EUR
Alpha GmbH;DE;R-2;13.03.2026;12.04.2026;-34,50;EUR
Gamma Ltd;GB;R-3;02.03.2026;irgendwann;10,00;EUR
Anna Svensson;SE;R-4;02.03.2026;01.04.2026;10,00;EUR
"""
KEYS = {"placement", "rows", "accepted", "rejected", "duplicates", "warnings", "errors", "undo"}


@pytest.fixture
def standing(house):
    return nordlicht(house)


@pytest.fixture
def said(standing, tmp_path, capsys):
    """Calls the command with a file of this content; (exit code, document)."""

    def call(content=LIST, *more, name="list.csv", client="K-000001", verb=run, args=None):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        code = verb(args or [str(path), "--client", client, "--agency", "nordic", "--json", *more])
        out = capsys.readouterr().out
        assert out.count("\n") == 1, "one document on standard output"
        return code, json.loads(out)

    return call


def test_rows_are_taken_or_named_with_row_field_and_what_was_found(said):
    code, found = said()
    assert code == 0 and set(found) >= KEYS
    assert (found["rows"], found["accepted"], found["rejected"], found["duplicates"]) == (
        4,
        2,
        2,
        0,
    )
    errors = {(e["row"], e["field"], e["code"], e["found"]) for e in found["errors"]}
    assert errors == {
        (4, "due_on", "day_unreadable", "irgendwann"), (5, "debtor", "consumer_suspected", "Anna Svensson"),
    }  # fmt: skip
    assert all(e["message"] for e in found["errors"])
    assert found["amounts"] == {"EUR": "1200.00"} and found["undo"].endswith(found["placement"])


def test_again_brings_nothing_and_undone_it_comes_again(said):
    first = said()[1]
    code, again = said()
    assert (code, again["accepted"], again["duplicates"]) == (0, 0, 2)
    code, undone = said(verb=undo, args=[first["placement"], "--agency", "nordic", "--json"])
    assert (code, undone["cases"]) == (0, 1)
    code, twice = said(verb=undo, args=[first["placement"], "--agency", "nordic", "--json"])
    assert (code, twice["error"]["code"]) == (1, "placement_not_done")
    assert said()[1]["accepted"] == 2


def test_a_dry_run_says_the_same_and_keeps_nothing(said):
    code, dry = said(LIST, "--dry-run")
    assert code == 0 and set(dry) >= KEYS and dry["placement"] is None and dry["undo"] is None
    assert not Case.objects.exists() and not Placement.objects.exists()
    real = said()[1]
    same = ("rows", "accepted", "rejected", "duplicates", "errors", "amounts")
    assert {k: dry[k] for k in same} == {k: real[k] for k in same}


@pytest.mark.parametrize(("content", "code"), [
    (b"", "no_rows"), (b"\n\n", "no_rows"), (b"PK\x03\x04" + b"0" * 40, "workbook_broken"),
    ("Debtor;Amount\nA AB;1\n", "columns_missing"), ("just some words\n", "no_delimiter"), ("a;b;c\n1;2;3\n", "header_missing"),
    ('Debtor;Invoice;Due;Amount\n"A AB;1;2026-01-31;5\n', "quote_open"),
])  # fmt: skip
def test_a_file_that_cannot_be_taken_is_one_error_document(said, content, code):
    status, found = said(content)
    assert status == 1 and set(found) == {"error"}
    assert found["error"]["code"] == code and found["error"]["message"], found
    assert found["error"]["file"].endswith("list.csv") and not Case.objects.exists()


def test_a_client_is_found_by_what_people_call_it(said, standing):
    dry = ("--dry-run",)
    for name in ("k-000001", "5560360793", "556036-0793", "SE556036079301", "Nordlicht", "NORDLICHT AB",
                 standing.member.user.email, str(standing.client.id)):  # fmt: skip
        assert said(LIST, *dry, client=name)[0] == 0, name
    status, found = said(LIST, *dry, client="nobody")
    assert (
        status == 1
        and found["error"]["code"] == "client_unknown"
        and "K-000001" in found["error"]["message"]
    )


@pytest.mark.parametrize("mapping", [
    {"columns": {"debtor": "Wer", "invoice": "Nr", "due_on": "Wann", "amount": "Wieviel"}, "country": "DE", "currency": "EUR"},
    {"Wer": "debtor", "Nr": "invoice", "Wann": "due_on", "Wieviel": "amount", "country": "DE", "currency": "EUR"},
    {"columns": {"debtor": 0, "invoice": 1, "due_on": 2, "amount": 3}, "header": 1, "country": "DE", "currency": "EUR"},
])  # fmt: skip
def test_a_mapping_names_columns_by_heading_or_place(said, tmp_path, mapping):
    odd = "Wer;Nr;Wann;Wieviel\nAlpha GmbH;R-1;2026-03-31;10,00\n"
    code, found = said(odd, "--mapping", json.dumps(mapping))
    assert (code, found.get("accepted")) == (0, 1), found
    path = tmp_path / "m.json"
    path.write_text(json.dumps(mapping))
    assert said(odd + "Beta AG;R-2;2026-03-31;5,00\n", "--mapping", str(path))[1]["accepted"] == 1


@pytest.mark.parametrize(("mapping", "code"), [
    ("nonsense", "mapping_wrong"), ('["a"]', "mapping_wrong"), ('{"columns": {"debtor": "Nicht da"}}', "column_unknown"),
    ('{"columns": {"what": "customer_name"}}', "mapping_wrong"), ('{"decimal": ";"}', "mapping_wrong"),
])  # fmt: skip
def test_a_mapping_that_cannot_be_is_refused(said, mapping, code):
    status, found = said(LIST, "--mapping", mapping)
    assert (status, found["error"]["code"]) == (1, code)


def test_without_a_column_of_countries_the_clients_own_is_taken_and_said(said):
    text = "Debtor,Invoice,Due,Amount,Currency\nAlfa AB,R-1,2026-03-31,10.00,EUR\nAlpha GmbH,R-2,2026-03-31,10.00,EUR\n"
    found = said(text)[1]
    assert [w["code"] for w in found["warnings"]] == ["country_assumed"]
    assert [(e["row"], e["field"]) for e in found["errors"]] == [(3, "country")], (
        "a GmbH is not Swedish"
    )
    assert Case.objects.get().debtor.country == "SE"


def test_wrong_usage_is_two():
    with pytest.raises(SystemExit) as ended:
        run(["file.csv"])
    assert ended.value.code == 2
