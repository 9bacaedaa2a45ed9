"""Facts of a client's receivables before placement, for the same decision and the same gate as a case.

Only what is the client's own counts (its reminders, its contacts, its cases with the debtor), so that no
client learns what another has sent; beside it what is the debtor's: opted-out and bad addresses, and
insolvency, which a register has published.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from recoup.cases.models import Case, Hold
from recoup.contact.house import House
from recoup.contact.models import InboundMail, Reminder
from recoup.contact.queries import house_rules, letter_address, returned_addresses
from recoup.contact.rules import GateFacts, zone
from recoup.contact.sms import mobile
from recoup.parties.models import Client, Contact, Debtor
from recoup.strategy.facts import LATELY, ON_ITS_WAY, attempts_of, best_email, contacts_of
from recoup.strategy.plans import Plan
from recoup.strategy.rules import Contacted, Facts
from recoup.tenancy.bulk import among
from recoup.watch.models import Item, Touch

PUBLIC_HOLDS = ("insolvency", "notice")


@dataclass(frozen=True, slots=True)
class Sent:
    """A reminder with what became of it; `on` is the debtor's day of the actual contact."""

    row: Reminder
    state: str
    on: date

    @property
    def left(self) -> bool:
        return self.state == "sent"


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """An item with all that decision and gate need; the fields from `email_to` on are its debtor's."""

    item: Item
    facts: Facts
    plan: Plan
    email_to: Contact | None
    sms_to: Contact | None
    letter_returned: bool
    debtor_holds: tuple[tuple[str, date | None], ...]
    written: tuple[tuple[date, str], ...]
    papers: Mapping[UUID, tuple[date, str]]
    house: House

    @property
    def debtor(self) -> Debtor:
        return self.item.debtor

    @property
    def sms_number(self) -> str:
        return mobile(self.sms_to.phone, self.debtor.country) if self.sms_to else ""

    def to(self, channel: str) -> Contact | None:
        return {"email": self.email_to, "sms": self.sms_to}.get(channel)


def gather_own(client: Client, items: Sequence[Item], plan: Plan, on: date) -> list[OwnFacts]:
    """Facts of open items (with their debtors loaded) of one client as of `on`, in a constant number of queries."""
    debtors = {i.debtor_id: i.debtor for i in items}
    theirs = among(debtors)
    agency = client.agency_id
    sent = reminders_of(client, debtors)
    touches: dict[UUID, list[Touch]] = defaultdict(list)
    for touch in Touch.objects.filter(item_id__among=among(i.id for i in items)).order_by(
        "on", "id"
    ):
        touches[touch.item_id].append(touch)
    people: dict[UUID, list[Contact]] = defaultdict(list)
    for contact in Contact.objects.filter(debtor_id__among=theirs).order_by("made_at"):
        people[contact.debtor_id].append(contact)
    holds: dict[UUID, list[tuple[str, date | None]]] = defaultdict(list)
    standing = Hold.objects.filter(
        case__debtor_id__among=theirs, kind__in=PUBLIC_HOLDS, lifted_at=None
    )
    for whose, kind, until in standing.values_list("case__debtor_id", "kind", "until"):
        holds[whose].append((kind, until))
    cases = list(
        Case.objects.filter(client=client, debtor_id__among=theirs).select_related("debtor")
    )
    _own, lately = attempts_of(cases, {c.id: c.debtor_id for c in cases}, on) if cases else ({}, {})
    house = house_rules(agency, on)
    returned = returned_addresses(agency, debtors.values())
    found = []
    for item in items:
        debtor, mine = item.debtor, people[item.debtor_id]
        by_phone = [c for c in mine if c.phone and mobile(c.phone, debtor.country)]
        written, _calls, _talked = contacts_of(lately.get(debtor.id, ()), debtor.id, None)
        email_to = best_email(mine)
        found.append(OwnFacts(
            item=item, plan=plan, email_to=email_to, house=house, debtor_holds=tuple(holds[debtor.id]), written=written,
            sms_to=next((c for c in by_phone if not c.bad_since and not c.opted_out_at), by_phone[0] if by_phone else None),
            letter_returned=bool(returned) and letter_address(debtor) in returned,
            papers={s.row.paper: (s.on, s.row.kind) for s in sent[debtor.id] if s.left or s.state in ON_ITS_WAY},
            facts=facts_of_item(item, on, plan, sent[debtor.id], touches[item.id], holds[debtor.id], email_to, bool(by_phone)),
        ))  # fmt: skip
    return found


COME_BACK = InboundMail.objects.filter(
    message=OuterRef("message"), kind__in=[InboundMail.Kind.HARD, InboundMail.Kind.SOFT]
)


def reminders_of(client: Client, debtors: Mapping[UUID, Debtor]) -> dict[UUID, list[Sent]]:
    """What was sent in the client's name, by debtor."""
    rows = (
        Reminder.objects.filter(client=client, debtor_id__among=among(debtors)).select_related("message")
        .annotate(came_back=Exists(COME_BACK)).order_by("made_at", "id")
    )  # fmt: skip
    found: dict[UUID, list[Sent]] = defaultdict(list)
    for row in rows:
        state = "came_back" if row.came_back else row.message.state  # type: ignore[attr-defined]
        found[row.debtor_id].append(
            Sent(row, state, there(row.message.settled_at or row.made_at, debtors[row.debtor_id]))
        )
    return found


def there(at: datetime, debtor: Debtor) -> date:
    return at.astimezone(zone(debtor.time_zone) if debtor.time_zone else ZoneInfo("UTC")).date()


def facts_of_item(
    item: Item, on: date, plan: Plan, sent: Iterable[Sent], touches: Iterable[Touch],
    holds: Sequence[tuple[str, date | None]], email_to: Contact | None, phone: bool,
) -> Facts:  # fmt: skip
    mine = [(step, s) for s in sent if (step := step_said(s.row, item))]
    contacts = {(step, s.on): Contacted(step, s.on, s.row.answer_by) for step, s in mine if s.left}
    reached = False
    for touch in touches:
        step = step_of_day(plan, item, touch.on)
        contacts.setdefault((step, touch.on), Contacted(step, touch.on))
        reached = reached or touch.reached
    rests = (("client_asks", item.rests_until),) if item.rests_until else ()
    works = email_to is not None and not email_to.bad_since and not email_to.opted_out_at
    return Facts(
        on=on, stage="contact", owed=item.open, currency=item.currency, has_collector=True, holds=(*rests, *holds),
        contacts=tuple(contacts.values()), waiting=tuple(sorted({step for step, s in mine if s.state in ON_ITS_WAY})),
        undelivered=len({s.row.paper for _step, s in mine if s.state in ("failed", "unclear", "came_back")}),
        principal=item.open, first_due=item.due_on, jurisdiction=item.debtor.country, country=item.debtor.country,
        language=item.debtor.language, reactions=("answered",) if reached else (),
        has=tuple(name for name, is_so in (("email", works), ("phone", phone)) if is_so),
    )  # fmt: skip


def step_said(row: Reminder, item: Item) -> str:
    """Which step of the item a reminder was; "" where it does not name the item."""
    return next((str(one["step"]) for one in row.items if one["item"] == str(item.id)), "")


def step_of_day(plan: Plan, item: Item, day: date) -> str:
    """What the client did itself stands for the newest step whose day had come."""
    come = [
        s
        for s in plan.steps
        if s.after is not None and item.due_on + timedelta(days=s.after) <= day
    ]
    return come[-1].name if come else "own_contact"


def gate_facts(
    known: OwnFacts, total: Decimal, channel: str, *, stage: str = "contact", paper: UUID | None = None,
    already: int = 0, rests: tuple[tuple[str, date | None], ...] = (),
) -> GateFacts:  # fmt: skip
    """What the gate asks before a message in the client's name. `stage`: anything but contact when the
    client has placed the item or stopped its reminders; `already`: papers planned for the debtor today;
    `rests`: what the client wants left alone."""
    debtor, contact = known.debtor, known.to(channel)
    day = known.facts.on
    since = day - LATELY
    own = [said for key, said in known.papers.items() if key != paper and said[0] >= since]
    return GateFacts(
        stage=stage, owed=total, holds=(*known.debtor_holds, *rests), payment_waiting=False, channel=channel,
        reachable=bool(contact) if channel != "letter" else bool(debtor.address),
        opted_out=bool(contact and contact.opted_out_at),
        bad_address=bool(contact and contact.bad_since) or (channel == "letter" and known.letter_returned),
        jurisdiction=debtor.country, country=debtor.country, time_zone=debtor.time_zone,
        written_on=(*known.written, *own, *(((day, "planned"),) * already)), house=known.house,
    )  # fmt: skip
