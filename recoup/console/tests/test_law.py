"""`recoup law status` as a person and a program read it."""

import json
import subprocess
import sys

import pytest

from recoup.console.law import run
from recoup.jurisdictions.rules import CODES


def test_after_the_half_year_the_series_that_ended_with_it_are_stale(capsys):
    assert run(["status", "--json", "--on", "2027-01-02"]) == 0
    found = json.loads(capsys.readouterr().out)
    stale = {row["name"] for row in found["series"] if row["stale"]}
    assert "DE_BASISZINSSATZ" in stale and found["stale"] == len(stale)
    first = found["series"][0]
    assert first["stale"] and first["next_refresh"] <= "2027-01-02"
    names = [row["name"] for row in found["series"]]
    assert len(names) == len(set(names)) >= len(CODES)


def test_the_table_names_series_period_and_day(capsys):
    run(["status", "--on", "2026-11-22"])
    shown = capsys.readouterr().out
    line = next(row for row in shown.splitlines() if "DE_BASISZINSSATZ" in row)
    assert "2026-H2" in line and "2026-12-31" in line and "2027-01-01" in line


@pytest.mark.parametrize("argv", [[], ["stat"], ["status", "more"], ["status", "--json", "x"]])
def test_wrong_usage_is_two(argv, capsys):
    assert run(argv) == 2
    assert "usage: recoup law status" in capsys.readouterr().err


@pytest.mark.parametrize("day", ["", "0026-01-01", "22.11.2026", "2026-13-01"])
def test_a_day_that_is_none_is_refused_by_name(day, capsys):
    assert run(["status", "--on", day, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["field"] == "--on"


def test_it_needs_no_django():
    code = "import sys; from recoup.console import main; main(['law', 'status', '--on', '2026-11-22']); assert 'django' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
