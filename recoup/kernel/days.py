"""Days: strict reading, whole years and months, and business days in a country's calendar. Pure.

Business days come from the `holidays` package (loaded only when asked for): Monday to Friday without
public holidays, and the weekend days that a state has declared working days (China).
"""

import calendar
import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from recoup.kernel.refusal import N_, NotAnswered, Refusal

ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)


def parse_day(text: object, *, field: str = "day") -> date:
    """The day written strictly as YYYY-MM-DD, between 1900 and 2199.

    Raises `Refusal` `day_not_iso` (any other form: week dates, times, 20260228), `day_unknown`
    (2026-02-29) or `day_out_of_range`.
    """
    if not isinstance(text, str) or not ISO.fullmatch(text):
        raise Refusal(
            "day_not_iso",
            N_("%(field)s: “%(found)s” is not a day written as 2026-01-31."),
            field=field, found=str(text)[:40],
        )  # fmt: skip
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refusal(
            "day_unknown", N_("%(field)s: there is no day %(found)s."), field=field, found=text
        ) from None
    if not FIRST <= day <= LAST:
        raise Refusal(
            "day_out_of_range",
            N_("%(field)s: %(found)s lies outside the years 1900 to 2199."),
            field=field, found=text,
        )  # fmt: skip
    return day


def add_years(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes the last of February (BGB § 188(3) and kin)."""
    return add_months(day, 12 * years)


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later, or that month's last day if it has fewer."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


# Sweden's eves count as holidays for deadlines (lag 1930:173 § 2); the GB pack is England & Wales.
CATEGORIES = {"SE": ("public", "de_facto")}
PARTS = {"GB": "ENG"}


@lru_cache(maxsize=64)
def business_calendar(country: str) -> Any:
    """The public holidays of an ISO 3166 code (`US-NY` for a subdivision) as a `holidays` object.

    Raises `NotAnswered` `calendar_unknown` where the package has no such country.
    """
    import holidays

    code, _, part = country.partition("-")
    try:
        return holidays.country_holidays(
            code, subdiv=part or PARTS.get(code), categories=CATEGORIES.get(code)
        )
    except NotImplementedError:
        raise NotAnswered(
            "calendar_unknown",
            N_("No calendar of public holidays is held for %(found)s."),
            found=country,
        ) from None


def is_business_day(day: date, country: str) -> bool:
    """Whether people work there that day: Monday to Friday, no public holiday, or a make-up workday."""
    days = business_calendar(country)
    working = bool(days.is_working_day(day))
    return working and (day.weekday() < 5 or day in days.weekend_workdays)


def next_business_day(day: date, country: str) -> date:
    """`day` itself if it is a business day, else the first one after it."""
    while not is_business_day(day, country):
        day += timedelta(days=1)
    return day


def previous_business_day(day: date, country: str) -> date:
    """`day` itself if it is a business day, else the last one before it."""
    while not is_business_day(day, country):
        day -= timedelta(days=1)
    return day


def add_business_days(day: date, count: int, country: str) -> date:
    """The `count`-th business day after `day` (before it if negative); `day` itself is not counted."""
    step = timedelta(days=1 if count >= 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not is_business_day(day, country):
            day += step
    return day


def business_days_between(first: date, last: date, country: str) -> int:
    """How many business days lie from `first` to `last`, both counted; 0 if `last` is earlier."""
    days = (last - first).days + 1
    return sum(is_business_day(first + timedelta(days=i), country) for i in range(days))
