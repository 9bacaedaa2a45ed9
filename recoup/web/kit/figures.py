"""Figures, days and icons as markup, each with its unit: what the tags of the same names print."""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from recoup.kernel.money import Money, round_half_up
from recoup.kernel.refusal import Refusal
from recoup.web.kit import formats

SPRITE = Path(__file__).resolve().parent / "static" / "kit" / "icons.svg"


def money(amount: Money | Decimal | None, currency: str = "", plus: bool = False) -> SafeString:
    """`{% money m %}` or `{% money amount currency %}`: tabular, true minus, small currency code.

    None is shown as a dash that says so. Raises `ValueError` without a currency: no bare numbers.
    """
    if amount is None:
        return format_html(
            '<span class="k-unknown" aria-label="{}" role="img">–</span>', _("not known")
        )
    if isinstance(amount, Money):
        currency, amount = amount.currency, amount.amount
    if not currency:
        raise ValueError("an amount needs its currency")
    text = formats.amount_text(amount, currency, plus=plus)
    return format_html(
        '<span class="k-money"><data value="{}">{}</data><abbr>{}</abbr></span>',
        round_half_up(amount, currency), text, f"\u00a0{currency}",
    )  # fmt: skip


def number(value: Decimal | int) -> SafeString:
    return format_html('<span class="k-num">{}</span>', formats.number_text(value))


def percent(value: Decimal, digits: int = 2) -> SafeString:
    """`{% percent 8.5 %}`: a percentage, not a share of one."""
    return format_html('<span class="k-num">{}</span>', formats.percent_text(value, digits))


def day(value: date | None) -> SafeString:
    if value is None:
        return format_html('<span class="k-unknown">{}</span>', _("no date"))
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), formats.day_text(value))


def deadline(value: date, today: date | None = None, law: bool = False) -> SafeString:
    """With the weekday; with `today` a hint how far off; red when `law` and past."""
    late = law and today is not None and value < today
    text = format_html(
        '<time datetime="{}" class="{}">{}</time>',
        value.isoformat(), "k-overdue" if late else "k-due", formats.deadline_text(value),
    )  # fmt: skip
    if today is None:
        return text
    return format_html(
        '{} <span class="k-rel">({})</span>', text, formats.relative_text(value, today)
    )


def instant(value: datetime) -> SafeString:
    return format_html(
        '<time datetime="{}">{}</time>', formats.utc_text(value), formats.instant_text(value)
    )


def value(item: Any) -> SafeString | str:
    """Whatever it is, as a person reads it: Money, day, instant, number or text."""
    if isinstance(item, Money):
        return money(item)
    if isinstance(item, datetime):
        return instant(item)
    if isinstance(item, date):
        return day(item)
    if isinstance(item, Decimal):
        return number(item)
    return conditional_escape(item)


def refusal(item: Refusal | str) -> str:
    """The refusal's sentence in the reader's language; plain text passes through."""
    return formats.refusal_text(item) if isinstance(item, Refusal) else str(item)


@cache
def icon_names() -> frozenset[str]:
    return frozenset(re.findall(r'<symbol id="([a-z0-9-]+)"', SPRITE.read_text()))


def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite. Decoration unless `label` says what it means. `ValueError` if unknown."""
    if name not in icon_names():
        raise ValueError(f"no icon {name!r} in the kit's sprite")
    href = f"{static('kit/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="k-icon" role="img" aria-label="{}"><use href="{}"></use></svg>',
                           label, href)  # fmt: skip
    return format_html('<svg class="k-icon" aria-hidden="true"><use href="{}"></use></svg>', href)
