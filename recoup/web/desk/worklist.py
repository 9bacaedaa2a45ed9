"""The work list: what is to be done now, by whom, and why. A constant number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from babel.dates import format_datetime
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from recoup.cases.models import Case, Hold, Task
from recoup.cases.states import Stage
from recoup.contact.rules import zone
from recoup.journeys.next_step import next_step
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_
from recoup.payments.queries import owed_many
from recoup.strategy.facts import CaseFacts, gather
from recoup.tenancy.roles import Role
from recoup.web.desk.rights import ALWAYS
from recoup.web.kit.derivations import next_step_text, phrase
from recoup.web.kit.formats import current
from recoup.web.kit.middleware import Place
from recoup.web.kit.words import word

PER_PAGE = 50
ELSEWHERE = ("call", "review", "evaluate")  # kinds of tasks that have a list of their own
HOUSE_PAGES = {"sanctions_hit": "desk:screening", "enquiry": "desk:enquiries"}
LOADED = ("client", "debtor", "collector__user", "agreement")


@dataclass(frozen=True, slots=True)
class View:
    """One list of work. `needs`: its count asks for somebody."""

    name: str
    title: str
    icon: str
    key: str
    empty: str
    needs: bool = False


VIEWS = {
    v.name: v
    for v in (
        View("calls", N_("Calls today"), "phone", "g t",
             N_("No call is planned for today. The day run plans them from the cases in contact."), True),
        View("review", N_("To review"), "inbox", "g r",
             N_("No case waits for its review. New cases come from the clients' portal."), True),
        View("contact", N_("In contact"), "messages", "g i",
             N_("No case is in contact. A case comes here once it is accepted and assigned.")),
        View("waiting", N_("On hold"), "clock-pause", "g w",
             N_("No case rests. A promise, a dispute or a plan puts one on hold.")),
        View("evaluation", N_("To evaluate"), "route", "g e",
             N_("No case waits to be weighed. A case comes here when all steps of its plan are done."), True),
        View("tasks", N_("Tasks"), "list-check", "g a",
             N_("Nothing else is to be done by you."), True),
    )
}  # fmt: skip


def url(view: str) -> str:
    return reverse("desk:work") if view == "calls" else reverse("desk:work_view", args=[view])


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list, ready to be shown. `why` says why it is here now."""

    number: str
    debtor: str
    client: str
    url: str
    owed: Money | None
    there: str
    why: str
    deadline: date | None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of a list of cases."""

    case: Case
    url: str
    stage: str
    tone: str
    placed: date
    owed: Money | None


TONES = {
    "submitted": "needs", "accepted": "needs", "contact": "accent", "evaluation": "needs",
    "legal": "legal", "registered": "", "signed": "needs", "active": "accent",
}  # fmt: skip


def chip(stage: str) -> tuple[str, str]:
    """A stage's word and tone."""
    return word(stage), TONES.get(stage, "")


def case_rows(place: Place, cases: Sequence[Case]) -> list[CaseRow]:
    """Rows with what is owed on each (a dash where the law gives no answer), in four queries."""
    answers = owed_many(place.agency.id, [c.id for c in cases], place.now.date(), refused={})
    return [
        CaseRow(
            case, case_url(case), *chip(case.stage), case.submitted_at.date(),
            Money(answers[case.id].total, case.currency) if case.id in answers else None,
        )
        for case in cases
    ]  # fmt: skip


# Whose work ------------------------------------------------------------------------------------------


def my_tasks(place: Place) -> Q:
    """Tasks of the person, and those of their role that nobody owns; supervisors see all."""
    if place.role in ALWAYS:
        return Q()
    return Q(owner=place.member) | Q(owner=None, role=place.role)


def my_cases(place: Place) -> Q:
    """A collector's own cases, an account manager's clients' ones; everything for the others."""
    if place.role == Role.COLLECTOR:
        return Q(collector=place.member)
    if place.role == Role.ACCOUNT_MANAGER:
        return Q(client__account_manager=place.member) | Q(client__account_manager=None)
    return Q()


def tasks_of(place: Place, view: str) -> QuerySet[Task]:
    found = Task.objects.filter(my_tasks(place), agency_id=place.agency.id, done_at=None)
    if view == "calls":
        return found.filter(kind="call", due_on__lte=place.now.date())
    return found.exclude(kind__in=ELSEWHERE)


def cases_of(place: Place, view: str) -> QuerySet[Case]:
    found = Case.objects.filter(agency_id=place.agency.id)
    if view == "review":
        mine = Q() if place.role == Role.COLLECTOR else my_cases(place)
        return found.filter(mine, stage=Stage.SUBMITTED)
    held = Exists(standing_holds(place.now.date()))
    found = found.filter(my_cases(place))
    if view == "contact":
        return found.filter(~held, stage=Stage.CONTACT)
    if view == "waiting":
        return found.filter(held, stage=Stage.CONTACT)
    return found.filter(stage__in=(Stage.EVALUATION, Stage.LEGAL))


def standing_holds(on: date) -> QuerySet[Hold]:
    standing = Q(until=None) | Q(until__gte=on)
    return Hold.objects.filter(standing, case=OuterRef("pk"), lifted_at=None)


def counts(place: Place) -> dict[str, int]:
    """How many of each view, in two queries."""
    today = place.now.date()
    tasks = Task.objects.filter(my_tasks(place), agency_id=place.agency.id, done_at=None).aggregate(
        calls=Count("id", filter=Q(kind="call", due_on__lte=today)),
        tasks=Count("id", filter=~Q(kind__in=ELSEWHERE)),
    )
    mine = my_cases(place)
    reviewer = Q() if place.role == Role.COLLECTOR else mine
    open_now = (Stage.SUBMITTED, Stage.CONTACT, Stage.EVALUATION, Stage.LEGAL)
    cases = (
        Case.objects.filter(agency_id=place.agency.id, stage__in=open_now)
        .annotate(held=Exists(standing_holds(today)))
        .aggregate(
            review=Count("id", filter=reviewer & Q(stage=Stage.SUBMITTED)),
            contact=Count("id", filter=mine & Q(stage=Stage.CONTACT, held=False)),
            waiting=Count("id", filter=mine & Q(stage=Stage.CONTACT, held=True)),
            evaluation=Count("id", filter=mine & Q(stage__in=(Stage.EVALUATION, Stage.LEGAL))),
        )
    )
    return tasks | cases


# The rows ---------------------------------------------------------------------------------------------


def page_of(place: Place, view: str, number: str | None) -> tuple[Page[Any], list[Row]]:
    """A page of a view and its rows."""
    if view in ("calls", "tasks"):
        return task_page(place, view, number)
    return case_page(place, view, number)


def task_page(place: Place, view: str, number: str | None) -> tuple[Page[Any], list[Row]]:
    tasks = tasks_of(place, view).select_related(
        "owner__user", *(f"case__{name}" for name in LOADED)
    )
    page = Paginator(tasks.order_by("due_on", "id"), PER_PAGE).get_page(number)
    known = facts_of(place, [task.case for task in page if task.case])
    return page, [task_row(task, known, place.now) for task in page]


def case_page(place: Place, view: str, number: str | None) -> tuple[Page[Any], list[Row]]:
    cases = cases_of(place, view).select_related(*LOADED)
    order = "submitted_at" if view == "review" else F("next_action_on").asc(nulls_last=True)
    page = Paginator(cases.order_by(order, "id"), PER_PAGE).get_page(number)
    known = facts_of(place, list(page))
    due = due_days(list(page))
    return page, [case_row(case, known[case.id], due.get(case.id), place.now) for case in page]


def facts_of(place: Place, cases: Sequence[Case]) -> dict[UUID, CaseFacts]:
    return gather(place.agency.id, list({c.id: c for c in cases}.values()), place.now.date())


def due_days(cases: Sequence[Case]) -> dict[UUID, date]:
    """The first day by which somebody must do something, of each case."""
    open_tasks = Task.objects.filter(case_id__in=[c.id for c in cases], done_at=None)
    found: dict[UUID, date] = {}
    for case, day in open_tasks.order_by("due_on").values_list("case_id", "due_on"):
        if case is not None:
            found.setdefault(case, day)
    return found


def task_row(task: Task, known: dict[UUID, CaseFacts], now: datetime) -> Row:
    case = task.case
    why = phrase(task.sentence, task.params)
    owner = str(task.owner.user) if task.owner else ""
    if case is None:
        return Row("", "", "", house_page(task), None, "", why, task.due_on, owner)
    facts = known[case.id]
    if task.kind == "call":
        why = next_step_text(next_step(facts, now.date()))
    return Row(
        case.number, case.debtor.name, case.client.name, case_url(case), owed_of(facts),
        there(now, case.debtor.time_zone), why, task.due_on, owner,
    )  # fmt: skip


def house_page(task: Task) -> str:
    """Where a task without a case is done. The key of a client's ends with the client's id."""
    if task.kind in ("know_client", "resign"):
        return reverse("desk:client", args=[task.key.rpartition(":")[2]])
    return reverse(HOUSE_PAGES[task.kind]) if task.kind in HOUSE_PAGES else "/desk/money/"


def case_row(case: Case, facts: CaseFacts, due: date | None, now: datetime) -> Row:
    step = next_step(facts, now.date())
    return Row(
        case.number, case.debtor.name, case.client.name, case_url(case), owed_of(facts),
        there(now, case.debtor.time_zone), next_step_text(step), due or step.on,
        str(case.collector.user) if case.collector else "",
    )  # fmt: skip


def case_url(case: Case) -> str:
    page = "desk:review" if case.stage == Stage.SUBMITTED else "desk:case"
    return reverse(page, args=[case.number])


def owed_of(facts: CaseFacts) -> Money | None:
    return Money(facts.owed.total, facts.owed.currency) if facts.owed else None


def there(now: datetime, time_zone: str) -> str:
    """`Mon 09:15`: the time it is at the debtor; blank where its zone is not known."""
    if not time_zone:
        return ""
    return format_datetime(now, "EEE HH:mm", tzinfo=zone(time_zone), locale=current())
