"""Amounts as people type them: with a point or a comma for the decimals, and spaces, points, commas or
apostrophes between thousands, where it cannot be meant otherwise. Shared by all forms."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from recoup.kernel.money import parse_amount
from recoup.kernel.refusal import Refusal
from recoup.web.kit.formats import refusal_text

PLAIN = re.compile(r"[0-9]{1,13}(\.[0-9]{1,4})?", re.ASCII)
RATE = re.compile(r"[0-9]{1,8}(\.[0-9]{1,10})?", re.ASCII)
COMMA = re.compile(r"[0-9]{1,13},[0-9]{1,2}", re.ASCII)
# Two signs, the last of which must be the decimal's: 1.234,50 · 1,234.50 · 1'234.50 · 1 234,50 · 1 234 567.
GROUPED = (
    (re.compile(r"[0-9]{1,3}( [0-9]{3})+([.,][0-9]{1,2})?", re.ASCII), " "),
    (re.compile(r"[0-9]{1,3}('[0-9]{3})+([.,][0-9]{1,2})?", re.ASCII), "'"),
    (re.compile(r"[0-9]{1,3}(\.[0-9]{3})+,[0-9]{1,2}", re.ASCII), "."),
    (re.compile(r"[0-9]{1,3}(,[0-9]{3})+\.[0-9]{1,2}", re.ASCII), ","),
)
SIGNS = str.maketrans({"\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2019": "'"})


def plain_amount(text: str) -> str:
    """`1234.50` for `1 234,50`, `1.234,50` and the like. What could be meant in two ways, such as `1,234`, and
    anything else stays as it is, to be refused by `parse_amount`."""
    plain = text.translate(SIGNS).strip()
    for pattern, sign in GROUPED:
        if pattern.fullmatch(plain):
            plain = plain.replace(sign, "")
    return plain.replace(",", ".") if COMMA.fullmatch(plain) else plain


def amount_said(text: str, currency: str, *, field: str = "amount") -> Decimal:
    """What somebody typed, exact. Raises `Refusal` as `parse_amount`."""
    return parse_amount(plain_amount(text), currency, field=field)


def amount_beside(text: str, currency: str, label: str) -> Decimal:
    """As `amount_said`, for a form's `clean_…`: what is wrong is said at the field, whose label is there
    already. Raises `ValidationError`."""
    try:
        return amount_said(text, currency, field=label)
    except Refusal as refusal:
        said = refusal_text(refusal).removeprefix(label).lstrip(":： ")
        raise forms.ValidationError(said) from None


class AmountField(forms.CharField):
    """Cleaned it is plain ASCII digits with a point, or empty."""

    default_error_messages = {"invalid": gettext_lazy("An amount such as 120.50 or 1 200,50.")}
    pattern = PLAIN

    def __init__(self, **more: Any) -> None:
        more.setdefault("max_length", 20)
        more.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))  # fmt: skip
        super().__init__(**more)

    def clean(self, value: Any) -> str:
        text = plain_amount(super().clean(value))
        if text and not self.pattern.fullmatch(text):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return text


class RateField(AmountField):
    """A rate of exchange: one comma or one point, up to ten decimals."""

    default_error_messages = {"invalid": gettext_lazy("A rate such as 11.2345 or 11,2345.")}
    pattern = RATE

    def clean(self, value: Any) -> str:
        text = str(value or "").strip()
        return super().clean(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)  # fmt: skip
