"""The day run: every case that is due is looked at once, and gets its next step or its next look.

Claims due cases in batches (`FOR UPDATE SKIP LOCKED`), gathers their facts in a handful of queries,
decides each, and does what was decided with a few statements for the whole batch. Run again for the
same day it does nothing more; killed anywhere, the next run goes on where it stopped: each batch
commits with the looks it planned. After days of outage each case gets one step, by today's facts.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import Exists, OuterRef

from recoup.cases.models import Case, Task
from recoup.cases.operations import NewTask, add_tasks
from recoup.cases.states import OPEN
from recoup.journeys import steps
from recoup.journeys.agreed_calls import keep_hours
from recoup.journeys.approve import let_lapse
from recoup.journeys.dispute_days import look_at_disputes
from recoup.journeys.evaluate import look_at_evaluations
from recoup.journeys.plans.course import look_at_plans
from recoup.journeys.promises import settle_promises
from recoup.journeys.reminders import remind
from recoup.journeys.review import end_unanswered, review_by_rule
from recoup.journeys.typesetting import ask_a_person, typeset_waiting
from recoup.journeys.weigh_again import weigh_what_changed
from recoup.kernel.actor import Actor
from recoup.kernel.bulk import undisturbed
from recoup.kernel.faults import fault
from recoup.kernel.refusal import N_, Refusal
from recoup.strategy.facts import CaseFacts, gather
from recoup.strategy.models import DayRun
from recoup.strategy.operations import begin_day, note_progress
from recoup.strategy.queries import PlanBook, plan_book
from recoup.strategy.rules import Decision, decide
from recoup.tenancy.bulk import among, as_array, read_many
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

log = logging.getLogger(__name__)
BATCH = 2000  # as many rows are locked for about half a second
AT_ONCE = 100 * BATCH  # ids of due cases held in memory


@dataclass
class DayReport:
    """What a day run did; keys as `recoup day --json` prints them."""

    on: date
    cases_looked_at: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    letters: int = 0
    emails: int = 0
    calls_queued: int = 0
    tasks: int = 0
    denied: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def add(self, other: "DayReport") -> None:
        """What another process did of the same day."""
        self.actions += other.actions
        self.denied += other.denied
        for name in ("cases_looked_at", "letters", "emails", "calls_queued", "tasks", "seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def counts(self) -> dict[str, int]:
        """For the desk: what was done and denied, flat."""
        named = {f"did:{name}": n for name, n in self.actions.items()}
        refused = {f"denied:{code}": n for code, n in self.denied.items()}
        plain = {
            "letters": self.letters, "emails": self.emails, "calls": self.calls_queued, "tasks": self.tasks,
        }  # fmt: skip
        return {name: n for name, n in (plain | named | refused).items() if n}


@dataclass(frozen=True, slots=True)
class Share:
    """The debtors from `first` on, up to `end` and without it: they are parted, so that what one process plans
    for a debtor no other can plan beside it; in runs, so that two processes seldom meet on one page."""

    first: UUID | None = None
    end: UUID | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """More processes for a large day. `worth`: how many, the caller's among them, for so many due cases; `start`:
    those for the other shares; it gives what waits for them and says what they did."""

    worth: Callable[[int], int]
    start: Callable[[list[Share]], Callable[[], DayReport]]


HEAD_START = 2000  # due cases that the first process lives while the others start


def run_day(
    *, agency: Agency, on: date, by: Actor, at: datetime, only: Sequence[UUID] | None = None,
    typeset: bool = True, beside: Beside | None = None,
) -> DayReport:  # fmt: skip
    """Live day `on` for one agency. Cost follows the number of due cases, not of open ones.

    `only`: these of the due cases and no others (none, when it is empty); without `typeset` the letters
    are left for the worker, which writes each before it sends it. `beside`: more processes for a large day.
    """
    report, start = DayReport(on), time.perf_counter()
    if only is None:
        look_at_plans(agency=agency, on=on, by=by, at=at)
        let_lapse(agency=agency, on=on, at=at)
        keep_hours(agency=agency, by=by, at=at)
        look_at_disputes(agency=agency, on=on, by=by, at=at)
        settle_promises(agency=agency, on=on, by=by, at=at)
        weigh_what_changed(agency=agency, on=on, by=by, at=at)
        look_at_evaluations(agency=agency, on=on, by=by, at=at)
        end_unanswered(agency=agency, on=on, at=at)
        review_by_rule(agency=agency, at=at)
        sent = remind(agency=agency, on=on, by=by, at=at)
        report.letters += sent.does["letter"]
        report.emails += sent.does["email"]
        report.denied += sent.denied
    with scope(agency.id):
        count = due(agency.id, on, only).count() if only is None else len(only)
        day = begin_day(agency=agency.id, on=on, due=count, at=at) if count else None
    if beside and (parts := beside.worth(count)) > 1:
        with scope(agency.id):
            mine, *theirs = shares(agency.id, on, count, parts)
        others = beside.start(theirs)
        live_batches(agency, on, by, at, report, day, share=mine)
        report.add(others())
    # All of it; or what a process that died has left.
    live_batches(agency, on, by, at, report, day, only=only)
    with scope(agency.id):
        report.tasks += wake_the_silent(agency.id, on, by, at) if only is None else 0
        progress(day, 0, {}, at, finished=True)
    if typeset:
        typeset_waiting(agency=agency, on=on, by=by, at=at)
    report.seconds = round(time.perf_counter() - start, 3)
    return report


def live_share(*, agency: Agency, on: date, share: Share, by: Actor, at: datetime) -> DayReport:
    """One share of a day that another process has begun (see `Beside`)."""
    report = DayReport(on)
    with scope(agency.id):
        day = DayRun.objects.filter(agency_id=agency.id, on=on).first()
    live_batches(agency, on, by, at, report, day, share=share)
    return report


def live_batches(
    agency: Agency, on: date, by: Actor, at: datetime, report: DayReport, day: DayRun | None, *,
    only: Sequence[UUID] | None = None, share: Share | None = None,
) -> None:  # fmt: skip
    """Batch after batch, each its own transaction, until nothing is due that nobody holds."""
    with scope(agency.id):
        book = plan_book(agency.id, on)
    found = True
    while found:
        with scope(agency.id):
            waiting = due_ids(agency.id, on, only, share)
        found = False
        for start in range(0, len(waiting), BATCH):
            before, looked_at = report.counts(), report.cases_looked_at
            with undisturbed(), scope(agency.id):
                cases = held(agency.id, on, waiting[start : start + BATCH])
                if not cases:
                    continue
                found = True
                live(agency, cases, on, report, book, by, at)
                done = {k: n - before.get(k, 0) for k, n in report.counts().items()}
                checked_now()
                progress(day, report.cases_looked_at - looked_at, done, at)
            fault("day.batch_done")


def checked_now() -> None:
    """The references of what was written, which else are checked at commit: while the row of progress is held,
    the other processes of the day wait for it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def progress(
    day: DayRun | None,
    looked_at: int,
    counts: dict[str, int],
    at: datetime,
    *,
    finished: bool = False,
) -> None:
    if day is not None:
        note_progress(run=day, looked_at=looked_at, counts=counts, at=at, finished=finished)


def due(
    agency: UUID, on: date, only: Sequence[UUID] | None, share: Share | None = None
) -> "steps.Cases":
    found = Case.objects.filter(agency_id=agency, look__agency_id=agency, look__day__lte=on)
    if share and share.first:
        found = found.filter(debtor_id__gte=share.first)
    if share and share.end:
        found = found.filter(debtor_id__lt=share.end)
    return found if only is None else found.filter(id__in=list(only))


def shares(agency: UUID, on: date, count: int, parts: int) -> list[Share]:
    """Shares of about as much work, the first of more; fewer where few debtors have all of it."""
    each = max(1, (count - HEAD_START) // parts)
    firsts = [count - each * n for n in range(parts - 1, 0, -1) if each * n < count]
    ordered = due(agency, on, None).order_by("debtor_id").values_list("debtor_id", flat=True)
    bounds = sorted({debtor for at in firsts for debtor in ordered[at : at + 1]})
    return [Share(a, b) for a, b in zip([None, *bounds], [*bounds, None], strict=True)]


def due_ids(
    agency: UUID, on: date, only: Sequence[UUID] | None = None, share: Share | None = None
) -> list[UUID]:
    """The cases that are due, those of one debtor beside one another. Found once for many batches: each
    batch would have to read all that are due to find its own."""
    found = due(agency, on, only, share).order_by("debtor_id", "id")
    return list(found.values_list("id", flat=True)[:AT_ONCE])


def held(agency: UUID, on: date, ids: Sequence[UUID]) -> list[Case]:
    """Those of `ids` that are still due and that nobody else holds, locked."""
    mine = Case.objects.filter(
        agency_id=agency, stage__in=list(OPEN), look__day__lte=on, id__among=among(ids)
    )
    locked = mine.select_for_update(skip_locked=True, of=("self",))
    cases = read_many(locked.order_by("debtor_id", "id"))
    steps.load(cases)
    return cases


def live(
    agency: Agency,
    cases: list[Case],
    on: date,
    report: DayReport,
    book: PlanBook,
    by: Actor,
    at: datetime,
) -> None:
    """Decide and act for one batch, in the caller's transaction."""
    found = gather(agency.id, cases, on, book=book, exact=False)
    work = steps.Work(agency, on, by, at)
    looks: dict[UUID, date | None] = {}
    decided: list[tuple[CaseFacts, Decision]] = []
    for case in cases:
        report.cases_looked_at += 1
        known = found[case.id]
        if known.refusal is not None:
            looks[case.id] = on + timedelta(days=1)
            report.tasks += ask_a_person(case, known.refusal, on, by, at)
            continue
        decision = decide(known.facts, known.plan)
        report.actions[decision.step] += 1
        if decision.step in ("wait", "nothing"):
            looks[case.id] = decision.look_on
        else:
            decided.append((known, decision))
    looks |= act_on(work, decided, report)
    fault("day.decided")
    plan_looks(looks, on)


def act_on(
    work: steps.Work, decided: list[tuple[CaseFacts, Decision]], report: DayReport
) -> dict[UUID, date | None]:
    """Do what was decided for the batch at once. What breaks in one case goes to a person and never stops
    the others: the batch is then gone through case by case."""
    if not decided:
        return {}
    try:
        with transaction.atomic():
            done = steps.act(work, decided)
    except OperationalError:
        raise  # the database, not the case
    except Exception as error:
        if len(decided) > 1:
            looks: dict[UUID, date | None] = {}
            for one in decided:
                looks |= act_on(work, [one], report)
            return looks
        return broken(work, decided[0][0], error, report)
    report.letters += done.letters
    report.emails += done.emails
    report.calls_queued += done.calls
    report.tasks += done.tasks
    report.denied += done.denied
    return done.looks


def broken(
    work: steps.Work, known: CaseFacts, error: Exception, report: DayReport
) -> dict[UUID, date | None]:
    refusal = error if isinstance(error, Refusal) else None
    if refusal is None:
        log.error("the day run broke at case %s", known.case.number, exc_info=error)
        refusal = Refusal("day_broke", N_("The day run broke at this case (%(found)s): tell whoever runs the house."),
                          found=type(error).__name__)  # fmt: skip
    report.tasks += ask_a_person(known.case, refusal, work.on, work.by, work.at)
    return {known.case.id: work.on + timedelta(days=1)}


def plan_looks(looks: dict[UUID, date | None], on: date) -> None:
    """The next look of each case, never today again; one statement."""
    tomorrow = on + timedelta(days=1)
    days = [max(day, tomorrow) if day else None for day in looks.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_look l SET day = v.day"
            " FROM unnest(%s::uuid[], %s::date[]) AS v(id, day) WHERE l.case_id = v.id",
            [
                as_array(id.hex for id in looks),
                as_array(str(day) if day else "NULL" for day in days),
            ],
        )


def wake_the_silent(agency: UUID, on: date, by: Actor, at: datetime) -> int:
    """A case in progress that nobody and nothing will look at again gets a person with a deadline. Only
    those without a next look are read; they are few, and have an open task as a rule."""
    tasks = Task.objects.filter(case=OuterRef("pk"), done_at__isnull=True)
    silent = Case.objects.filter(
        ~Exists(tasks),
        agency_id=agency,
        look__agency_id=agency,
        look__day__isnull=True,
        look__isnull=False,
    ).select_related("debtor", "collector")
    return add_tasks(
        agency=agency, by=by, at=at,
        tasks=[
            NewTask(
                case, f"silent:{case.number}:{on.isoformat()}", "ask",
                N_("Nothing is planned for %(case)s (%(stage)s): decide what comes next."),
                {"case": case.number, "stage": case.stage}, "collector", on + timedelta(days=3),
                N_("The supervisor decides."),
            )
            for case in silent[:BATCH]
        ],
    )  # fmt: skip
