"""The feasibility review: accept and assign in one go, ask the client, or decline with a reason; and the
agency's own rules for it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recoup.cases.models import Case, Review, ReviewRules
from recoup.cases.operations import change_debtor, set_review_rules
from recoup.cases.operations.review import DEFAULTS
from recoup.cases.queries import review_terms
from recoup.cases.rules import may_accept
from recoup.cases.states import Stage
from recoup.eventlog.models import Event
from recoup.journeys.accept_and_assign import accept_and_assign, decline_and_tell, findings_of
from recoup.journeys.review import ask_client, question_of
from recoup.journeys.same_debtor import candidates, reasons_of, said_by
from recoup.parties.models import Debtor
from recoup.parties.operations import relate_debtors
from recoup.parties.queries import related_to
from recoup.tenancy.roles import Role
from recoup.web.desk import rights
from recoup.web.desk.acting import carried_out, case_or_404, tried
from recoup.web.desk.case_page import documents_of, facts_of, owed_of
from recoup.web.desk.forms import AskForm, DeclineForm, ReviewRulesForm
from recoup.web.desk.frame import show
from recoup.web.desk.rights import RIGHTS
from recoup.web.kit.derivations import phrase
from recoup.web.kit.formats import country_text
from recoup.web.kit.middleware import Place, staff_place
from recoup.web.kit.timeline import told_of

LEVELS = {"good": ("money", "circle-check"), "look": ("needs", "eye"), "stop": ("danger", "ban")}


@require_safe
def review(request: HttpRequest, number: str) -> HttpResponse:
    """What the rules found; once decided, the case's own page."""
    place = staff_place(request)
    case = case_or_404(place, number)
    if case.stage != Stage.SUBMITTED:
        return redirect("desk:case", number)
    return show_review(request, place, case)


def show_review(
    request: HttpRequest, place: Place, case: Case, form: DeclineForm | None = None, ask: AskForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    terms = review_terms(place.agency.id)
    until = place.now.date() + timedelta(days=terms.answer_days)
    findings = findings_of(case, place.now.date())
    against = may_accept(findings)
    mine = rights.why_not(place, "review")
    stop = mine or (phrase(against.text, against.params) if against else "")
    return show(
        request, place, "desk/review.html", status=status, case=case, decline_form=form or DeclineForm(),
        ask_form=ask or AskForm(initial={"until": until}), unanswered=_(DEFAULTS[terms.unanswered]),
        question=question_of(case), background=background_of(case), terms=terms,
        findings=[shown(finding) for finding in findings], stop=stop, not_mine=mine,
        owed=owed_of(facts_of(place, case)), documents=documents_of(case),
        lines=list(case.lines.select_related("document").order_by("due_on", "ref")),
        quote=case.quote if case.quote_id else None, law=country_text(case.jurisdiction), **found_again(case),
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
            change=form.cleaned_data["change"], by=place.actor, at=place.now,
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
    return show_review(request, place, case, form, status=422)


@require_POST
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Ask the client for what is missing: a task with a deadline and what happens otherwise."""
    place = staff_place(request, *RIGHTS["review"])
    case = case_or_404(place, number)
    form = AskForm(request.POST)

    def do() -> None:
        said = form.cleaned_data
        ask_client(
            agency=place.agency,
            case=case,
            what=said["what"],
            until=said["until"],
            by=place.actor,
            at=place.now,
        )

    if carried_out(form, do):
        messages.success(request, _("Asked, by e-mail and in the portal."))
        return redirect("desk:review", number)
    return show_review(request, place, case, ask=form, status=422)


@require_POST
def same_debtor(request: HttpRequest, number: str) -> HttpResponse:
    """One click: the debtor is this known one, or belongs together with it."""
    place = staff_place(request, *RIGHTS["review"])
    case = case_or_404(place, number)
    if not request.POST.get("debtor"):
        return redirect("desk:review", number)
    try:
        known = get_object_or_404(
            Debtor, id=UUID(request.POST["debtor"]), agency_id=place.agency.id
        )
    except ValueError:
        raise Http404 from None
    kind = request.POST.get("kind", "")
    if kind:
        tried(request, lambda: relate_debtors(one=case.debtor, other=known, kind=kind, because=case.number,
                                              by=place.actor, at=place.now), _("Kept: the two belong together."))  # fmt: skip
    else:
        tried(request, lambda: change_debtor(case=case, debtor=known, by=place.actor, at=place.now),
              _("The case is against the known debtor now."))  # fmt: skip
    return redirect("desk:review", number)


def found_again(case: Case) -> dict[str, Any]:
    """Whom the debtor may be, with the reasons, and whom it belongs together with."""
    near = candidates(agency=case.agency_id, said=said_by(case.debtor), but=[case.debtor_id])
    kinds = {"group": _("one group"), "address": _("same address"), "person": _("same person")}
    return {
        "candidates": [
            {"debtor": c.debtor, "score": c.score, "reasons": [_(r) for r in reasons_of(c)],
             "kind": "address" if "address" in c.because else "person" if {"email", "phone"} & set(c.because) else "group"}
            for c in near
        ],
        "related": [(one, kinds[kind]) for one, kind in related_to(case.debtor)],
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """The agency's rules for the review, by version; a change is a new version."""
    place = staff_place(request)
    terms, not_mine = review_terms(place.agency.id), rights.why_not(place, "review_rules")
    form = ReviewRulesForm(terms=terms)
    if request.method == "POST":
        staff_place(request, Role.ADMINISTRATOR, Role.SUPERVISOR)
        form = ReviewRulesForm(request.POST, terms=terms)

        def do() -> None:
            set_review_rules(agency=place.agency, terms=form.terms, because=form.cleaned_data["because"],
                             by=place.actor, at=place.now)  # fmt: skip

        if carried_out(form, do):
            messages.success(request, _("The new rules hold from now on."))
            return redirect("desk:review_rules")
    waiting = Case.objects.filter(agency_id=place.agency.id, stage=Stage.SUBMITTED).count()
    by_itself = Review.objects.filter(agency_id=place.agency.id, automatic=True)
    return show(
        request, place, "desk/review_rules.html", form=form, terms=terms, not_mine=not_mine, waiting=waiting,
        by_itself=by_itself.filter(at__gte=place.now - timedelta(days=30)).count(),
        versions=ReviewRules.objects.filter(agency_id=place.agency.id).order_by("-version")[:10],
        status=422 if form.errors else 200,
    )  # fmt: skip


def background_of(case: Case) -> str:
    """What the client has said beside the figures."""
    events = Event.objects.filter(
        case_id=case.id, kind__in=("CaseBackground", "CaseSubmitted")
    ).order_by("id")
    told = [told_of(e.data) for e in events]
    said = [data.get("words") or data.get("so_far") or "" for data in told]
    return "\n\n".join(filter(None, said))
