"""Characters that stand for nothing, towers of marks, and signs of several characters."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recoup.kernel.text import MOST_MARKS, cut, is_broken, signs, squeezed

FAMILY, FLAG = "👨‍👩‍👧‍👦", "🇸🇪"


@pytest.mark.parametrize("broken", ["\ud800", "\udfff", "\ue000", "\uf8ff", "\ufffe", "\ufdd0", "\U0010ffff", "\U000f0000", "\U0001fffe"])  # fmt: skip
def test_en08_what_stands_for_nothing_is_found(broken: str) -> None:
    assert is_broken(f"Müller{broken} AB")


@pytest.mark.parametrize("sound", ["Müller", "恒生銀行", "株式会社", "𠮷野家", "Ω", FAMILY, FLAG, "\ufb01", "\U0001fae9"])  # fmt: skip
def test_en08_what_is_written_somewhere_is_sound(sound: str) -> None:
    assert not is_broken(sound)


def test_pf06_a_thousand_marks_become_eight() -> None:
    tower = "A" + "\u0301" * 1000 + "B"
    assert squeezed(tower) == "A" + "\u0301" * MOST_MARKS + "B"
    assert squeezed("Nguyễn ভাষা שָׁלוֹם") == "Nguyễn ভাষা שָׁלוֹם"


def test_pf06_a_reader_counts_signs() -> None:
    assert signs(f"é{FAMILY}{FLAG}{FLAG}x") == ["é", FAMILY, FLAG, FLAG, "x"]


def test_pf06_nothing_is_cut_inside_a_sign() -> None:
    assert cut(f"ab{FAMILY}c", 5) == "ab"
    assert cut(f"ab{FAMILY}c", 2 + len(FAMILY)) == f"ab{FAMILY}"
    assert cut("plain", 3) == "pla"


@given(st.text(max_size=60), st.integers(0, 60))
def test_a_cut_is_a_beginning_and_short_enough(text: str, longest: int) -> None:
    found = cut(text, longest)
    assert text.startswith(found) and len(found) <= longest
    rest = text[len(found) : len(found) + 1]
    assert not rest or not found or unicodedata.category(rest) not in ("Mn", "Me")
