"""The periods for which rates are published: names, first and last days. Pure."""

from collections.abc import Callable
from datetime import date, timedelta

DAY = timedelta(days=1)


def _months(day: date, length: int) -> tuple[date, date]:
    first = date(day.year, (day.month - 1) // length * length + 1, 1)
    year, month = divmod(first.year * 12 + first.month - 1 + length, 12)
    return first, date(year, month + 1, 1) - DAY


def half_year(day: date) -> tuple[date, date]:
    return _months(day, 6)


def quarter(day: date) -> tuple[date, date]:
    return _months(day, 3)


def month(day: date) -> tuple[date, date]:
    return _months(day, 1)


def year(day: date) -> tuple[date, date]:
    return date(day.year, 1, 1), date(day.year, 12, 31)


def three_years(day: date) -> tuple[date, date]:
    """Japan's periods of three years from 1 April 2020 (Civil Code art. 404(3))."""
    start = day.year - (1 if day < date(day.year, 4, 1) else 0)
    start -= (start - 2020) % 3
    return date(start, 4, 1), date(start + 3, 3, 31)


BOUNDS: dict[str, Callable[[date], tuple[date, date]]] = {
    "half_year": half_year, "quarter": quarter, "year": year, "month": month, "three_years": three_years,
}  # fmt: skip


def name(period: str, day: date) -> str:
    """What people call the period that holds `day`: 2027-H1, 2027-Q3, 2027, or the day itself."""
    if period == "half_year":
        return f"{day.year}-H{1 if day.month < 7 else 2}"
    if period == "quarter":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    if period == "year":
        return str(day.year)
    if period == "three_years":
        first, last = three_years(day)
        return f"{first.year}-04 to {last.year}-03"
    if period == "month":
        return f"{day.year}-{day.month:02d}"
    return day.isoformat()
