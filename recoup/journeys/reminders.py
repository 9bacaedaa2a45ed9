"""A client's own reminders, sent for it: decided by its ladder as a case by its plan, asked of the same gate,
through the same outbox, in its name."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from django.db import transaction

from recoup.contact.models import Reminder
from recoup.contact.operations import OwnLetter, deny_reminder, write_reminder
from recoup.contact.operations.reminders import denied_lately
from recoup.contact.queries import posted, words_in_force
from recoup.contact.rules import GateFacts, Verdict, denied, gate
from recoup.contact.wording import Words
from recoup.jurisdictions.laws import law
from recoup.jurisdictions.rules import CODES
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.outbox.models import Message
from recoup.paper.documents.own_reminder import OwnInvoice, OwnKind, OwnReminder
from recoup.paper.languages import language_of
from recoup.paper.parts import Address
from recoup.parties.models import Client, Debtor
from recoup.strategy.own import OwnFacts, gate_facts, gather_own
from recoup.strategy.plans import Plan, Step
from recoup.strategy.queries import PlanBook, plan_book
from recoup.strategy.rules import Decision, decide
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency
from recoup.watch.models import Item, Ladder
from recoup.watch.operations.items import standing_ladder

MOST = 5000
SAME_NO = timedelta(days=7)


@dataclass
class Reminded:
    """What was written in clients' names: papers by channel, denials by reason, refusals by code."""

    looked_at: int = 0
    does: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    denied: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Due:
    """What is due today to one debtor in one currency: one paper, of the furthest step among its items."""

    client: Client
    items: tuple[tuple[OwnFacts, Decision], ...]

    @property
    def debtor(self) -> Debtor:
        return self.items[0][0].debtor

    @property
    def lead(self) -> tuple[OwnFacts, Decision, Step]:
        known, decision = max(self.items, key=lambda one: place_of(one[0].plan, one[1].step))
        assert decision.plan_step is not None
        return known, decision, decision.plan_step

    @property
    def total(self) -> Decimal:
        return sum((known.item.open for known, _ in self.items), Decimal(0))

    @property
    def currency(self) -> str:
        return self.items[0][0].item.currency


def place_of(plan: Plan, step: str) -> int:
    return next((n for n, s in enumerate(plan.steps) if s.name == step), -1)


def open_items(client: Client, plan: Plan, on: date, *, ids: Sequence[UUID] | None = None) -> list[Item]:  # fmt: skip
    """The client's items on which a step of its ladder may have its day."""
    ahead = -min((s.after for s in plan.steps if s.after is not None), default=0)
    found = Item.objects.filter(client=client, case=None, open__gt=0, due_on__lte=on + timedelta(days=max(ahead, 0)))  # fmt: skip
    if ids is not None:
        found = found.filter(id__in=list(ids))
    return list(found.select_related("debtor").order_by("due_on", "id")[:MOST])


def decided(client: Client, items: Sequence[Item], plan: Plan, on: date) -> list[tuple[OwnFacts, Decision]]:  # fmt: skip
    return [(known, decide(known.facts, plan)) for known in gather_own(client, items, plan, on)]


def due_of(client: Client, taken: Sequence[tuple[OwnFacts, Decision]]) -> list[Due]:
    """By debtor and currency, what has a step to take."""
    by: dict[tuple[UUID, str], list[tuple[OwnFacts, Decision]]] = defaultdict(list)
    for known, decision in taken:
        if decision.plan_step is not None:
            by[known.item.debtor_id, known.item.currency].append((known, decision))
    return [Due(client, tuple(mine)) for mine in by.values()]


def remind(*, agency: Agency, on: date, by: Actor, at: datetime) -> Reminded:
    """Live day `on` of every client that has us send its reminders. Each debtor in a transaction of its own;
    again for the same day it does nothing more."""
    done = Reminded()
    with scope(agency.id):
        book = plan_book(agency.id, on)
        ladders = Ladder.objects.filter(agency_id=agency.id, ended_at__isnull=True)
        clients = [ladder.client for ladder in ladders.select_related("client").order_by("id")]
    for client in clients:
        plan = book.ladder(client.id)
        with scope(agency.id):
            taken = decided(client, open_items(client, plan, on), plan, on)
            told = denied_lately(agency.id, [k.item.debtor_id for k, _ in taken], at - SAME_NO)
        done.looked_at += len(taken)
        planned: Counter[UUID] = Counter()
        for due in due_of(client, taken):
            with scope(agency.id), transaction.atomic():
                one_debtor(due, on, by, at, done, told, planned)
                fault("reminder.uncommitted")
            fault("reminder.written")
    return done


def one_debtor(
    due: Due, on: date, by: Actor, at: datetime, done: Reminded, told: set[tuple[UUID, str, str, str]],
    planned: Counter[UUID],
) -> None:  # fmt: skip
    """Ask the gate for each channel of the step; those it permits share one paper. In the caller's transaction."""
    step = due.lead[2]
    if not unchanged([k.item for k, _ in due.items]):
        return  # a newer list came meanwhile: tomorrow, by what it says
    verdicts = asked(due, planned[due.debtor.id], at)
    permitted = tuple(c for c, v in verdicts.items() if v.ok)
    for channel, verdict in verdicts.items():
        silent = permitted and verdict.code == "no_address"
        if verdict.ok or silent:
            continue
        done.denied[verdict.code] += 1
        if (due.debtor.id, step.name, channel, verdict.code) not in told:
            deny_reminder(client=due.client, debtor=due.debtor, step=step.name, channel=channel, verdict=verdict, by=by, at=at)  # fmt: skip
    if not permitted:
        return
    try:
        with transaction.atomic():
            made = write_reminder(agency=due.client.agency_id, letter=letter_of(due, permitted, on), by=by, at=at)  # fmt: skip
    except Refusal as refusal:
        # A paper that cannot be written leaves by no channel: the client sees why on its page.
        done.denied[refusal.code] += 1
        no = Verdict(
            False,
            refusal.code[:32],
            refusal.text[:300],
            {k: str(v) for k, v in refusal.params.items()},
        )
        if (due.debtor.id, step.name, permitted[0], no.code) not in told:
            deny_reminder(client=due.client, debtor=due.debtor, step=step.name, channel=permitted[0], verdict=no, by=by, at=at)  # fmt: skip
        return
    planned[due.debtor.id] += 1  # also what another worker has written meanwhile
    if made:
        done.does.update(permitted)
        done.steps[step.name] += 1


def asked(due: Due, already: int, at: datetime) -> dict[str, Verdict]:
    known, _decision, step = due.lead
    return {c: gate(gate_facts(known, due.total, c, already=already), at) for c in step.written}


def unchanged(items: Sequence[Item]) -> bool:
    """Whether the items are as they were read; locks them, so that no list and no placing comes between."""
    locked = Item.objects.select_for_update(of=("self",)).order_by("due_on", "id")
    now = locked.in_bulk([i.id for i in items])
    return all(
        (row := now.get(i.id)) and (row.open, row.due_on, row.case_id, row.rests_until) == (i.open, i.due_on, i.case_id, i.rests_until)
        for i in items
    )  # fmt: skip


# The paper -----------------------------------------------------------------------------------------


def letter_of(due: Due, channels: tuple[str, ...], on: date) -> OwnLetter:
    known, decision, step = due.lead
    client, debtor, kind = due.client, due.debtor, str(step.letter)
    rows = [k.item for k, _ in due.items]
    words = words_of_own(client, debtor, kind, channels, on)
    deadline = deadline_of(rows, step, debtor.country, on)
    return OwnLetter(
        client=client, debtor=debtor, channels=channels, words=words, language=debtor.language,
        paper=paper_of(client, debtor, kind, rows, deadline, words["letter"], on),
        email_to=known.email_to if "email" in channels else None, sms_to=known.sms_to if "sms" in channels else None,
        sms_number=known.sms_number if "sms" in channels else "", step=step.name, plan=known.plan.label, on=on,
        # What is not due yet waits for nobody: the next word has its own day.
        answer_by=deadline if kind != OwnKind.WORD else on + timedelta(days=step.answer_days),
        items=[
            {"item": str(k.item.id), "ref": k.item.ref, "due_on": k.item.due_on.isoformat(), "open": str(k.item.open), "step": d.step}
            for k, d in due.items
        ],
        because=decision.because, params=decision.params,
    )  # fmt: skip


def words_of_own(client: Client, debtor: Debtor, kind: str, channels: tuple[str, ...], on: date) -> dict[str, Words]:  # fmt: skip
    spoken = language_of(debtor.language).code
    return {
        medium: words_in_force(client.agency_id, kind, medium, spoken, debtor.country, on)
        for medium in dict.fromkeys(("letter", *channels))
    }


def deadline_of(items: Sequence[Item], step: Step, country: str, on: date) -> date:
    """The day the invoices are due, where they are not overdue; else the days of the step, in the debtor's calendar."""
    latest = max(i.due_on for i in items)
    return latest if latest >= on else in_calendar(country, on, step.answer_days)


@lru_cache(maxsize=20_000)
def in_calendar(country: str, on: date, days: int) -> date:
    return law(country).deadline(sent_on=on, days=days) if country in CODES else on + timedelta(days=days)  # fmt: skip


def paper_of(
    client: Client, debtor: Debtor, kind: str, items: Sequence[Item], deadline: date, words: Words, on: date
) -> OwnReminder:  # fmt: skip
    unit = items[0].currency
    rows = tuple(OwnInvoice(number=i.ref, issued_on=i.issued_on, due_on=i.due_on, open=Money(i.open, unit).rounded()) for i in items)  # fmt: skip
    place = f"{client.postcode} {client.city}".strip()
    lines = (*client.address, *([place] if place and place not in client.address else []))
    return OwnReminder(
        kind=OwnKind(kind), paper_id=f"{client.reference}-{on:%y%m%d}-{debtor.id.hex[-6:]}", written_on=on,
        creditor=Address(name=client.name, lines=tuple(lines), country=client.country),
        contact=", ".join(x for x in (client.email, client.phone) if x) or client.name,
        small_print=tuple(x for x in (client.registration_number, client.vat_number) if x),
        recipient=Address(name=debtor.name, lines=posted(debtor), country=debtor.country), invoices=rows,
        total=sum((row.open for row in rows), Money.zero(unit)), deadline_on=deadline, own=words.texts,
    )  # fmt: skip


# The gate at the moment of sending ---------------------------------------------------------------------


def ask_for_reminder(reminder: Reminder, message: Message, now: datetime) -> tuple[Verdict, GateFacts | None]:  # fmt: skip
    """Ask the gate again with the facts of this moment. The items' rows are locked: a newer list, a payment
    or a placing that commits first is seen. What is stated on the paper must still be so."""
    client = reminder.client
    stated = {UUID(one["item"]): Decimal(one["open"]) for one in reminder.items}
    locked = Item.objects.select_for_update(of=("self",)).filter(id__in=list(stated)).select_related("debtor")  # fmt: skip
    items = list(locked.order_by("due_on", "id"))
    placed = any(i.case_id for i in items)
    stands = standing_ladder(client.id) is not None
    left = [i for i in items if i.open > 0 and i.case_id is None]
    if left and not placed and stands and {i.id: i.open for i in left} != stated:
        return denied("changed", N_("What it asks for has changed since it was written.")), None
    if not items:
        return denied("no_case", N_("The message belongs to no case.")), None
    plan = plan_book(client.agency_id, now.date()).ladder(client.id)
    known = gather_own(client, items, plan, now.date())
    stage = "contact" if stands and not placed else "placed" if placed else "stopped"
    facts = gate_facts(
        known[0], sum((i.open for i in left), Decimal(0)), message.channel, stage=stage, paper=reminder.paper,
        rests=tuple(h for k in known for h in k.facts.holds if h[0] == "client_asks"),
    )  # fmt: skip
    return gate(facts, now), facts


# Tried out -------------------------------------------------------------------------------------------


def dry_reminders(*, agency: Agency, on: date, at: datetime, book: PlanBook, client: UUID | None = None) -> Reminded:  # fmt: skip
    """What `remind` would do on day `on`, asked at the instant `at`; nothing is written."""
    done = Reminded()
    ladders = Ladder.objects.filter(agency_id=agency.id, ended_at__isnull=True).select_related(
        "client"
    )
    for ladder in ladders if client is None else ladders.filter(client_id=client):
        plan = book.ladder(ladder.client_id)
        taken = decided(ladder.client, open_items(ladder.client, plan, on), plan, on)
        done.looked_at += len(taken)
        planned: Counter[UUID] = Counter()
        due = due_of(ladder.client, taken)
        with_step = sum(len(one.items) for one in due)
        done.does["wait"] += len(taken) - with_step
        for one in due:
            verdicts = asked(one, planned[one.debtor.id], at)
            permitted = [c for c, v in verdicts.items() if v.ok]
            done.denied.update(v.code for v in verdicts.values() if not v.ok and not (permitted and v.code == "no_address"))  # fmt: skip
            if permitted:
                planned[one.debtor.id] += 1
                done.does.update(permitted)
                done.steps[one.lead[2].name] += 1
    done.does += Counter()
    return done
