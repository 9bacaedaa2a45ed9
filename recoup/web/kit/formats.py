"""Amounts, numbers and days as people of each language write them.

Patterns come from CLDR by Babel; two are the house's own: minus is U+2212, and an amount always
carries its currency's code. Dates are read in the reader's language, never in the server's.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.lists import format_list
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.translation import get_language, gettext

from recoup.kernel.money import Money, places, round_half_up
from recoup.kernel.refusal import Refusal
from recoup.paper.languages import LANGUAGES
from recoup.paper.parts import country_name

MINUS = "\u2212"
# Django's language code -> CLDR locale and the value of the lang attribute.
LOCALES = {
    "en": ("en_GB", "en-GB"),
    "sv": ("sv_SE", "sv"),
    "de": ("de_DE", "de"),
    "zh-hant": ("zh_Hant_HK", "zh-Hant"),
    "zh-hans": ("zh_Hans_CN", "zh-Hans"),
}


@lru_cache(maxsize=16)
def cldr(language: str) -> Locale:
    """The CLDR locale for one of the product's languages; English (GB) for any other."""
    return Locale.parse(LOCALES.get(language, LOCALES["en"])[0])


def current() -> Locale:
    return cldr(get_language() or "en")


def html_lang(language: str | None = None) -> str:
    """The `lang` attribute for a language code: `zh-Hant` for `zh-hant`."""
    return LOCALES.get(language or get_language() or "en", LOCALES["en"])[1]


def amount_text(amount: Decimal, currency: str, *, plus: bool = False) -> str:
    """`−1,234.50`: rounded to the currency's minor unit, without its code.

    Raises `TypeError` for anything but Decimal: a float has already lost the money.
    """
    if not isinstance(amount, Decimal):
        raise TypeError(f"amount must be Decimal, not {type(amount).__name__}")
    rounded = round_half_up(amount, currency)
    pattern = "#,##0" + ("." + "0" * places(currency) if places(currency) else "")
    sign = MINUS if rounded < 0 else "+" if plus and rounded > 0 else ""
    return sign + format_decimal(abs(rounded), pattern, locale=current())


def money_text(amount: Money | Decimal, currency: str | None = None, *, plus: bool = False) -> str:
    """`1,234.50 EUR` with a no-break space: for sentences, mails and attributes."""
    if isinstance(amount, Money):
        currency, amount = amount.currency, amount.amount
    if not currency:
        raise ValueError("an amount needs its currency")
    return f"{amount_text(amount, currency, plus=plus)}\u00a0{currency}"


def country_text(code: str) -> str:
    """A country's name as the reader writes it; places the house names plainly are named plainly."""
    spoken = LANGUAGES.get({"en-GB": "en"}.get(html_lang(), html_lang()))
    return country_name(code, spoken) if spoken else code


def number_text(value: Decimal | int) -> str:
    """A count or a plain number with the language's separators and a true minus."""
    if isinstance(value, float):
        raise TypeError("number must be int or Decimal, not float")
    return (MINUS if value < 0 else "") + format_decimal(abs(Decimal(value)), locale=current())


def rate_text(value: Decimal) -> str:
    """A rate of exchange to its last digit: rounded it would be another rate."""
    return format_decimal(value.normalize(), "#,##0.##########", locale=current())


def percent_text(value: Decimal, digits: int = 2) -> str:
    """`8.5 %` from a percentage (8.5, not 0.085); the space is the language's custom."""
    text = number_text(round(value, digits).normalize() + Decimal(0))
    return text + ("%" if current().language in ("en", "zh") else "\u00a0%")


def day_text(day: date) -> str:
    """`24 Nov 2026`; a year of two digits, which is a slip of the finger, stays as it was written."""
    if day.year < 1000:
        return day.isoformat()
    return format_date(day, "medium", locale=current())


def deadline_text(day: date) -> str:
    """`Tue 24 Nov 2026`: with the weekday, for what must happen by then."""
    text = format_skeleton("yMMMEd", day, locale=current())
    return text.replace(",", "", 1) if current().language == "en" else text


def time_text(at: datetime) -> str:
    return format_time(timezone.localtime(at), "short", locale=current())


def instant_text(at: datetime) -> str:
    """`24 Nov 2026, 14:05` in the active time zone. Raises `ValueError` for a naive datetime."""
    if timezone.is_naive(at):
        raise ValueError("an instant needs its time zone")
    local = timezone.localtime(at)
    return f"{day_text(local.date())}, {time_text(at)}".replace(
        ", ", " " if current().language == "zh" else ", "
    )


def relative_text(day: date, today: date) -> str:
    """`in 3 days`, `yesterday`: only ever a hint beside the date itself."""
    near = {0: gettext("today"), 1: gettext("tomorrow"), -1: gettext("yesterday")}
    days = (day - today).days
    if days in near:
        return near[days]
    return format_timedelta(
        day - today, granularity="day", threshold=99, add_direction=True, locale=current()
    )


def utc_text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_value(value: Any) -> Any:
    """A value as it stands in a sentence: money, days and instants in the reader's language."""
    if isinstance(value, Money):
        return money_text(value)
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, list | tuple):
        return format_list([str(local_value(v)) for v in value], locale=current())
    return value


def refusal_text(refusal: Refusal) -> str:
    """The refusal's sentence in the reader's language, gaps filled in that language's formats."""
    params = {name: local_value(value) for name, value in refusal.params.items()}
    if isinstance(land := params.get("country"), str) and len(land) == 2:
        params["country"] = country_text(land)
    if isinstance(why := params.get("why"), str) and why:
        params["why"] = gettext(why)  # a reason within the sentence is a sentence itself
    return gettext(refusal.text) % params
