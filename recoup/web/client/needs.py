"""All that waits for the client: questions, plans, tasks, messages; each with its day and what follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recoup.approvals.models import Approval
from recoup.approvals.queries import asked_of
from recoup.approvals.states import Answer
from recoup.cases.models import Case, Task
from recoup.cases.queries import open_tasks
from recoup.kernel.money import Money
from recoup.talks.queries import unread
from recoup.talks.rules import Side
from recoup.web.client.waiting import RECENT
from recoup.web.kit.components import Why
from recoup.web.kit.formats import number_text, percent_text
from recoup.web.kit.middleware import Place
from recoup.web.kit.timeline import filled, readable
from recoup.web.kit.words import word

MOST = 200
# What a task of a kind is done by, and where; any other is said to be done.
ACTS = {
    "approve_plan": "plan", "dispute_answer": "dispute", "evidence": "dispute", "information": "answer"
}  # fmt: skip
PAGES = {"plan": "client:plan", "dispute": "client:disputes"}


@dataclass(frozen=True, slots=True)
class Question:
    """An approval as its reader sees it."""

    id: UUID
    kind: str
    sentence: str
    case: Case
    cost: Money
    odds: Decimal | None
    days: int | None
    deadline: date
    default: str
    state: str
    tone: str
    why: Why
    decided_by: str
    because: str
    at: Any
    is_open: bool


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to do. `act` is "question", "answer", "plan", "dispute", "task" or "read"; `href` is where it is done."""

    act: str
    sentence: str
    due_on: date | None
    default: str
    href: str
    case: Case | None
    id: UUID | None = None
    question: Question | None = None


def needs_of(place: Place) -> list[Need]:
    """The most urgent first; three queries however many there are."""
    found = [of_question(q) for q in questions(asked_of_place(place))]
    found += [
        of_task(task) for task in open_tasks(agency=place.agency.id, client=place.client_id)[:MOST]
    ]
    found += messages_of(place)
    return sorted(found, key=lambda n: (n.due_on or date.max, n.sentence))


def asked_of_place(place: Place) -> list[Approval]:
    assert place.client_id is not None
    return list(asked_of(place.client_id)[:MOST])


def questions(rows: Sequence[Approval]) -> list[Question]:
    return [question(row) for row in rows]


def question(row: Approval) -> Question:
    yes = row.default == Answer.APPROVE
    sentence = filled(row.sentence, readable(row.params))
    tone = "needs" if row.is_open else "money" if row.is_yes else ""
    because = row.decided_because
    return Question(
        id=row.id, kind=word(row.kind), sentence=sentence, case=row.case, cost=row.amount.rounded(),
        odds=None if row.odds_percent is None else Decimal(row.odds_percent), days=row.duration_days, deadline=row.deadline,
        default=_("Without your answer we go ahead.") if yes else _("Without your answer it is declined."),
        state=word(row.state), tone=tone, why=why_of(row), decided_by=row.decided_by,
        because=filled(because, readable(row.decided_params)) if row.decided_params else because,
        at=row.decided_at, is_open=row.is_open,
    )  # fmt: skip


def why_of(row: Approval) -> Why:
    """What was asked, and why the mandate has (not) decided it."""
    rows: list[tuple[str, Any]] = [(_("What it costs you"), row.amount.rounded())]
    if row.odds_percent is not None:
        rows.append((_("Odds"), percent_text(Decimal(row.odds_percent))))
    if row.duration_days is not None:
        rows.append((_("Takes about"), days_text(row.duration_days)))
    rows += [(_("Asked by"), row.asked_by), (_("Asked on"), row.asked_at.date())]
    steps = []
    if row.outside:
        steps.append(filled(row.outside["text"], readable(row.outside["params"])))
    if row.decided_by_mandate_id:
        steps.append(filled(row.decided_because, readable(row.decided_params)))
    return Why(title=_("Why are we asked?"), rows=rows, steps=steps)


def days_text(days: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": number_text(days)}


def of_question(q: Question) -> Need:
    return Need(
        "question", q.sentence, q.deadline, q.default, reverse("client:approvals") + f"#a-{q.id}", q.case,
        id=q.id, question=q,
    )  # fmt: skip


def of_task(task: Task) -> Need:
    href, act = "", ACTS.get(task.kind, "task")
    if task.kind == "dispute_answer":
        href = reverse("client:dispute", args=[task.key.removeprefix("answer:")])
    elif task.case is not None:
        href = reverse(PAGES.get(act, "client:case"), args=[task.case.number])
        href += "#question" if act == "answer" else ""
    return Need(
        act, filled(task.sentence, readable(task.params)),
        task.due_on, filled(task.default, {}), href, task.case, id=task.id,
    )  # fmt: skip


def messages_of(place: Place) -> list[Need]:
    """One line for each case with something unread."""
    if place.member is None or place.client_id is None:
        return []
    rows = unread(place.member, Side.CLIENT).filter(
        client_id=place.client_id, at__gte=place.now - RECENT
    )
    newest: dict[UUID, Any] = {}
    for row in rows.select_related("case__debtor").order_by("-at")[:MOST]:
        newest.setdefault(row.case_id, row)
    return [
        Need(
            "read", _("%(who)s has written about %(case)s.") % {"who": row.by_name, "case": row.case.number},
            None, "", reverse("client:talk", args=[row.case.number]), row.case,
        )
        for row in newest.values()
    ]  # fmt: skip
