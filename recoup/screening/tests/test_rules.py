"""Names that are the same and names that are not, without a database."""

import re
from pathlib import Path

import pytest

from recoup.kernel.refusal import Refusal
from recoup.screening.folding import blocks, folded
from recoup.screening.rules import (
    KnownFacts,
    Party,
    checklist,
    how_alike,
    likeness,
    may_be_alike,
    may_clear,
)
from recoup.screening.targets import targets

PAGE = Path(__file__).parents[3] / "docs" / "algorithms" / "screening.md"
TABLE = re.findall(r"^\| `(.+?)` \| `(.+?)` \| (\d+) \| (yes|no) \|", PAGE.read_text("utf-8"), re.MULTILINE)  # fmt: skip


@pytest.mark.parametrize(("one", "other", "score", "hit"), TABLE)
def test_the_worked_table(one: str, other: str, score: str, hit: str) -> None:
    assert how_alike(one, other) == how_alike(other, one) == int(score)
    assert (int(score) > 0) is (hit == "yes")
    if hit == "yes":
        assert may_be_alike(folded(one), folded(other)), "not sieved out"
        assert blocks(folded(one)) & blocks(folded(other)), "found by a common piece"


def test_the_table_is_read() -> None:
    assert len(TABLE) >= 12


def test_a_number_tells_more_than_a_name_and_another_country_less() -> None:
    party = Party("debtor", 1, "Ocean Trade AB", "SE", ("5560360793",))
    names = ["Ocean Trade Ltd"]
    assert likeness(party, names, ["SE"], []).score == 100  # type: ignore[union-attr]
    far = likeness(party, names, ["RU"], [])
    assert far is not None and far.elsewhere and far.score == 92
    near = ["Oceanic Trade"]
    assert (
        likeness(party, near, ["SE"], []) is not None and likeness(party, near, ["RU"], []) is None
    )
    by = likeness(party, [], ["RU"], ["556036-0793"])
    assert by is not None and (by.by, by.score) == ("number", 100)
    assert likeness(party, [], [], ["793"]) is None


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"open_hits": 1}, "hits_open"), ({"matches": 1}, "sanctioned"), ({"authority": ""}, "authority_missing"),
        ({"ticked": frozenset()}, "check_open"), ({}, None),
    ],
)  # fmt: skip
def test_what_stands_against_a_clearance(facts: dict[str, object], code: str | None) -> None:
    base = {"number_checked": True, "signatory": "Åsa", "authority": "Director", "list_number": 1,
            "open_hits": 0, "matches": 0, "ticked": frozenset(("register_seen", "owners_known", "authority_shown"))}  # fmt: skip
    refusal = may_clear(checklist(KnownFacts(**(base | facts))))  # type: ignore[arg-type]
    assert (refusal.code if refusal else None) == code
    assert refusal is None or refusal.sentence()


HEAD = "id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1), ("id,name\n", 1), (f"{HEAD}\nQ1,Company,Ros\n", 2), (f"{HEAD}\nQ1,Company,,,,,,,\n", 2),
        (f'{HEAD}\nQ1,Company,"Ros,,,,,,\nQ2,Company,B,,,,,,\n', 3), (f"{HEAD},id\n", 1),
        (f"{HEAD}\nQ1,Company,Ro\0s,,,,,,\n", 2), (f"{HEAD}\n{'x' * 201},Company,Ros,,,,,,\n", 2),
    ],
)  # fmt: skip
def test_a_file_that_is_not_whole_is_refused_by_its_line(text: str, line: int) -> None:
    with pytest.raises(Refusal) as refused:
        list(targets(text.splitlines(keepends=True), file="t.csv"))
    assert refused.value.code == "list_broken" and refused.value.params["row"] == line
    assert "t.csv" in refused.value.sentence()


def test_several_values_in_a_cell_and_the_mark() -> None:
    row = 'Q1,Company,Ros,"""A; Ltd"";Роснефть",,ru;us,,7706107510;"RU 1",EU-1'
    [one] = targets([f"{HEAD}\n", f"{row}\n"], file="t.csv")
    assert one.aliases == ("A; Ltd", "Роснефть") and one.countries == ("RU", "US")
    [moved] = targets([f"{HEAD},last_seen\n", f"{row},2026-11-22\n"], file="t.csv")
    assert moved.mark == one.mark
    [changed] = targets([f"{HEAD}\n", f"{row}2\n"], file="t.csv")
    assert changed.mark != one.mark
