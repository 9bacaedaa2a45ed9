"""Files that somebody adds to what they say. Shared by all forms."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from recoup.journeys.evidence import Paper


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
