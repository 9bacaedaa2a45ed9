"""The table of hostile rows says only what is so: every test it names exists, every row is one."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TABLE: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "tests/hostile/covered.yaml").read_text())
ROWS = ROOT.parent / "shared" / "HOSTILE.md"


def named() -> set[str]:
    partly = (row["tests"] for row in TABLE["partly"].values())
    return {test for tests in (*TABLE["whole"].values(), *partly) for test in tests}


def test_every_test_of_the_table_is_collected() -> None:
    files = sorted({test.split("::")[0] for test in named()})
    assert all((ROOT / file).exists() for file in files)
    listed = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:randomly", "-n0", *files],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    found = {line.split("[")[0] for line in listed.stdout.splitlines() if "::" in line}
    assert listed.returncode == 0, listed.stdout[-2000:]
    assert named() - found == set()


def test_every_row_stands_in_one_part_and_says_what_is_missing() -> None:
    parts = [set(TABLE[part]) for part in ("whole", "partly", "open")]
    assert len(set.union(*parts)) == sum(map(len, parts))
    assert all(TABLE["whole"].values()) and all(r["tests"] for r in TABLE["partly"].values())
    assert all(r["missing"] for r in TABLE["partly"].values()) and all(TABLE["open"].values())


def test_every_row_is_a_row_of_the_list() -> None:
    if not ROWS.exists():
        pytest.skip("the list of hostile inputs does not lie beside the project")
    rows = set(
        re.findall(r"^\| ([A-Z]{2}[0-9]{2}) \|", ROWS.read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert {row for part in TABLE.values() for row in part} - rows == set()
