"""Who takes a case and why, the board of workload, profiles, absences, partners, sharing out."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recoup.cases.models import Absence, Case, CollectorProfile, Referral
from recoup.cases.operations import (
    end_absence,
    plan_absence,
    recall_case,
    refer_case,
    set_profile,
    split_case,
)
from recoup.cases.queries import assignment_facts, collector_profiles
from recoup.cases.rules import ranking
from recoup.cases.states import OPEN, Stage
from recoup.journeys.hand_over import share_out
from recoup.parties.models import Partner
from recoup.payments.models import Allocation
from recoup.strategy.oversight import loads
from recoup.tenancy.models import Member
from recoup.web.desk import rights
from recoup.web.desk.acting import carried_out, case_or_404, say_first_wrong, tried
from recoup.web.desk.forms import AbsenceForm, PartnerForm, ProfileForm, ReasonForm
from recoup.web.desk.frame import show
from recoup.web.desk.rights import RIGHTS
from recoup.web.kit.components import Why
from recoup.web.kit.middleware import Place, staff_place
from recoup.web.kit.words import word

SHOWN = 12


@require_safe
def fits(request: HttpRequest, number: str) -> HttpResponse:
    """Who fits a case, the best first, with the parts of each score; and the partners of its country."""
    place = staff_place(request)
    case = case_or_404(place, number)
    facts = assignment_facts(case)
    ranked = ranking(collector_profiles(place.agency.id, place.now.date()), facts, place.now.date())
    people = [
        {"member": p.member, "name": p.name, "total": score.total, "why": score_why(score),
         "open": p.open_cases, "capacity": p.capacity, "has_it": p.member == case.collector_id}
        for score, p in ranked[:SHOWN]
    ]  # fmt: skip
    partners = Partner.objects.filter(agency_id=place.agency.id, active=True)
    return show(
        request, place, "desk/fits.html", case=case, people=people, why_not=rights.why_not(place, "assign"),
        partners=[p for p in partners if case.debtor.country in p.countries or not p.countries],
        referral=case.referrals.filter(ended_at=None).select_related("partner").first(),
        reason_form=ReasonForm(), lines=list(case.lines.filter(kind="invoice").order_by("due_on", "ref")),
        cross_border=case.client.country != case.debtor.country, total=len(ranked),
    )  # fmt: skip


def score_why(score: Any) -> Why:
    rows = [
        (capfirst(word(name)), f"{part['points']} / {part['of']}")
        for name, part in score.parts.items()
    ]
    return Why(title=_("How the score follows"), rows=rows, total=(_("Total"), f"{score.total} / 100"),
               rule="docs/algorithms/assignment.md", version=score.because["rule"])  # fmt: skip


@require_POST
def refer(request: HttpRequest, number: str) -> HttpResponse:
    """To a partner agency, or back from it."""
    place = staff_place(request, *RIGHTS["assign"])
    case = case_or_404(place, number)
    form = ReasonForm(request.POST)
    standing = (
        Referral.objects.filter(case=case, ended_at=None).select_related("partner", "case").first()
    )

    def act() -> None:
        because = form.cleaned_data["because"]
        if standing is not None:
            recall_case(referral=standing, because=because, by=place.actor, at=place.now)
            return
        partner = get_object_or_404(
            Partner, id=request.POST.get("partner", UUID(int=0)), agency_id=place.agency.id
        )
        refer_case(case=case, partner=partner, because=because, by=place.actor, at=place.now)

    if carried_out(form, act):
        messages.success(request, _("The case has changed hands."))
        return redirect("desk:case", number)
    say_first_wrong(request, form)
    return redirect("desk:fits", number)


@require_POST
def split(request: HttpRequest, number: str) -> HttpResponse:
    """Some invoices get a case of their own."""
    place = staff_place(request, *RIGHTS["assign"])
    case = case_or_404(place, number)
    form = ReasonForm(request.POST)
    made: list[Case] = []

    def act() -> None:
        chosen = [UUID(x) for x in request.POST.getlist("line") if len(x) == 36]
        made.append(split_case(
            case=case, lines=chosen, because=form.cleaned_data["because"], key=form.cleaned_data["key"],
            paid=Allocation.objects.filter(case=case).exists(), by=place.actor, at=place.now,
        ))  # fmt: skip

    if carried_out(form, act):
        messages.success(request, _("The invoices have a case of their own now."))
        return redirect("desk:case", made[0].number)
    say_first_wrong(request, form)
    return redirect("desk:fits", number)


# The board ----------------------------------------------------------------------------------------


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Everybody's workload, absences to come, partners."""
    place = staff_place(request, *RIGHTS["assign"])
    return show_board(request, place, PartnerForm())


def show_board(
    request: HttpRequest, place: Place, form: PartnerForm, status: int = 200
) -> HttpResponse:
    today = place.now.date()
    away = Absence.objects.filter(agency_id=place.agency.id, cancelled_at=None, last_on__gte=today)
    waiting = Case.objects.filter(
        agency_id=place.agency.id, collector=None, stage__in=OPEN
    ).exclude(stage=Stage.SUBMITTED)
    return show(
        request, place, "desk/board.html", status=status, loads=loads(place.agency.id, today),
        away=list(away.select_related("member__user", "stand_in__user").order_by("first_on")[:50]),
        partners=list(Partner.objects.filter(agency_id=place.agency.id).order_by("name")), form=form,
        waiting=waiting[:1000].count(), why_not=rights.why_not(place, "team"),
    )  # fmt: skip


@require_POST
def partner(request: HttpRequest) -> HttpResponse:
    """A partner agency is added."""
    place = staff_place(request)
    if rights.why_not(place, "team") is not None:
        staff_place(request, "administrator")
    form = PartnerForm(request.POST)
    if not form.is_valid():
        return show_board(request, place, form, 422)
    said = form.cleaned_data
    if Partner.objects.filter(agency_id=place.agency.id, name=said["name"]).exists():
        form.add_error("name", _("This partner is known already."))
        return show_board(request, place, form, 422)
    Partner.objects.create(
        agency_id=place.agency.id, name=said["name"], country=said["countries"][0], email=said["email"],
        countries=said["countries"], share=said["share"], made_at=place.now,
    )  # fmt: skip
    messages.success(request, _("The partner is added."))
    return redirect("desk:board")


@require_POST
def share(request: HttpRequest) -> HttpResponse:
    """All cases without a collector are given away as one batch."""
    place = staff_place(request, *RIGHTS["assign"])
    waiting = Case.objects.filter(agency_id=place.agency.id, collector=None, stage__in=OPEN)
    cases = list(
        waiting.exclude(stage=Stage.SUBMITTED)
        .select_related("debtor", "client")
        .order_by("id")[:5000]
    )
    if not cases:
        messages.info(request, _("Every case has a collector."))
        return redirect("desk:board")
    with transaction.atomic():
        found = share_out(agency=place.agency, cases=cases, extra={}, by=place.actor, at=place.now)
    told = ", ".join(f"{name}: {count}" for name, count in found.taken.most_common())
    messages.success(request, _("Given away: %(told)s.") % {"told": told or "0"})
    for case, refusal in list(found.left)[:20]:
        messages.error(request, f"{case.number}: {_(refusal.text) % refusal.params}")
    return redirect("desk:board")


def member_or_404(place: Place, id: UUID) -> Member:
    found = Member.objects.filter(agency_id=place.agency.id, active=True, role="collector")
    return get_object_or_404(found.select_related("user"), id=id)


@require_safe
def person(request: HttpRequest, id: UUID) -> HttpResponse:
    """What a collector can take, and when they are away."""
    place = staff_place(request, *RIGHTS["assign"])
    return show_person(request, place, member_or_404(place, id))


def show_person(
    request: HttpRequest, place: Place, member: Member, status: int = 200, **bound: Any
) -> HttpResponse:
    known = CollectorProfile.objects.filter(member=member).first()
    others = Member.objects.filter(
        agency_id=place.agency.id, active=True, role="collector"
    ).exclude(id=member.id)
    forms = {"profile_form": ProfileForm(initial=profile_initial(known)),
             "absence_form": AbsenceForm(members=others.select_related("user"))}  # fmt: skip
    return show(
        request, place, "desk/person.html", status=status, member=member,
        away=list(member.absences.filter(returned_at=None).order_by("first_on")),
        why_not=rights.why_not(place, "team"), **(forms | bound),
    )  # fmt: skip


def profile_initial(known: CollectorProfile | None) -> dict[str, Any]:
    if known is None:
        return {"capacity": 200, "experience_years": 0}
    return {
        "countries": " ".join(known.countries), "languages": " ".join(known.languages),
        "laws": " ".join(known.laws), "experience_years": known.experience_years,
        "permissions": known.permissions, "capacity": known.capacity, "phone": known.phone,
    }  # fmt: skip


@require_POST
def profile(request: HttpRequest, id: UUID) -> HttpResponse:
    place = staff_place(request)
    if rights.why_not(place, "team") is not None:
        staff_place(request, "administrator")
    member = member_or_404(place, id)
    form = ProfileForm(request.POST)
    said = form.cleaned_data if form.is_valid() else {}
    said = {k: v for k, v in said.items() if k != "key"}
    if carried_out(form, lambda: set_profile(member=member, **said, by=place.actor, at=place.now)):
        messages.success(request, _("The profile is kept."))
        return redirect("desk:person", id)
    return show_person(request, place, member, 422, profile_form=form)


@require_POST
def absence(request: HttpRequest, id: UUID) -> HttpResponse:
    place = staff_place(request)
    if rights.why_not(place, "team") is not None:
        staff_place(request, "administrator")
    member = member_or_404(place, id)
    others = Member.objects.filter(
        agency_id=place.agency.id, active=True, role="collector"
    ).exclude(id=id)
    form = AbsenceForm(request.POST, members=others)

    def keep() -> None:
        said = form.cleaned_data
        plan_absence(member=member, first_on=said["first_on"], last_on=said["last_on"], stand_in=said["stand_in"],
                     because=said["because"], by=place.actor, at=place.now)  # fmt: skip

    if carried_out(form, keep):
        messages.success(
            request, _("The absence is kept; the cases are handed over when it begins.")
        )
        return redirect("desk:person", id)
    return show_person(request, place, member, 422, absence_form=form)


@require_POST
def absence_end(request: HttpRequest, id: UUID) -> HttpResponse:
    place = staff_place(request)
    if rights.why_not(place, "team") is not None:
        staff_place(request, "administrator")
    found = get_object_or_404(
        Absence.objects.select_related("member__user"), id=id, agency_id=place.agency.id
    )
    tried(
        request,
        lambda: end_absence(absence=found, by=place.actor, at=place.now),
        _("The absence is ended."),
    )
    return redirect("desk:person", found.member_id)
