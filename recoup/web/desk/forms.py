"""The desk's forms. Each carries a key of its own, so that the same press of a button counts once."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recoup.cases.models import Case
from recoup.cases.states import MOVES, CloseCode, HoldKind, Stage
from recoup.contact.outcomes import OUTCOMES
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import Refusal
from recoup.parties.models import Contact
from recoup.tenancy.models import Member
from recoup.web.kit.derivations import phrase
from recoup.web.kit.words import word

PLAIN_AMOUNT = r"^[0-9]{1,13}(\.[0-9]{1,4})?$"
# How a case ends that is not paid; one that is paid closes of itself.
UNPAID = (
    CloseCode.WITHDRAWN, CloseCode.SETTLED, CloseCode.UNCOLLECTABLE, CloseCode.INSOLVENT,
    CloseCode.LIMITATION,
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
    note = forms.CharField(
        label=gettext_lazy("What was said"), required=False, max_length=4000, widget=area()
    )

    def __init__(self, *args: Any, contacts: list[Contact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcomes = [(o.code, _(o.label)) for o in OUTCOMES.values()]
        self.fields["outcome"].choices = [("", _("Choose …")), *outcomes]  # type: ignore[attr-defined]
        people = [(str(c.id), str(c)) for c in contacts]
        self.fields["contact"].choices = [("", _("The company's number")), *people]  # type: ignore[attr-defined]
        self.fields["promised_on"].help_text = _("Only when payment was promised.")
        self.people = {str(c.id): c for c in contacts}

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
        kinds = [(k.value, word(k.value).capitalize()) for k in HoldKind]
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
        self.fields["now"].choices = [(s.value, word(s.value).capitalize()) for s in stages]  # type: ignore[attr-defined]


class WaiveForm(DeskForm):
    """Nothing as amount gives up all that is left."""

    prefix = "waive"
    amount = forms.RegexField(
        label=gettext_lazy("Amount"), required=False, regex=PLAIN_AMOUNT, max_length=18,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    because = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = _("Empty: all that is left. The case is then closed.")
        self.fields["amount"].error_messages["invalid"] = _("Digits and a point, such as 120.50.")


class CloseForm(DeskForm):
    prefix = "close"
    code = forms.ChoiceField(label=gettext_lazy("How it ends"))
    because = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [(c.value, word(c.value).capitalize()) for c in UNPAID]
        self.fields["code"].choices = codes  # type: ignore[attr-defined]


class SearchForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=100)
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages = [(s.value, word(s.value).capitalize()) for s in Stage]
        self.fields["stage"].choices = [("", _("All stages")), *stages]  # type: ignore[attr-defined]
