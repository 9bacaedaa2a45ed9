"""One case, as its client sees it: story, money, documents."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recoup.approvals.models import Approval
from recoup.cases.models import Case, Charge, Hold, Review
from recoup.cases.queries import principal_of
from recoup.cases.states import OPEN, HoldKind, Stage
from recoup.eventlog.models import Event
from recoup.files.models import Document
from recoup.files.quarantine import held
from recoup.insolvency.queries import proofs_of_cases
from recoup.journeys.review import answer as answer_question
from recoup.journeys.review import question_of
from recoup.journeys.submit_invoice import Upload
from recoup.jurisdictions.owed import Owed
from recoup.kernel.money import Money
from recoup.kernel.refs import grouped
from recoup.kernel.refusal import Refusal
from recoup.legal.models import Proceeding
from recoup.parties.models import Contact
from recoup.payments.models import Allocation
from recoup.payments.queries import collected, owed
from recoup.strategy.facts import CaseFacts
from recoup.talks.queries import unread_on
from recoup.talks.rules import Side
from recoup.tenancy.context import scope
from recoup.web.client.forms import AnswerForm
from recoup.web.client.frame import frame, may_decide, may_submit
from recoup.web.client.needs import questions
from recoup.web.client.next_step import look_ahead, next_of
from recoup.web.client.views.cases import TONES
from recoup.web.client.views.dashboard import document_url, worth_telling
from recoup.web.kit.components import Entry, Tab
from recoup.web.kit.derivations import owed_figures, total_figure
from recoup.web.kit.downloads import erased
from recoup.web.kit.formats import country_text, refusal_text
from recoup.web.kit.middleware import Place, client_place
from recoup.web.kit.timeline import timeline_entries
from recoup.web.kit.words import word

MOST_EVENTS, MOST_QUESTIONS, MOST_PEOPLE = 500, 100, 20


@dataclass(frozen=True, slots=True)
class Person:
    """`bad`: that contact is no longer to be used."""

    name: str
    role: str
    phone: str
    email: str
    bad: bool = False


def case_of(place: Place, number: str) -> Case:
    """The client's case with that number; 404 for any other, known or not."""
    known = Case.objects.select_related(
        "debtor", "collector__user", "agency", "client__account_manager__user", "division"
    )
    return get_object_or_404(known, agency=place.agency, client_id=place.client_id, number=number)


@require_safe
def story(request: HttpRequest, number: str) -> HttpResponse:
    place = client_place(request)
    case = case_of(place, number)
    return render(request, "client/case_story.html", head(request, place, case, "story") | {
        "entries": entries(case), "facts": facts(case), "people": people(case), "acts": acts(case, place), "at_law": at_law(case),
        "question": question_of(case), "form": AnswerForm(), "not_mine": may_submit(place),
    })  # fmt: skip


def at_law(case: Case) -> dict[str, Any]:
    """Proceedings with their next deadline and costs, and claims in an estate: to read, not to act."""
    rows = [
        {"one": one, "spent": sum((o.amount if o.gives_back_id is None else -o.amount for o in one.outlays.all()), Decimal(0)),
         "next": min((d.on for d in one.deadlines.all() if d.done_at is None), default=None),
         "awards": list(one.awards.all())}
        for one in Proceeding.objects.filter(case=case).select_related("lawyer")
        .prefetch_related("outlays", "deadlines", "awards").order_by("opened_at")
    ]  # fmt: skip
    return {"rows": rows, "proofs": list(proofs_of_cases([case.id]))}


@require_POST
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """The client answers what the review asked: words, files, or both."""
    place = client_place(request)
    case = case_of(place, number)
    files = [Upload(file.name or "", file.read()) for file in request.FILES.getlist("papers")]
    try:
        if (refusal := may_submit(place)) is not None:
            raise refusal
        taken = answer_question(
            agency=place.agency, case=case, words=request.POST.get("words", "")[:4000], files=files,
            by=place.actor, at=place.now,
        )  # fmt: skip
        for one in taken:
            if one.refusal and not one.document:
                messages.warning(request, refusal_text(one.refusal))
        messages.success(request, _("Thank you. We have your answer and go on with the review."))
    except Refusal as refused:
        messages.error(request, refusal_text(refused))
    return redirect("client:case", number)


@require_safe
def story_fragment(request: HttpRequest, number: str) -> HttpResponse:
    """Next step and timeline alone, fetched again when something happens."""
    place = client_place(request)
    case = case_of(place, number)
    return render(request, "client/story_live.html", {
        "entries": entries(case), "next": next_of(case, place.now.date()), "ended": ended(case),
    })  # fmt: skip


@require_safe
def money(request: HttpRequest, number: str) -> HttpResponse:
    place = client_place(request)
    case = case_of(place, number)
    page = head(request, place, case, "money")
    found, refusal = what_is_owed(case, place.now.date(), page["seen"])
    return render(request, "client/case_money.html", page | {
        "owed": owed_figures(found) if found else [], "total": total_figure(found) if found else None,
        "refusal": refusal, "lines": lines(case), "payments": payments(case), "charges": charges(case),
        "collected": collected(case),
    })  # fmt: skip


def what_is_owed(
    case: Case, on: date, seen: CaseFacts | None
) -> tuple[Owed | None, Refusal | None]:  # fmt: skip
    """By the law, or why it gives no answer; as the next step has `seen` it already, where there is one."""
    if seen is not None:
        return seen.owed, seen.refusal
    try:
        return owed(case=case, on=on), None
    except Refusal as not_known:
        return None, not_known


@require_safe
def documents(request: HttpRequest, number: str) -> HttpResponse:
    place = client_place(request)
    case = case_of(place, number)
    found = Document.objects.filter(agency=place.agency, case_id=case.id, client_id=place.client_id)
    shown = list(found.exclude(audience="internal").order_by("-made_at", "-id"))
    return render(request, "client/case_documents.html", head(request, place, case, "documents") | {
        "documents": shown, "apart": held(place.agency.id, [d.sha256 for d in shown]),
        "erased": erased(place.agency.id, [d.sha256 for d in shown]),
    })  # fmt: skip


def head(request: HttpRequest, place: Place, case: Case, tab: str) -> dict[str, Any]:
    """The case's title, amount, stage, next step and tabs; `seen`: the facts the next step was told by."""
    next, seen = look_ahead(case, place.now.date())
    return frame(request, place, case.client) | {
        "case": case, "debtor": case.debtor, "claimed": principal_of([case.id]).get(case.id),
        "stage": word(case.stage), "tone": TONES.get(Stage(case.stage), ""),
        "tabs": tabs(case, tab, unread_on(case.id, place.member, Side.CLIENT) if place.member else 0),
        "next": next, "seen": seen, "ended": ended(case),
    }  # fmt: skip


def ended(case: Case) -> str:
    """How the case ended, blank while it is open."""
    if case.stage == Stage.DECLINED:
        return declined(case)
    if case.stage == Stage.CLOSED and (closure := case.closure):
        return _("Closed: %(code)s") % {"code": word(closure.code)}
    return ""


def declined(case: Case) -> str:
    """Why, and what would change it: both in the reviewer's own words."""
    with scope(case.agency_id):  # reviews are the house's; these two words are the client's
        last = case.reviews.filter(verdict=Review.Verdict.DECLINED).order_by("-at", "-id").first()
    move = case.moves.order_by("-at").first()
    said = [_("Declined: %(because)s") % {"because": move.because if move else ""}]
    if last and last.change.strip():
        said.append(_("What would change this: %(change)s") % {"change": last.change})
    return "\n".join(said)


def tabs(case: Case, now: str, unread: int = 0) -> list[Tab]:
    names = {
        "story": (_("Story"), "case"), "money": (_("Money"), "case_money"),
        "documents": (_("Documents"), "case_documents"), "talk": (_("Messages"), "talk"),
        "plan": (_("Plan"), "plan"), "disputes": (_("Disputes"), "disputes"),
        "counsel": (_("Our advice"), "counsel"), "decisions": (_("Decisions"), "case_decisions"),
    }  # fmt: skip
    return [
        Tab(label, reverse(f"client:{name}", args=[case.number]), code == now, unread if code == "talk" and unread else None)
        for code, (label, name) in names.items()
    ]  # fmt: skip


@require_safe
def decisions(request: HttpRequest, number: str) -> HttpResponse:
    """What was asked about this case, and what was answered."""
    place = client_place(request)
    case = case_of(place, number)
    rows = (
        Approval.objects.filter(case=case)
        .select_related("case__debtor")
        .order_by("-asked_at", "-id")
    )
    return render(request, "client/case_decisions.html", head(request, place, case, "decisions") | {
        "questions": questions(list(rows[:MOST_QUESTIONS])), "why_not": may_decide(place),
    })  # fmt: skip


def people(case: Case) -> list[Person]:
    """Who works on it here, and whom we know at the debtor; one query."""
    manager = case.client.account_manager
    found = []
    if case.collector:
        found.append(
            Person(str(case.collector.user), _("collector"), case.agency.phone, case.agency.email)
        )
    if manager and manager != case.collector:
        found.append(
            Person(str(manager.user), _("account manager"), case.agency.phone, case.agency.email)
        )
    contacts = Contact.objects.filter(debtor_id=case.debtor_id).order_by("made_at")[:MOST_PEOPLE]
    found += [
        Person(
            c.name or case.debtor.name,
            c.role or _("at the debtor"),
            c.phone,
            c.email,
            c.bad_since is not None,
        )
        for c in contacts
    ]
    return found


def entries(case: Case) -> list[Entry]:
    events = Event.objects.filter(agency_id=case.agency_id, case_id=case.id)
    told = worth_telling(events, case.client).order_by("-id")
    return timeline_entries(told[:MOST_EVENTS], document_url=document_url())


def facts(case: Case) -> list[tuple[str, Any]]:
    debtor = case.debtor
    country = country_text(debtor.country)
    place = ", ".join(
        filter(None, [*debtor.address, f"{debtor.postcode} {debtor.city}".strip(), country])
    )
    rows = [
        (_("Case"), case.number), (_("Payment reference"), grouped(case.reference)),
        (_("Your reference"), case.client_reference), (_("Submitted"), case.submitted_at.date()),
        (_("Division"), str(case.division or "")), (_("Debtor"), debtor.name), (_("Address"), place), (_("VAT number"), debtor.vat_number),
        (_("Registration number"), debtor.registration_number),
        (_("Collector"), str(case.collector.user) if case.collector else ""),
    ]  # fmt: skip
    return [row for row in rows if row[1]]


def acts(case: Case, place: Place) -> dict[str, Any]:
    """What this person may do with the case now; `paused` is the client's own standing hold."""
    paused = Hold.objects.filter(
        case=case, kind=HoldKind.CLIENT_ASKS, lifted_at__isnull=True
    ).first()
    return {"open": case.stage in OPEN, "paused": paused, "why_not": may_submit(place)}


def lines(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "line": row, "credit": row.kind == "credit_note",
            "amount": Money(-row.amount if row.kind == "credit_note" else row.amount, case.currency),
        }
        for row in case.lines.select_related("document").order_by("due_on", "id")
    ]  # fmt: skip


def payments(case: Case) -> list[dict[str, Any]]:
    found = Allocation.objects.filter(case=case).exclude(amount=0)
    found = found.select_related("remitted__remittance")
    return [
        {
            "row": row, "amount": Money(row.amount, row.currency), "principal": Money(row.principal, row.currency),
            "other": Money(row.costs + row.compensation + row.interest, row.currency),
            "undone": row.reverses_id is not None,
            "remittance": row.remitted.remittance if hasattr(row, "remitted") else None,
        }
        for row in found.order_by("-received_on", "-id")
    ]  # fmt: skip


def charges(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "word": word(row.kind),
            "on": row.on,
            "because": row.because,
            "amount": Money(row.amount, case.currency),
        }
        for row in Charge.objects.filter(case=case, reversal=None).order_by("on", "id")
    ]
