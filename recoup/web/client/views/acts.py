"""What a client does with a case of its own: pause, go on, correct what it said, add papers, take it back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from recoup.cases.models import Case
from recoup.cases.states import Stage
from recoup.journeys.amend import Amendment, amend, attach, move_to_division, withdraw
from recoup.journeys.client_acts import LONGEST_PAUSE, go_on, pause
from recoup.journeys.submit_invoice import Upload
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.parties.divisions import MOST, named_division, open_divisions
from recoup.parties.models import Division
from recoup.payments.queries import not_paid_out
from recoup.plans.queries import standing_plan
from recoup.web.client.frame import may_submit
from recoup.web.client.views.case import acts, case_of, head
from recoup.web.kit.formats import refusal_text
from recoup.web.kit.middleware import Place, client_place
from recoup.web.kit.plans import Day
from recoup.web.kit.talk import FilesField


class ActForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)

    def refuse(self, refusal: Refusal) -> None:
        field = refusal.params.get("field")
        self.add_error(field if field in self.fields else None, refusal_text(refusal))


class PauseForm(ActForm):
    until = forms.DateField(label=gettext_lazy("Until"), widget=Day())
    because = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class WithdrawForm(ActForm):
    because = forms.CharField(label=gettext_lazy("Why do you take it back?"), max_length=300)
    sure = forms.BooleanField(label=gettext_lazy("I have read what follows from it"))


class CorrectForm(ActForm):
    client_reference = forms.CharField(
        label=gettext_lazy("Your reference"), required=False, max_length=60
    )
    known_dispute = forms.BooleanField(
        label=gettext_lazy("The debtor has disputed this claim"), required=False
    )
    seen_reference = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    seen_dispute = forms.BooleanField(required=False, widget=forms.HiddenInput)

    @property
    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("client_reference", "known_dispute")}

    @property
    def seen(self) -> dict[str, Any]:
        """What stood there when the page was read; nothing where the form does not say."""
        told = {"client_reference": "seen_reference", "known_dispute": "seen_dispute"}
        return {
            name: self.cleaned_data[hidden] for name, hidden in told.items() if hidden in self.data
        }

    def looked(self, case: Case) -> None:
        """Shown again, it has been seen what stands there now."""
        again = {name: self.data[name] for name in self.data}
        again["seen_reference"], again["seen_dispute"] = (
            case.client_reference,
            str(case.known_dispute),
        )
        self.data = again


class DivisionForm(ActForm):
    division = forms.ChoiceField(label=gettext_lazy("Division"), required=False)
    because = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)


class PapersForm(ActForm):
    papers = FilesField(
        label=gettext_lazy("Documents"), 
        help_text=gettext_lazy("PDF or XML: invoices, orders, delivery notes, letters."),
    )  # fmt: skip


FORMS: dict[str, type[ActForm]] = {
    "pause": PauseForm, "withdraw": WithdrawForm, "correct": CorrectForm, "division": DivisionForm, "papers": PapersForm,
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, number: str) -> HttpResponse:
    place = client_place(request)
    case = case_of(place, number)
    name = request.POST.get("act", "") if request.method == "POST" else ""
    if request.method == "POST" and (
        may_submit(place) is not None or name not in {*FORMS, "go_on"}
    ):
        raise Http404
    if name == "go_on":
        if go_on(case=case, by=place.actor, at=place.now):
            messages.success(request, _("The pause is over: we go on today."))
        return redirect("client:case", number)
    bound = {name: FORMS[name](request.POST, request.FILES)} if name else {}
    offered = list(open_divisions(case.client)[:MOST])
    if name == "division":
        offer(bound[name], offered, place)
    if name and bound[name].is_valid() and carried_out(bound[name], lambda: do(name, bound[name], case, place, request)):  # fmt: skip
        return redirect("client:case", number)
    if isinstance(wrong := bound.get(name), CorrectForm):
        case.refresh_from_db()
        wrong.looked(case)
    shown = forms_of(case, place) | bound
    offer(shown["division"], offered, place)
    return render(request, "client/act.html", head(request, place, case, "") | {
        "forms": shown, "divisions": offered, "acts": acts(case, place), "last": place.now.date() + timedelta(days=LONGEST_PAUSE),
        "may_correct": case.stage == Stage.SUBMITTED, "standing": standing_plan(case.id),
        "pending": [Money(amount, case.currency) for amount in [not_paid_out(case)] if amount],
        "opened": name or request.GET.get("open", ""),
    }, status=422 if name else 200)  # fmt: skip


def forms_of(case: Case, place: Place) -> dict[str, ActForm]:
    usual = {
        "pause": {"until": place.now.date() + timedelta(days=14)},
        "correct": {"client_reference": case.client_reference, "known_dispute": case.known_dispute,
                    "seen_reference": case.client_reference, "seen_dispute": case.known_dispute},
        "division": {"division": case.division_id},
    }  # fmt: skip
    return {name: form(initial=usual.get(name, {})) for name, form in FORMS.items()}


def offer(form: ActForm, divisions: list[Division], place: Place) -> None:
    """The divisions that this person may put a case in."""
    none = [] if place.limited else [("", str(_("None: the whole company")))]
    form.fields["division"].choices = [*none, *((str(one.id), str(one)) for one in divisions)]  # type: ignore[attr-defined]


def do(name: str, form: ActForm, case: Case, place: Place, request: HttpRequest) -> None:
    said, by, at = form.cleaned_data, place.actor, place.now
    if name == "pause":
        pause(case=case, until=said["until"], because=said["because"], by=by, at=at)
        messages.success(request, _("We leave the debtor in peace until then."))
    elif name == "withdraw":
        withdraw(agency=place.agency, case=case, because=said["because"], by=by, at=at)
        messages.success(request, _("The case is closed. Its report is under Documents."))
    elif name == "correct":
        assert isinstance(form, CorrectForm)
        amend(case=case, amendment=Amendment(said=form.said, seen=form.seen), by=by, at=at)
        messages.success(request, _("Corrected."))
    elif name == "division":
        division = named_division(case.client, said["division"], limited=place.limited)
        move_to_division(case=case, division=division, because=said["because"], by=by, at=at)
        messages.success(request, _("Corrected."))
    else:
        files = [Upload(f.name or "", f.read()) for f in said["papers"]]
        taken = attach(case=case, files=files, by=by, at=at)
        for one in taken:
            if one.document is None and one.refusal is not None:
                messages.warning(request, refusal_text(one.refusal))
        if any(one.document for one in taken):
            messages.success(request, _("Kept with the case; your collector sees it."))


def carried_out(form: ActForm, do_it: Callable[[], None]) -> bool:
    try:
        with transaction.atomic():
            do_it()
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True
