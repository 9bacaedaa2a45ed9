"""The forms of the open pages. What is wrong is said by the rules below, beside the field."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from recoup.agreements.operations import BOXES
from recoup.agreements.rules import Asked
from recoup.agreements.rules.asked import read_amount, read_choice, read_country, read_due
from recoup.journeys.register import Registration, business_only, check_password
from recoup.kernel.refusal import Refusal
from recoup.parties.operations import business_numbers, payout
from recoup.web.kit.amounts import plain_amount
from recoup.web.public.words import country_choices, currency_choices, told

YES_NO = ("yes", "no")


def beside(label: Any, refusal: Refusal) -> str:
    """The refusal's sentence as it stands at a field: without the label that is there already."""
    refusal.params = refusal.params | {"field": str(label)}
    return told(refusal).removeprefix(f"{label}: ")


class QuoteForm(forms.Form):
    """Five facts, and two that sharpen the expectation."""

    creditor = forms.ChoiceField()
    debtor = forms.ChoiceField()
    amount = forms.CharField(
        max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )
    currency = forms.ChoiceField()
    due = forms.CharField(max_length=20, widget=forms.DateInput(attrs={"type": "date"}))
    documents = forms.ChoiceField(required=False)
    disputed = forms.ChoiceField(required=False)

    def __init__(
        self,
        data: QueryDict | None,
        *,
        currencies: list[str],
        home: str,
        currency: str,
        today: date,
    ) -> None:
        super().__init__(data, initial={"creditor": home, "currency": currency}, auto_id="quote_%s")
        self.today = today
        self.asked: Asked | None = None
        words = {
            "creditor": _("Your country"), "debtor": _("Debtor's country"), "amount": _("Amount"),
            "currency": _("Currency"), "due": _("Due date"),
            "documents": _("Invoice and proof of delivery at hand?"),
            "disputed": _("Does the debtor object?"),
        }  # fmt: skip
        for name, word in words.items():
            self.fields[name].label = word
            self.fields[name].error_messages["required"] = _("Please fill this in.")
        choices = [("", _("Choose")), *country_choices()]
        self._choices("creditor", choices)
        self._choices("debtor", choices)
        self._choices("currency", currency_choices(currencies, currency))
        for name in ("documents", "disputed"):
            self._choices(name, [("", _("Not sure")), ("yes", _("Yes")), ("no", _("No"))])

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        field.choices = choices  # type: ignore[attr-defined]
        field.error_messages["invalid_choice"] = _("“%(value)s” is not on the list.")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        read = self._read
        creditor = read("creditor", lambda text: read_country(text, _("Your country")))
        debtor = read("debtor", lambda text: read_country(text, _("Debtor's country")))
        money = None
        if found.get("currency"):
            money = read(
                "amount",
                lambda text: read_amount(plain_amount(text), found["currency"], _("Amount")),
            )
        due = read("due", lambda text: read_due(text.strip(), self.today, _("Due date")))
        if creditor and debtor and money and due and not self.errors:
            documents, disputed = (read_choice(found.get(k), k) for k in ("documents", "disputed"))
            self.asked = Asked(creditor, debtor, money, due, documents, disputed)
        return found

    def _read(self, name: str, reader: Callable[[str], Any]) -> Any:
        text = self.cleaned_data.get(name)
        if not text:
            return None
        try:
            return reader(text)
        except Refusal as refusal:
            self.add_error(name, beside(self.fields[name].label, refusal))
            return None

    def missing(self) -> list[str]:
        """Labels of the fields that are still blank: while typing that is no error."""
        return [str(self[n].label) for n in ("creditor", "debtor", "amount", "currency", "due")
                if not (self.data.get(n) or "").strip()]  # fmt: skip


AGREEMENT_LANGUAGES = [
    ("en", "English"), ("sv", "Svenska"), ("de", "Deutsch"), ("zh-Hant", "繁體中文"), ("zh-Hans", "简体中文"),
]  # fmt: skip


class RegisterForm(forms.Form):
    """A company, its signatory, a way in."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    quote = forms.CharField(required=False, max_length=43, widget=forms.HiddenInput)
    business = forms.BooleanField(required=False)
    country = forms.ChoiceField()
    name = forms.CharField(
        max_length=200, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    registration_number = forms.CharField(required=False, max_length=60)
    vat_number = forms.CharField(required=False, max_length=40)
    street = forms.CharField(
        max_length=120, widget=forms.TextInput(attrs={"autocomplete": "street-address"})
    )
    postcode = forms.CharField(
        required=False, max_length=20, widget=forms.TextInput(attrs={"autocomplete": "postal-code"})
    )
    city = forms.CharField(
        max_length=100, widget=forms.TextInput(attrs={"autocomplete": "address-level2"})
    )
    payout_iban = forms.CharField(required=False, max_length=60)
    signatory = forms.CharField(
        max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    authority = forms.ChoiceField()
    email = forms.EmailField(widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    phone = forms.CharField(
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    language = forms.ChoiceField(choices=AGREEMENT_LANGUAGES)
    password = forms.CharField(
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="register_%s", **kwargs)
        words = {
            "business": _("We are a company or another organisation, and our claims are against companies"),
            "country": _("Country"), "name": _("Name of the company"),
            "registration_number": _("Company registration number"), "vat_number": _("VAT number"),
            "street": _("Street and number"), "postcode": _("Postcode"), "city": _("City"),
            "payout_iban": _("Account for payouts (IBAN)"), "signatory": _("Your name"),
            "authority": _("By what authority you sign"), "email": _("E-mail"), "phone": _("Telephone"),
            "language": _("Language of the agreement"), "password": _("Password"),
        }  # fmt: skip
        helps = {
            "registration_number": _("As the register writes it, for example 556016-0680. This or the VAT number is needed."),
            "vat_number": _("With the country's letters, for example SE556016068001."),
            "payout_iban": _("You can give it later."), "email": _("You sign in with it."),
            "signatory": _("The person who signs for the company."),
            "password": _("At least 15 characters: four or five words that you remember are best."),
            "language": _("English stands beside it."),
        }  # fmt: skip
        for name, word in words.items():
            self.fields[name].label = word
            self.fields[name].help_text = helps.get(name, "")
            self.fields[name].error_messages["required"] = _("Please fill this in.")
        self.fields["email"].error_messages["invalid"] = _("This is not an e-mail address.")
        self.fields["country"].choices = [("", _("Choose")), *country_choices()]  # type: ignore[attr-defined]
        self.fields["authority"].choices = [("", _("Choose")), *authorities()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The journey's own checks that need no database, so that all is said at once."""
        given = super().clean() or self.cleaned_data
        told_all: list[Callable[[], object]] = [
            lambda: business_only(bool(given.get("business"))),
            lambda: business_numbers(
                given["country"], given["registration_number"], given["vat_number"]
            ),
            lambda: payout("iban", given["payout_iban"]),
            lambda: check_password(
                given["password"], email=given.get("email", ""), name=given.get("signatory", "")
            ),
        ]
        for check in told_all:
            try:
                check()
            except KeyError:
                continue  # the field's own error is there already
            except Refusal as refusal:
                self.refuse(refusal)
        return given

    def registration(self) -> Registration:
        """Call when valid."""
        given = self.cleaned_data
        key: UUID = given["key"]
        return Registration(
            id=key, business=given["business"], name=given["name"], country=given["country"],
            registration_number=given["registration_number"], vat_number=given["vat_number"],
            address=[given["street"]], postcode=given["postcode"], city=given["city"],
            language=given["language"], email=given["email"], phone=given["phone"],
            signatory=given["signatory"], authority=dict(authorities())[given["authority"]],
            password=given["password"], payout_iban=given["payout_iban"], quote=given["quote"],
        )  # fmt: skip

    def refuse(self, refusal: Refusal) -> None:
        """The refusal's sentence at its field, or above the form."""
        field = refusal.params.get("field")
        if field in self.fields:
            self.add_error(field, beside(self.fields[field].label, refusal))
        else:
            self.add_error(None, told(refusal))


def authorities() -> list[tuple[str, str]]:
    return [
        ("director", _("Managing director")), ("board", _("Member of the board with power to sign")),
        ("prokura", _("Holder of a general commercial power (Prokura)")), ("owner", _("Owner or partner")),
        ("written", _("Written authority from the management")),
    ]  # fmt: skip


class SignForm(forms.Form):
    """Three boxes and a name."""

    authority = forms.BooleanField(required=False)
    terms = forms.BooleanField(required=False)
    power = forms.BooleanField(required=False)
    signatory = forms.CharField(
        max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(
        self, data: QueryDict | None = None, *, company: str, agency: str, name: str
    ) -> None:
        super().__init__(data, auto_id="sign_%s")
        names = {"company": company, "agency": agency}
        self.fields["authority"].label = _("I may sign for %(company)s") % names
        self.fields["terms"].label = (
            _("%(company)s accepts the agreement and its rate card") % names
        )
        self.fields["power"].label = _("%(company)s gives %(agency)s the power of attorney") % names
        self.fields["signatory"].label = _("Type your name to sign")
        self.fields["signatory"].help_text = _("Exactly as registered: %(name)s") % {"name": name}
        self.fields["signatory"].error_messages["required"] = _("Type your name to sign.")

    def clean(self) -> dict[str, Any]:
        for box in BOXES:
            if not self.cleaned_data.get(box):
                self.add_error(box, _("Tick this box to sign."))
        return self.cleaned_data

    def ticked(self) -> list[str]:
        return [box for box in BOXES if self.cleaned_data.get(box)]
