"""Names of companies as notices have them: the worked table, and labelled pairs where they lie beside the project."""

import csv
import re
from pathlib import Path

import pytest

from recoup.screening.companies import alike, pieces
from recoup.screening.rules import HAN, folded

PAGE = Path(__file__).parents[3] / "docs" / "algorithms" / "company-names.md"
TABLE = re.findall(r"^\| `(.+?)` \| `(.+?)` \| (\d+) \|", PAGE.read_text("utf-8"), re.MULTILINE)
SHARED = Path(__file__).parents[4] / "shared" / "data" / "06_name_matching" / "open"
BILINGUAL = "english vs traditional"  # no letter of the one is in the other


@pytest.mark.parametrize(("one", "other", "score"), TABLE)
def test_the_worked_table(one, other, score):
    assert alike(one, other).score == int(score)
    assert alike(other, one).score == int(score), "whichever comes first"
    if int(score):
        assert pieces(one) & pieces(other), "found by a common piece"


def test_no_english_name_is_taken_for_another_companys_chinese_one():
    """Each against each of the table: only what stands in one row is alike (whatever the script)."""
    english = {one for one, *_ in TABLE if one.isascii()}
    chinese = {other for _, other, _ in TABLE if HAN.search(other)}
    rows = {(one, folded(other)) for one, other, score in TABLE if int(score)}
    wrong = [(a, b) for a in english for b in chinese if alike(a, b) and (a, folded(b)) not in rows]
    assert not wrong


def test_the_table_is_read():
    assert len(TABLE) >= 10


def pairs(name):
    with open(SHARED / name, encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row.get("schema") != "Person"]


def measured(rows):
    """(precision, recall), as it works in the product: looked up by a common piece, then compared."""
    said = [
        bool(pieces(r["name1"]) & pieces(r["name2"])) and bool(alike(r["name1"], r["name2"]))
        for r in rows
    ]
    true = [r["is_match"] == "true" for r in rows]
    hits = sum(s and t for s, t in zip(said, true, strict=True))
    return hits / max(1, sum(said)), hits / max(1, sum(true))


@pytest.mark.skipif(not SHARED.is_dir(), reason="shared/data/06_name_matching is not here")
def test_labelled_pairs_are_told_apart_chinese_included(capsys):
    latin, chinese = pairs("PAIRS_names.csv"), pairs("PAIRS_chinese.csv")
    same_script = [r for r in chinese if r["pair"] != BILINGUAL]
    with capsys.disabled():
        for name, rows in (("Latin", latin), ("Chinese", same_script), ("both", latin + same_script),
                           ("with bilingual pairs", latin + chinese)):  # fmt: skip
            precision, recall = measured(rows)
            print(
                f"\n{name}: {len(rows)} pairs, precision {precision:.4f}, recall {recall:.4f}",
                end="",
            )
    precision, recall = measured(latin + chinese)
    assert precision >= 0.98 and recall >= 0.90, "Chinese beside English too"
    assert measured(same_script) == (1.0, 1.0)
