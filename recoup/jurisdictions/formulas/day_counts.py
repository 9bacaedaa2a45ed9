"""How many days, of a year of how many: the four day counts. Pure integers.

All four are additive: splitting a period at any day changes nothing.
"""

from bisect import bisect_right
from datetime import MAXYEAR, date

from recoup.jurisdictions.rules import DAY_COUNTS

BASIS = {"act/365": 365, "act/act": 365, "act/360": 360, "30/360": 360}
assert set(BASIS) == set(DAY_COUNTS)


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def thirty(day: date) -> int:
    """The day's place on the calendar of months of thirty days (30E/360, ISDA 2006 § 4.16(g))."""
    return 360 * day.year + 30 * (day.month - 1) + min(day.day, 30)


def stretches(first: int, end: int, day_count: str) -> list[tuple[int, int, int, int]]:
    """(first, end, days, days of the year) for the ordinals first ≤ day < end.

    One stretch, except under act/act, where a leap year and its neighbour are kept apart.
    """
    if day_count == "30/360":
        days = thirty(date.fromordinal(end)) - thirty(date.fromordinal(first))
        return [(first, end, days, 360)]
    if day_count != "act/act":
        return [(first, end, end - first, BASIS[day_count])]
    return _by_year(first, end)


def year_of(day: int, day_count: str) -> int:
    """The days of the year in which the day with this ordinal is counted."""
    if day_count == "act/act":
        return LENGTHS[bisect_right(STARTS, day) - 1]
    return BASIS[day_count]


def _blocks() -> tuple[list[int], list[int]]:
    """Where runs of years of one length begin (1 January of the first), and the length."""
    starts, lengths = [1], [365]
    for year in range(2, MAXYEAR + 1):
        length = 366 if is_leap(year) else 365
        if length != lengths[-1]:
            starts.append(date(year, 1, 1).toordinal())
            lengths.append(length)
    return [*starts, date.max.toordinal() + 1], lengths


STARTS, LENGTHS = _blocks()


def _by_year(first: int, end: int) -> list[tuple[int, int, int, int]]:
    i = bisect_right(STARTS, first) - 1
    parts: list[tuple[int, int, int, int]] = []
    while first < end:
        stop = STARTS[i + 1]
        if stop > end:
            stop = end
        parts.append((first, stop, stop - first, LENGTHS[i]))
        first, i = stop, i + 1
    return parts
