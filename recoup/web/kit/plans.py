"""A payment plan or settlement as every front door shows it: prepared rows, no queries."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recoup.journeys.plans import Draft
from recoup.kernel.days import parse_day
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.plans.models import Plan
from recoup.plans.queries import terms_of
from recoup.plans.rules import Course, Schedule, Terms
from recoup.plans.states import Every, PlanKind
from recoup.web.kit.amounts import amount_beside
from recoup.web.kit.components import Why
from recoup.web.kit.derivations import phrase
from recoup.web.kit.formats import day_text, money_text, percent_text, refusal_text
from recoup.web.kit.words import word

TONES = {"paid": "money", "late": "money", "part": "needs", "missed": "danger"}
STATE_TONES = {
    "asked": "needs", "offered": "accent", "agreed": "accent", "kept": "money", "broken": "danger",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class InstalmentShown:
    number: int
    due_on: date
    amount: Money
    paid: Money | None = None
    state: str = ""
    tone: str = ""
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class PlanShown:
    """`outside`: what the mandate does not cover, in sentences; `why`: how it was worked out."""

    kind: str
    state: str
    tone: str
    number: str
    rows: list[InstalmentShown]
    owed: Money
    interest_to_come: Money
    given_up: Money
    fee: Money
    to_pay: Money
    paid: Money | None
    left: Money | None
    why: list[str]
    terms: list[str]
    outside: list[str] = field(default_factory=list)


def of_draft(draft: Draft) -> PlanShown:
    """One that is only worked out."""
    found = draft.schedule
    unit = Unit(found.currency)
    return PlanShown(
        word(draft.terms.kind), "", "", "", [
            InstalmentShown(p.number, p.due_on, unit(p.amount), why=why_of_part(p, unit)) for p in found.parts
        ],
        unit(found.owed), unit(found.interest_to_come), unit(found.given_up), unit(found.fee),
        unit(found.to_pay), None, None, [phrase(r.text, r.params) for r in found.why],
        terms_said(draft.terms), [phrase(r.text, r.params) for r in draft.outside],
    )  # fmt: skip


def of_plan(plan: Plan, going: Course) -> PlanShown:
    """One that stands or stood, with what has come in."""
    unit, figures = Unit(plan.currency), plan.figures

    def money(name: str) -> Money:
        return unit(Decimal(figures[name]))

    rows = [
        InstalmentShown(
            one.due.number, one.due.due_on, unit(one.due.amount), unit(one.paid), word(f"instalment_{one.state}"),
            TONES.get(one.state, ""), why_of_uses(one.uses, unit),
        )
        for one in going.instalments
    ]  # fmt: skip
    return PlanShown(
        word(plan.kind), word(f"plan_{plan.state}"), STATE_TONES.get(plan.state, ""), plan.number, rows,
        money("owed"), money("interest_to_come"), money("given_up"), money("fee"), money("to_pay"),
        unit(going.paid), unit(going.left), [phrase(r["text"], r["params"]) for r in figures["why"]],
        terms_said(terms_of(plan)), [phrase(r["text"], r["params"]) for r in plan.outside],
    )  # fmt: skip


class Unit:
    def __init__(self, currency: str) -> None:
        self.currency = currency

    def __call__(self, amount: Decimal) -> Money:
        return Money(amount, self.currency).rounded()


def why_of_part(part: Any, unit: Unit) -> Why:
    """What of an instalment the law takes for what."""
    rows = [
        (_("Costs"), unit(part.costs)),
        (_("Interest"), unit(part.interest)),
        (_("Principal"), unit(part.principal)),
    ]
    return Why(
        title=_("What it pays, by law"), rows=[row for row in rows if row[1]], total=(_("Instalment"), unit(part.amount)),
    )  # fmt: skip


def why_of_uses(uses: Any, unit: Unit) -> Why | None:
    """Which payments filled an instalment."""
    if not uses:
        return None
    rows = [
        (_("received on %(day)s") % {"day": day_text(use.on)}, unit(use.amount)) for use in uses
    ]
    return Why(
        title=_("Payments used for it"), rows=rows,
        steps=[_("Payments fill the instalments in the order of days; what each pays of costs, interest and principal is as the law says.")],
    )  # fmt: skip


def terms_said(terms: Terms) -> list[str]:
    """The terms in sentences."""
    found = [_("An instalment may come %(days)s days late.") % {"days": terms.grace_days}]
    if terms.count > 1:
        found.append(
            _("One missed instalment makes everything due.") if terms.accelerates
            else _("Two missed instalments make everything due.")
        )  # fmt: skip
    if terms.penalty:
        found.append(_("A late instalment bears %(percent)s a year.") % {"percent": percent_text(terms.penalty)})  # fmt: skip
    return found


# Asking for one -------------------------------------------------------------------------------------


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PlanForm(forms.Form):
    """What a plan is worked out from. A debtor's form leaves out what only the house may offer."""

    first_on = forms.CharField(label=gettext_lazy("First payment on"), widget=Day())
    count = forms.IntegerField(
        label=gettext_lazy("Number of payments"), min_value=1, max_value=60,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    every = forms.ChoiceField(label=gettext_lazy("One each"))
    first = forms.CharField(
        label=gettext_lazy("First payment, if it is to be another amount"), required=False, max_length=18,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["every"].choices = [(e.value, word(e.value)) for e in Every]  # type: ignore[attr-defined]

    def clean_first_on(self) -> date:
        try:
            return parse_day(self.cleaned_data["first_on"], field=_("First payment on"))
        except Refusal as refusal:
            raise forms.ValidationError(refusal_text(refusal)) from None

    def clean_first(self) -> Decimal | None:
        return self.amount("first")

    def amount(self, name: str) -> Decimal | None:
        text = str(self.cleaned_data[name]).strip()
        if not text:
            return None
        return amount_beside(text, self.currency, str(self.fields[name].label))

    def terms(self) -> Terms:
        said = self.cleaned_data
        return Terms(
            kind=PlanKind.INSTALMENTS, first_on=said["first_on"], count=said["count"],
            every=Every(said["every"]), first=said["first"],
        )  # fmt: skip

    def refuse(self, refusal: Refusal) -> None:
        wanted = str(refusal.params.get("field", ""))
        self.add_error(wanted if wanted in self.fields else None, refusal_text(refusal))


class OfferForm(PlanForm):
    """All that the house may offer."""

    kind = forms.ChoiceField(label=gettext_lazy("What is offered"))
    discount = forms.DecimalField(
        label=gettext_lazy("Discount, percent"), min_value=0, max_value=99, max_digits=5, decimal_places=2,
        required=False,
    )  # fmt: skip
    waives_interest = forms.BooleanField(
        label=gettext_lazy("No interest for the time of the plan"), required=False
    )
    penalty = forms.DecimalField(
        label=gettext_lazy("Interest on a late instalment, percent a year"), min_value=0, max_value=100,
        max_digits=5, decimal_places=2, required=False,
    )  # fmt: skip
    grace_days = forms.IntegerField(label=gettext_lazy("Days of grace"), min_value=0, max_value=31)
    accelerates = forms.BooleanField(
        label=gettext_lazy("One missed instalment makes everything due"), required=False
    )
    field_order = ("kind", "first_on", "count", "every", "first", "discount", "grace_days", "penalty", "waives_interest", "accelerates")  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(k.value, capfirst(word(k.value))) for k in PlanKind]  # type: ignore[attr-defined]
        self.fields["discount"].help_text = _(
            "For a settlement: given up once the rest is paid in time."
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("discount") and said.get("kind") != PlanKind.SETTLEMENT:
            self.add_error("discount", _("A discount belongs to a settlement."))
        return said

    def terms(self) -> Terms:
        said = self.cleaned_data
        return Terms(
            kind=PlanKind(said["kind"]), first_on=said["first_on"], count=said["count"],
            every=Every(said["every"]), first=said["first"], discount=said["discount"] or Decimal(0),
            waives_interest=said["waives_interest"], penalty=said["penalty"] or Decimal(0),
            grace_days=said["grace_days"], accelerates=said["accelerates"],
        )  # fmt: skip


def summary(found: Schedule) -> str:
    """`6 payments, 9,447.39 SEK until 3 May 2027`."""
    return _("%(count)s payments, %(amount)s until %(day)s") % {
        "count": len(found.parts), "amount": money_text(Money(found.to_pay, found.currency)),
        "day": day_text(found.last_on),
    }  # fmt: skip
