"""Paying in parts: propose a plan, read what is offered, sign it. Without a script."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from recoup.journeys.plans import course_of, offer, sign, worked_out
from recoup.journeys.promise_to_pay import OPEN_TO_DEBTORS
from recoup.kernel.refusal import Refusal
from recoup.plans.models import Plan
from recoup.plans.queries import latest_plan, standing_plan
from recoup.plans.states import PlanState
from recoup.web.debtor.here import Here, debtor_page, for_the_sure, typed_before
from recoup.web.debtor.views.home import frame
from recoup.web.kit.address import address_of
from recoup.web.kit.formats import refusal_text
from recoup.web.kit.plans import PlanForm, of_draft, of_plan


class SignForm(forms.Form):
    """`plan` names what was read: another one is not signed by it."""

    plan = forms.UUIDField(widget=forms.HiddenInput)
    signatory = forms.CharField(
        label=gettext_lazy("Your full name"), max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    title = forms.CharField(
        label=gettext_lazy("Your position in the company"), max_length=120, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )  # fmt: skip
    owes = forms.BooleanField(
        label=gettext_lazy("The company acknowledges that it owes this amount, and pays by this plan."), required=False,
    )  # fmt: skip
    authority = forms.BooleanField(
        label=gettext_lazy("I may sign for the company."), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)


@require_http_methods(["GET", "HEAD", "POST"])
@debtor_page
def plan(request: HttpRequest, here: Here) -> HttpResponse:
    """What stands; else the form. GET works out what is asked for, POST proposes it."""
    found = latest_plan(here.case.id)
    standing = found is not None and found.state in (
        PlanState.ASKED,
        PlanState.OFFERED,
        PlanState.AGREED,
    )
    if found is not None and standing:
        if request.method == "POST":
            return redirect("debtor:plan")
        return reading(
            request, here, found, SignForm(initial=typed_before(request) | {"plan": found.id})
        )
    if here.case.stage not in OPEN_TO_DEBTORS:
        raise Http404
    asked = request.POST if request.method == "POST" else request.GET
    form, draft = ask_form(here, asked), None
    if asked and form.is_valid():
        try:
            if request.method == "POST":
                with transaction.atomic():
                    made = offer(
                        agency=here.agency, case=here.case, terms=form.terms(), by_debtor=True, by=here.by, at=here.now
                    )  # fmt: skip
                if made.state == PlanState.ASKED:
                    messages.success(request, _("Thank you. We have asked the creditor, and wait until it has answered."))  # fmt: skip
                return redirect("debtor:plan")
            draft = worked_out(case=here.case, terms=form.terms(), on=here.today)
        except Refusal as refusal:
            form.refuse(refusal)
    slots = frame(here) | {
        "form": form, "draft": of_draft(draft) if draft else None, "last": found,
        "at_once": draft is not None and not draft.outside,
    }  # fmt: skip
    return render(request, "debtor/plan_ask.html", slots, status=422 if form.errors else 200)


def ask_form(here: Here, asked: Any) -> PlanForm:
    first = {"first_on": (here.today + timedelta(days=7)).isoformat(), "count": 3, "every": "month"}
    form = PlanForm(asked or None, currency=here.case.currency, initial=first)
    form.fields["first_on"].widget.attrs["min"] = here.today.isoformat()
    return form


def reading(
    request: HttpRequest, here: Here, found: Plan, form: SignForm, status: int = 200
) -> HttpResponse:
    if found.state == PlanState.ASKED and not found.by_debtor:
        shown = None  # between the house and its client
    else:
        shown = of_plan(found, course_of(found, on=here.today))
    return render(request, "debtor/plan.html", frame(here) | {
        "plan": found, "shown": shown, "form": form, "paper": found.sealed or found.document,
        "late": found.state == PlanState.OFFERED and found.until < here.today,
    }, status=status)  # fmt: skip


@require_POST
@debtor_page
@for_the_sure
def signed(request: HttpRequest, here: Here) -> HttpResponse:
    """Sign what was read; the same twice is once."""
    found = standing_plan(here.case.id)
    form = SignForm(request.POST)
    if found is None or found.state == PlanState.ASKED:
        return redirect("debtor:plan")
    if form.is_valid() and form.cleaned_data["plan"] == found.id:
        said = form.cleaned_data
        try:
            with transaction.atomic():
                made = sign(
                    agency=here.agency, plan=found, signatory=said["signatory"], title=said["title"],
                    ticked=[box for box in ("owes", "authority") if said[box]], ip=address_of(request),
                    browser=request.headers.get("User-Agent", ""), by=here.by, at=here.now,
                )  # fmt: skip
        except Refusal as refusal:
            wanted = str(refusal.params.get("field", ""))
            form.add_error(wanted if wanted in form.fields else None, refusal_text(refusal))
        else:
            if made.state == PlanState.AGREED:
                messages.success(request, _("Thank you. The plan is signed and in force; a copy is on this page."))  # fmt: skip
            else:
                messages.warning(request, _("Something has come in since you read it. Here is the plan with the new figures."))  # fmt: skip
            return redirect("debtor:plan")
    elif form.is_valid():
        return redirect("debtor:plan")
    return reading(request, here, found, form, 422)
