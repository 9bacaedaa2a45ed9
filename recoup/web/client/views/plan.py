"""A plan on one of the client's cases, to be decided where it is outside the mandate; and the mandate."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from recoup.journeys.plans import answer, course_of
from recoup.kernel.refusal import Refusal
from recoup.plans.models import Mandate
from recoup.plans.operations import set_mandate
from recoup.plans.queries import latest_plan, mandate_of
from recoup.plans.rules import Limits
from recoup.plans.states import PlanState
from recoup.web.client.frame import client_of, frame, may_decide, may_rule, settings_tabs
from recoup.web.client.views.case import case_of, head
from recoup.web.kit.formats import refusal_text
from recoup.web.kit.middleware import client_place
from recoup.web.kit.plans import of_plan

SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, number: str) -> HttpResponse:
    place = client_place(request)
    case = case_of(place, number)
    found = latest_plan(case.id)
    if request.method == "POST":
        if may_decide(place) is not None or found is None:
            raise Http404
        yes = request.POST.get("answer") == "yes"
        try:
            with transaction.atomic():
                answer(
                    agency=place.agency, plan=found, yes=yes, because=request.POST.get("because", ""),
                    by=place.actor, at=place.now,
                )  # fmt: skip
            messages.success(request, _("Approved: the debtor can sign it now.") if yes else _("Declined: we go on collecting."))  # fmt: skip
        except Refusal as refusal:
            messages.error(request, refusal_text(refusal))
        return redirect("client:plan", number)
    return render(request, "client/plan.html", head(request, place, case, "plan") | {
        "plan": found, "why_not": may_decide(place),
        "shown": of_plan(found, course_of(found, on=place.now.date())) if found else None,
        "to_decide": found is not None and found.state == PlanState.ASKED,
    })  # fmt: skip


class MandateForm(forms.Form):
    """Nothing in it is required of a client: no months means that everything is asked."""

    months = forms.IntegerField(
        label=gettext_lazy("Longest plan, in months"), min_value=0, max_value=60,
        help_text=gettext_lazy("From the offer to the last payment. 0: no plan without asking you."),
    )  # fmt: skip
    first_percent = forms.DecimalField(
        label=gettext_lazy("Least first payment, percent of what is owed"), min_value=0, max_value=100,
        max_digits=5, decimal_places=2,
    )  # fmt: skip
    first_days = forms.IntegerField(
        label=gettext_lazy("First payment within how many days"), min_value=0, max_value=180
    )
    discount = forms.DecimalField(
        label=gettext_lazy("Greatest discount of a settlement, percent"), min_value=0, max_value=99,
        max_digits=5, decimal_places=2,
    )  # fmt: skip
    may_waive_interest = forms.BooleanField(
        label=gettext_lazy("Interest of a plan's own time may be given up"), required=False
    )
    accelerates = forms.BooleanField(
        label=gettext_lazy("One missed payment must make everything due"), required=False
    )
    answer_days = forms.IntegerField(
        label=gettext_lazy("Business days you take to answer when asked"), min_value=1, max_value=30,
        help_text=gettext_lazy("Without your answer by then, the offer is declined."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)


@require_http_methods(["GET", "HEAD", "POST"])
def mandate(request: HttpRequest) -> HttpResponse:
    """What may be agreed with debtors without asking; read by all, set by those who decide."""
    place = client_place(request)
    client = client_of(place)
    standing = mandate_of(client)
    form = MandateForm(request.POST if request.method == "POST" else None, initial=usual(standing))
    if request.method == "POST":
        if may_rule(place) is not None:
            raise Http404
        if form.is_valid():
            try:
                set_mandate(
                    client=client, limits=Limits(**form.cleaned_data), by=place.actor, at=place.now
                )
            except Refusal as refusal:
                form.add_error(str(refusal.params["field"]), refusal_text(refusal))
            else:
                messages.success(request, _("In force from now on."))
                return redirect("client:mandate")
    history = Mandate.objects.filter(client=client).order_by("-at", "-id")[:SHOWN]
    return render(request, "client/mandate.html", frame(request, place, client) | {
        "form": form, "standing": standing, "history": history, "why_not": may_rule(place),
        "tabs": settings_tabs(place, "mandate"),
    }, status=422 if form.errors else 200)  # fmt: skip


def usual(standing: Mandate | None) -> dict[str, Any]:
    """What stands; else what many agree to."""
    if standing is None:
        return {"months": 6, "first_percent": Decimal(10), "first_days": 30, "discount": Decimal(0),
                "accelerates": True, "answer_days": 3}  # fmt: skip
    names = MandateForm.base_fields
    return {name: getattr(standing, name) for name in names}
