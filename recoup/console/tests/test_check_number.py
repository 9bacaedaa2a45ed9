"""`recoup check-number`: the document of the contract and its exit codes."""

import io
import json

import pytest

from recoup.console.check_number import run


def test_every_value_has_its_result_in_order(capsys):
    assert (
        run(["iban", "--json", "--", "DE02120300000000202051", "-1", "DE02120300000000202051"]) == 0
    )
    results = json.loads(capsys.readouterr().out)["results"]
    assert [r["value"] for r in results] == [
        "DE02120300000000202051",
        "-1",
        "DE02120300000000202051",
    ]
    assert [r["valid"] for r in results] == [True, False, True]
    assert set(results[0]) == {"kind", "value", "valid", "normalised", "why"}


def test_people_get_a_table(capsys):
    assert run(["company:SE", "556036-0793", "556036-0794"]) == 0
    good, bad = capsys.readouterr().out.splitlines()
    assert good.startswith("valid    5560360793")
    assert bad.startswith("INVALID  556036-0794")


def test_values_come_from_standard_input(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("556036-0793\n\n556036-0794\n"))
    assert run(["company:SE", "-", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["results"]) == 2


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["iban"],
        ["iban", "--loud", "x"],
        ["company:XX", "1"],
        ["phone", "1"],
        ["company:", "1"],
        ["IBAN", "1"],
    ],
)
def test_wrong_usage(argv, capsys):
    assert run(argv) == 2
    assert "usage" in capsys.readouterr().err
