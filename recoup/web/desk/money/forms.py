"""The forms of Money."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recoup.kernel.money import Money, places
from recoup.payments.models import BankLine
from recoup.web.desk.forms import DAY, PLAIN_AMOUNT, DeskForm


class BankFileForm(DeskForm):
    """One file; what may be wrong with it is said by the reader."""

    file = forms.FileField(
        label=gettext_lazy("Bank file"), allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xml,.sta,.mt940,.mt942,.txt,.940,.c53"}),
    )  # fmt: skip


class AllocateForm(DeskForm):
    """A line, or a part of it, to a case by its number."""

    prefix = "give"
    case = forms.CharField(
        label=gettext_lazy("Case number"), max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "R-2026-000123"}),
    )  # fmt: skip
    amount = forms.RegexField(
        label=gettext_lazy("Amount"), regex=PLAIN_AMOUNT, max_length=18,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    because = forms.CharField(label=gettext_lazy("How you know"), max_length=300)

    def __init__(self, *args: Any, line: BankLine, left: Money, **kwargs: Any) -> None:
        text = f"{left.amount:.{places(line.currency)}f}"
        kwargs.setdefault("initial", {})["amount"] = text
        super().__init__(*args, **kwargs)
        self.fields["amount"].error_messages["invalid"] = _("Digits and a point, such as 120.50.")


class ReasonForm(DeskForm):
    because = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class OwnForm(ReasonForm):
    prefix = "own"


class UndoForm(ReasonForm):
    prefix = "undo"


class RemitForm(DeskForm):
    on = forms.DateField(label=gettext_lazy("Received up to"), widget=DAY)
