"""Files that somebody adds to what they say, and amounts as people write them. Shared by all forms."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from recoup.journeys.evidence import Paper
from recoup.kernel.money import parse_amount

COMMA = re.compile(r"([0-9]+),([0-9]{1,2})", re.ASCII)


class Papers(forms.ClearableFileInput):
    allow_multiple_selected = True


class PapersField(forms.FileField):
    """Several files or none; each is looked at by `journeys.evidence`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Papers"))
        kwargs.setdefault("help_text", _("PDF, JPEG or PNG, up to 10 MB each."))
        accept = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"
        super().__init__(
            required=False,
            widget=Papers(attrs={"accept": accept, "class": "form-control"}),
            **kwargs,
        )

    def clean(self, data: Any, initial: Any = None) -> list[Paper]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [Paper(one.name, one.read()) for one in files]


def amount_said(text: str, currency: str) -> Decimal:
    """`1 234,50` and `1234.50` alike. Raises `Refusal` as `parse_amount`."""
    plain = re.sub(r"[\s\u00a0\u202f]", "", text)
    decimal = COMMA.fullmatch(plain)
    return parse_amount(
        f"{decimal[1]}.{decimal[2]}" if decimal else plain, currency, field="amount"
    )
