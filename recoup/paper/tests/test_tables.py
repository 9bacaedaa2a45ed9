import pytest

from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.paper.tables import BREAK, breakable, columns, table
from recoup.paper.tests import cast
from recoup.paper.tests.reading import squeezed, text_of


def test_only_long_words_may_be_broken() -> None:
    assert breakable("RC-2026-000417 Müller & Söhne") == "RC-2026-000417 Müller & Söhne"
    assert breakable("A" * 20) == "A" * 14 + BREAK + "A" * 6
    assert breakable("RE/2026/000000-0001234").count(BREAK) == 1


def test_han_characters_take_two_columns() -> None:
    assert columns("恒達 AB") == 7


def test_long_figures_make_the_table_smaller_and_longer_ones_are_refused() -> None:
    def size(figure: str) -> float:
        found: float = table(["Number", *["Sum"] * 7], "l" + "r" * 7, [["1", *[figure] * 7]])[
            "size"
        ]
        return found

    assert size("1,234.00") == 8
    assert 5.5 < size("1,234,567,890.00") < 8
    with pytest.raises(Refusal) as caught:
        size("1,234,567,890,123,456,789.00")
    assert caught.value.code == "table_too_wide"


def test_a_row_must_have_a_cell_for_each_column() -> None:
    with pytest.raises(AssertionError):
        table(["A", "B"], "lr", [["1"]])


def test_a_long_number_is_printed_whole() -> None:
    row = cast.rows()[0]
    long = "INV2026ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    changed = type(row)(**{f: getattr(row, f) for f in row.__slots__} | {"number": long})
    paper = cast.write("letter", "en", invoices=(changed,), total=Money(row.owed.amount, "EUR"))
    assert long in squeezed(text_of(paper.content).replace(BREAK, ""))
