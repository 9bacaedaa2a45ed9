"""The forms of Money."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recoup.kernel.money import Money, places
from recoup.payments.models import BankLine
from recoup.web.desk.forms import DAY, DeskForm
from recoup.web.kit.amounts import AmountField, RateField


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
    amount = AmountField(label=gettext_lazy("Amount"))
    because = forms.CharField(label=gettext_lazy("How you know"), max_length=300)

    def __init__(self, *args: Any, line: BankLine, left: Money, **kwargs: Any) -> None:
        text = f"{left.amount:.{places(line.currency)}f}"
        kwargs.setdefault("initial", {})["amount"] = text
        super().__init__(*args, **kwargs)


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


class InvoicePaidForm(DeskForm):
    """Seen on the agency's own account."""

    prefix = "paid"
    amount = AmountField(label=gettext_lazy("Amount"))
    on = forms.DateField(label=gettext_lazy("Received on"), widget=DAY)
    because = forms.CharField(label=gettext_lazy("Where you saw it"), max_length=300)


class CreditForm(ReasonForm):
    prefix = "credit"
    net = AmountField(label=gettext_lazy("Net amount (empty: all of it)"), required=False)  # fmt: skip

    field_order = ("net", "because")


class LayOutForm(DeskForm):
    """What was laid out for a case and is billed to its client."""

    prefix = "laid"
    case = forms.CharField(label=gettext_lazy("Case number"), max_length=20)
    amount = AmountField(label=gettext_lazy("Amount without tax"))
    what = forms.CharField(label=gettext_lazy("What was paid for"), max_length=80)


class OwnAccountForm(DeskForm):
    prefix = "house"
    currency = forms.RegexField(label=gettext_lazy("Currency"), regex=r"^[A-Z]{3}$", max_length=3)
    bank = forms.CharField(label=gettext_lazy("Bank"), max_length=100)
    iban = forms.CharField(label="IBAN", max_length=60)


class CountForm(DeskForm):
    """A line in one currency, to a case in another, at a stated rate."""

    prefix = "count"
    case = forms.CharField(label=gettext_lazy("Case number"), max_length=20)
    amount = AmountField(label=gettext_lazy("Amount of the line"))
    rate = RateField(label=gettext_lazy("Rate: of the case's currency for 1 of the line's"))
    rate_on = forms.DateField(label=gettext_lazy("Day of the rate"), widget=DAY)
    source = forms.CharField(label=gettext_lazy("Source of the rate"), max_length=200)
    because = forms.CharField(label=gettext_lazy("How you know"), max_length=300)


class ChosenForm(DeskForm):
    """Rows of a list, and the bank line or lines they belong to."""

    rows = forms.MultipleChoiceField(
        label=gettext_lazy("Payments"),
        error_messages={"required": gettext_lazy("Choose at least one payment.")},
    )
    line = forms.ChoiceField(label=gettext_lazy("Line on the statement"))

    def __init__(
        self, *args: Any, rows: list[str], lines: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rows"].choices = [(r, r) for r in rows]  # type: ignore[attr-defined]
        self.fields["line"].choices = lines  # type: ignore[attr-defined]


class ExchangedForm(ChosenForm):
    prefix = "exchanged"
    line = forms.ChoiceField(label=gettext_lazy("What was sold"))
    bought = forms.ChoiceField(label=gettext_lazy("What was bought"))

    def __init__(
        self, *args: Any, rows: list[str], lines: list[tuple[str, str]], bought: list[tuple[str, str]], **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, rows=rows, lines=lines, **kwargs)
        self.fields["bought"].choices = bought  # type: ignore[attr-defined]


class CardPayoutForm(ChosenForm):
    prefix = "payout"


class PaysInvoiceForm(DeskForm):
    prefix = "pays"
    number = forms.CharField(label=gettext_lazy("Number of our invoice"), max_length=20)


class RefundForm(ReasonForm):
    """Whom to pay back; empty fields mean the account the money came from."""

    prefix = "refund"
    holder = forms.CharField(
        label=gettext_lazy("Holder of the account"), max_length=200, required=False
    )
    iban = forms.CharField(label="IBAN", max_length=60, required=False)

    field_order = ("holder", "iban", "because")


class ReleaseRefundForm(DeskForm):
    prefix = "release"
    how = forms.CharField(label=gettext_lazy("Whom you asked, and what they said"), max_length=300)


class CancelRefundForm(ReasonForm):
    prefix = "cancel"


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
        label=gettext_lazy("When it is paid"),
        choices=[
            ("each_run", gettext_lazy("at every run")), ("weekly", gettext_lazy("on a weekday (1 is Monday)")),
            ("monthly", gettext_lazy("from a day of the month on")),
        ],
    )  # fmt: skip
    day = forms.IntegerField(label=gettext_lazy("Day"), min_value=1, max_value=28, initial=1)
    least = AmountField(label=gettext_lazy("From this amount on"), initial="0")


class StopForm(AccountForm):
    """Payouts to a client stop."""

    prefix = "stop"
    iban = None  # type: ignore[assignment]
    bic = None  # type: ignore[assignment]
    because = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class ResumeForm(ReasonForm):
    prefix = "resume"


class LimitForm(DeskForm):
    """How much somebody may release at once."""

    prefix = "limit"
    member = forms.ChoiceField(label=gettext_lazy("Who"))
    currency = forms.RegexField(
        label=gettext_lazy("Currency"), regex=r"^[A-Z]{3}$", max_length=3, initial="EUR"
    )
    most = AmountField(label=gettext_lazy("Releases up to"))

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].choices = people  # type: ignore[attr-defined]


class CollectForm(DeskForm):
    prefix = "collect"
    up_to = forms.DateField(label=gettext_lazy("To be collected up to"), widget=DAY)


class AnnounceForm(DeskForm):
    """What is collected from a debtor with a mandate, and when."""

    prefix = "announce"
    case = forms.CharField(label=gettext_lazy("Case number"), max_length=20)
    amount = AmountField(label=gettext_lazy("Amount"))
    collect_on = forms.DateField(label=gettext_lazy("Day of collection"), widget=DAY)


class CancelDebitForm(ReasonForm):
    prefix = "cancel"


class RevokeMandateForm(ReasonForm):
    prefix = "revoke"


class MandateForm(DeskForm):
    """A mandate signed on paper."""

    prefix = "mandate"
    case = forms.CharField(label=gettext_lazy("Case number"), max_length=20)
    scheme = forms.ChoiceField(
        label=gettext_lazy("Scheme"),
        choices=[
            ("CORE", gettext_lazy("Core: the debtor can have it back for 8 weeks")),
            ("B2B", gettext_lazy("B2B: the debtor's bank has confirmed the mandate")),
        ],
    )
    holder = forms.CharField(label=gettext_lazy("Holder of the account"), max_length=70)
    iban = forms.CharField(label="IBAN", max_length=42)
    bic = forms.CharField(
        label=gettext_lazy("BIC (where the IBAN alone does not find the bank)"), max_length=11, required=False
    )  # fmt: skip
    email = forms.EmailField(label=gettext_lazy("E-mail address for the announcements"))
    signed_on = forms.DateField(label=gettext_lazy("Signed on"), widget=DAY)
    signed_by = forms.CharField(label=gettext_lazy("Signed by"), max_length=120)
    paper = forms.CharField(label=gettext_lazy("Where the paper is kept"), max_length=200)
    notice_days = forms.IntegerField(
        label=gettext_lazy("Announced so many days before"), min_value=1, max_value=14, initial=14
    )  # fmt: skip


class CreditorIdForm(DeskForm):
    prefix = "creditor"
    account = forms.ChoiceField(label=gettext_lazy("Account"))
    creditor_id = forms.CharField(label=gettext_lazy("Creditor identifier"), max_length=45)

    def __init__(self, *args: Any, accounts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = accounts  # type: ignore[attr-defined]
