"""The disputes of a case at the desk: recorded, talked over with both sides, asked about, decided."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from recoup.cases.models import Case, ClaimLine
from recoup.disputes.models import Dispute
from recoup.disputes.operations import ask_evidence
from recoup.disputes.rules import EVIDENCE_DAYS
from recoup.disputes.states import Side
from recoup.journeys.debtor_says import answer_debtor
from recoup.journeys.dispute import answer_dispute, business_day, decide, dispute
from recoup.jurisdictions.owed import Owed
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.payments.queries import owed
from recoup.web.desk import rights
from recoup.web.desk.acting import case_or_404, tried
from recoup.web.desk.frame import show
from recoup.web.desk.views.acts import acting_on
from recoup.web.kit.disputes import (
    AskForm,
    DecideForm,
    RaiseForm,
    RoomForm,
    SayForm,
    disputes_of,
    effects,
    of_dispute,
)
from recoup.web.kit.formats import money_text
from recoup.web.kit.middleware import Place, staff_place

both = require_http_methods(["GET", "HEAD", "POST"])


def lines_of(case: Case) -> dict[str, ClaimLine]:
    rows = case.lines.filter(kind=ClaimLine.Kind.INVOICE).order_by("due_on", "ref")
    return {str(line.id): line for line in rows}


def named(line: ClaimLine, currency: str) -> str:
    return f"{line.ref}, {money_text(Money(line.amount, currency).rounded())}"


@both
def disputes(request: HttpRequest, number: str) -> HttpResponse:
    """All of a case, and a form for one that came by telephone or letter."""
    place = staff_place(request, *(rights.RIGHTS["hold"] if request.method == "POST" else ()))
    case = case_or_404(place, number)
    lines = lines_of(case)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = RaiseForm(*sent, lines=[(id, named(x, case.currency)) for id, x in lines.items()], currency=case.currency)  # fmt: skip

    def keep() -> None:
        told = form.cleaned_data
        dispute(
            case=case, line=lines[told["line"]], reason=told["reason"], amount=told["amount"], text=told["text"],
            papers=told["papers"], side=Side.DEBTOR, by=place.actor, at=place.now,
        )  # fmt: skip

    if request.method == "POST" and done(form, keep):
        messages.success(request, _("The dispute is kept; contact about it rests."))
        return redirect("desk:disputes", number)
    return show(
        request, place, "desk/disputes.html", status=422 if form.errors else 200, case=case, form=form,
        disputes=disputes_of(case), why_not=rights.why_not(place, "hold"),
    )  # fmt: skip


def done(form: RoomForm, act: Any) -> bool:
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            act()
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True


@both
def room(request: HttpRequest, id: UUID) -> HttpResponse:
    place = staff_place(request, *(rights.RIGHTS["hold"] if request.method == "POST" else ()))
    found = get_object_or_404(
        Dispute.objects.select_related("line", "case__debtor", "case__collector__user", "case__agency", "case__client"),
        id=id, agency=place.agency,
    )  # fmt: skip
    forms = forms_of(request, found, place)
    act = request.POST.get("act", "say")
    if request.method == "POST" and act in ACTS:
        form = forms[f"{act}_form"]
        if done(form, lambda: ACTS[act](found, form.cleaned_data, place)):
            messages.success(request, _("Added.") if act != "decide" else _("Decided. The claim and the debtor's page are up to date."))  # fmt: skip
            return redirect("desk:dispute", found.id)
    wrong = any(form.errors for form in forms.values())
    return show(
        request, place, "desk/dispute.html", status=422 if wrong else 200, case=found.case,
        shown=of_dispute(found, Side.HOUSE), why_not=rights.why_not(place, "hold"),
        effects=effects(found.case, owed_today(found.case, place.now), Side.HOUSE), **forms,
    )  # fmt: skip


def forms_of(request: HttpRequest, found: Dispute, place: Place) -> dict[str, Any]:
    """Fresh ones, and the one that was sent as it was sent."""
    day, act = business_day(found.case, place.now.date(), EVIDENCE_DAYS), request.POST.get("act")

    def sent(name: str) -> tuple[Any, ...]:
        return (request.POST, request.FILES) if act == name else ()

    return {
        "say_form": SayForm(*sent("say"), side=Side.HOUSE),
        "ask_form": AskForm(*sent("ask"), due_on=day),
        "decide_form": DecideForm(*sent("decide"), side=Side.HOUSE, currency=found.case.currency),
    }


def say(found: Dispute, told: dict[str, Any], place: Place) -> None:
    answer_dispute(
        dispute=found, side=Side.HOUSE, text=told["text"], papers=told["papers"], audience=told["audience"],
        key=told["key"], by=place.actor, at=place.now,
    )  # fmt: skip


def ask(found: Dispute, told: dict[str, Any], place: Place) -> None:
    ask_evidence(
        dispute=found, side=told["side"], what=told["what"], due_on=told["due_on"], by=place.actor, at=place.now
    )  # fmt: skip


def end(found: Dispute, told: dict[str, Any], place: Place) -> None:
    decide(
        dispute=found, state=told["state"], side=Side.HOUSE, because=told["because"], amount=told["amount"],
        by=place.actor, at=place.now,
    )  # fmt: skip


ACTS = {"say": say, "ask": ask, "decide": end}


def owed_today(case: Case, now: datetime) -> Owed | None:
    try:
        return owed(case=case, on=now.date())
    except Refusal:
        return None


@require_POST
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """An answer that the debtor reads on its page; what waited to be read is read with it."""
    place, case = acting_on(request, number, "call")
    key = request.POST.get("key", "")
    try:
        name = UUID(key)
    except ValueError:
        return redirect("desk:case", number)
    tried(
        request,
        lambda: answer_debtor(case=case, text=request.POST.get("text", ""), key=name, by=place.actor, at=place.now),
        _("The debtor reads it on its page."),
    )  # fmt: skip
    return redirect("desk:case", number)
