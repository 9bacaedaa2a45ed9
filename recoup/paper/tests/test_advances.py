"""What is said of a line's width holds when typst sets it."""

import json
from itertools import chain

import pytest
import typst

from recoup.paper.advances import REGULAR, SEMIBOLD, width
from recoup.paper.languages import LANGUAGES
from recoup.paper.render import fonts
from recoup.paper.tables import BREAK, SLACK, one_line_each, table
from recoup.paper.wording import words_of

NAMES = [
    "Åkerström & Søn",
    "Total AV To WA",
    "−2,000.00",
    "RE/2026/000-0001234",
    "恒達 AB 12 樓",
    "欠款（HKD）",
    "2026年12月1日",
]


def set_by_typst(texts: list[str], weight: int) -> list[float]:
    """Each as wide as typst sets it in a table, in em."""
    listed = json.dumps(json.dumps(texts))
    source = f"""
#set text(font: ("Inter", "Noto Sans CJK SC"), size: 100pt, weight: {weight}, number-width: "tabular")
#context [#metadata(json(bytes({listed})).map(it => measure(text(it)).width.pt() / 100)) <found>]
"""
    found = typst.query(
        source.encode(),
        "<found>",
        field="value",
        one=True,
        font_paths=fonts(),
        ignore_system_fonts=True,
    )
    return list(json.loads(found))


@pytest.mark.parametrize("weight", [REGULAR, SEMIBOLD])
@pytest.mark.parametrize("language", list(LANGUAGES))
def test_no_line_is_wider_than_was_said_and_none_much_narrower(language: str, weight: int) -> None:
    words = [w for w in words_of(language).values() if isinstance(w, str) and "{" not in w]
    texts = [t for t in chain(words, NAMES) if len(t) < 60 and "\n" not in t.strip()]
    assert len(texts) > 50
    for text, found in zip(texts, set_by_typst([t.strip() for t in texts], weight), strict=True):
        said = width(text.strip(), weight)
        assert found <= said + SLACK / 2, text
        # Signs both scripts have are counted as the Chinese face has them; Chinese brackets lean.
        assert said <= found * 1.1 + 1.3, text


def test_a_break_that_is_not_taken_has_no_width() -> None:
    assert width("AB" + BREAK + "CD") == width("ABCD")


def test_a_row_is_even_only_when_all_of_it_fits_on_a_line() -> None:
    def asked(name: str, figure: str) -> tuple[bool, bool]:
        found = table(["Name", *["Sum"] * 5], "l" + "r" * 5, [[name, *[figure] * 5]])
        return found["widths"] is not None, found["even"]

    assert asked("Müller", "1,234.00") == (True, True)
    assert asked("Müller " * 20, "1,234.00") == (True, False)
    assert asked("Müller " * 20, "1,234,567,890,123.00") == (False, False)


def test_pairs_are_of_a_line_each_only_when_they_fit() -> None:
    rows = [["Bank", "Sparkasse"], ["Reference", "RF18"]]
    assert one_line_each(rows, size=9, room=165, gutter=6)
    assert not one_line_each(rows, size=9, room=30, gutter=6)
    assert one_line_each([], size=9, room=30, gutter=6)


def test_a_table_without_rows_is_as_wide_as_its_head() -> None:
    found = table(["Name", "Sum"], "lr", [])
    assert found["even"] and found["widths"][1] == pytest.approx(
        width("Sum", SEMIBOLD) * 0.92 + SLACK
    )
