"""The work list: what is to be done now, by whom, and why. A constant number of queries."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from babel.dates import format_datetime
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from recoup.cases.models import Case, Hold, Task
from recoup.cases.states import Stage
from recoup.contact.rules import zone
from recoup.journeys.next_step import next_step
from recoup.jurisdictions.owed import Owed
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_
from recoup.payments.queries import owed_many
from recoup.strategy.candidates import Candidate, candidates
from recoup.strategy.facts import CaseFacts, gather
from recoup.strategy.worth import VERSION as WORTH_VERSION
from recoup.tenancy.roles import Role
from recoup.web.desk.filters import PER_PAGE, Filters, kept
from recoup.web.desk.rights import ALWAYS
from recoup.web.kit.components import Why
from recoup.web.kit.derivations import next_step_text, phrase
from recoup.web.kit.formats import current
from recoup.web.kit.middleware import Place
from recoup.web.kit.words import word

SHOWN = 1000  # a list's length is told no further
ELSEWHERE = ("call", "review", "evaluate")  # kinds of tasks that have a list of their own
HOUSE_PAGES = {
    "sanctions_hit": "desk:screening", "enquiry": "desk:enquiries", "insolvency_notice": "desk:insolvency",
    "filing_deadline": "desk:insolvency", "creditors_meeting": "desk:insolvency",
}  # fmt: skip
# Read apart, each once for the page: joined, the planner takes the small tables for empty ones under row
# security and walks them again for every case of the list before it cuts it.
LOADED = ("client", "debtor", "collector__user", "agreement", "division")


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


def address(query: str) -> str:
    """Where a kept view (`calls?only=now`) leads."""
    view, _sep, rest = query.partition("?")
    return f"{url(view)}?{rest}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list, ready to be shown. `why` says why it is here now, `what` is to be done;
    `waits` where it cannot be done at this hour."""

    number: str
    debtor: str
    client: str
    url: str
    owed: Money | None
    there: str
    why: str
    deadline: date | None
    owner: str = ""
    task: UUID | None = None
    what: str = ""
    at: datetime | None = None
    worth: Decimal | None = None
    waits: bool = False


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


def calls_due(tasks: QuerySet[Task], today: date) -> QuerySet[Task]:
    """Calls to be made by today; not those of cases at rest."""
    resting = Hold.objects.filter(standing(today), case=OuterRef("case"), lifted_at=None)
    return tasks.filter(~Exists(resting), kind="call", due_on__lte=today)


def cases_of(place: Place, view: str) -> QuerySet[Case]:
    found = Case.objects.filter(agency_id=place.agency.id)
    if view == "review":
        mine = Q() if place.role == Role.COLLECTOR else my_cases(place)
        return found.filter(mine, stage=Stage.SUBMITTED)
    held = Exists(standing_holds(place.now.date()))
    found = found.filter(my_cases(place))
    if view == "contact":
        return found.filter(~held, stage=Stage.CONTACT)
    if view == "waiting" and place.role == Role.COLLECTOR:
        # A few hundred cases are looked at one by one: as a join, every hold of the house is read first.
        one = Subquery(standing_holds(place.now.date()).values("id")[:1])
        return found.alias(rests=one).filter(rests__isnull=False, stage=Stage.CONTACT)
    if view == "waiting":
        return found.filter(held, stage=Stage.CONTACT)
    return found.filter(stage__in=(Stage.EVALUATION, Stage.LEGAL))


def standing_holds(on: date) -> QuerySet[Hold]:
    return Hold.objects.filter(standing(on), case=OuterRef("pk"), lifted_at=None)


def standing(on: date) -> Q:
    return Q(until=None) | Q(until__gte=on)


def counts(place: Place) -> dict[str, int]:
    """How many of each view, in one statement; counted no further than `SHOWN`, so that who sees a
    million cases waits no longer than who sees ten."""
    today = place.now.date()
    tasks = Task.objects.filter(my_tasks(place), agency_id=place.agency.id, done_at=None)
    wanted: dict[str, QuerySet[Any]] = {
        "calls": calls_due(tasks, today),
        "tasks": tasks.exclude(kind__in=ELSEWHERE),
    } | {name: cases_of(place, name) for name in ("review", "contact", "waiting", "evaluation")}
    parts = [
        found.order_by().annotate(view=Value(name)).values("view")[:SHOWN]
        for name, found in wanted.items()
    ]
    rows = [part.query.sql_with_params() for part in parts]
    statement = " UNION ALL ".join(
        f"(SELECT count(*) FROM ({sql}) AS v{n})"  # noqa: S608
        for n, (sql, _) in enumerate(rows)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [p for _, params in rows for p in params])
        numbers = [row[0] for row in cursor.fetchall()]
    return dict(zip(wanted, numbers, strict=True))


# The rows ---------------------------------------------------------------------------------------------


class Slice:
    """A page of a list whose length is counted no further than `SHOWN`; stands in for Django's Page."""

    def __init__(self, items: Iterable[Any], number: int, count: int) -> None:
        self.items, self.number, self.count = list(items), number, count
        self.num_pages = max(1, -(-count // PER_PAGE))

    @property
    def paginator(self) -> "Slice":
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def start_index(self) -> int:
        return (self.number - 1) * PER_PAGE + 1 if self.items else 0

    def end_index(self) -> int:
        return (self.number - 1) * PER_PAGE + len(self.items)

    def has_previous(self) -> bool:
        return self.number > 1

    def has_next(self) -> bool:
        return self.end_index() < self.count

    def previous_page_number(self) -> int:
        return self.number - 1

    def next_page_number(self) -> int:
        return self.number + 1


def page_of(
    place: Place, view: str, number: int, filters: Filters, count: int
) -> tuple[Slice, list[Row]]:
    """A page of a view and its rows."""
    if view in ("calls", "tasks"):
        return task_page(place, view, number, filters)
    return case_page(place, view, number, count)


def found_tasks(place: Place, view: str, filters: Filters) -> list[Candidate]:
    """The tasks of cases in a view, in the order of the desk, filtered."""
    sees_all = place.role in ALWAYS
    member = place.member.id if place.member and not sees_all else None
    role = place.role
    if sees_all and filters.owner:
        member, role = UUID(filters.owner), ""
    today = place.now.date()
    calls = view == "calls"
    found = candidates(
        agency=place.agency.id, kinds=("call",) if calls else None, member=member, role=role, now=place.now,
        today=today, until=today if calls else None, without=() if calls else ELSEWHERE,
        at_rest=not calls,
    )  # fmt: skip
    return kept(found, filters)


def task_page(place: Place, view: str, number: int, filters: Filters) -> tuple[Slice, list[Row]]:
    found = found_tasks(place, view, filters)
    loose = [] if view == "calls" or filters else list(loose_tasks(place))
    rows_ = [*found, *loose]
    last = max(1, -(-len(rows_) // PER_PAGE))
    number = min(number, last)
    page = Slice(rows_[(number - 1) * PER_PAGE : number * PER_PAGE], number, len(rows_))
    of_cases = [one for one in page if isinstance(one, Candidate)]
    tasks = Task.objects.in_bulk([one.task for one in of_cases])
    owed = owed_many(place.agency.id, {one.case for one in of_cases}, place.now.date(), refused={})
    return page, [
        candidate_row(one, tasks[one.task], owed.get(one.case), place.now)
        if isinstance(one, Candidate) else loose_row(one)
        for one in page
    ]  # fmt: skip


def loose_tasks(place: Place) -> QuerySet[Task]:
    """Tasks that belong to no case: lines to match, files to look at."""
    found = Task.objects.filter(my_tasks(place), agency_id=place.agency.id, done_at=None, case=None)
    found = found.exclude(kind__in=ELSEWHERE).select_related("owner__user")
    return found.order_by("due_on", "id")[:SHOWN]


def candidate_of(place: Place, case: Case) -> Candidate | None:
    """The case's own open call, weighed alone."""
    today = place.now.date()
    found = candidates(
        agency=place.agency.id, kinds=("call",), member=None, role="", now=place.now, today=today,
        case=case.id,
    )  # fmt: skip
    return found[0] if found else None


def candidate_row(one: Candidate, task: Task, owed: Owed | None, now: datetime) -> Row:
    reason = phrase(one.worth.because, one.worth.params)
    sentence = phrase(task.sentence, task.params)
    return Row(
        number=one.number, debtor=one.debtor, client=one.client, url=reverse("desk:case", args=[one.number]),
        owed=Money(owed.total, owed.currency) if owed else None, there=there(now, one.zone),
        why=reason[:1].upper() + reason[1:], deadline=one.due_on, owner=one.collector, task=one.task,
        what="" if one.kind == "call" else sentence, at=one.due_at, worth=one.worth.value.quantize(Decimal(1)), waits=one.worth.tier == 2,
    )  # fmt: skip


def worth_why(one: Candidate) -> Why:
    """What the place in the list follows from."""
    parts = one.worth.parts
    rows = [
        (_("Principal open"), Money(one.open, one.currency).rounded()),
        (_("Weight of the currency"), parts["weight"]), (_("Chance at this age"), parts["chance"]),
        (_("Chance to reach somebody"), parts["reach"]), (_("Why today"), parts["moment"]),
    ]  # fmt: skip
    return Why(
        title=_("Why it stands here"), rows=rows, total=(_("Expected value"), one.worth.value),
        steps=[capfirst(phrase(one.worth.because, one.worth.params)) + "."], rule="docs/algorithms/worth.md",
        version=WORTH_VERSION,
    )  # fmt: skip


def loose_row(task: Task) -> Row:
    owner = str(task.owner.user) if task.owner else ""
    return Row(
        number="", debtor="", client="", url=house_page(task), owed=None, there="",
        why=phrase(task.sentence, task.params), deadline=task.due_on, owner=owner,
    )  # fmt: skip


def case_page(place: Place, view: str, number: int, count: int) -> tuple[Slice, list[Row]]:
    cases = cases_of(place, view).prefetch_related(*LOADED)
    order: Any = "submitted_at"
    if view != "review":
        cases = cases.filter(look__agency_id=place.agency.id)
        order = F("look__day").asc(nulls_last=True)
        if place.role == Role.COLLECTOR:
            cases = cases.filter(look__collector_id=place.member.id if place.member else None)
    first = (number - 1) * PER_PAGE
    page = Slice(cases.order_by(order, "id")[first : first + PER_PAGE], number, count)
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


def house_page(task: Task) -> str:
    """Where a task without a case is done. The key of a client's ends with the client's id."""
    if task.kind in ("know_client", "resign"):
        return reverse("desk:client", args=[task.key.rpartition(":")[2]])
    return reverse(HOUSE_PAGES[task.kind]) if task.kind in HOUSE_PAGES else "/desk/money/"


def case_row(case: Case, facts: CaseFacts, due: date | None, now: datetime) -> Row:
    step = next_step(facts, now.date())
    return Row(
        number=case.number, debtor=case.debtor.name, client=case.client.name, url=case_url(case),
        owed=owed_of(facts), there=there(now, case.debtor.time_zone), why=next_step_text(step),
        deadline=due or step.on, owner=str(case.collector.user) if case.collector else "",
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
