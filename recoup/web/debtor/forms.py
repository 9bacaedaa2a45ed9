"""What a debtor can say."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from recoup.kernel.days import parse_day
from recoup.kernel.refusal import Refusal
from recoup.web.kit.formats import refusal_text

MOST_WORDS = 2000


class Day(forms.DateInput):
    """A browser's own date field: its value is ISO in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class EnterForm(forms.Form):
    """The second way in: what only somebody with the letter, at that address, has."""

    number = forms.CharField(
        label=_("Case number"), max_length=30, help_text=_("It is on our letter, for example R-2026-000123."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
    postcode = forms.CharField(
        label=_("Postcode of your company"), max_length=20, help_text=_("As in the address on the letter."),
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )  # fmt: skip


class PromiseForm(forms.Form):
    on = forms.CharField(label=_("I will pay on"), widget=Day())

    def clean_on(self) -> object:
        try:
            return parse_day(self.cleaned_data["on"], field="on")
        except Refusal as refusal:
            raise forms.ValidationError(refusal_text(refusal)) from None


class WrongForm(forms.Form):
    """`lines` are (id, shown) of the invoices of the case; another's id is no choice."""

    line = forms.ChoiceField(label=_("Which invoice?"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What is wrong with it?"), max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("For example: goods missing, price not as agreed, already paid on a day."),
    )  # fmt: skip

    def __init__(self, *args: object, lines: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["line"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = lines
        if len(lines) == 1:
            field.initial = lines[0][0]


class TalkForm(forms.Form):
    """`key` makes the same message, sent twice, one."""

    text = forms.CharField(
        label=_("Your message"), max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 6})
    )
    phone = forms.CharField(
        label=_("Telephone number, if we should call you"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
