"""What a plan would do, without doing it: tomorrow on the living portfolio, and in months gone by."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from recoup.cases.models import Case, ClaimLine, Hold, Move
from recoup.cases.states import Stage
from recoup.contact.operations import NewDenial
from recoup.journeys import steps
from recoup.journeys.reminders import dry_reminders, in_calendar
from recoup.kernel.actor import Actor
from recoup.strategy.facts import gather
from recoup.strategy.plans import Plan, PlanKind
from recoup.strategy.queries import book_with, plan_book
from recoup.strategy.rules import Contacted, Facts, decide
from recoup.tenancy.models import Agency
from recoup.watch.models import Item

MOST = 5000
LONGEST = 400  # looks at one case in a replay: an end in any case


@dataclass
class Forecast:
    """`looked_at` cases; `does` by kind (letter, email, call, visit, wait, evaluate, close, ask);
    `denied` by the gate's reason."""

    looked_at: int = 0
    does: Counter[str] = field(default_factory=Counter)
    denied: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)


def dry_run(
    *,
    agency: Agency,
    on: date,
    at: datetime,
    by: Actor,
    draft: Plan | None = None,
    client: UUID | None = None,
    kind: str = PlanKind.COLLECTION,
) -> Forecast:
    """What the day run would do on day `on`, asked at the instant `at` of it: the same facts, the same
    rules, the same gate, and nothing is written. With `draft`: as if it were in force (for `client`). `kind`:
    of cases, or of the reminders sent in clients' names."""
    book = plan_book(agency.id, on)
    if draft is not None:
        book = book_with(draft, client, book)
    if kind == PlanKind.OWN:
        own = dry_reminders(agency=agency, on=on, at=at, book=book, client=client)
        return Forecast(own.looked_at, own.does, own.denied, own.steps)
    due = Case.objects.filter(
        agency_id=agency.id, stage=Stage.CONTACT, look__agency_id=agency.id, look__day__lte=on
    )
    if client is not None:
        due = due.filter(client_id=client)
    cases = list(due.order_by("look__day", "id")[:MOST])
    steps.load(cases)
    work, found = steps.Work(agency, on, by, at), Forecast(len(cases))
    known = gather(agency.id, cases, on, book=book, exact=False) if cases else {}
    letters: list[steps.Letter] = []
    denials: list[NewDenial] = []
    done = steps.Done()
    for case in cases:
        facts = known[case.id]
        if facts.refusal is not None:
            found.does["ask"] += 1
            continue
        decision = decide(facts.facts, facts.plan)
        if decision.plan_step is None:
            found.does[decision.step] += 1
            continue
        found.steps[decision.step] += 1
        found.does.update(c for c in decision.plan_step.channels if c in ("call", "visit"))
        if decision.plan_step.written:
            steps.write(work, facts, decision, letters, denials, done)
    found.does.update(channel for _, _, channels in letters for channel in channels)
    found.does["ask"] += len(done.asks)
    found.denied.update(d.verdict.code for d in denials)
    found.does += Counter()
    return found


def replay(
    *, agency: Agency, plan: Plan, first: date, last: date, client: UUID | None = None
) -> Forecast:
    """What `plan` would have done from `first` to `last` with the cases that were in contact then, each debtor
    doing what it did (its holds, promises and the day it was through on the days they were). What it would
    have done otherwise is not known: a count of work, no promise of money. Every step is taken to arrive
    on its day."""
    found = Forecast()
    if plan.kind == PlanKind.OWN:
        for item in watched(agency.id, first, last, client):
            found.looked_at += 1
            lived_item(item, plan, first, last, found)
        return found
    for life in lives(agency.id, first, last, client):
        found.looked_at += 1
        lived(life, plan, first, last, found)
    return found


@dataclass(frozen=True, slots=True)
class Lived:
    """A case as it was: in contact from `entered` to before `left` (None: still)."""

    case: Case
    entered: date
    left: date | None
    first_due: date | None
    principal: Decimal
    holds: tuple[tuple[str, date, date | None, date | None], ...]


def lives(agency: UUID, first: date, last: date, client: UUID | None) -> Iterable[Lived]:
    spans: dict[UUID, list[date | None]] = {}
    moves = Move.objects.filter(agency_id=agency, at__date__lte=last)
    if client is not None:
        moves = moves.filter(client_id=client)
    for case, was, now, at in moves.order_by("at", "id").values_list("case_id", "was", "now", "at"):
        if now == Stage.CONTACT and case not in spans:
            spans[case] = [at.date(), None]
        elif was == Stage.CONTACT and case in spans:
            spans[case][1] = at.date()
    ids = [case for case, (_, left) in spans.items() if left is None or left >= first][:MOST]
    lines: dict[UUID, list[tuple[date, Decimal]]] = {}
    for case, due, amount, kind in ClaimLine.objects.filter(case_id__in=ids).values_list(
        "case_id", "due_on", "amount", "kind"
    ):
        if kind == ClaimLine.Kind.INVOICE:
            lines.setdefault(case, []).append((due, amount))
    holds: dict[UUID, list[tuple[str, date, date | None, date | None]]] = {}
    for case, kind, since, until, lifted in Hold.objects.filter(case_id__in=ids).values_list(
        "case_id", "kind", "since", "until", "lifted_at"
    ):
        holds.setdefault(case, []).append(
            (kind, since.date(), until, lifted.date() if lifted else None)
        )
    for each in Case.objects.filter(id__in=ids).select_related("debtor").order_by("id"):
        mine = lines.get(each.id, [])
        entered, left = spans[each.id]
        assert entered is not None
        yield Lived(
            each, entered, left, min((d for d, _ in mine), default=None), sum((a for _, a in mine), Decimal(0)),
            tuple(holds.get(each.id, ())),
        )  # fmt: skip


def lived(life: Lived, plan: Plan, first: date, last: date, found: Forecast) -> None:
    day, contacts = max(life.entered, first), list[Contacted]()
    until = min(last, life.left - timedelta(days=1)) if life.left else last
    for _ in range(LONGEST):
        if day > until:
            return
        decision = decide(facts_on(life, day, tuple(contacts)), plan)
        step = decision.plan_step
        if step is None:
            if decision.step != "wait":
                found.does[decision.step] += 1
                return
            day = max(decision.look_on or day, day + timedelta(days=1))
            continue
        found.steps[step.name] += 1
        found.does.update(step.channels)
        answer = steps.deadline(life.case.jurisdiction, day, step.answer_days)
        contacts.append(Contacted(step.name, day, answer))
        day += timedelta(days=1)


def facts_on(life: Lived, day: date, contacts: tuple[Contacted, ...]) -> Facts:
    case = life.case
    standing = tuple(
        (kind, until) for kind, since, until, lifted in life.holds
        if since <= day and (lifted is None or lifted > day)
    )  # fmt: skip
    return Facts(
        on=day, stage=Stage.CONTACT, owed=life.principal, currency=case.currency, has_collector=True, holds=standing,
        contacts=contacts, principal=life.principal, first_due=life.first_due, jurisdiction=case.jurisdiction,
        country=case.debtor.country, language=case.debtor.language, has=("phone",) if case.debtor.phone else (),
    )  # fmt: skip


# Receivables before placement ------------------------------------------------------------------------


def watched(agency: UUID, first: date, last: date, client: UUID | None) -> Iterable[Item]:
    """Items that were open and not placed on some day of the span."""
    found = Item.objects.filter(agency_id=agency, at__date__lte=last).exclude(paid_on__lt=first)
    found = found.exclude(case__submitted_at__date__lt=first)
    if client is not None:
        found = found.filter(client_id=client)
    return found.select_related("debtor", "case").order_by("id")[:MOST]


def lived_item(item: Item, plan: Plan, first: date, last: date, found: Forecast) -> None:
    """From the day it was listed until it was paid or placed."""
    ends = [d for d in (item.paid_on, item.case.submitted_at.date() if item.case else None) if d]
    until = min([last, *(d - timedelta(days=1) for d in ends)])
    day, contacts = max(first, item.at.date()), list[Contacted]()
    for _ in range(LONGEST):
        if day > until:
            return
        amount = item.open if item.open > 0 else item.amount
        facts = Facts(
            on=day, stage="contact", owed=amount, currency=item.currency, has_collector=True, contacts=tuple(contacts),
            principal=amount, first_due=item.due_on, jurisdiction=item.debtor.country, country=item.debtor.country,
            language=item.debtor.language,
        )  # fmt: skip
        decision = decide(facts, plan)
        step = decision.plan_step
        if step is None:
            if decision.step != "wait":
                found.does[decision.step] += 1
                return
            day = max(decision.look_on or day, day + timedelta(days=1))
            continue
        found.steps[step.name] += 1
        found.does.update(step.channels)
        contacts.append(
            Contacted(step.name, day, in_calendar(item.debtor.country, day, step.answer_days))
        )
        day += timedelta(days=1)
