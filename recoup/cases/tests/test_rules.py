"""Rules of cases, without a database."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from recoup.cases.rules import (
    CaseFacts,
    LineFacts,
    Profile,
    ReviewFacts,
    best,
    may_accept,
    review,
    score,
)
from recoup.jurisdictions.rules import rules
from recoup.parties.rules import is_consumer

ON = date(2026, 11, 20)
DE = CaseFacts("DE", "de")
ANNA = Profile(UUID(int=1), "Anna", ("DE", "AT"), ("de", "en"), 10, 100)
LINE = LineFacts("RE-1", date(2026, 8, 31), date(2026, 8, 1), True)
FACTS = ReviewFacts(
    lines=(LINE,), debtor="Müller GmbH", number_checked=True, number_why="", consumer=None,
    known_dispute=False, jurisdiction="DE", limitation=rules("DE").limitation,
)  # fmt: skip


@pytest.mark.parametrize(("change", "points"), [
    ({}, (40, 25, 18)),
    ({"countries": ("SE",)}, (0, 25, 18)),
    ({"languages": ("sv",)}, (40, 0, 18)),
    ({"open_cases": 100}, (40, 25, 0)),
    ({"open_cases": 140}, (40, 25, 0)),
    ({"capacity": 0}, (40, 25, 0)),
])  # fmt: skip
def test_country_language_and_load_make_the_score(change, points):
    found = score(replace(ANNA, **change), DE)
    assert tuple(found.parts[name]["points"] for name in ("country", "language", "load")) == points
    assert found.total == sum(points) == found.because["total"]


def test_traditional_chinese_is_not_served_by_simplified():
    assert (
        score(replace(ANNA, languages=("zh-Hans",)), CaseFacts("HK", "zh-Hant")).parts["language"][
            "points"
        ]
        == 0
    )
    assert (
        score(replace(ANNA, languages=("de",)), CaseFacts("AT", "de-AT")).parts["language"][
            "points"
        ]
        == 25
    )


def test_whoever_is_away_is_left_out_up_to_the_last_day():
    away = replace(ANNA, absent_until=ON)
    lars = replace(ANNA, member=UUID(int=2), name="Lars", countries=("SE",), languages=("sv",))
    assert best([away, lars], DE, ON).name == "Lars"
    assert best([away, lars], DE, date(2026, 11, 21)).name == "Anna"
    assert best([away], DE, ON) is None


def test_the_less_loaded_breaks_a_tie_and_then_the_older():
    busy, free = (
        replace(ANNA, open_cases=14),
        replace(ANNA, member=UUID(int=2), name="Lars", open_cases=11),
    )
    assert best([replace(busy, open_cases=11), free], DE, ON).name == "Anna"
    assert best([replace(busy, open_cases=12), free], DE, ON).name == "Lars"


def test_a_sound_case_has_only_good_findings():
    findings = review(FACTS, ON)
    assert {f.level for f in findings} == {"good"}
    assert may_accept(findings) is None
    assert next(f for f in findings if f.code == "within_limitation").params["on"] == date(
        2029, 12, 31
    )


@pytest.mark.parametrize(("change", "code", "level"), [
    ({"lines": (replace(LINE, documented=False),)}, "documents_missing", "look"),
    ({"lines": (replace(LINE, due_on=date(2022, 6, 1), issued_on=date(2022, 5, 1)),)}, "time_barred", "stop"),
    ({"lines": (replace(LINE, due_on=date(2023, 6, 1), issued_on=date(2023, 5, 1)),)}, "limitation_near", "look"),
    ({"limitation": None}, "limitation_unknown", "look"),
    ({"lines": (replace(LINE, due_on=ON),)}, "not_yet_due", "look"),
    ({"known_dispute": True}, "disputed", "look"),
    ({"number_checked": None}, "debtor_number_missing", "look"),
    ({"number_checked": None, "number_why": "?"}, "debtor_number_unchecked", "look"),
    ({"number_checked": False, "number_why": "The check digit is wrong."}, "debtor_number_wrong", "look"),
    ({"consumer": is_consumer("Anna Svensson")}, "consumer", "stop"),
    ({"power_signed": False}, "mandate_missing", "stop"),
])  # fmt: skip
def test_each_check_finds_what_is_wrong(change, code, level):
    findings = review(replace(FACTS, **change), ON)
    found = next(f for f in findings if f.code == code)
    assert found.level == level
    assert found.text % found.params
    assert len(findings) == len(review(FACTS, ON))
    assert (may_accept(findings) is None) == (level != "stop")


def test_a_credit_note_neither_ages_nor_is_due():
    old = LineFacts("GS-1", date(2020, 1, 1), None, True, credit=True)
    assert {f.level for f in review(replace(FACTS, lines=(LINE, old)), ON)} == {"good"}


PAGE = Path(__file__).resolve().parents[3] / "docs" / "algorithms" / "assignment.md"
ROWS = [
    [cell.strip() for cell in line.strip("|\n ").split("|")]
    for line in PAGE.read_text().splitlines()
    if line.startswith("| ") and line.count("|") == 14 and line.split("|")[5].strip().isdigit()
]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_the_table_of_the_handbook_holds(row):
    name, countries, languages, laws, years, taken, capacity, *points = row
    profile = Profile(
        UUID(int=1),
        name,
        tuple(countries.split()),
        tuple(languages.split()),
        int(taken),
        int(capacity),
        laws=tuple(laws.split()),
        experience_years=int(years),
    )
    found = score(profile, DE)
    parts = ("country", "language", "law", "experience", "load")
    assert [*(found.parts[part]["points"] for part in parts), found.total] == [
        int(p) for p in points
    ]
