"""A plan or settlement composed at the desk: worked out as it is typed, offered with one press."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from recoup.cases.models import Case
from recoup.journeys.plans import course_of, end, offer, worked_out
from recoup.kernel.refusal import Refusal
from recoup.plans.models import Plan
from recoup.plans.queries import latest_plan, mandate_of, standing_plan
from recoup.plans.states import STANDING
from recoup.web.desk import rights
from recoup.web.desk.acting import case_or_404, tried
from recoup.web.desk.frame import show
from recoup.web.desk.views.acts import acting_on
from recoup.web.kit.middleware import Place, staff_place
from recoup.web.kit.plans import OfferForm, of_draft, of_plan


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, number: str) -> HttpResponse:
    """GET works out what is typed (in the address); POST offers it."""
    place = staff_place(request, *(rights.RIGHTS["plan"] if request.method == "POST" else ()))
    case = case_or_404(place, number)
    asked = request.POST if request.method == "POST" else request.GET
    form = OfferForm(asked or None, currency=case.currency, initial=usual(place))
    draft = None
    if asked and form.is_valid():
        try:
            if request.method == "POST":
                with transaction.atomic():
                    made = offer(
                        agency=place.agency, case=case, terms=form.terms(), by=place.actor, at=place.now
                    )  # fmt: skip
                messages.success(request, said(made))
                return redirect("desk:plan", number)
            draft = of_draft(worked_out(case=case, terms=form.terms(), on=place.now.date()))
        except Refusal as refusal:
            form.refuse(refusal)
    return shown(request, place, case, form, draft)


def usual(place: Place) -> dict[str, Any]:
    return {
        "kind": "instalments", "first_on": (place.now.date() + timedelta(days=10)).isoformat(), "count": 3,
        "every": "month", "grace_days": 3, "accelerates": True,
    }  # fmt: skip


def said(made: Plan) -> str:
    if made.state == "asked":
        return _("The client is asked; without an answer the plan is declined.")
    return _("The plan is offered to the debtor.")


def shown(
    request: HttpRequest, place: Place, case: Case, form: OfferForm, draft: Any
) -> HttpResponse:
    found = latest_plan(case.id)
    mandate = mandate_of(case.client)
    return show(
        request, place, "desk/plan.html", status=422 if form.errors else 200, case=case, form=form,
        draft=draft, mandate=mandate, why_not=rights.why_not(place, "plan"), plan=found,
        standing=found is not None and found.state in STANDING,
        plan_shown=of_plan(found, course_of(found, on=place.now.date())) if found else None,
    )  # fmt: skip


@require_POST
def end_it(request: HttpRequest, number: str) -> HttpResponse:
    """Take the standing plan back, with a reason."""
    place, case = acting_on(request, number, "plan")
    found = standing_plan(case.id)
    if found is None:
        return redirect("desk:plan", number)
    tried(
        request,
        lambda: end(
            agency=place.agency, plan=found, because=request.POST.get("because", ""), by=place.actor, at=place.now
        ),
        _("The plan is taken back."),
    )  # fmt: skip
    return redirect("desk:plan", number)
