"""The countries' own tables: `countries/<cc>/tests/*.yaml`, which a lawyer can read and extend.

Each case has a `name`, a `request` as `recoup owed` reads it, and what is `owed` (keys of the answer;
`segments` as lists of from, to, days, principal, rate, interest) or `refused` (code and what is named).
`why` lists words that one of the sentences must contain, `not_answered` likewise.
"""

from decimal import Decimal
from typing import Any

import pytest

from recoup.jurisdictions.owed import as_document, owed, parse_request
from recoup.jurisdictions.rules import CODES, HOUSE_PRACTICE, folder_of
from recoup.jurisdictions.yamlfile import read
from recoup.kernel.refusal import Refusal

CASES = [
    pytest.param(case, id=f"{code} {path.stem}: {case['name']}")
    for code in CODES
    for path in sorted((folder_of(code) / "tests").glob("*.yaml"))
    for case in read(path)["cases"]
]
KEYS = {
    "name",
    "request",
    "owed",
    "refused",
    "segments",
    "allocations",
    "why",
    "not_answered",
    "steps",
}
PARTS = ("on", "costs", "compensation", "interest", "principal", "unallocated")


def check(case: dict[str, Any]) -> None:
    """Compare one case with the answer."""
    assert set(case) <= KEYS
    if "refused" in case:
        with pytest.raises(Refusal) as refusal:
            owed(parse_request(case["request"]))
        assert refusal.value.code == case["refused"]["code"]
        assert case["refused"].get("found") in (None, refusal.value.params.get("found"))
        return
    answer = as_document(owed(parse_request(case["request"])))
    for key, wanted in case["owed"].items():
        found = answer[key]
        if key == "compensation":
            found = f"{found['amount']} {found['currency']}"
        if key == "limitation":
            found = found and found["ends_on"]
        assert found == wanted, key
    if "segments" in case:
        found_segments = [
            [s["from"], s["to"], str(s["days"]), s["principal"], Decimal(s["rate"]), s["interest"]]
            for s in answer["segments"]
        ]
        assert found_segments == [[*s[:4], Decimal(s[4]), s[5]] for s in case["segments"]]
    if "allocations" in case:
        assert [[a[part] for part in PARTS] for a in answer["allocations"]] == case["allocations"]
    for words in case.get("why", []):
        assert any(words in sentence for sentence in answer["why"]), words
    for words in case.get("not_answered", []):
        assert any(words in question for question in answer["not_answered"]), words


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    check(case)


def test_every_country_has_a_table() -> None:
    for code in CODES:
        assert list((folder_of(code) / "tests").glob("*.yaml")), code


def test_every_house_practice_is_a_sentence_that_can_be_told_in_the_readers_language():
    written = {
        line.partition("source: ")[2].strip().strip("'\"")
        for code in CODES
        for line in (folder_of(code) / "rules.yaml").read_text().splitlines()
        if "source: 'house practice" in line
    }
    assert written and written <= set(HOUSE_PRACTICE)
