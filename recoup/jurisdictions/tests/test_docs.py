"""The worked tables of docs/algorithms are run as they stand."""

import re
from pathlib import Path
from typing import Any

import pytest

from recoup.jurisdictions.tests.test_countries import check
from recoup.jurisdictions.yamlfile import parse

DOCS = Path(__file__).resolve().parents[3] / "docs" / "algorithms"
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.S | re.M)
CASES = [
    pytest.param(case, id=f"{name}: {case['name']}")
    for name in ("interest", "allocation", "compensation")
    for block in BLOCK.findall((DOCS / f"{name}.md").read_text(encoding="utf-8"))
    for case in parse(block, name=f"{name}.md")["cases"]
]


def test_each_page_has_a_table() -> None:
    assert len(CASES) >= 5


@pytest.mark.parametrize("case", CASES)
def test_worked_table(case: dict[str, Any]) -> None:
    check(case)
