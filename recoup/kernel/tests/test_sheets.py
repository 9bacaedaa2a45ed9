"""Values of the bulk paths behave as frozen dataclasses do, but for the guard at run time."""

from dataclasses import replace

import pytest

from recoup.kernel.sheets import sheet


@sheet(frozen=True, slots=True)
class Point:
    x: int
    y: int = 0


def test_equal_hashed_replaced_and_without_other_fields():
    assert Point(1) == Point(1, 0) and len({Point(1), Point(1), Point(2)}) == 2
    assert replace(Point(1), y=5) == Point(1, 5)
    with pytest.raises(AttributeError):
        Point(1).z = 3


def test_one_that_may_be_changed_is_none():
    with pytest.raises(AssertionError, match="never changed"):
        sheet(frozen=False, slots=True)
