"""Champion and challenger: the worked table of docs/algorithms/trials.md, and a split that nobody chooses."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from recoup.strategy.plans import STANDARD
from recoup.strategy.proportions import difference, wilson
from recoup.strategy.queries import Split, is_challenged

PAGE = Path(__file__).parents[3] / "docs/algorithms/trials.md"
ROWS = [
    [cell.strip() for cell in line.strip("|\n ").split("|")]
    for line in PAGE.read_text().splitlines()
    if line.startswith("| ") and "/" in line
]


def share(text: str):
    hits, cases = map(int, text.split("/"))
    return wilson(hits, cases)


def test_the_table_is_there() -> None:
    assert len(ROWS) == 8


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_the_worked_table(row: list[str]) -> None:
    second, first, by, low, high, decided = row
    found = difference(share(first), share(second))
    assert (f"{found.by:.4f}", f"{found.low:.4f}", f"{found.high:.4f}") == (by, low, high)
    assert found.decided == (decided == "yes")


def test_nothing_seen_says_nothing() -> None:
    none = wilson(0, 0)
    assert (none.low, none.high, none.share) == (0.0, 1.0, 0.0)
    assert not difference(none, none).decided
    with pytest.raises(ValueError, match="3 of 2"):
        wilson(3, 2)


def test_the_hash_gives_its_share_and_never_changes_its_mind() -> None:
    split = Split(UUID(int=7), STANDARD, 30, date(2026, 1, 1))
    cases = [UUID(int=n * 7919 + 1) for n in range(10_000)]
    first = [is_challenged(split, case) for case in cases]
    assert first == [is_challenged(split, case) for case in cases]
    assert wilson(sum(first), len(cases)).low < 0.30 < wilson(sum(first), len(cases)).high
    other = Split(UUID(int=8), STANDARD, 30, date(2026, 1, 1))
    assert first != [is_challenged(other, case) for case in cases], "each trial draws anew"
    for whole, all_of_them in ((0, False), (100, True)):
        side = Split(UUID(int=7), STANDARD, whole, date(2026, 1, 1))
        assert {is_challenged(side, case) for case in cases[:200]} == {all_of_them}
