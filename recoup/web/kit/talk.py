"""The form of a message, the same on both sides."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from recoup.kernel.ids import new_id
from recoup.kernel.refusal import Refusal
from recoup.web.kit.formats import refusal_text


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files: a list, empty where none was chosen and none is required."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=Files(), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        chosen = data if isinstance(data, list) else [data]
        found = [super(FilesField, self).clean(one, initial) for one in chosen or [None]]
        return [one for one in found if one]


class TalkForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("Your message"), required=False,  # counted in signs (talks.rules)
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    enclosed = FilesField(
        label=gettext_lazy("Files"), required=False,
        help_text=gettext_lazy("PDF, pictures, XML, XLSX, DOCX, CSV or text; up to ten files of 20 MB."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        kwargs.setdefault("initial", {}).setdefault("key", new_id())
        super().__init__(*args, **kwargs)

    def refuse(self, refusal: Refusal) -> None:
        field = refusal.params.get("field")
        self.add_error(field if field in self.fields else None, refusal_text(refusal))
