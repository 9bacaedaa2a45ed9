"""What a case's page shows, gathered in a constant number of queries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from recoup.cases.models import Case, ClaimLine, Task
from recoup.cases.states import MOVES, Stage
from recoup.contact.guide import guide
from recoup.contact.outcomes import OUTCOMES
from recoup.disputes.states import Reason
from recoup.eventlog.models import Event
from recoup.files.models import Document
from recoup.journeys.call import why_not_called
from recoup.journeys.next_step import next_step
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.kernel.refusal import NotAnswered, Refusal
from recoup.legal.queries import of_case
from recoup.parties.models import Contact
from recoup.payments.models import Allocation
from recoup.plans.queries import latest_plan
from recoup.retention.queries import is_preserved
from recoup.strategy.facts import CaseFacts, gather
from recoup.tenancy.models import Member
from recoup.watch.queries import levels
from recoup.web.desk import rights
from recoup.web.desk.call_button import gate_of, tel
from recoup.web.desk.forms import (
    CallForm,
    CloseForm,
    HoldForm,
    MoveForm,
    NoteForm,
    ReopenForm,
    WaiveForm,
)
from recoup.web.desk.legal_forms import OpenForm
from recoup.web.desk.worklist import chip, there
from recoup.web.kit.components import Entry
from recoup.web.kit.derivations import (
    next_step_text,
    next_step_why,
    owed_figures,
    per_day,
    phrase,
    total_figure,
)
from recoup.web.kit.disputes import disputes_of
from recoup.web.kit.downloads import erased
from recoup.web.kit.formats import day_text, money_text, refusal_text
from recoup.web.kit.middleware import Place
from recoup.web.kit.plans import STATE_TONES
from recoup.web.kit.signals import level_shown
from recoup.web.kit.timeline import timeline_entries
from recoup.web.kit.words import word

SHOWN_EVENTS = 200
QUIET = ("TaskFinished", "DebtorLinkMade", "ProfileSet")
ASSIGNABLE = ("collector", "supervisor", "legal_officer")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the debtor: `tel` for the link, `bad` when that contact is no longer to be used."""

    name: str
    role: str
    phone: str
    tel: str
    email: str
    bad: str = ""


@dataclass(frozen=True, slots=True)
class StandingHold:
    id: UUID
    word: str
    until: date | None
    because: str
    by_name: str
    since: datetime
    passed: bool


@dataclass(frozen=True, slots=True)
class Payment:
    received_on: date
    amount: Decimal
    currency: str
    direct: bool
    waived: bool
    undone: bool


@dataclass(frozen=True, slots=True)
class OpenTask:
    task: Task
    sentence: str
    default: str


def case_context(
    place: Place, case: Case, forms: dict[str, Any] | None = None, composer: str = ""
) -> dict[str, Any]:
    """All that desk/case.html shows; `forms` are bound ones that were refused."""
    known = facts_of(place, case)
    contacts = list(Contact.objects.filter(debtor=case.debtor).order_by("made_at"))
    lines, documents = lines_of(case), documents_of(case)
    return {
        "case": case, "people": people(case, contacts), "there": there(place.now, case.debtor.time_zone),
        "step": step_of(known, place), "gate": gate_of(place, known, contacts),
        "owed": owed_of(known), "stage": case.stage, "holds": holds_of(case, place.now.date()),
        "tasks": tasks_of(place, case), "documents": documents, "erased": erased(case.agency_id, [d.sha256 for d in documents]), "preserved": is_preserved(case), "payments": payments_of(case),
        "lines": lines,
        **law_of(place, case),
        "plan": plan_of(case), "disputes": disputes_of(case), "answer_key": new_id(), "entries": entries_of(case), "open": case.stage not in (Stage.CLOSED, Stage.DECLINED),
        "promises": promises_of(case), "guide": guide_of(case), "rights": rights_for(place, case), "stage_word": chip(case.stage)[0],
        "stage_tone": chip(case.stage)[1], "danger": level_shown(levels([case.debtor_id], place.now.date())[case.debtor_id]),
    } | forms_of(place, case, contacts, lines, forms or {}, composer)  # fmt: skip


def guide_of(case: Case) -> dict[str, Any]:
    """What to say, in the debtor's language; each answer with the word of the outcome it leads to."""
    found = guide(case.debtor.language)
    answers = [
        {
            "heard": a.heard, "say": a.say, "ask": a.ask, "then": a.then, "outcome": _(OUTCOMES[a.then].label),
            "reason": a.code if a.code in set(Reason) else "",
        }
        for a in found.answers
    ]  # fmt: skip
    return {
        "language": found.language,
        "begin": found.begin,
        "close": found.close,
        "answers": answers,
    }


def rights_for(place: Place, case: Case) -> dict[str, Refusal | None]:
    """Why each act is not for this person, or not for this case."""
    mine = {act: rights.why_not(place, act) for act in rights.RIGHTS}
    return mine | {"call": mine["call"] or why_not_called(case.number, case.stage)}


def preview_context(place: Place, case: Case) -> dict[str, Any]:
    """What the work list shows beside the rows."""
    known = facts_of(place, case)
    contacts = list(Contact.objects.filter(debtor=case.debtor).order_by("made_at"))
    return {
        "case": case, "people": people(case, contacts), "there": there(place.now, case.debtor.time_zone),
        "step": step_of(known, place), "gate": gate_of(place, known, contacts),
        "owed": owed_of(known), "entries": entries_of(case)[:4],
    }  # fmt: skip


def facts_of(place: Place, case: Case) -> CaseFacts:
    return gather(place.agency.id, [case], place.now.date())[case.id]


def step_of(known: CaseFacts, place: Place) -> dict[str, Any]:
    step = next_step(known, place.now.date())
    ended = known.case.stage in (Stage.CLOSED, Stage.DECLINED)
    return {
        "text": next_step_text(step), "why": next_step_why(step),
        "tone": "needs" if step.needs_somebody and not ended else "",
    }  # fmt: skip


def owed_of(known: CaseFacts) -> dict[str, Any]:
    """Figures with their derivations, or the sentence why there are none."""
    if known.owed is None:
        return {"refusal": refusal_text(known.refusal) if known.refusal else ""}
    limitation = known.owed.limitation
    return {
        "total": total_figure(known.owed), "figures": owed_figures(known.owed),
        "per_day": per_day(known.owed), "limitation": limitation.ends_on if limitation else None,
    }  # fmt: skip


# People, tasks, papers ---------------------------------------------------------------------------------


def people(case: Case, contacts: list[Contact]) -> list[Person]:
    found = [
        Person(c.name or _("Office"), c.role, c.phone, tel(c.phone), c.email, marks(c))
        for c in contacts
    ]
    debtor, known = case.debtor, {c.phone for c in contacts} | {c.email for c in contacts}
    if {debtor.phone, debtor.email} - known - {""}:
        found.append(Person(_("Company"), "", debtor.phone, tel(debtor.phone), debtor.email))
    return found


def marks(contact: Contact) -> str:
    if contact.opted_out_at:
        return _("does not want to be contacted")
    return _("not the right one") if contact.bad_since else ""


def plan_of(case: Case) -> dict[str, Any] | None:
    """The plan that stands, or the last one."""
    found = latest_plan(case.id)
    if found is None:
        return None
    total = Money(Decimal(found.figures["to_pay"]), found.currency)
    said = {
        "kind": capfirst(word(found.kind)), "amount": money_text(total),
        "day": day_text(date.fromisoformat(found.figures["parts"][-1]["due_on"])),
    }  # fmt: skip
    return {
        "text": _("%(kind)s: %(amount)s until %(day)s") % said, "word": word(f"plan_{found.state}"),
        "tone": STATE_TONES.get(found.state, ""),
    }  # fmt: skip


def holds_of(case: Case, on: date) -> list[StandingHold]:
    return [
        StandingHold(
            h.id,
            word(h.kind),
            h.until,
            _(h.because),
            h.by_name,
            h.since,
            h.until is not None and h.until < on,
        )
        for h in case.holds.filter(lifted_at=None).order_by("since")
    ]


def law_of(place: Place, case: Case) -> dict[str, Any]:
    """Its proceedings, and the form to open one (one query)."""
    try:
        form = OpenForm(case=case) if case.stage in ("contact", "evaluation", "legal") else None
    except (NotAnswered, Refusal):
        form = None
    return {
        "proceedings": of_case(case.id),
        "law_form": form,
        "not_legal": rights.why_not(place, "legal"),
    }


PROMISE_TONES = {
    "open": "accent",
    "kept": "money",
    "part_kept": "needs",
    "broken": "danger",
    "over": "",
}


def promises_of(case: Case) -> list[dict[str, Any]]:
    """What was promised, the newest first, and what came of it."""
    return [
        {
            "on": p.on, "amount": Money(p.amount, case.currency) if p.amount else None, "by_name": p.by_name,
            "paid": Money(p.paid, case.currency) if p.paid else None, "word": word(f"promise_{p.state}"),
            "tone": PROMISE_TONES[p.state],
        }
        for p in case.promises.order_by("-made_at", "-id")[:10]
    ]  # fmt: skip


def tasks_of(place: Place, case: Case) -> list[OpenTask]:
    found = case.tasks.filter(done_at=None).select_related("owner__user").order_by("due_on", "id")
    return [
        OpenTask(t, phrase(t.sentence, t.params), _(t.default) if t.default else "") for t in found
    ]


def documents_of(case: Case) -> list[Document]:
    return list(Document.objects.filter(case_id=case.id).order_by("-made_at", "-id"))


def payments_of(case: Case) -> list[Payment]:
    rows = Allocation.objects.filter(case=case, reverses=None).exclude(amount=0)
    rows = rows.select_related("reversed_by")
    return [
        Payment(
            row.received_on, row.amount, row.currency, row.direct, row.waived,
            hasattr(row, "reversed_by"),
        )
        for row in rows.order_by("-received_on", "-id")
    ]  # fmt: skip


def entries_of(case: Case) -> list[Entry]:
    events = Event.objects.filter(agency_id=case.agency_id, case_id=case.id).order_by("-id")
    return timeline_entries(
        events.exclude(kind__in=QUIET)[:SHOWN_EVENTS],
        document_url=reverse(
            "desk:document", args=["00000000-0000-0000-0000-000000000000"]
        ).replace("00000000-0000-0000-0000-000000000000", "{}"),
    )


# Forms -----------------------------------------------------------------------------------------------


def lines_of(case: Case) -> list[ClaimLine]:
    return list(case.lines.select_related("document").order_by("due_on", "ref"))


def forms_of(
    place: Place, case: Case, contacts: list[Contact], lines: list[ClaimLine], bound: dict[str, Any], composer: str
) -> dict[str, Any]:  # fmt: skip
    """The page's forms: the refused one as it was sent, fresh ones else. `composer` says which is open."""
    fresh: dict[str, Any] = dict(fresh_forms(place, case, contacts, lines))
    return fresh | bound | {"composer": next((n.removesuffix("_form") for n in bound), composer)}


def fresh_forms(
    place: Place, case: Case, contacts: list[Contact], lines: list[ClaimLine]
) -> Iterator[tuple[str, Any]]:
    yield (
        "call_form",
        CallForm(contacts=callable_contacts(contacts), lines=lines, currency=case.currency),
    )
    yield "note_form", NoteForm()
    yield "hold_form", HoldForm()
    yield "waive_form", WaiveForm()
    yield "close_form", CloseForm()
    yield "reopen_form", ReopenForm() if case.stage == Stage.CLOSED else None
    yield "move_form", MoveForm(case=case) if may_move(case) else None


def callable_contacts(contacts: list[Contact]) -> list[Contact]:
    return [c for c in contacts if c.phone and not c.bad_since and not c.opted_out_at]


def assignable(place: Place) -> Any:
    members = Member.objects.filter(agency_id=place.agency.id, active=True, role__in=ASSIGNABLE)
    return members.select_related("user").order_by("user__name")


def may_move(case: Case) -> bool:
    """Between the stages in which people work; accepting, declining and closing have their own verbs."""
    worked_on = (Stage.CONTACT, Stage.EVALUATION, Stage.LEGAL)
    return case.stage in worked_on and any(s != Stage.CLOSED for s in MOVES[Stage(case.stage)])
