"""Notices of insolvency, what resembles a debtor, the estates, and one estate with its claims."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recoup.insolvency.models import Estate, Match, NoticeFile, ProofOfClaim
from recoup.insolvency.operations import admit_proof, close_estate, set_practitioner
from recoup.insolvency.queries import cases_of, open_estates, to_confirm
from recoup.insolvency.rules import NO_DEADLINE
from recoup.insolvency.states import ClaimState
from recoup.journeys.insolvency import claim
from recoup.journeys.insolvency.take import decide, take_notices
from recoup.kernel.money import Money, parse_amount
from recoup.kernel.refusal import N_
from recoup.payments.models import Allocation
from recoup.web.desk import rights
from recoup.web.desk.acting import carried_out, say_first_wrong, tried
from recoup.web.desk.forms import DeskForm
from recoup.web.desk.frame import show
from recoup.web.desk.insolvency_forms import (
    AdmitForm,
    DividendForm,
    FileByForm,
    FiledForm,
    MatchForm,
    MeetingForm,
    NoticesForm,
    PractitionerForm,
)
from recoup.web.kit.derivations import phrase
from recoup.web.kit.middleware import Place, staff_place

TONES = {
    ClaimState.DRAFTED: "needs", ClaimState.FILED: "legal", ClaimState.ADMITTED: "legal", ClaimState.CONTESTED: "danger",
    ClaimState.PAID_OUT: "money",
}  # fmt: skip
IS_IT = N_("All contact with %(debtor)s has stopped. What is next: write the claim.")
IS_ANOTHER = N_("Another company: contact with %(debtor)s goes on where nothing else keeps it.")
MEANS = N_("The likeness is held, not judged: contact rests until you have decided.")


@dataclass(frozen=True, slots=True)
class MatchRow:
    match: Match
    reasons: list[str]
    form: MatchForm


@dataclass(frozen=True, slots=True)
class ProofRow:
    """A case's claim with what can be done next; `proof` None before it is written."""

    case: Any
    proof: ProofOfClaim | None
    tone: str
    received: Money | None
    filed_form: FiledForm | None
    admit_form: AdmitForm | None
    dividend_form: DividendForm | None


@require_safe
def insolvency(request: HttpRequest) -> HttpResponse:
    return listed(request, staff_place(request))


def listed(
    request: HttpRequest, place: Place, form: NoticesForm | None = None, wrong: tuple[UUID, MatchForm] | None = None
) -> HttpResponse:  # fmt: skip
    rows = [match_row(m, wrong) for m in to_confirm(place.agency.id)[:50]]
    files = NoticeFile.objects.filter(agency_id=place.agency.id).order_by("-at")[:10]
    return show(
        request, place, "desk/insolvency.html", status=422 if form or wrong else 200, rows=rows, files=list(files),
        estates=list(open_estates(place.agency.id)[:100]), form=form or NoticesForm(), means=_(MEANS),
        not_mine=rights.why_not(place, "insolvency"),
    )  # fmt: skip


def match_row(match: Match, wrong: tuple[UUID, MatchForm] | None) -> MatchRow:
    form = wrong[1] if wrong and wrong[0] == match.id else MatchForm(auto_id=f"m_{match.id}_%s")
    reasons = [phrase(r["text"], r["params"]) for r in match.because.get("reasons", [])]
    return MatchRow(match, reasons, form)


def mine(request: HttpRequest) -> Place:
    place = staff_place(request)
    if rights.why_not(place, "insolvency"):
        raise Http404
    return place


@require_POST
def notices(request: HttpRequest) -> HttpResponse:
    """A file is read and held against every debtor with an open case."""
    place = mine(request)
    form = NoticesForm(request.POST, request.FILES)
    found: list[Any] = []

    def act() -> None:
        file = form.cleaned_data["file"]
        found.append(
            take_notices(agency=place.agency, content=file.read(), name=file.name, by=place.actor, at=place.now)
        )  # fmt: skip

    if not carried_out(form, act):
        return listed(request, place, form)
    taken = found[0]
    text = N_("This file was taken before.") if taken.again else N_(
        "%(fresh)s new notices: contact stopped with %(stayed)s debtors, resting with %(held)s until you decide."
    )  # fmt: skip
    tried(
        request,
        lambda: None,
        phrase(text, {"fresh": taken.fresh, "stayed": len(taken.stayed), "held": len(taken.held)}),
    )
    return redirect("desk:insolvency")


@require_POST
def match(request: HttpRequest, id: UUID) -> HttpResponse:
    """Whether a notice concerns the debtor."""
    place = mine(request)
    found = get_object_or_404(
        Match.objects.select_related("notice", "debtor"), id=id, agency_id=place.agency.id
    )
    form = MatchForm(request.POST, auto_id=f"m_{id}_%s")
    estates: list[Estate | None] = []

    def act() -> None:
        said = form.cleaned_data
        estates.append(
            decide(agency=place.agency, match=found, is_it=said["is_it"] == "yes", because=said["because"], by=place.actor,
                   at=place.now)
        )  # fmt: skip

    if carried_out(form, act):
        what = IS_IT if form.cleaned_data["is_it"] == "yes" else IS_ANOTHER
        messages.success(request, phrase(what, {"debtor": found.debtor.name}))
        ours = estates[0]
        return redirect("desk:estate", ours.number) if ours else redirect("desk:insolvency")
    return listed(request, place, wrong=(found.id, form))


def estate_or_404(place: Place, number: str) -> Estate:
    return get_object_or_404(
        Estate.objects.select_related("debtor", "notice"), agency_id=place.agency.id, number=number
    )


@require_safe
def estate(request: HttpRequest, number: str) -> HttpResponse:
    place = staff_place(request)
    return one_estate(request, place, estate_or_404(place, number))


def one_estate(
    request: HttpRequest,
    place: Place,
    found: Estate,
    wrong: DeskForm | None = None,
    of: UUID | None = None,
) -> HttpResponse:
    """`wrong`: a form that was not carried out, shown as it was typed; `of`: the claim it is of."""
    rows = [
        with_form(row, wrong) if row.proof and row.proof.id == of else row
        for row in proof_rows(found)
    ]
    known = PractitionerForm(initial={
        "name": found.practitioner, "address": found.practitioner_address, "court": found.court,
        "reference": found.reference,
    })  # fmt: skip
    return show(
        request, place, "desk/estate.html", status=422 if wrong else 200, estate=found,
        rows=rows, meetings=list(found.meetings.order_by("on")),
        by_form=wrong if isinstance(wrong, FileByForm) else FileByForm(),
        meeting_form=wrong if isinstance(wrong, MeetingForm) else MeetingForm(),
        who_form=wrong if isinstance(wrong, PractitionerForm) else known,
        no_rule=phrase(NO_DEADLINE, {"country": found.country}), not_mine=rights.why_not(place, "insolvency"),
    )  # fmt: skip


def with_form(row: ProofRow, wrong: DeskForm | None) -> ProofRow:
    """The row with the form that its claim waits for as it was typed."""
    if isinstance(wrong, FiledForm) and row.filed_form:
        return replace(row, filed_form=wrong)
    if isinstance(wrong, AdmitForm) and row.admit_form:
        return replace(row, admit_form=wrong)
    if isinstance(wrong, DividendForm) and row.dividend_form:
        return replace(row, dividend_form=wrong)
    return row


def proof_rows(found: Estate) -> list[ProofRow]:
    """Each case with its claim; three queries for all."""
    proofs = {
        p.case_id: p
        for p in found.proofs.exclude(state=ClaimState.WITHDRAWN)
        .select_related("document", "certificate", "case__client").prefetch_related("dividends")
    }  # fmt: skip
    cases = {c.id: c for c in cases_of(found.debtor_id)} | {
        p.case_id: p.case for p in proofs.values()
    }
    paid: dict[UUID, list[Allocation]] = {}
    live = Allocation.objects.filter(
        case_id__in=list(cases), reverses=None, reversed_by=None, waived=False, received_on__gte=found.opened_on
    )  # fmt: skip
    for one in live.order_by("received_on", "id"):
        paid.setdefault(one.case_id, []).append(one)
    return [proof_row(case, proofs.get(id), paid.get(id, [])) for id, case in cases.items()]


def proof_row(case: Any, proof: ProofOfClaim | None, paid: list[Allocation]) -> ProofRow:
    if proof is None:
        return ProofRow(case, None, "needs", None, None, None, None)
    noted = {d.allocation_id for d in proof.dividends.all()}
    state = ClaimState(proof.state)
    waits = state in (ClaimState.FILED, ClaimState.ADMITTED, ClaimState.CONTESTED)
    received = sum((a.amount for a in paid if a.id in noted), Decimal(0))
    return ProofRow(
        case, proof, TONES.get(state, ""), Money(received, proof.currency).rounded() if noted else None,
        FiledForm(auto_id=f"f_{proof.id}_%s") if state == ClaimState.DRAFTED else None,
        AdmitForm(auto_id=f"a_{proof.id}_%s") if state in (ClaimState.FILED, ClaimState.CONTESTED) else None,
        DividendForm(auto_id=f"d_{proof.id}_%s", payments=[a for a in paid if a.id not in noted]) if waits else None,
    )  # fmt: skip


def done(
    request: HttpRequest,
    place: Place,
    found: Estate,
    form: DeskForm,
    act: Any,
    of: UUID | None = None,
) -> HttpResponse:
    """A small form of the estate's page: carried out, or shown again with what is wrong in it."""
    if not carried_out(form, act):
        say_first_wrong(request, form)  # the claim may wait for this form no more
        return one_estate(request, place, found, form, of)
    messages.success(request, _("Kept."))
    return redirect("desk:estate", found.number)


@require_POST
def last_day(request: HttpRequest, number: str) -> HttpResponse:
    place = mine(request)
    found = estate_or_404(place, number)
    form = FileByForm(request.POST)
    return done(request, place, found, form, lambda: claim.last_day(
        estate=found, on=form.cleaned_data["on"], source=form.cleaned_data["source"], by=place.actor, at=place.now
    ))  # fmt: skip


@require_POST
def practitioner(request: HttpRequest, number: str) -> HttpResponse:
    place = mine(request)
    found = estate_or_404(place, number)
    form = PractitionerForm(request.POST)

    def act() -> None:
        said = {k: form.cleaned_data[k] for k in ("name", "address", "court", "reference")}
        set_practitioner(estate=found, by=place.actor, at=place.now, **said)

    return done(request, place, found, form, act)


@require_POST
def meeting(request: HttpRequest, number: str) -> HttpResponse:
    place = mine(request)
    found = estate_or_404(place, number)
    form = MeetingForm(request.POST)

    def act() -> None:
        said = form.cleaned_data
        claim.plan_meeting(
            agency=place.agency, estate=found, on=said["on"], what=said["what"], place=said["place"],
            by=place.actor, at=place.now,
        )  # fmt: skip

    return done(request, place, found, form, act)


@require_POST
def write(request: HttpRequest, number: str, case: str) -> HttpResponse:
    """The claim of one case is worked out and written."""
    place = mine(request)
    found = estate_or_404(place, number)
    one = next((c for c in cases_of(found.debtor_id) if c.number == case), None)
    if one is None:
        raise Http404
    tried(
        request,
        lambda: claim.write_proof(agency=place.agency, estate=found, case=one, by=place.actor, at=place.now),
        _("The claim is written; read it before it is filed."),
    )  # fmt: skip
    return redirect("desk:estate", number)


def proof_or_404(place: Place, id: UUID) -> ProofOfClaim:
    return get_object_or_404(
        ProofOfClaim.objects.select_related(
            "estate__debtor", "case__client__account_manager__user", "case__debtor", "case__agreement__rate_card"
        ),
        id=id, agency_id=place.agency.id,
    )  # fmt: skip


@require_POST
def filed(request: HttpRequest, id: UUID) -> HttpResponse:
    place = mine(request)
    proof = proof_or_404(place, id)
    form = FiledForm(request.POST)
    return done(request, place, proof.estate, form, lambda: claim.filed(
        proof=proof, on=form.cleaned_data["on"], how=form.cleaned_data["how"], by=place.actor, at=place.now
    ), proof.id)  # fmt: skip


@require_POST
def admitted(request: HttpRequest, id: UUID) -> HttpResponse:
    place = mine(request)
    proof = proof_or_404(place, id)
    form = AdmitForm(request.POST)

    def act() -> None:
        amount = parse_amount(form.cleaned_data["amount"], proof.currency)
        admit_proof(
            proof=proof,
            amount=amount,
            because=form.cleaned_data["because"],
            by=place.actor,
            at=place.now,
        )

    return done(request, place, proof.estate, form, act, proof.id)


@require_POST
def dividend(request: HttpRequest, id: UUID) -> HttpResponse:
    """A dividend: a payment already posted, or one the client got itself."""
    place = mine(request)
    proof = proof_or_404(place, id)
    payments = list(Allocation.objects.filter(case_id=proof.case_id, reverses=None, waived=False))
    form = DividendForm(request.POST, payments=payments)

    def act() -> None:
        said = form.cleaned_data
        chosen = next((a for a in payments if str(a.id) == said["payment"]), None)
        if chosen is not None:
            claim.dividend(agency=place.agency, proof=proof, allocation=chosen, last=said["last"], by=place.actor,
                           at=place.now)  # fmt: skip
            return
        claim.direct_dividend(
            agency=place.agency, proof=proof, amount=Money(parse_amount(said["amount"], proof.currency), proof.currency),
            on=said["on"] or place.now.date(), last=said["last"], by=place.actor, at=place.now,
        )  # fmt: skip

    return done(request, place, proof.estate, form, act, proof.id)


@require_POST
def end(request: HttpRequest, id: UUID) -> HttpResponse:
    """The case closes after the last dividend; with it the estate, when no other claim is open."""
    place = mine(request)
    proof = proof_or_404(place, id)

    def act() -> None:
        claim.end_case(agency=place.agency, proof=proof, by=place.actor, at=place.now)
        rest = proof.estate.proofs.exclude(state__in=(ClaimState.PAID_OUT, ClaimState.WITHDRAWN))
        if not rest.exists() and proof.estate.closed_on is None:
            close_estate(
                estate=proof.estate,
                on=place.now.date(),
                outcome="distributed",
                by=place.actor,
                at=place.now,
            )

    tried(request, act, _("Closed, and the client has the report."))
    return redirect("desk:estate", proof.estate.number)
