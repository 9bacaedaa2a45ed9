"""The feasibility review: accept and assign in one go, or decline with a reason."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recoup.cases.models import Case
from recoup.cases.rules import may_accept
from recoup.cases.states import Stage
from recoup.journeys.accept_and_assign import accept_and_assign, decline_and_tell, findings_of
from recoup.web.desk import rights
from recoup.web.desk.acting import carried_out, case_or_404, tried
from recoup.web.desk.case_page import documents_of, facts_of, owed_of
from recoup.web.desk.forms import DeclineForm
from recoup.web.desk.frame import show
from recoup.web.desk.rights import RIGHTS
from recoup.web.kit.derivations import phrase
from recoup.web.kit.middleware import Place, staff_place

LEVELS = {"good": ("money", "circle-check"), "look": ("needs", "eye"), "stop": ("danger", "ban")}


@require_safe
def review(request: HttpRequest, number: str) -> HttpResponse:
    """What the rules found; once decided, the case's own page."""
    place = staff_place(request)
    case = case_or_404(place, number)
    if case.stage != Stage.SUBMITTED:
        return redirect("desk:case", number)
    return show_review(request, place, case, DeclineForm())


def show_review(
    request: HttpRequest, place: Place, case: Case, form: DeclineForm, status: int = 200
) -> HttpResponse:
    findings = findings_of(case, place.now.date())
    against = may_accept(findings)
    mine = rights.why_not(place, "review")
    stop = mine or (phrase(against.text, against.params) if against else "")
    return show(
        request, place, "desk/review.html", status=status, case=case, decline_form=form,
        findings=[shown(finding) for finding in findings], stop=stop, not_mine=mine,
        owed=owed_of(facts_of(place, case)), documents=documents_of(case),
        lines=list(case.lines.select_related("document").order_by("due_on", "ref")),
        quote=case.quote if case.quote_id else None,
    )  # fmt: skip


def shown(finding: Any) -> dict[str, str]:
    tone, icon = LEVELS[finding.level]
    words = {"good": _("In order"), "look": _("Look"), "stop": _("Stops it")}
    return {
        "text": phrase(finding.text, finding.params), "tone": "" if finding.level == "good" else tone,
        "icon": "check" if finding.level == "good" else icon, "level": words[finding.level],
        "source": finding.source,
    }  # fmt: skip


@require_POST
def accept(request: HttpRequest, number: str) -> HttpResponse:
    place = staff_place(request, *RIGHTS["review"])
    case = case_or_404(place, number)
    done = tried(
        request,
        lambda: accept_and_assign(agency=place.agency, case=case, by=place.actor, at=place.now),
        _("Accepted, and the client is told."),
    )
    return redirect("desk:case" if done else "desk:review", number)


@require_POST
def decline(request: HttpRequest, number: str) -> HttpResponse:
    place = staff_place(request, *RIGHTS["review"])
    case = case_or_404(place, number)
    form = DeclineForm(request.POST)

    def do() -> None:
        decline_and_tell(
            agency=place.agency, case=case, because=form.cleaned_data["because"],
            by=place.actor, at=place.now,
        )  # fmt: skip

    if carried_out(form, do):
        messages.success(request, _("Declined, and the client is told why."))
        return redirect("desk:case", number)
    case.refresh_from_db(fields=["stage"])
    if case.stage != Stage.SUBMITTED:  # somebody was first
        messages.error(
            request, str(next(iter(form.non_field_errors()), _("Somebody has decided it.")))
        )
        return redirect("desk:case", number)
    return show_review(request, place, case, form, 422)
