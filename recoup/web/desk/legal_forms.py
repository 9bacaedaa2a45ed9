"""The forms of a proceeding's page, one for each act."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recoup.cases.models import Case
from recoup.journeys.legal.papers import Line
from recoup.jurisdictions.proceedings import routes
from recoup.legal.rules import PAPERS
from recoup.legal.states import MOVES, AdvancedBy, MeasureKind, MeasureState, OutlayKind, Stage
from recoup.parties.models import Partner
from recoup.web.desk.forms import DAY, DeskForm, area
from recoup.web.kit.amounts import AmountField
from recoup.web.kit.words import word


def choices(codes: Any) -> list[tuple[str, str]]:
    return [(str(c), word(str(c))) for c in codes]


class OpenForm(DeskForm):
    prefix = "law"
    route = forms.ChoiceField(label=gettext_lazy("Way"))
    lawyer = forms.ModelChoiceField(
        label=gettext_lazy("Law firm"), queryset=Partner.objects.none(), required=False
    )
    because = forms.CharField(label=gettext_lazy("Why"), max_length=300, widget=area(2))

    def __init__(self, *args: Any, case: Case, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["route"].choices = choices(routes(case.jurisdiction))  # type: ignore[attr-defined]
        self.fields["lawyer"].queryset = Partner.objects.filter(  # type: ignore[attr-defined]
            agency_id=case.agency_id, active=True
        )  # type: ignore[attr-defined]


class MoveForm(DeskForm):
    prefix = "move"
    now = forms.ChoiceField(label=gettext_lazy("What happened"))
    on = forms.DateField(label=gettext_lazy("Day"), widget=DAY)
    because = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, stage: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["now"].choices = choices(MOVES[Stage(stage)])  # type: ignore[attr-defined]


class DeadlineForm(DeskForm):
    prefix = "deadline"
    kind = forms.ChoiceField(label=gettext_lazy("Deadline"))
    on = forms.DateField(label=gettext_lazy("Last day"), widget=DAY)
    source = forms.CharField(label=gettext_lazy("Read where"), max_length=300)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["kind"].choices = choices(  # type: ignore[attr-defined]
            ("answer", "appeal", "hearing", "title_expiry", "other")
        )  # type: ignore[attr-defined]


class BudgetForm(DeskForm):
    prefix = "budget"
    amount = AmountField(label=gettext_lazy("Costs to approve"))
    odds = forms.IntegerField(
        label=gettext_lazy("Odds in percent"), min_value=0, max_value=100, required=False
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days it takes"), min_value=1, max_value=3650, required=False
    )


class OutlayForm(DeskForm):
    prefix = "outlay"
    kind = forms.ChoiceField(label=gettext_lazy("Cost"))
    amount = AmountField(label=gettext_lazy("Amount"))
    on = forms.DateField(label=gettext_lazy("Paid on"), widget=DAY)
    advanced_by = forms.ChoiceField(label=gettext_lazy("Advanced by"))
    recoverable = forms.BooleanField(
        label=gettext_lazy("Charge it to the debtor: it is recoverable"), required=False
    )
    because = forms.CharField(label=gettext_lazy("What for"), max_length=300, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["kind"].choices = choices(OutlayKind)  # type: ignore[attr-defined]
        self.fields["advanced_by"].choices = choices(AdvancedBy)  # type: ignore[attr-defined]


class CourtForm(DeskForm):
    prefix = "court"
    court = forms.CharField(label=gettext_lazy("Court"), max_length=200, required=False)
    reference = forms.CharField(
        label=gettext_lazy("Court's reference"), max_length=100, required=False
    )
    lawyer = forms.ModelChoiceField(
        label=gettext_lazy("Law firm"), queryset=Partner.objects.none(), required=False
    )

    def __init__(self, *args: Any, agency: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["lawyer"].queryset = Partner.objects.filter(  # type: ignore[attr-defined]
            agency_id=agency, active=True
        )  # type: ignore[attr-defined]


class PartyForm(DeskForm):
    prefix = "party"
    role = forms.CharField(label=gettext_lazy("Role"), max_length=24)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=100, required=False)


class MeasureForm(DeskForm):
    prefix = "measure"
    kind = forms.ChoiceField(label=gettext_lazy("Measure"))
    on = forms.DateField(label=gettext_lazy("Day"), widget=DAY)
    what = forms.CharField(label=gettext_lazy("What for"), max_length=500)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["kind"].choices = choices(MeasureKind)  # type: ignore[attr-defined]


class MeasuredForm(DeskForm):
    prefix = "measured"
    id = forms.UUIDField(widget=forms.HiddenInput)
    now = forms.ChoiceField(label=gettext_lazy("Outcome"), choices=())
    found = forms.CharField(
        label=gettext_lazy("What was found"), max_length=1000, required=False, widget=area(2)
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["now"].choices = choices(s for s in MeasureState if s != MeasureState.ASKED)  # type: ignore[attr-defined]


class AwardForm(DeskForm):
    prefix = "award"
    kind = forms.ChoiceField(label=gettext_lazy("Decision"))
    on = forms.DateField(label=gettext_lazy("Of"), widget=DAY)
    principal = forms.CharField(label=gettext_lazy("Principal"), max_length=20)
    interest = forms.CharField(label=gettext_lazy("Interest"), max_length=20, initial="0")
    costs = forms.CharField(label=gettext_lazy("Costs"), max_length=20, initial="0")
    rate = forms.CharField(
        label=gettext_lazy("Interest from then on, percent a year"), max_length=8, required=False,
        help_text=gettext_lazy("As the decision says. Empty: as the country's pack says, if it does."),
    )  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["kind"].choices = choices(("judgment", "order", "court_settlement"))  # type: ignore[attr-defined]


class ReviewForm(DeskForm):
    """A tick and a note for each paper that is not found of itself."""

    prefix = "review"

    def __init__(self, *args: Any, lines: list[Line], **more: Any) -> None:
        super().__init__(*args, **more)
        for line in lines:
            if not line.paper.there:
                self.fields[line.paper.code] = forms.CharField(
                    label=_(PAPERS[line.paper.code][0]), max_length=200, required=False
                )

    def ticked(self) -> dict[str, str]:
        return {code: text for code in PAPERS if (text := self.cleaned_data.get(code))}


class RecordsForm(DeskForm):
    prefix = "records"
    file = forms.FileField(
        label=gettext_lazy("File of a law firm"),
        help_text=gettext_lazy("CSV or JSON with proceeding, code, on, text, amount."),
    )  # fmt: skip
