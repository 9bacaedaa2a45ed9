"""Names of companies as notices have them: the worked table, and labelled pairs where they lie beside the project."""

import csv
import re
from pathlib import Path

import pytest

from recoup.screening.companies import alike, pieces
from recoup.screening.folding import HAN, blocks, folded
from recoup.screening.rules import how_alike, may_be_alike

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


def found_on_a_list(one, other):
    """As a party is held against the sanctions list: by a common piece, through the sieve, then compared."""
    a, b = folded(one), folded(other)
    return bool(blocks(a) & blocks(b)) and may_be_alike(a, b) and how_alike(one, other) > 0


def of_schema(name, *, person):
    with open(SHARED / name, encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if (row.get("schema") == "Person") is person]


@pytest.mark.skipif(not SHARED.is_dir(), reason="shared/data/06_name_matching is not here")
@pytest.mark.parametrize(
    ("person", "least"), [(False, (0.97, 0.75)), (True, (0.80, 0.62))], ids=["companies", "persons"]
)
def test_screening_has_the_same_likeness_and_is_better_for_it(person, least, capsys):
    """The ratio of letters it had before reached 0.959 at 0.629 for companies, 0.742 at 0.616 for persons."""
    rows = of_schema("PAIRS_names.csv", person=person) + (
        [] if person else pairs("PAIRS_chinese.csv")
    )
    said = [found_on_a_list(r["name1"], r["name2"]) for r in rows]
    true = [r["is_match"] == "true" for r in rows]
    hits = sum(s and t for s, t in zip(said, true, strict=True))
    precision, recall = hits / sum(said), hits / sum(true)
    with capsys.disabled():
        print(
            f"\nscreening: {len(rows)} pairs, precision {precision:.4f}, recall {recall:.4f}",
            end="",
        )
    assert precision >= least[0] and recall >= least[1]
