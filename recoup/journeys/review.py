"""The feasibility review beyond a person's yes: accepted by the agency's own rules, the client asked for what
is missing, its answer, and what happens when none comes."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext, override

from recoup.cases.models import Case, Review, Task
from recoup.cases.operations import add_task, ask_information, finish_task, keep_review
from recoup.cases.operations.review import INFORMATION, mark_reviewed
from recoup.cases.queries import principal_of, review_terms
from recoup.cases.rules import by_rule
from recoup.cases.states import Stage
from recoup.eventlog.operations import record
from recoup.journeys.accept_and_assign import accept_and_assign, decline_and_tell, findings_of
from recoup.journeys.amend import attach
from recoup.journeys.mail import mail_client, portal_link
from recoup.journeys.submit_invoice import Taken, Upload
from recoup.kernel.actor import SYSTEM, Actor
from recoup.kernel.faults import fault
from recoup.kernel.refusal import N_, Refusal
from recoup.paper import figures
from recoup.paper.languages import spoken_or_english
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency
from recoup.tenancy.roles import Role

PORTION = 200
AGAIN = timedelta(
    minutes=15
)  # papers come in, lists are loaded: what did not pass is looked at again
LATELY = timedelta(days=2)  # whoever waits longer waits for a person
NO_ANSWER = N_("We asked for information and had no answer by %(day)s.")
SEND_IT = N_("Submit the case again with what we asked for: %(what)s")


def review_by_rule(
    *, agency: Agency, at: datetime, since: timedelta = LATELY, most: int = PORTION
) -> int:
    """Accept the cases submitted of late that the agency's rules let pass; the others stay with their person.
    Returns how many. Each case is a transaction of its own; run again, it does nothing twice."""
    with scope(agency.id):
        if not review_terms(agency.id).automatic:
            return 0
        ids = to_be_reviewed(agency, at, since, most)
    taken = 0
    for id in ids:
        with scope(agency.id), transaction.atomic():
            taken += one_by_rule(agency, id, at)
        fault("review.case_accepted")
    return taken


def to_be_reviewed(agency: Agency, at: datetime, since: timedelta, most: int) -> list[UUID]:
    """Those not looked at yet first, then those looked at longest ago: however many the rules do not let
    pass, the others get their turn. Those that wait for the client's answer are left out."""
    waiting = Case.objects.filter(
        Q(reviewed_at=None) | Q(reviewed_at__lte=at - AGAIN), agency=agency, stage=Stage.SUBMITTED,
        submitted_at__gt=at - since,
    ).exclude(tasks__kind=INFORMATION, tasks__done_at__isnull=True)  # fmt: skip
    order = (F("reviewed_at").asc(nulls_first=True), "submitted_at", "id")
    return list(waiting.order_by(*order).values_list("id", flat=True)[:most])


def one_by_rule(agency: Agency, id: UUID, at: datetime) -> bool:
    rows = Case.objects.select_for_update(of=("self",), skip_locked=True)
    case = rows.select_related("client__account_manager__user", "debtor", "agreement__rate_card", "collector").filter(id=id, stage=Stage.SUBMITTED).first()  # fmt: skip
    if case is None:
        return False
    mark_reviewed(case=case, at=at)
    verdict = by_rule(findings_of(case, at.date()), review_terms(agency.id), principal_of([id])[id])
    if verdict.accept:
        accept_and_assign(agency=agency, case=case, by=SYSTEM, at=at, automatic=True)
    return verdict.accept


@transaction.atomic
def ask_client(
    *, agency: Agency, case: Case, what: str, until: date, by: Actor, at: datetime
) -> Task:
    """Ask the client for what the review misses, by mail and as a task with a deadline and what happens
    otherwise. Raises `Refusal` as `ask_information`."""
    terms = review_terms(agency.id)
    asked = Review.objects.filter(case=case, verdict=Review.Verdict.ASKED).count()
    task = ask_information(
        case=case, what=what, until=until, unanswered=terms.unanswered, number=asked + 1, by=by, at=at
    )  # fmt: skip
    keep_review(
        case=case, verdict=Review.Verdict.ASKED, findings=findings_of(case, at.date()), rules=terms.version,
        because=what, by=by, at=at,
    )  # fmt: skip
    mail_client(
        agency=agency, client=case.client, key=f"case-asked:{task.id}", template="case_asked",
        subject=N_("We need something from you for case %(number)s"),
        paragraphs=[
            N_("Before we can decide on case %(number)s against %(debtor)s we need from you: %(what)s"),
            N_("Please answer by %(day)s. Otherwise:"),
            task.default,
            N_("You answer here, with a file or without: %(link)s"),
        ],
        params={"number": case.number, "debtor": case.debtor.name, "what": what, "day": until,
                "link": portal_link(case.number)},
        case=case.id, at=at,
    )  # fmt: skip
    return task


def answer(
    *, agency: Agency, case: Case, words: str, files: Sequence[Upload], by: Actor, at: datetime
) -> list[Taken]:
    """The client answers the open question on its case; the reviewer is told. Raises `Refusal`
    `nothing_asked`, `answer_empty`, and those of `attach`."""
    with scope(agency.id), transaction.atomic():
        task = question_of(case)
        if task is None:
            raise Refusal(
                "nothing_asked",
                N_("We have no open question about case %(number)s."),
                number=case.number,
            )
        if not words.strip() and not files:
            raise Refusal("answer_empty", N_("Write an answer or add a file."), field="words")
        taken = attach(case=case, files=files, by=by, at=at) if files else []
        if files and not words.strip() and not any(one.document for one in taken):
            raise taken[0].refusal or Refusal(
                "answer_empty", N_("Write an answer or add a file."), field="words"
            )
        record(agency=agency.id, kind="QuestionAnswered", by=by, at=at, case=case.id, client=case.client_id,
               words=words.strip()[:4000] or ", ".join(one.name for one in taken))  # fmt: skip
        finish_task(task=task, outcome="answered", by=by, at=at)
        add_task(
            agency=agency.id, key=f"answered:{task.id}", kind="review", role=Role.ACCOUNT_MANAGER,
            sentence=N_("%(client)s has answered about case %(number)s: review it."),
            params={"client": case.client.name, "number": case.number}, owner=case.client.account_manager,
            due_on=at.date() + timedelta(days=1), default=N_("The supervisor is asked to review it."), case=case,
            by=by, at=at,
        )  # fmt: skip
    return taken


def question_of(case: Case) -> Task | None:
    return (
        Task.objects.filter(case=case, kind=INFORMATION, done_at__isnull=True)
        .select_related("case")
        .first()
    )


def end_unanswered(*, agency: Agency, on: date, at: datetime) -> int:
    """Questions whose day has passed: the case is declined or goes to its reviewer, as was said when asking."""
    with scope(agency.id):
        late = Task.objects.filter(
            agency_id=agency.id,
            kind=INFORMATION,
            done_at__isnull=True,
            due_on__lt=on,
            case__stage=Stage.SUBMITTED,
        )
        ids = list(late.order_by("due_on", "id").values_list("id", flat=True)[:PORTION])
    for id in ids:
        with scope(agency.id), transaction.atomic():
            end_one(agency, id, at)
    return len(ids)


def spoken(case: Case, text: str, **params: str) -> str:
    """A sentence in the client's language: it is kept as the reason that the client reads."""
    with override(case.client.language.lower()):
        return gettext(text) % params


def end_one(agency: Agency, id: UUID, at: datetime) -> None:
    task = (
        Task.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("case__client__account_manager", "case__debtor", "case__agreement").filter(id=id, done_at__isnull=True).first()
    )  # fmt: skip
    if task is None or task.case is None:
        return
    case = task.case
    if task.key.endswith(":decline"):
        decline_and_tell(
            agency=agency, case=case, because=spoken(case, NO_ANSWER, day=figures.day(task.due_on, spoken_or_english(case.client.language))),
            change=spoken(case, SEND_IT, what=task.params["what"]), automatic=True, by=SYSTEM, at=at,
        )  # fmt: skip
        return
    finish_task(task=task, outcome="no answer", by=SYSTEM, at=at)
    add_task(
        agency=agency.id, key=f"unanswered:{task.id}", kind="review", role=Role.ACCOUNT_MANAGER,
        sentence=N_("%(client)s has not answered about case %(number)s: decide on what there is."),
        params={"client": case.client.name, "number": case.number}, owner=case.client.account_manager,
        due_on=at.date() + timedelta(days=1), default=N_("The supervisor is asked to review it."), case=case,
        by=SYSTEM, at=at,
    )  # fmt: skip
