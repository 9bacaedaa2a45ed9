"""What a debtor can say."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from recoup.kernel.days import parse_day
from recoup.kernel.refusal import Refusal
from recoup.web.kit.disputes import RoomForm, amount_or_none
from recoup.web.kit.formats import refusal_text
from recoup.web.kit.papers import PapersField

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
        return day_or_refuse(self.cleaned_data["on"], "on")


class TalkForm(forms.Form):
    """`key` makes the same message, sent twice, one."""

    text = forms.CharField(
        label=_("Your message"), max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 6})
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class SureForm(forms.Form):
    """Before papers and personal data: what a stranger to whom the link was passed on does not know."""

    said = forms.CharField(
        label=_("Postcode of your company, or the number of one of the invoices"), max_length=60,
        help_text=_("As in the letter. We ask this once, so that nobody else reads your papers."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class PaidForm(RoomForm):
    """Paid already: what, when, to whom, and what shows it."""

    amount = forms.CharField(
        label=_("How much did you pay?"), max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    paid_on = forms.CharField(label=_("On which day?"), widget=Day())
    to = forms.ChoiceField(
        label=_("To whom?"), widget=forms.RadioSelect, initial="creditor",
        choices=[("creditor", _("To the company that sent the invoice")), ("us", _("To the account in our letter"))],
    )  # fmt: skip
    text = forms.CharField(
        label=_("Anything else?"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )  # fmt: skip
    papers = PapersField(label=_("Proof of payment, if you have it"))

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean_amount(self) -> Decimal | None:
        return amount_or_none(self, "amount")

    def clean_paid_on(self) -> object:
        return day_or_refuse(self.cleaned_data["paid_on"], "paid_on")


class NotUsForm(RoomForm):
    text = forms.CharField(
        label=_("What should we know?"), max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For example: this is another company, or somebody else answers for it now."),
    )  # fmt: skip


class InsolventForm(RoomForm):
    court = forms.CharField(label=_("Court"), max_length=200, required=False)
    number = forms.CharField(label=_("Number of the proceedings"), max_length=80, required=False)
    administrator = forms.CharField(
        label=_("Insolvency administrator"), max_length=200, required=False
    )
    papers = PapersField(label=_("The court's order, if you have it"))


class CallForm(RoomForm):
    """The hour is that of the debtor's own place."""

    day = forms.CharField(label=_("On which day?"), widget=Day())
    time = forms.TimeField(
        label=_("At what time?"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Telephone number"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    name = forms.CharField(
        label=_("Whom should we ask for?"), max_length=120, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip

    def clean_day(self) -> object:
        return day_or_refuse(self.cleaned_data["day"], "day")


class DetailsForm(forms.Form):
    """The debtor's own data, as we have them; what is changed counts from now on."""

    contact = forms.CharField(
        label=_("Whom should we write to?"), max_length=150, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )  # fmt: skip
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"}))  # fmt: skip
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "tel"}))  # fmt: skip
    address = forms.CharField(label=_("Street and number"), max_length=600, widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "street-address"}))  # fmt: skip
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False, widget=forms.TextInput(attrs={"autocomplete": "postal-code"}))  # fmt: skip
    city = forms.CharField(label=_("Town"), max_length=100, required=False, widget=forms.TextInput(attrs={"autocomplete": "address-level2"}))  # fmt: skip
    language = forms.ChoiceField(label=_("Language of our letters"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = settings.LANGUAGES  # type: ignore[attr-defined]


def day_or_refuse(text: str, field: str) -> object:
    try:
        return parse_day(text, field=field)
    except Refusal as refusal:
        raise forms.ValidationError(refusal_text(refusal)) from None
