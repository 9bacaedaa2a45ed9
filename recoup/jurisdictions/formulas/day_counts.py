"""How many days, of a year of how many: the four day counts. Pure integers.

All four are additive: splitting a period at any day changes nothing.
"""

from datetime import date

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
        return 366 if is_leap(date.fromordinal(day).year) else 365
    return BASIS[day_count]


def _by_year(first: int, end: int) -> list[tuple[int, int, int, int]]:
    year, last_year = date.fromordinal(first).year, date.fromordinal(end - 1).year
    if year == last_year:
        return [(first, end, end - first, 366 if is_leap(year) else 365)]
    parts: list[tuple[int, int, int, int]] = []
    start = first
    while year <= last_year:
        basis = 366 if is_leap(year) else 365
        while year < last_year and is_leap(year + 1) == is_leap(year):
            year += 1
        stop = min(end, date(year + 1, 1, 1).toordinal())
        parts.append((start, stop, stop - start, basis))
        start, year = stop, year + 1
    return parts
