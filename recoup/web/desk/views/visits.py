"""Visits: planned at the desk, the route on a telephone, the report with its photographs."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recoup.contact.models import Visit
from recoup.contact.operations.visits import Found, call_off_visit
from recoup.contact.outcomes import OUTCOMES
from recoup.contact.rules import Verdict, zone
from recoup.journeys.visit import visit_debtor, visit_made
from recoup.tenancy.models import Member
from recoup.tenancy.roles import Role
from recoup.web.desk import rights
from recoup.web.desk.acting import carried_out, case_or_404, say_first_wrong, tried
from recoup.web.desk.forms import ReasonForm, VisitForm, VisitReportForm
from recoup.web.desk.frame import show
from recoup.web.desk.rights import ALWAYS, RIGHTS
from recoup.web.kit.derivations import verdict_text
from recoup.web.kit.middleware import Place, staff_place


def agents(place: Place) -> QuerySet[Member]:
    """Field agents, and collectors, who go themselves where a house has no agents."""
    found = Member.objects.filter(
        agency_id=place.agency.id, active=True, role__in=(Role.FIELD_AGENT, Role.COLLECTOR)
    )
    return found.select_related("user").order_by("-role", "user__name")


@require_safe
def route(request: HttpRequest) -> HttpResponse:
    """The visits to come, in the order of the day; a field agent's own, a supervisor's all."""
    place = staff_place(request)
    found = Visit.objects.filter(agency_id=place.agency.id, called_off_at=None, report=None)
    if place.role not in (*ALWAYS, Role.ACCOUNT_MANAGER, Role.COLLECTOR):
        found = found.filter(agent=place.member)
    rows = found.filter(at__gte=place.now - timedelta(days=7)).select_related(
        "case__debtor", "case__client", "agent__user"
    )
    visits = [
        {"visit": v, "day": local.date(), "time": f"{local:%H:%M}", "late": v.at < place.now}
        for v in rows.order_by("at")[:100]
        for local in (v.at.astimezone(zone(v.time_zone)),)
    ]  # fmt: skip
    return show(request, place, "desk/route.html", visits=visits)


@require_safe
def visit_new(request: HttpRequest, number: str) -> HttpResponse:
    place = staff_place(request, *RIGHTS["visit"])
    case = case_or_404(place, number)
    debtor = case.debtor
    where = ", ".join([*debtor.address, f"{debtor.postcode} {debtor.city}".strip()])
    return show(request, place, "desk/visit_new.html", case=case,
                form=VisitForm(agents=agents(place), initial={"place": where, "agent": place.member}))  # fmt: skip


@require_POST
def visit_plan(request: HttpRequest, number: str) -> HttpResponse:
    """Through the gate, for the moment of the visit."""
    place = staff_place(request, *RIGHTS["visit"])
    case = case_or_404(place, number)
    form = VisitForm(request.POST, agents=agents(place))
    denied: list[Verdict] = []

    def plan() -> None:
        said = form.cleaned_data
        found = visit_debtor(
            agency=place.agency, case=case, agent=said["agent"], when=form.when(case.debtor.time_zone),
            place=said["place"], purpose=said["purpose"], by=place.actor, at=place.now,
        )  # fmt: skip
        if isinstance(found, Verdict):
            denied.append(found)

    if carried_out(form, plan) and not denied:
        messages.success(request, _("The visit is planned."))
        return redirect("desk:case", number)
    if denied:
        form.add_error(None, verdict_text(denied[0]))
    return show(request, place, "desk/visit_new.html", status=422, case=case, form=form)


def visit_or_404(place: Place, id: UUID) -> Visit:
    found = Visit.objects.filter(agency_id=place.agency.id)
    if place.role == Role.FIELD_AGENT:
        found = found.filter(agent=place.member)
    return get_object_or_404(
        found.select_related("case__debtor", "case__client", "agent__user", "contact"), id=id
    )


@require_safe
def visit(request: HttpRequest, id: UUID) -> HttpResponse:
    """One visit: where, why, and the form for the report; the report once it is made."""
    place = staff_place(request, *RIGHTS["visit"])
    found = visit_or_404(place, id)
    return show_visit(request, place, found, VisitReportForm())


def show_visit(
    request: HttpRequest, place: Place, found: Visit, form: VisitReportForm, status: int = 200
) -> HttpResponse:
    report = getattr(found, "report", None)
    if (report is not None or found.called_off_at is not None) and form.errors:
        say_first_wrong(request, form)
    outcome = OUTCOMES.get(report.outcome) if report else None
    local = found.at.astimezone(zone(found.time_zone))
    return show(
        request, place, "desk/visit.html", status=status, visit=found, report=report, form=form,
        day=local.date(), time=f"{local:%H:%M}", reason_form=ReasonForm(),
        outcome=_(outcome.label) if outcome else "", why_not=rights.why_not(place, "visit"),
        photos=list(report.photos.select_related("document").order_by("id")) if report else [],
    )  # fmt: skip


@require_POST
def visit_report(request: HttpRequest, id: UUID) -> HttpResponse:
    place = staff_place(request, *RIGHTS["visit"])
    found = visit_or_404(place, id)
    form = VisitReportForm(request.POST, request.FILES)
    photos = [(f.name or "photo", f.read()) for f in request.FILES.getlist("report-photos")[:13]]

    def keep() -> None:
        said = form.cleaned_data
        visit_made(
            visit=found, key=said["key"], promised_on=said["promised_on"], promised_amount=said["promised_amount"],
            by=place.actor, at=place.now,
            found=Found(
                arrived_at=place.now, outcome=said["outcome"], met=said["met"],
                met_role=said["met_role"], said=said["said"], latitude=said["latitude"], longitude=said["longitude"],
                accuracy_m=said["accuracy_m"], photos=photos,
            ),
        )  # fmt: skip

    if carried_out(form, keep):
        messages.success(request, _("The report is kept."))
        return redirect("desk:visit", id)
    return show_visit(request, place, visit_or_404(place, id), form, 422)


@require_POST
def visit_off(request: HttpRequest, id: UUID) -> HttpResponse:
    place = staff_place(request, *RIGHTS["visit"])
    found = visit_or_404(place, id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        say_first_wrong(request, form)
        return redirect("desk:visit", id)
    because = form.cleaned_data["because"]
    tried(request, lambda: call_off_visit(visit=found, because=because, by=place.actor, at=place.now),
          _("The visit is called off."))  # fmt: skip
    return redirect("desk:visit", id)
