"""A dispute as each side may see it, and what each side can say and decide. One wording for all pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recoup.cases.models import Case
from recoup.disputes.models import Dispute, Request
from recoup.disputes.rules import may_see
from recoup.disputes.states import OUTCOMES, TAKING, Reason, Side, State
from recoup.files.models import Document
from recoup.jurisdictions.owed import Owed
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.web.kit.amounts import amount_beside
from recoup.web.kit.formats import country_text, day_text, refusal_text
from recoup.web.kit.papers import PapersField
from recoup.web.kit.words import word

TONES = {
    State.OPEN: "needs",
    State.UPHELD: "accent",
    State.PARTLY: "accent",
    State.SETTLED: "accent",
}


@dataclass(frozen=True, slots=True)
class Said:
    """`only` says for whose eyes it is, where not for all."""

    who: str
    at: datetime
    text: str
    document: Document | None
    only: str


@dataclass(frozen=True, slots=True)
class Shown:
    dispute: Dispute
    ref: str
    state: str
    tone: str
    reason: str
    amount: Money
    raised_by: str
    open: bool
    taken_off: Money | None
    said: Sequence[Said]
    asked: Sequence[Request]


def of_dispute(found: Dispute, side: str) -> Shown:
    """What this side may see of it (three queries)."""
    said = [
        Said(word(s.side), s.at, s.text, s.document, only(s.audience, side))
        for s in found.statements.select_related("document")
        if may_see(side, s.audience)
    ]
    asked = [
        r for r in found.requests.all() if side in (Side.HOUSE, r.side) or (side == Side.CLIENT)
    ]
    return line_of(found, said, asked, side)


def line_of(
    found: Dispute, said: Sequence[Said] = (), asked: Sequence[Request] = (), side: str = ""
) -> Shown:
    currency = found.case.currency
    return Shown(
        dispute=found, ref=found.line.ref, state=word(f"dispute_{found.state}"), tone=TONES.get(State(found.state), ""),
        reason=word(f"why_{found.reason}"), amount=Money(found.amount, currency).rounded(),
        raised_by=_("you") if found.side == side else word(found.side), open=found.state == State.OPEN,
        taken_off=Money(found.taken_off, currency).rounded() if found.taken_off else None, said=said, asked=asked,
    )  # fmt: skip


def only(audience: str, side: str) -> str:
    if audience == "internal":
        return _("within the agency")
    return _("not shown to the debtor") if audience == "client" and side != Side.DEBTOR else ""


def disputes_of(case: Case) -> list[Shown]:
    """The disputes of a case, the open ones first (one query)."""
    rows = Dispute.objects.filter(case=case).select_related("line", "case").order_by("-raised_at")
    return [line_of(row) for row in sorted(rows, key=lambda d: d.state != State.OPEN)]


def effects(case: Case, owed: Owed | None, side: str) -> list[str]:
    """What a dispute does to interest and time, said as the law we hold has it."""
    country = country_text(case.jurisdiction[:2])
    mine = side == Side.DEBTOR
    told = [
        _("Interest goes on while we look: we know of no rule in %(country)s that stops it for a dispute.") % {"country": country},
        _("If you are right, the invoice is corrected from its beginning, and the interest on that part falls away with it.") if mine else
        _("If the debtor is right, the invoice is corrected from its beginning, and the interest on that part falls away with it."),
    ]  # fmt: skip
    if owed is not None and owed.limitation is not None and side != Side.DEBTOR:
        told.append(
            _("We do not count on a dispute to stop limitation: it ends on %(day)s.")
            % {"day": day_text(owed.limitation.ends_on)}
        )
    return told


def reasons() -> list[tuple[str, str]]:
    return [(r.value, capfirst(word(f"why_{r.value}"))) for r in Reason]


class RoomForm(forms.Form):
    """With a hidden key, and a place for a refusal's sentence."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": new_id()} | (kwargs.get("initial") or {})
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)

    def refuse(self, refusal: Refusal) -> None:
        field = str(refusal.params.get("field", ""))
        self.add_error(field if field in self.fields else None, refusal_text(refusal))


class RaiseForm(RoomForm):
    """`lines` are (id, shown) of the invoices of the case; another's id is no choice."""

    line = forms.ChoiceField(label=gettext_lazy("Which invoice?"), widget=forms.RadioSelect)
    reason = forms.ChoiceField(
        label=gettext_lazy("What is wrong with it?"), widget=forms.RadioSelect
    )
    amount = forms.CharField(
        label=gettext_lazy("How much of it?"), required=False, max_length=20,
        help_text=gettext_lazy("Leave it empty if all of it is wrong."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("Please tell us more"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )  # fmt: skip
    papers = PapersField(label=gettext_lazy("Papers that show it"))

    def __init__(
        self, *args: Any, lines: list[tuple[str, str]], currency: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["line"].choices = lines  # type: ignore[attr-defined]
        self.fields["reason"].choices = reasons()  # type: ignore[attr-defined]
        if len(lines) == 1:
            self.fields["line"].initial = lines[0][0]

    def clean_amount(self) -> Decimal | None:
        return amount_or_none(self, "amount")


def amount_or_none(form: Any, name: str) -> Decimal | None:
    text = form.cleaned_data[name].strip()
    if not text:
        return None
    return amount_beside(text, form.currency, str(form.fields[name].label))


class SayForm(RoomForm):
    """What a side adds. `audiences` are the choices of for whose eyes; none for the debtor."""

    prefix = "say"
    text = forms.CharField(
        label=gettext_lazy("What do you want to say?"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    papers = PapersField()
    audience = forms.ChoiceField(label=gettext_lazy("For whom"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, side: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = audiences(side)
        if not choices:
            del self.fields["audience"]
        else:
            self.fields["audience"].choices = choices  # type: ignore[attr-defined]
            self.fields["audience"].initial = choices[-1][0]


def audiences(side: str) -> list[tuple[str, str]]:
    """The widest first; the narrowest is the default, so that nothing is shown by mistake."""
    if side == Side.DEBTOR:
        return []
    if side == Side.CLIENT:
        return [("debtor", _("Agency and debtor")), ("client", _("Only the agency"))]
    return [("debtor", _("Client and debtor")), ("client", _("Only the client")), ("internal", _("Only us"))]  # fmt: skip


class DecideForm(RoomForm):
    prefix = "decide"
    state = forms.ChoiceField(label=gettext_lazy("Outcome"), widget=forms.RadioSelect)
    amount = forms.CharField(
        label=gettext_lazy("Amount taken off"), required=False, max_length=20,
        help_text=gettext_lazy("Only where it is upheld in part or settled."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    because = forms.CharField(
        label=gettext_lazy("Why, in words for all sides"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )  # fmt: skip

    def __init__(self, *args: Any, side: str, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        states = [s for s in OUTCOMES if side == Side.HOUSE or s != State.WITHDRAWN]
        self.fields["state"].choices = [(s.value, outcome_text(s)) for s in states]  # type: ignore[attr-defined]

    def clean_amount(self) -> Decimal | None:
        said = amount_or_none(self, "amount")
        return said if self.data.get(self.add_prefix("state")) in set(TAKING) else None


def outcome_text(state: State) -> str:
    return {
        State.UPHELD: _("The debtor is right: all that is disputed falls away"),
        State.PARTLY: _("The debtor is right in part"),
        State.REJECTED: _("The claim stands as it is"),
        State.WITHDRAWN: _("The debtor has withdrawn it"),
        State.SETTLED: _("Both have settled: part is given up from today"),
    }[state]


class AskForm(RoomForm):
    """The house asks one side to show something."""

    prefix = "ask"
    side = forms.ChoiceField(label=gettext_lazy("Who is asked"), widget=forms.RadioSelect)
    what = forms.CharField(label=gettext_lazy("What should be shown"), max_length=500)
    due_on = forms.DateField(
        label=gettext_lazy("To be shown by"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, due_on: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"due_on": due_on} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        sides = [(s, capfirst(word(s))) for s in ("client", "debtor")]
        self.fields["side"].choices = sides  # type: ignore[attr-defined]
