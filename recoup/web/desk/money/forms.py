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


class PeriodForm(forms.Form):
    """Which days of the books, and as known when."""

    first = forms.DateField(label=gettext_lazy("From"), widget=DAY)
    last = forms.DateField(label=gettext_lazy("To"), widget=DAY)
    known = forms.DateField(label=gettext_lazy("As known on"), widget=DAY, required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = given.get("first"), given.get("last")
        if first and last and (first > last or first.year < 1990 or last.year > 2100):
            raise forms.ValidationError(_("The first day must be before the last."))
        return given


class CloseBooksForm(DeskForm):
    prefix = "close"
    up_to = forms.DateField(label=gettext_lazy("Close the books up to"), widget=DAY)


class RejectForm(ReasonForm):
    prefix = "reject"


class ConfirmAccountForm(DeskForm):
    prefix = "confirm"
    how = forms.CharField(
        label=gettext_lazy("Whom you asked, and on which number you knew before"), max_length=300
    )


class AccountForm(DeskForm):
    """A client's new account for payouts."""

    prefix = "account"
    client = forms.ChoiceField(label=gettext_lazy("Client"))
    iban = forms.CharField(label="IBAN", max_length=60)
    bic = forms.CharField(
        label=gettext_lazy("BIC (where the IBAN alone does not find the bank)"),
        max_length=11,
        required=False,
    )

    def __init__(self, *args: Any, clients: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client"].choices = clients  # type: ignore[attr-defined]


class PayoutTermsForm(AccountForm):
    """When a client is paid."""

    prefix = "terms"
    iban = None  # type: ignore[assignment]
    bic = None  # type: ignore[assignment]
    schedule = forms.ChoiceField(
        label=gettext_lazy("Paid"),
        choices=[
            ("each_run", gettext_lazy("at every run")), ("weekly", gettext_lazy("on a weekday (1 is Monday)")),
            ("monthly", gettext_lazy("from a day of the month on")),
        ],
    )  # fmt: skip
    day = forms.IntegerField(label=gettext_lazy("Day"), min_value=1, max_value=28, initial=1)
    least = forms.RegexField(
        label=gettext_lazy("From this amount on"), regex=PLAIN_AMOUNT, max_length=16, initial="0"
    )
