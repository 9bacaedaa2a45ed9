"""A case's evaluation at the desk: what speaks for which way on, and the decision."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from recoup.cases.models import Case
from recoup.journeys.evaluate import WORKED_ON, decide, weigh_now
from recoup.journeys.learn import advice, newest_model
from recoup.kernel.refusal import N_, Refusal
from recoup.strategy.evaluation import OF_THE_HOUSE, Option
from recoup.strategy.models import Evaluation
from recoup.web.desk import rights
from recoup.web.desk.acting import carried_out, case_or_404, tried
from recoup.web.desk.forms import DeskForm, area
from recoup.web.desk.frame import show
from recoup.web.desk.views.acts import acting_on
from recoup.web.kit.components import Series
from recoup.web.kit.derivations import phrase
from recoup.web.kit.evaluation import evaluation_shown
from recoup.web.kit.middleware import Place, staff_place
from recoup.web.kit.words import word

TONES = {"open": "needs", "asked": "accent", "decided": "money", "superseded": ""}


class DecideForm(DeskForm):
    prefix = "decide"
    option = forms.ChoiceField(label=gettext_lazy("Way on"))
    because = forms.CharField(
        label=gettext_lazy("Why (needed where it is not the recommended one)"), required=False, max_length=300, widget=area(2)
    )  # fmt: skip

    def __init__(self, *args: Any, evaluation: Evaluation, **more: Any) -> None:
        super().__init__(*args, **more)
        asked = " (" + _("the client is asked") + ")"
        ways = [w for w in evaluation.answer["ways"] if not w["why_not"]]
        self.fields["option"].choices = [  # type: ignore[attr-defined]
            (w["option"], capfirst(word(w["option"])) + ("" if w["option"] in OF_THE_HOUSE else asked))
            for w in ways
        ]  # fmt: skip
        self.fields["option"].initial = evaluation.recommended


@require_safe
def evaluation(request: HttpRequest, number: str) -> HttpResponse:
    place = staff_place(request)
    return shown(request, place, case_or_404(place, number))


def shown(request: HttpRequest, place: Place, case: Case, form: DecideForm | None = None) -> HttpResponse:  # fmt: skip
    rows = list(
        Evaluation.objects.filter(case=case).select_related("approval", "counsel").order_by("-made_at", "-id")[:20]
    )  # fmt: skip
    newest = rows[0] if rows else None
    found, differs = None, ""
    if newest is not None:
        found = evaluation_shown(newest.answer, newest.facts, newest.on)
        if newest.counsel.recommended != newest.recommended:
            differs = word(newest.counsel.recommended)
        if newest.state == Evaluation.State.OPEN and form is None:
            form = DecideForm(evaluation=newest)
    return show(
        request, place, "desk/evaluation.html", status=422 if form and form.errors else 200, case=case, newest=newest,
        found=found, form=form, differs=differs, advice=model_says(place, newest),
        why_weighed=phrase(newest.because, newest.params) if newest else "",
        history=[(r, word(r.state), TONES[r.state], word(r.recommended), word(r.decided) if r.decided else "") for r in rows],
        not_mine=rights.why_not(place, "move"), not_now=not_now(case),
    )  # fmt: skip


def model_says(place: Place, newest: Evaluation | None) -> Decimal | None:
    """The statistical model's chance in percent, where it has earned to advise."""
    found = advice(newest_model(agency=place.agency), newest) if newest else None
    return None if found is None else Decimal(str(round(found * 100, 1)))


def not_now(case: Case) -> Refusal | None:
    if case.stage in WORKED_ON:
        return None
    return Refusal("not_weighed", N_("Case %(number)s is “%(found)s”; there is nothing to weigh."),
                   number=case.number, found=case.stage)  # fmt: skip


@require_safe
def model(request: HttpRequest) -> HttpResponse:
    """The statistical model's card: what it was trained on, and its figures beside the score card's."""
    place = staff_place(request)
    newest = newest_model(agency=place.agency)
    card = newest.card if newest else None
    curve = card["ours"]["curve"] if card else []
    series = [
        Series(_("said"), [Decimal(str(g["said"])) * 100 for g in curve]),
        Series(_("came true"), [Decimal(str(g["came"])) * 100 for g in curve], "money"),
    ]  # fmt: skip
    return show(
        request, place, "desk/model.html", newest=newest, card=card, series=series, labels=[str(n + 1) for n in range(len(curve))],
    )  # fmt: skip


@require_POST
def weigh(request: HttpRequest, number: str) -> HttpResponse:
    """Weigh it with today's facts."""
    place, case = acting_on(request, number, "move")
    tried(
        request, lambda: weigh_now(agency=place.agency, case=case, because="", by=place.actor, at=place.now),
        _("Weighed with today's facts."),
    )  # fmt: skip
    return redirect("desk:evaluation", case.number)


@require_POST
def way(request: HttpRequest, number: str, id: UUID) -> HttpResponse:
    """A person decides."""
    place, case = acting_on(request, number, "move")
    found = get_object_or_404(Evaluation, id=id, case=case)
    form = DecideForm(request.POST, evaluation=found)

    def act() -> None:
        said = form.cleaned_data
        made = decide(agency=place.agency, evaluation=found, option=Option(said["option"]), because=said["because"], by=place.actor, at=place.now)  # fmt: skip
        asked = made.state == Evaluation.State.ASKED
        messages.success(request, _("The client is asked.") if asked else _("Decided."))

    if carried_out(form, act):
        return redirect("desk:evaluation", case.number)
    return shown(request, place, case, form)
