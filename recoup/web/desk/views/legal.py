"""The legal officer's list of what is due, and a proceeding with everything that belongs to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recoup.journeys.legal import bundle as binding
from recoup.journeys.legal import course as verbs
from recoup.journeys.legal import law_firms, papers
from recoup.jurisdictions.proceedings import course, limit_of
from recoup.kernel.money import Money, parse_amount
from recoup.kernel.refusal import N_, Refusal
from recoup.legal.forms import form as form_of
from recoup.legal.models import LawyerFile, Measure, Outlay, Proceeding
from recoup.legal.operations import add_party, give_back, move_measure, set_court
from recoup.legal.operations.outlays import spent_on
from recoup.legal.queries import due_deadlines, open_proceedings
from recoup.legal.states import (
    MEASURE_MOVES,
    MeasureState,
    Stage,
)
from recoup.web.desk import rights
from recoup.web.desk.acting import carried_out, case_or_404, say_first_wrong
from recoup.web.desk.forms import DeskForm
from recoup.web.desk.frame import show
from recoup.web.desk.legal_forms import (
    AwardForm,
    BudgetForm,
    CourtForm,
    DeadlineForm,
    MeasuredForm,
    MeasureForm,
    MoveForm,
    OpenForm,
    OutlayForm,
    PartyForm,
    RecordsForm,
    ReviewForm,
)
from recoup.web.kit.derivations import phrase
from recoup.web.kit.middleware import Place, staff_place

TONES = {Stage.PREPARING: "needs", Stage.OVER: "", Stage.TITLE: "money", Stage.OPPOSED: "danger"}
NOT_KNOWN = N_("No court fee is established for this route in %(country)s: a person finds it out.")


@dataclass(frozen=True, slots=True)
class MeasureRow:
    measure: Measure
    form: MeasuredForm | None


@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    return listed(request, staff_place(request))


def listed(request: HttpRequest, place: Place, form: RecordsForm | None = None) -> HttpResponse:
    files = LawyerFile.objects.filter(agency_id=place.agency.id).order_by("-at")[:5]
    return show(
        request, place, "desk/legal.html", status=422 if form else 200, form=form or RecordsForm(),
        deadlines=list(due_deadlines(place.agency.id)[:100]), rows=list(open_proceedings(place.agency.id)[:200]),
        files=list(files), not_mine=rights.why_not(place, "legal"), tones=TONES,
    )  # fmt: skip


def mine(request: HttpRequest) -> Place:
    place = staff_place(request)
    if rights.why_not(place, "legal"):
        raise Http404
    return place


@require_POST
def records(request: HttpRequest) -> HttpResponse:
    """A law firm's file: each record once, bad rows by name."""
    place = mine(request)
    form = RecordsForm(request.POST, request.FILES)
    found: list[Any] = []

    def act() -> None:
        file = form.cleaned_data["file"]
        found.append(law_firms.take_lawyer_file(agency=place.agency, content=file.read(), name=file.name, partner=None,
                                             by=place.actor, at=place.now))  # fmt: skip

    if not carried_out(form, act):
        return listed(request, place, form)
    taken = found[0]
    messages.success(request, phrase(N_("%(fresh)s new records, %(known)s known, %(wrong)s rows not taken."), {
        "fresh": len(taken.fresh), "known": taken.file.known, "wrong": len(taken.file.wrong)}))  # fmt: skip
    return redirect("desk:legal")


@require_POST
def open_one(request: HttpRequest, number: str) -> HttpResponse:
    """Go to law in a case."""
    place = mine(request)
    case = case_or_404(place, number)
    form = OpenForm(request.POST, case=case)
    made: list[Proceeding] = []

    def act() -> None:
        said = form.cleaned_data
        made.append(verbs.go_to_law(agency=place.agency, case=case, route=said["route"], lawyer=said["lawyer"],
                                    because=said["because"], by=place.actor, at=place.now))  # fmt: skip

    if carried_out(form, act):
        return redirect("desk:proceeding", made[0].number)
    say_first_wrong(request, form)
    return redirect("desk:case", number)


def proceeding_or_404(place: Place, number: str) -> Proceeding:
    return get_object_or_404(
        Proceeding.objects.select_related(
            "case__debtor", "case__client__account_manager__user", "case__agency", "case__collector__user",
            "case__agreement__rate_card", "lawyer", "approval",
        ),
        agency_id=place.agency.id, number=number,
    )  # fmt: skip


@require_safe
def proceeding(request: HttpRequest, number: str) -> HttpResponse:
    place = staff_place(request)
    return one_proceeding(request, place, proceeding_or_404(place, number))


def one_proceeding(
    request: HttpRequest, place: Place, one: Proceeding, **bound: Any
) -> HttpResponse:
    today = place.now.date()
    way = course(one.jurisdiction, one.route)
    lines = papers.evidence_lines(one)
    outlays = list(one.outlays.order_by("on", "id"))
    fee = guarded(lambda: verbs.expected_fee(one, today))
    least = guarded(lambda: verbs.least_now(one, today))
    title = guarded(lambda: verbs.title_stands_at(one, today))
    forms_: dict[str, Any] = {
        "move": MoveForm(stage=one.stage, initial={"on": today.isoformat()}), "deadline": DeadlineForm(),
        "budget": BudgetForm(initial={"amount": str(fee[0].amount) if fee else ""}), "outlay": OutlayForm(initial={"on": today.isoformat()}),
        "court": CourtForm(agency=place.agency.id, initial={"court": one.court, "reference": one.court_reference, "lawyer": one.lawyer_id}),
        "party": PartyForm(), "measure": MeasureForm(initial={"on": today.isoformat()}), "award": AwardForm(), "review": ReviewForm(lines=lines),
    } | bound  # fmt: skip
    return show(
        request, place, "desk/proceeding.html", status=422 if bound else 200, one=one, case=one.case, way=way,
        tone=TONES.get(Stage(one.stage), "legal"), limit=limit_of(way), lines=lines, gaps=sum(not x.paper.there for x in lines),
        steps=list(one.steps.order_by("on", "id")), deadlines=list(one.deadlines.order_by("done_at", "on")),
        outlays=outlays, spent=Money(spent_on(one), one.currency).rounded(),
        budget=Money(one.budget, one.currency).rounded() if one.budget is not None else None,
        parties=list(one.parties.order_by("made_at")), measures=[measure_row(m) for m in one.measures.order_by("made_at")],
        records=list(one.records.order_by("on", "id")), title=title, fee=fee, no_fee=phrase(NOT_KNOWN, {"country": one.jurisdiction}),
        documents=papers.papers_of(one), forms=forms_, has_form=[(name, form_of(name)["title"]) for name in papers.form_names(one)],
        least=least, least_says=phrase(least.text, least.params) if least else "", not_mine=rights.why_not(place, "legal"),
        ended=one.stage == Stage.OVER,
    )  # fmt: skip


def guarded(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except Refusal:
        return None


def measure_row(measure: Measure) -> MeasureRow:
    open_ = bool(MEASURE_MOVES[MeasureState(measure.state)])
    form = MeasuredForm(auto_id=f"m_{measure.id}_%s", initial={"id": measure.id}) if open_ else None
    return MeasureRow(measure, form)


@require_POST
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """One press of the proceeding's page: one verb."""
    place = mine(request)
    if verb not in VERBS:
        raise Http404
    one = proceeding_or_404(place, number)
    form, carry = VERBS[verb](request, place, one)
    if carried_out(form, carry):
        messages.success(request, _("Done."))
    else:
        say_first_wrong(request, form)
    return redirect("desk:proceeding", number)


def amount_of(text: str, one: Proceeding, field: str = "amount") -> Money:
    return Money(parse_amount(text.strip() or "0", one.currency, field=field), one.currency)


Press = tuple[DeskForm, Callable[[], Any]]


def passed_on(made: Callable[..., DeskForm], verb: Callable[..., Any]) -> Callable[..., Press]:
    """The press whose form has just what the verb asks for."""

    def press(request: HttpRequest, place: Place, one: Proceeding) -> Press:
        form = made(request.POST, one)

        def carry() -> None:
            said = {name: found for name, found in form.cleaned_data.items() if name != "key"}
            verb(proceeding=one, by=place.actor, at=place.now, **said)

        return form, carry

    return press


def budget(request: HttpRequest, place: Place, one: Proceeding) -> Press:
    form = BudgetForm(request.POST)

    def carry() -> None:
        said = form.cleaned_data
        verbs.ask_budget(agency=place.agency, proceeding=one, cost=amount_of(said["amount"], one), odds=said["odds"],
                         days=said["days"], by=place.actor, at=place.now)  # fmt: skip

    return form, carry


def outlay(request: HttpRequest, place: Place, one: Proceeding) -> Press:
    form = OutlayForm(request.POST)

    def carry() -> None:
        said = form.cleaned_data
        verbs.advance(
            proceeding=one, kind=said["kind"], amount=amount_of(said["amount"], one), on=said["on"],
            advanced_by=said["advanced_by"], recoverable=said["recoverable"], because=said["because"],
            key=str(said["key"]), by=place.actor, at=place.now,
        )  # fmt: skip

    return form, carry


def back(request: HttpRequest, place: Place, one: Proceeding) -> Press:
    """A security has come back."""
    form = DeskForm(request.POST)

    def carry() -> None:
        found = get_object_or_404(Outlay, proceeding=one, id=request.POST.get("id"))
        give_back(outlay=found, on=place.now.date(), by=place.actor, at=place.now)

    return form, carry


def measure(request: HttpRequest, place: Place, one: Proceeding) -> Press:
    form = MeasureForm(request.POST)

    def carry() -> None:
        said = form.cleaned_data
        verbs.measure(
            proceeding=one,
            kind=said["kind"],
            on=said["on"],
            what=said["what"],
            security=None,
            by=place.actor,
            at=place.now,
        )

    return form, carry


def measured(request: HttpRequest, place: Place, one: Proceeding) -> Press:
    form = MeasuredForm(request.POST)

    def carry() -> None:
        said = form.cleaned_data
        found = get_object_or_404(
            Measure.objects.select_related("proceeding"), proceeding=one, id=said["id"]
        )
        move_measure(
            measure=found, now=said["now"], found=said["found"], by=place.actor, at=place.now
        )

    return form, carry


def award(request: HttpRequest, place: Place, one: Proceeding) -> Press:
    form = AwardForm(request.POST)

    def carry() -> None:
        said = form.cleaned_data
        after = (
            {"kind": "fixed", "rate": said["rate"].replace(",", "."), "compounding": "simple"}
            if said["rate"]
            else None
        )
        verbs.award(
            proceeding=one, kind=said["kind"], on=said["on"], principal=amount_of(said["principal"], one, "principal"),
            interest=amount_of(said["interest"], one, "interest"), costs=amount_of(said["costs"], one, "costs"),
            after=after, source="", by=place.actor, at=place.now,
        )  # fmt: skip

    return form, carry


def review(request: HttpRequest, place: Place, one: Proceeding) -> Press:
    form = ReviewForm(request.POST, lines=papers.evidence_lines(one))
    return form, lambda: papers.review(
        proceeding=one, ticked=form.ticked(), by=place.actor, at=place.now
    )


def bundle(request: HttpRequest, place: Place, one: Proceeding) -> Press:
    return DeskForm(request.POST), lambda: binding.make_bundle(
        agency=place.agency, proceeding=one, by=place.actor, at=place.now
    )


def fill(request: HttpRequest, place: Place, one: Proceeding) -> Press:
    """Fill one of the route's forms."""
    name = request.POST.get("form", "")

    def carry() -> None:
        if name not in papers.form_names(one):
            raise Http404
        papers.make_form(
            agency=place.agency, proceeding=one, form=name, by=place.actor, at=place.now
        )

    return DeskForm(request.POST), carry


VERBS: dict[str, Callable[[HttpRequest, Place, Proceeding], Press]] = {
    "move": passed_on(lambda post, one: MoveForm(post, stage=one.stage), verbs.move),
    "deadline": passed_on(lambda post, one: DeadlineForm(post), verbs.enter_deadline),
    "court": passed_on(lambda post, one: CourtForm(post, agency=one.agency_id), set_court),
    "party": passed_on(lambda post, one: PartyForm(post), add_party),
    "budget": budget, "outlay": outlay, "back": back,
    "measure": measure, "measured": measured, "award": award, "review": review, "bundle": bundle, "form": fill,
}  # fmt: skip


@require_safe
def export(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """The proceeding as JSON or CSV for the law firm."""
    place = staff_place(request)
    one = proceeding_or_404(place, number)
    if form not in ("json", "csv"):
        raise Http404
    content, media = law_firms.export(one, form, place.now.date())
    response = HttpResponse(content, content_type=media)
    response["Content-Disposition"] = f'attachment; filename="{one.number}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
