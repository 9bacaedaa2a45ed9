"""The desk's forms. Each carries a key of its own, so that the same press of a button counts once."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recoup.cases.models import Case, ClaimLine
from recoup.cases.operations.review import DEFAULTS
from recoup.cases.rules import ReviewTerms
from recoup.cases.rules.assignment import PERMISSIONS
from recoup.cases.states import MOVES, CloseCode, HoldKind, Stage
from recoup.contact.outcomes import OUTCOMES
from recoup.contact.rules import zone
from recoup.disputes.states import Reason
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money, parse_amount
from recoup.kernel.refusal import Refusal
from recoup.parties.models import Contact
from recoup.tenancy.models import Member
from recoup.web.kit.amounts import AmountField
from recoup.web.kit.derivations import phrase
from recoup.web.kit.disputes import reasons
from recoup.web.kit.formats import money_text
from recoup.web.kit.words import word

# How a case ends that is not paid; one that is paid closes of itself.
UNPAID = (
    CloseCode.WITHDRAWN, CloseCode.SETTLED, CloseCode.UNCOLLECTABLE, CloseCode.INSOLVENT,
    CloseCode.LIMITATION, CloseCode.UNTRACEABLE, CloseCode.NO_ASSETS, CloseCode.UNECONOMIC, CloseCode.DISPUTED,
)  # fmt: skip
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DeskForm(forms.Form):
    """With a hidden key, and a place for a refusal's sentence."""

    required_css_class = ""
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("key", new_id())
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)

    def refuse(self, refusal: Refusal) -> None:
        """Show the refusal at its field, or above the form."""
        field = str(refusal.params.get("field", ""))
        self.add_error(
            field if field in self.fields else None, phrase(refusal.text, refusal.params)
        )


def area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class CallForm(DeskForm):
    prefix = "call"
    outcome = forms.ChoiceField(label=gettext_lazy("How it ended"))
    contact = forms.ChoiceField(label=gettext_lazy("Who was called"), required=False)
    promised_on = forms.DateField(label=gettext_lazy("Promised for"), required=False, widget=DAY)
    promised_amount = forms.DecimalField(
        label=gettext_lazy("Amount promised"), required=False, min_value=Decimal("0.01"), max_digits=15,
        decimal_places=2,
    )  # fmt: skip
    back_on = forms.DateField(label=gettext_lazy("Call back on"), required=False, widget=DAY)
    back_time = forms.TimeField(
        label=gettext_lazy("At"), required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip
    disputed = forms.MultipleChoiceField(
        label=gettext_lazy("Which invoices?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.ChoiceField(label=gettext_lazy("What is wrong with it?"), required=False)
    note = forms.CharField(
        label=gettext_lazy("What was said"), required=False, max_length=4000, widget=area()
    )

    def __init__(
        self, *args: Any, contacts: list[Contact], lines: list[ClaimLine], currency: str, **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        outcomes = [(o.code, _(o.label)) for o in OUTCOMES.values()]
        self.fields["outcome"].choices = [("", _("Choose …")), *outcomes]  # type: ignore[attr-defined]
        people = [(str(c.id), str(c)) for c in contacts]
        self.fields["contact"].choices = [("", _("The company's number")), *people]  # type: ignore[attr-defined]
        self.fields["promised_on"].help_text = _("Only when payment was promised.")
        self.fields["promised_amount"].help_text = _("Empty: everything that is owed.")
        self.fields["back_time"].help_text = _("The debtor's own time.")
        self.people = {str(c.id): c for c in contacts}
        self.lines = {str(one.id): one for one in lines if one.kind == ClaimLine.Kind.INVOICE}
        invoices = self.fields["disputed"]
        invoices.choices = [  # type: ignore[attr-defined]
            (id, f"{one.ref}, {money_text(Money(one.amount, currency).rounded())}") for id, one in self.lines.items()
        ]  # fmt: skip
        if len(self.lines) == 1:
            invoices.initial = list(self.lines)
        invoices.help_text = _("None: it did not say; the whole case rests until you know.")
        self.fields["reason"].choices = reasons()  # type: ignore[attr-defined]
        self.fields["reason"].initial = Reason.OTHER

    @property
    def in_question(self) -> list[ClaimLine]:
        return [self.lines[id] for id in self.cleaned_data["disputed"]]

    def back_at(self, time_zone: str) -> datetime | None:
        """The appointment as an instant; None unless both day and time were given."""
        day, clock = self.cleaned_data.get("back_on"), self.cleaned_data.get("back_time")
        if day is None or clock is None:
            return None
        return datetime.combine(day, clock, zone(time_zone)).astimezone(UTC)

    @property
    def chosen(self) -> Contact | None:
        return self.people.get(self.cleaned_data["contact"])


class NoteForm(DeskForm):
    prefix = "note"
    text = forms.CharField(label=gettext_lazy("Internal note"), max_length=4000, widget=area())


class HoldForm(DeskForm):
    prefix = "hold"
    kind = forms.ChoiceField(label=gettext_lazy("Why contact rests"))
    until = forms.DateField(label=gettext_lazy("Until"), required=False, widget=DAY)
    because = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(k.value, capfirst(word(k.value))) for k in HoldKind]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["until"].help_text = _("Empty: until somebody lifts it.")


class DeclineForm(DeskForm):
    prefix = "decline"
    because = forms.CharField(
        label=gettext_lazy("Why we cannot take it"), max_length=300, widget=area()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["because"].help_text = _("The client reads this, in the portal and by e-mail.")

    change = forms.CharField(
        label=gettext_lazy("What would change it"), max_length=300, required=False, widget=area()
    )


class AskForm(DeskForm):
    prefix = "ask"
    what = forms.CharField(
        label=gettext_lazy("What the client should send or answer"), max_length=500, widget=area()
    )
    until = forms.DateField(label=gettext_lazy("Answer by"), widget=DAY)


class ReviewRulesForm(DeskForm):
    """The agency's rules for the review; amounts one a line, `EUR 50`."""

    prefix = "rules"
    automatic = forms.BooleanField(
        label=gettext_lazy("Accept cases by themselves when nothing stands against it"),
        required=False,
    )
    most = forms.CharField(label=gettext_lazy("Up to this claim"), required=False, widget=area())
    least = forms.CharField(
        label=gettext_lazy("Least claim worth taking"), required=False, widget=area()
    )
    passes = forms.MultipleChoiceField(
        label=gettext_lazy("What may be so all the same"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    answer_days = forms.IntegerField(
        label=gettext_lazy("Days to answer a question"), min_value=1, max_value=60
    )
    unanswered = forms.ChoiceField(label=gettext_lazy("When no answer comes"))
    because = forms.CharField(label=gettext_lazy("Why the rules change"), max_length=300)

    def __init__(self, *args: Any, terms: ReviewTerms, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs, initial={
            "key": new_id(), "automatic": terms.automatic, "most": written(terms.most), "least": written(terms.least),
            "passes": list(terms.passes), "answer_days": terms.answer_days, "unanswered": terms.unanswered,
        })  # fmt: skip
        self.fields["passes"].choices = passing()  # type: ignore[attr-defined]
        self.fields["unanswered"].choices = [(code, _(text)) for code, text in DEFAULTS.items()]  # type: ignore[attr-defined]
        for name in ("most", "least"):
            self.fields[name].help_text = _("One currency a line, such as EUR 5000. Other currencies wait for a person.") if name == "most" else _("One currency a line, such as EUR 50.")  # fmt: skip

    def clean_most(self) -> dict[str, Decimal]:
        return amounts_in(self.cleaned_data["most"])

    def clean_least(self) -> dict[str, Decimal]:
        return amounts_in(self.cleaned_data["least"])

    @property
    def terms(self) -> ReviewTerms:
        said = self.cleaned_data
        return ReviewTerms(
            said["automatic"], said["least"], said["most"], tuple(said["passes"]), said["answer_days"], said["unanswered"]
        )  # fmt: skip


def passing() -> list[tuple[str, str]]:
    """Findings to look at that an agency may let pass; what stops a case never does."""
    return [
        ("documents_missing", _("A document is missing")), ("limitation_unknown", _("Limitation is not known here")),
        ("limitation_near", _("Limitation is near")), ("not_yet_due", _("Not overdue yet")),
        ("debtor_number_missing", _("The debtor has no number")), ("debtor_number_unchecked", _("The debtor's number cannot be checked")),
        ("list_missing", _("No sanctions list is loaded")), ("law_unanswered", _("The law has no answer for a part")),
    ]  # fmt: skip


def written(amounts: Mapping[str, Decimal]) -> str:
    return "\n".join(f"{currency} {amount}" for currency, amount in sorted(amounts.items()))


def amounts_in(text: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        currency, _space, amount = line.partition(" ")
        try:
            found[currency.upper()] = parse_amount(amount.strip(), currency.upper(), field=currency)
        except (Refusal, KeyError, ValueError):
            raise forms.ValidationError(_("“%(found)s” is no currency with an amount, such as EUR 5000.") % {"found": line[:40]}) from None  # fmt: skip
    return found


class AssignForm(DeskForm):
    prefix = "assign"
    collector = forms.ModelChoiceField(
        label=gettext_lazy("Collector"), queryset=Member.objects.none()
    )

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["collector"]
        field.queryset = members  # type: ignore[attr-defined]
        field.label_from_instance = lambda m: f"{m.user} ({word(m.role)})"  # type: ignore[attr-defined]


class MoveForm(DeskForm):
    """`was` is the stage the person saw: two at once are told apart by it."""

    prefix = "move"
    was = forms.CharField(widget=forms.HiddenInput)
    now = forms.ChoiceField(label=gettext_lazy("Move to"))
    because = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})["was"] = case.stage
        super().__init__(*args, **kwargs)
        stages = [s for s in MOVES[Stage(case.stage)] if s != Stage.CLOSED]
        self.fields["now"].choices = [(s.value, capfirst(word(s.value))) for s in stages]  # type: ignore[attr-defined]


class WaiveForm(DeskForm):
    """Nothing as amount gives up all that is left."""

    prefix = "waive"
    amount = AmountField(label=gettext_lazy("Amount"), required=False)
    because = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = _("Empty: all that is left. The case is then closed.")


class CloseForm(DeskForm):
    prefix = "close"
    code = forms.ChoiceField(label=gettext_lazy("How it ends"))
    because = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [(c.value, capfirst(word(c.value))) for c in UNPAID]
        self.fields["code"].choices = codes  # type: ignore[attr-defined]


class ReopenForm(DeskForm):
    prefix = "reopen"
    because = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


CODES = re.compile(r"[A-Za-z]{2,4}(-[A-Za-z]{2,4})?", re.ASCII)


class CodesField(forms.CharField):
    """Codes with spaces or commas between them, as a list without repetition."""

    def __init__(self, *, upper: bool, **kwargs: Any) -> None:
        self.upper = upper
        super().__init__(max_length=300, **kwargs)

    def clean(self, value: Any) -> Any:
        words = re.split(r"[\s,;]+", super().clean(value) or "")
        found = list(dict.fromkeys(w.upper() if self.upper else w for w in words if w))
        wrong = next((w for w in found if not CODES.fullmatch(w)), "")
        if wrong:
            raise forms.ValidationError(_("“%(found)s” is no code.") % {"found": wrong[:20]})
        if self.required and not found:
            raise forms.ValidationError(_("Please name one at least."))
        return found


class ReasonForm(DeskForm):
    prefix = "reason"
    because = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class ProfileForm(DeskForm):
    prefix = "profile"
    countries = CodesField(upper=True, label=gettext_lazy("Countries"), required=False)
    languages = CodesField(upper=False, label=gettext_lazy("Languages"), required=False)
    laws = CodesField(upper=True, label=gettext_lazy("Laws known"), required=False)
    experience_years = forms.IntegerField(
        label=gettext_lazy("Years of experience"), min_value=0, max_value=60
    )
    permissions = forms.MultipleChoiceField(
        label=gettext_lazy("Permissions"), required=False, widget=forms.CheckboxSelectMultiple
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("Open cases at most"), min_value=0, max_value=5000
    )
    phone = forms.RegexField(
        label=gettext_lazy("Telephone that is rung first"), required=False, max_length=40,
        regex=r"^\+[0-9 ]{6,20}$",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["permissions"].choices = [(p, capfirst(word(p))) for p in PERMISSIONS]  # type: ignore[attr-defined]
        self.fields["permissions"].help_text = _("None: not restricted.")
        self.fields["countries"].help_text = _("Such as DE AT CH.")
        self.fields["languages"].help_text = _("Such as de en zh-Hant.")
        self.fields["phone"].error_messages["invalid"] = _(
            "With the country's code, such as +46 8 123 45."
        )


class AbsenceForm(DeskForm):
    prefix = "absence"
    first_on = forms.DateField(label=gettext_lazy("From"), widget=DAY)
    last_on = forms.DateField(label=gettext_lazy("Through"), widget=DAY)
    stand_in = forms.ModelChoiceField(
        label=gettext_lazy("Stand-in"), queryset=Member.objects.none(), required=False
    )
    because = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stand_in"].queryset = members  # type: ignore[attr-defined]
        self.fields["stand_in"].label_from_instance = lambda m: str(m.user)  # type: ignore[attr-defined]
        self.fields["stand_in"].help_text = _("Nobody: the cases go to those who fit best.")


class PartnerForm(DeskForm):
    prefix = "partner"
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    countries = CodesField(
        upper=True, label=gettext_lazy("Countries"),
        help_text=gettext_lazy("Two letters each, such as ES PT."),
    )  # fmt: skip
    email = forms.EmailField(label=gettext_lazy("E-mail"))
    share = forms.DecimalField(
        label=gettext_lazy("Share of what it collects, %"), min_value=0, max_value=100, max_digits=5,
        decimal_places=2,
    )  # fmt: skip


class VisitForm(DeskForm):
    prefix = "visit"
    agent = forms.ModelChoiceField(
        label=gettext_lazy("Field agent"), queryset=Member.objects.none()
    )
    day = forms.DateField(label=gettext_lazy("Day"), widget=DAY)
    time = forms.TimeField(
        label=gettext_lazy("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    place = forms.CharField(label=gettext_lazy("Place"), max_length=300)
    purpose = forms.CharField(label=gettext_lazy("Purpose"), max_length=300)

    def __init__(self, *args: Any, agents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agent"].queryset = agents  # type: ignore[attr-defined]
        self.fields["agent"].label_from_instance = lambda m: str(m.user)  # type: ignore[attr-defined]
        self.fields["time"].help_text = _("The debtor's own time.")

    def when(self, time_zone: str) -> datetime:
        said = self.cleaned_data
        return datetime.combine(said["day"], said["time"], zone(time_zone)).astimezone(UTC)


class VisitReportForm(DeskForm):
    """Coordinates come from the telephone, when the agent lets it."""

    prefix = "report"
    outcome = forms.ChoiceField(label=gettext_lazy("How it ended"))
    promised_on = forms.DateField(label=gettext_lazy("Promised for"), required=False, widget=DAY)
    promised_amount = forms.DecimalField(
        label=gettext_lazy("Amount promised"), required=False, min_value=Decimal("0.01"), max_digits=15,
        decimal_places=2,
    )  # fmt: skip
    met = forms.CharField(label=gettext_lazy("Who was met"), required=False, max_length=150)
    met_role = forms.CharField(label=gettext_lazy("Position"), required=False, max_length=100)
    said = forms.CharField(
        label=gettext_lazy("What was said and seen"),
        required=False,
        max_length=4000,
        widget=area(4),
    )
    latitude = forms.DecimalField(
        required=False,
        max_digits=9,
        decimal_places=6,
        min_value=-90,
        max_value=90,
        widget=forms.HiddenInput(attrs={"data-latitude": ""}),
    )
    longitude = forms.DecimalField(
        required=False,
        max_digits=9,
        decimal_places=6,
        min_value=-180,
        max_value=180,
        widget=forms.HiddenInput(attrs={"data-longitude": ""}),
    )
    accuracy_m = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=100000,
        widget=forms.HiddenInput(attrs={"data-accuracy": ""}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcomes = [
            (o.code, _(o.label))
            for o in OUTCOMES.values()
            if o.code not in ("wrong_number", "call_back")
        ]
        self.fields["outcome"].choices = [("", _("Choose …")), *outcomes]  # type: ignore[attr-defined]
        self.fields["promised_on"].help_text = _("Only when payment was promised.")
        self.fields["promised_amount"].help_text = _("Empty: everything that is owed.")


BULK_ACTS = ("postpone", "hold", "note", "assign")


class BulkForm(DeskForm):
    """One act on the chosen cases; which fields it needs follows from the act."""

    prefix = "bulk"
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    act = forms.ChoiceField(label=gettext_lazy("What to do"))
    until = forms.DateField(label=gettext_lazy("Until"), required=False, widget=DAY)
    collector = forms.ModelChoiceField(
        label=gettext_lazy("Give to"), queryset=Member.objects.none(), required=False
    )
    because = forms.CharField(label=gettext_lazy("Reason or note"), max_length=300)

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {"postpone": _("Postpone the calls"), "hold": _("Put on hold"), "note": _("Write a note"),
                 "assign": _("Give to a collector")}  # fmt: skip
        self.fields["act"].choices = list(words.items())  # type: ignore[attr-defined]
        self.fields["collector"].queryset = members  # type: ignore[attr-defined]
        self.fields["collector"].label_from_instance = lambda m: f"{m.user} ({word(m.role)})"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("act") == "postpone" and not said.get("until") and "until" not in self.errors:
            self.add_error("until", _("Please give the day."))
        if (
            said.get("act") == "assign"
            and not said.get("collector")
            and "collector" not in self.errors
        ):
            self.add_error("collector", _("Please choose a collector."))
        return said


class SearchForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=100)
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages = [(s.value, capfirst(word(s.value))) for s in Stage]
        self.fields["stage"].choices = [("", _("All stages")), *stages]  # type: ignore[attr-defined]
