"""The submission form: what a reading has filled in and the client confirms."""

import re
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from babel import Locale
from django import forms
from django.utils.translation import gettext_lazy as _

from recoup.agreements.models import Quote
from recoup.agreements.rules.asked import Asked, countries
from recoup.intake.einvoice import Party
from recoup.intake.proposal import Proposal, ProposedLine
from recoup.journeys.submit_invoice import ContactAsked, DebtorAsked, LineAsked, Submission
from recoup.jurisdictions.rules import CODES
from recoup.kernel.days import parse_day
from recoup.kernel.refusal import Refusal
from recoup.parties.models import Division
from recoup.web.kit.amounts import amount_beside
from recoup.web.kit.formats import country_text, current, money_text, refusal_text


class MultipleFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class Day(forms.DateInput):
    """A browser's own date field: its value is ISO in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class UploadForm(forms.Form):
    """One or several e-invoices."""

    invoices = forms.FileField(
        label=_("Drop your invoices here"), required=False,
        help_text=_("PDF, XML (Factur-X, ZUGFeRD, XRechnung, UBL, Peppol, FatturaPA) or a picture, up to 200 files at once. Each debtor becomes a draft of its own."),
        widget=MultipleFiles(attrs={"accept": ".pdf,.xml,.png,.jpg,.jpeg,application/pdf,text/xml,application/xml,image/png,image/jpeg", "data-submit-on-change": ""}),
    )  # fmt: skip


class AnswerForm(forms.Form):
    """What the client answers to a question about its case."""

    words = forms.CharField(
        label=_("Your answer"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    papers = forms.FileField(label=_("Files"), required=False, widget=MultipleFiles())


def country_choices() -> list[tuple[str, str]]:
    names: Locale = current()
    known = sorted(
        ((c, str(names.territories.get(c, c))) for c in countries()), key=lambda pair: pair[1]
    )
    return [("", ""), *known]


class DebtorForm(forms.Form):
    """Who owes, and what concerns the case as a whole."""

    name = forms.CharField(label=_("Company that owes"), max_length=200)
    country = forms.ChoiceField(label=_("Country"))
    vat_number = forms.CharField(label=_("VAT number"), required=False, max_length=20)
    registration_number = forms.CharField(
        label=_("Registration number"), required=False, max_length=40
    )
    street = forms.CharField(label=_("Street address"), required=False, max_length=120)
    postcode = forms.CharField(label=_("Postcode"), required=False, max_length=20)
    city = forms.CharField(label=_("City"), required=False, max_length=100)
    contact = forms.CharField(label=_("Contact person"), required=False, max_length=150)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=40)
    role = forms.CharField(label=_("Role"), required=False, max_length=100)
    language = forms.ChoiceField(label=_("Language"), required=False)
    currency = forms.ChoiceField(label=_("Currency of the claim"))
    client_reference = forms.CharField(label=_("Your reference"), required=False, max_length=60)
    division = forms.ChoiceField(label=_("Division"), required=False)
    quote = forms.TypedChoiceField(
        label=_("Your quote for this claim"), required=False, coerce=UUID, empty_value=None
    )
    known_dispute = forms.BooleanField(
        label=_("The debtor has disputed this claim"), required=False
    )
    dispute = forms.CharField(
        label=_("What the dispute is about"), required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    so_far = forms.CharField(
        label=_("What has been done so far"), required=False, max_length=2000,
        help_text=_("Reminders, calls, promises, payments: what the collector should know."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    interest_kind = forms.ChoiceField(label=_("Interest for late payment"), required=False)
    interest_rate = forms.CharField(
        label=_("Percent a year"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    jurisdiction = forms.ChoiceField(label=_("Law that the contract chooses"), required=False)
    clauses = forms.CharField(
        label=_("Other clauses"), required=False, max_length=1000,
        help_text=_("Place of jurisdiction, arbitration, retention of title: in the words of the contract."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    business = forms.BooleanField(
        label=_("The debtor is a company, not a private person"),
        error_messages={"required": _("We collect commercial debts between companies only, never from or for private persons.")},
    )  # fmt: skip

    def __init__(
        self, *args: Any, currencies: tuple[str, ...], quotes: Sequence[Quote] = (),
        divisions: Sequence[Division] = (), limited: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        if divisions:
            offered = [(str(one.id), str(one)) for one in divisions]
            only = limited and len(offered) == 1
            first = (
                []
                if only
                else [("", str(_("Choose one") if limited else _("None: the whole company")))]
            )
            self.fields["division"].choices = [*first, *offered]  # type: ignore[attr-defined]
        else:
            del self.fields["division"]
        if quotes:
            named = [(str(q.id), quote_text(q)) for q in quotes]
            self.fields["quote"].choices = [("", _("None of them")), *named]  # type: ignore[attr-defined]
        else:
            del self.fields["quote"]
        self.fields["country"].choices = country_choices()  # type: ignore[attr-defined]
        self.fields["language"].choices = language_choices()  # type: ignore[attr-defined]
        self.fields["interest_kind"].choices = interest_choices()  # type: ignore[attr-defined]
        self.fields["jurisdiction"].choices = law_choices()  # type: ignore[attr-defined]
        self.fields["currency"].choices = [(c, c) for c in currencies]  # type: ignore[attr-defined]

    def clean_interest_rate(self) -> str:
        text = str(self.cleaned_data["interest_rate"]).strip().replace(",", ".")
        if self.cleaned_data.get("interest_kind") in ("fixed", "over_base"):
            if not RATE.fullmatch(text):
                raise forms.ValidationError(_("Write the percentage as a number, such as 8.5."))
            return text
        return ""

    @property
    def interest(self) -> dict[str, str]:
        """The clause in the form `recoup owed` takes; empty for the law's own interest."""
        kind, rate = self.cleaned_data["interest_kind"], self.cleaned_data["interest_rate"]
        if kind == "fixed":
            return {"kind": "fixed", "rate": rate, "compounding": "simple"}
        if kind == "over_base":
            return {"kind": "over_base", "margin": rate}
        return {"kind": "none"} if kind == "none" else {}


RATE = re.compile(r"[0-9]{1,2}(\.[0-9]{1,4})?", re.ASCII)


def language_choices() -> list[tuple[str, str]]:
    names = {
        "en": "English",
        "sv": "Svenska",
        "de": "Deutsch",
        "zh-Hant": "繁體中文",
        "zh-Hans": "简体中文",
    }
    return [("", str(_("Not known"))), *names.items()]


def interest_choices() -> list[tuple[str, str]]:
    return [
        ("", str(_("By law"))), ("fixed", str(_("A fixed rate is agreed"))),
        ("over_base", str(_("So much over the base rate is agreed"))), ("none", str(_("None is agreed"))),
    ]  # fmt: skip


def law_choices() -> list[tuple[str, str]]:
    names = current().territories
    known = sorted(((code, law_text(code, names)) for code in CODES), key=lambda pair: pair[1])
    return [("", str(_("None: the law of the debtor's country"))), *known]


def law_text(code: str, names: Any) -> str:
    country = str(names.get(code[:2], code))
    return f"{country} ({code})" if "-" in code else country


class ContactForm(forms.Form):
    """A further person at the debtor."""

    name = forms.CharField(label=_("Name"), required=False, max_length=150)
    role = forms.CharField(label=_("Role"), required=False, max_length=100)
    language = forms.ChoiceField(label=_("Language"), required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = language_choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if (values.get("name") or values.get("role")) and not (
            values.get("email") or values.get("phone")
        ):
            self.add_error("email", _("Give an e-mail address or a telephone number."))
        return values


ContactForms = forms.formset_factory(ContactForm, extra=1, max_num=20, absolute_max=20)


class LineForm(forms.Form):
    """One invoice or credit note. A wholly blank one is left out."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("invoice", _("Invoice")), ("credit_note", _("Credit note"))],
        initial="invoice",
    )
    ref = forms.CharField(label=_("Invoice number"), max_length=60)
    issued_on = forms.CharField(label=_("Issued on"), required=False, widget=Day())
    due_on = forms.CharField(label=_("Due on"), widget=Day())
    amount = forms.CharField(
        label=_("Amount still open, with VAT"),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    document = forms.UUIDField(required=False, widget=forms.HiddenInput)
    credits = forms.CharField(
        label=_("Takes from invoice"), required=False, max_length=60,
        help_text=_("For a credit note: the number of the invoice above; blank for the oldest."),
    )  # fmt: skip
    must_confirm = forms.BooleanField(required=False, widget=forms.HiddenInput)
    confirm_due = forms.BooleanField(
        label=_("The due date is right: I have read it in the invoice"), required=False
    )

    def __init__(self, *args: Any, currency: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean_issued_on(self) -> date | None:
        return self.day("issued_on") if self.cleaned_data["issued_on"] else None

    def clean_due_on(self) -> date:
        return self.day("due_on")

    def day(self, name: str) -> date:
        try:
            return parse_day(self.cleaned_data[name], field=str(self.fields[name].label))
        except Refusal as refusal:
            raise forms.ValidationError(refusal_text(refusal)) from None

    def clean_amount(self) -> Any:
        return amount_beside(
            self.cleaned_data["amount"], self.currency or "EUR", str(self.fields["amount"].label)
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("must_confirm") and not values.get("confirm_due"):
            self.add_error(
                "confirm_due",
                _("The due date was read from free text: please check and confirm it."),
            )
        return values


LineForms = forms.formset_factory(
    LineForm, extra=1, min_num=1, validate_min=True, max_num=100, absolute_max=120
)


def quote_text(quote: Quote) -> str:
    """Number, amount and the debtor's country, as they stand in a list of quotes."""
    asked = Asked.from_json(quote.asked)
    country = country_text(asked.debtor)
    return f"{quote.number}: {money_text(asked.amount)}, {country}"


def quote_meant(quotes: Sequence[Quote], proposal: Proposal) -> Quote | None:
    """The quote that was asked for just this claim: same country, currency and sum of one invoice."""
    lines = [line for line in proposal.lines if line.kind == "invoice" and line.amount is not None]
    for quote in quotes if len(lines) == 1 else ():
        asked = Asked.from_json(quote.asked)
        facts = (proposal.debtor.country, proposal.currency, lines[0].amount)
        if facts == (asked.debtor, asked.amount.currency, asked.amount.amount):
            return quote
    return None


def proposal_from(quote: Quote) -> Proposal:
    """What the quote already says, so that nobody types it again."""
    asked = Asked.from_json(quote.asked)
    line = ProposedLine("", None, due_on=asked.due, amount=asked.amount.amount)
    return Proposal(Party(country=asked.debtor), asked.amount.currency, (line,))


def initial_debtor(
    proposal: Proposal, currencies: tuple[str, ...], quote: Quote | None = None
) -> dict[str, Any]:
    party = proposal.debtor
    return {
        "name": party.name or "", "country": party.country or "", "vat_number": party.vat or "",
        "registration_number": "" if party.vat else party.legal_id or "", "street": party.street or "",
        "postcode": party.postcode or "", "city": party.city or "", "email": party.email or "",
        "phone": party.phone or "", "currency": proposal.currency or (currencies[0] if currencies else ""),
        "business": False, "quote": str(quote.id) if quote else "",
        "known_dispute": quote is not None and quote.asked["disputed"] is True,
    }  # fmt: skip


SAVED = re.compile(r"(?P<prefix>line|contact)-(?P<n>\d{1,3})-(?P<name>[a-z_]+)")


def as_saved(post: AnyMapping[str, str]) -> dict[str, str]:
    """What a draft keeps of a form as it stands: its own fields only, each at most a few thousand letters."""
    own = {*DebtorForm.base_fields, *(f"{p}-TOTAL_FORMS" for p in ("line", "contact"))}
    return {
        name: value[:4000]
        for name, value in post.items()
        if (name in own or SAVED.fullmatch(name)) and value.strip()
    }


def saved_forms(saved: AnyMapping[str, str], prefix: str) -> list[dict[str, str]]:
    """The rows of a formset as a draft has kept them, without the wholly blank ones."""
    rows: dict[int, dict[str, str]] = {}
    for name, value in saved.items():
        if (found := SAVED.fullmatch(name)) and found["prefix"] == prefix:
            rows.setdefault(int(found["n"]), {})[found["name"]] = value
    idle = {"kind", "must_confirm", "language"}
    return [row for _, row in sorted(rows.items()) if set(row) - idle]


def initial_line(line: ProposedLine) -> dict[str, Any]:
    return {
        "kind": line.kind, "ref": line.ref, "issued_on": line.issued_on, "due_on": line.due_on,
        "amount": "" if line.amount is None else str(line.amount), "document": line.document,
        "must_confirm": line.confirm_due, "credits": line.credits,
    }  # fmt: skip


def submission(
    key: str, debtor: DebtorForm, lines: Any, contacts: Any, documents: tuple[UUID, ...],
    division: UUID | None = None,
) -> Submission:  # fmt: skip
    """What two valid forms ask for."""
    who = debtor.cleaned_data
    filled = [f.cleaned_data for f in lines.forms if f.has_changed() and f.cleaned_data]
    people = [f.cleaned_data for f in contacts.forms if f.has_changed()]
    return Submission(
        key=key,
        debtor=DebtorAsked(
            name=who["name"], country=who["country"], vat_number=who["vat_number"],
            registration_number=who["registration_number"], address=(who["street"],) if who["street"] else (),
            postcode=who["postcode"], city=who["city"], email=who["email"], phone=who["phone"],
            contact=who["contact"], role=who["role"], language=who["language"], business=who["business"],
        ),
        currency=who["currency"], client_reference=who["client_reference"], known_dispute=who["known_dispute"],
        quote=who.get("quote"),
        lines=tuple(
            LineAsked(f["kind"], f["ref"], f["issued_on"], f["due_on"], f["amount"], f["document"], f["credits"])
            for f in filled
        ),
        documents=documents, contacts=tuple(ContactAsked(**f) for f in people if f.get("email") or f.get("phone")),
        interest=debtor.interest, jurisdiction=who["jurisdiction"], so_far=who["so_far"], dispute=who["dispute"],
        clauses=who["clauses"], division=division,
    )  # fmt: skip
