"""The forms of the pages of insolvency."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recoup.kernel.money import Money
from recoup.payments.models import Allocation
from recoup.web.desk.forms import DAY, DeskForm, area


class NoticesForm(DeskForm):
    prefix = "notices"
    file = forms.FileField(
        label=gettext_lazy("File of notices"),
        help_text=gettext_lazy("Companies House, The Gazette, BODACC (JSON, Atom), or a table (CSV) with the columns company, number, country, kind, event_on."),
    )  # fmt: skip


class MatchForm(DeskForm):
    prefix = "match"
    is_it = forms.ChoiceField(
        label=gettext_lazy("Is it the debtor?"), widget=forms.RadioSelect,
        choices=[("no", gettext_lazy("No, another company")), ("yes", gettext_lazy("Yes: stop all contact"))],
    )  # fmt: skip
    because = forms.CharField(label=gettext_lazy("Why"), max_length=300, widget=area(2))


class FileByForm(DeskForm):
    prefix = "by"
    on = forms.DateField(label=gettext_lazy("Last day to file"), widget=DAY)
    source = forms.CharField(
        label=gettext_lazy("Read where"), max_length=300,
        help_text=gettext_lazy("The notice, the practitioner's letter, the court's order."),
    )  # fmt: skip


class PractitionerForm(DeskForm):
    prefix = "who"
    name = forms.CharField(label=gettext_lazy("Practitioner"), max_length=200)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=400, required=False)
    court = forms.CharField(label=gettext_lazy("Court"), max_length=200, required=False)
    reference = forms.CharField(
        label=gettext_lazy("Court's reference"), max_length=100, required=False
    )


class MeetingForm(DeskForm):
    prefix = "meeting"
    on = forms.DateField(label=gettext_lazy("Day"), widget=DAY)
    what = forms.CharField(label=gettext_lazy("What about"), max_length=200)
    place = forms.CharField(label=gettext_lazy("Where"), max_length=200, required=False)


class FiledForm(DeskForm):
    prefix = "filed"
    on = forms.DateField(label=gettext_lazy("Filed on"), widget=DAY)
    how = forms.CharField(label=gettext_lazy("How"), max_length=200)


class AdmitForm(DeskForm):
    prefix = "admit"
    amount = forms.CharField(
        label=gettext_lazy("Admitted amount"), max_length=20, help_text=gettext_lazy("0 when it is contested.")
    )  # fmt: skip
    because = forms.CharField(label=gettext_lazy("Why"), max_length=300, required=False)


class DividendForm(DeskForm):
    """Of a payment that was posted to the case, or of one that the practitioner made to the client."""

    prefix = "dividend"
    payment = forms.ChoiceField(label=gettext_lazy("Payment"))
    amount = forms.CharField(label=gettext_lazy("Amount"), max_length=20, required=False)
    on = forms.DateField(label=gettext_lazy("Day"), widget=DAY, required=False)
    last = forms.BooleanField(label=gettext_lazy("It is the last dividend"), required=False)

    def __init__(self, *args: Any, payments: list[Allocation], **more: Any) -> None:
        super().__init__(*args, **more)
        known = [
            (str(a.id), f"{a.received_on} · {Money(a.amount, a.currency).rounded()}")
            for a in payments
        ]
        self.fields["payment"].choices = [("", _("Paid to the client itself")), *known]  # type: ignore[attr-defined]
        self.fields["payment"].required = False
        self.fields["amount"].help_text = _("Only when it was paid to the client itself.")
