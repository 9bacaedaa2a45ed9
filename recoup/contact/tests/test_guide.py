"""The call guide: the same answers in each language, each leading to an act that exists."""

import pytest

from recoup.contact.guide import ACTS, LANGUAGES, guide
from recoup.contact.outcomes import OUTCOMES


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_every_answer_leading_to_the_same_act(language: str) -> None:
    english = {a.code: a.then for a in guide("en").answers}
    found = guide(language)
    assert {a.code: a.then for a in found.answers} == english
    assert set(english.values()) <= set(ACTS) <= set(OUTCOMES)
    assert len(found.begin) == 3 and found.close
    assert all(a.heard and a.say and a.ask for a in found.answers)


def test_the_usual_excuses_are_answered() -> None:
    known = {a.code for a in guide("en").answers}
    assert {"never_came", "boss_away", "own_customer", "faulty", "in_the_post"} <= known


@pytest.mark.parametrize(("asked", "found"), [
    ("zh-hant", "zh-Hant"), ("de-AT", "de"), ("fr", "en"), ("sv", "sv"), ("", "en"),
])  # fmt: skip
def test_the_nearest_language(asked: str, found: str) -> None:
    assert guide(asked).language == found
