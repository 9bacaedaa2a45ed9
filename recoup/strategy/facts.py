"""Facts of many cases for one day, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, Max, OuterRef, Q, prefetch_related_objects

from recoup.cases.models import Case, Hold, Move, Promise, Task
from recoup.cases.rules.promises import GRACE
from recoup.cases.states import PromiseState, Stage
from recoup.contact.house import STANDARD_HOUSE, House
from recoup.contact.models import ContactAttempt, InboundMail
from recoup.contact.operations.reminders import DID_BY_HAND
from recoup.contact.outcomes import outcome_of
from recoup.contact.queries import authorities, house_rules, letter_address, returned_addresses
from recoup.contact.rules import OF_THE_DEBTOR, THREATS, GateFacts, zone
from recoup.contact.sms import mobile
from recoup.contact.wording import OWN_KINDS
from recoup.disputes.queries import last_raised, open_disputes
from recoup.disputes.rules import Contested
from recoup.jurisdictions.owed import Owed
from recoup.kernel.refusal import Refusal
from recoup.kernel.sheets import sheet
from recoup.legal.queries import next_deadlines
from recoup.parties.models import Contact
from recoup.payments.models import Suggestion
from recoup.payments.queries import facts_of as money_facts
from recoup.payments.queries import plain_principals
from recoup.payments.rules import owed_if_right, owed_of
from recoup.strategy.plans import STANDARD, WRITTEN, Plan, Step
from recoup.strategy.queries import PlanBook, plan_book
from recoup.strategy.rules import Contacted, Facts
from recoup.tenancy.bulk import Many, among, read_many

DEMAND = "demand"
LATELY = timedelta(days=62)  # what the house's rules of frequency can look back
ON_ITS_WAY = ("ready", "attempting")
BEFORE_PLACING = (*OWN_KINDS, DID_BY_HAND)


@sheet(frozen=True, slots=True)
class Attempt:
    """One row of contact with its message's state; `day` is the debtor's, of the actual contact."""

    id: UUID
    case: UUID
    step: str
    channel: str
    message_id: UUID | None
    state: str
    document_id: UUID | None
    paper: UUID | None
    made_at: datetime
    day: date
    answer_by: date | None
    outcome: str

    @property
    def left(self) -> bool:
        """Whether it actually reached the debtor, as far as can be known."""
        if self.message_id is not None:
            return self.state == "sent"
        outcome = outcome_of(self.outcome)
        return bool(outcome and outcome.counts)


@sheet(frozen=True, slots=True)
class CaseFacts:
    """One case with all that decision and gate need. `owed` is None where the law gave no answer (then
    `refusal` says why and the case goes to a person) and where it was not asked for (`gather` without
    `exact`); `lately`: contacts with the debtor in any of its cases. `asked`: what is owed even
    if the debtor is right in all it disputes, the only sum it is asked for meanwhile; `disputed_at`: when
    the newest open dispute was raised."""

    case: Case
    facts: Facts
    owed: Owed | None
    refusal: Refusal | None
    email_to: Contact | None
    attempts: tuple[Attempt, ...]
    payment_waiting: bool
    plan: Plan = STANDARD
    lately: tuple[Attempt, ...] = ()
    debtor_holds: tuple[tuple[str, date | None], ...] = ()
    authorised: frozenset[str] = frozenset()
    house: House = STANDARD_HOUSE
    at_court: tuple[str, date, str] | None = None  # its next deadline: kind, day, proceeding
    contacts: tuple[Contact, ...] = ()
    asked: Owed | None = None
    disputed_at: datetime | None = None
    letter_returned: bool = False

    @property
    def sms_to(self) -> Contact | None:
        """The first person with a number that gets text messages; an opted-out or bad one only when there is
        no other (the gate says no)."""
        country = self.case.debtor.country
        found = [c for c in self.contacts if c.phone and mobile(c.phone, country)]
        return next(
            (c for c in found if not c.bad_since and not c.opted_out_at),
            found[0] if found else None,
        )

    @property
    def sms_number(self) -> str:
        contact = self.sms_to
        return mobile(contact.phone, self.case.debtor.country) if contact else ""

    @property
    def to_ask_for(self) -> Decimal:
        """What is not in question; all of it where all is in question, since that rests by its hold and not
        because nothing were owed."""
        return self.asked.total if self.asked and self.asked.principal > 0 else self.facts.owed

    def to(self, channel: str) -> Contact | None:
        """The person a message by `channel` is for."""
        if channel == "sms":
            return self.sms_to
        return self.email_to if channel == "email" else None

    def gate_facts(
        self, channel: str, step: Step | None = None, *, paper: UUID | None = None
    ) -> GateFacts:
        """What the gate asks about reaching this debtor by `channel`. `paper` is the document about to
        leave: the letter and the e-mail that carry it are one message, not two."""
        debtor = self.case.debtor
        contact = self.to(channel)
        written, calls, talked = contacts_of(self.lately, self.case.id, paper)
        demands = {
            a.paper or a.document_id or a.id for a in self.attempts
            if a.left and a.channel in WRITTEN and self.is_demand(a.step)
            and (paper is None or paper not in (a.paper, a.document_id))
        }  # fmt: skip
        threat = step.consequence if step and step.consequence in THREATS else ""
        return GateFacts(
            stage=self.case.stage, owed=self.to_ask_for,
            holds=(*self.facts.holds, *self.debtor_holds), payment_waiting=self.payment_waiting, channel=channel,
            reachable=self.reachable(channel), opted_out=bool(contact and contact.opted_out_at),
            bad_address=bool(contact and contact.bad_since) or (channel == "letter" and self.letter_returned),
            jurisdiction=self.case.jurisdiction,
            country=debtor.country, time_zone=debtor.time_zone, written_on=written, calls_on=calls,
            talked_on=talked, is_demand=bool(step and step.charge == DEMAND), demands_sent=len(demands),
            most_demands=self.house.most_demands, unread="reply" in self.facts.open_tasks,
            threat=threat if channel in WRITTEN else "", authorised=self.authorised, house=self.house,
            disputed_since=self.asks_for_what_is_disputed(paper),
        )  # fmt: skip

    def asks_for_what_is_disputed(self, paper: UUID | None) -> bool:
        """Whether a paper about to leave was planned before the newest dispute was raised."""
        if paper is None or self.disputed_at is None:
            return False
        mine = [a for a in self.attempts if paper in (a.paper, a.document_id)]
        return any(a.made_at < self.disputed_at for a in mine)

    def reachable(self, channel: str) -> bool:
        if channel in ("email", "sms"):
            return self.to(channel) is not None
        return bool(self.case.debtor.address) if channel in ("letter", "visit") else True

    def is_demand(self, step: str) -> bool:
        return is_demand(step, self.plan)


def contacts_of(
    lately: Iterable[Attempt], case: UUID, paper: UUID | None
) -> tuple[tuple[tuple[date, str], ...], tuple[date, ...], tuple[date, ...]]:
    """(papers by day, calls, conversations) with a debtor; each paper once, without the one about to leave.
    What is on its way for another case counts: it will arrive first."""
    papers: dict[UUID, tuple[date, str]] = {}
    calls, talked = [], []
    for a in lately:
        if a.channel in WRITTEN:
            mine = a.paper or a.document_id or a.id
            if paper is not None and paper in (a.paper, a.document_id):
                continue
            if a.left or (a.state in ON_ITS_WAY and a.case != case):
                papers.setdefault(mine, (a.day, a.step))
        elif a.channel in ("call", "visit"):
            calls.append(a.day)
            if a.left and a.outcome != "left_message":
                talked.append(a.day)
    return tuple(papers.values()), tuple(calls), tuple(talked)


def gather(
    agency: UUID,
    cases: Sequence[Case],
    on: date,
    *,
    book: PlanBook | None = None,
    exact: bool = True,
) -> dict[UUID, CaseFacts]:
    """Facts of `cases` (with client, debtor and collector loaded) as of `on`. Without `exact` the law is
    asked only where the decision depends on its figures; `book`: other plans than those in force."""
    ids = among(case.id for case in cases)
    if exact:
        prefetch_related_objects(cases, "look")
    debtors = {case.debtor_id for case in cases}
    theirs = among(debtors)
    book = book or plan_book(agency, on)
    disputed = open_disputes({case.id for case in cases})
    raised = last_raised(disputed) if disputed else {}
    money = money_of(agency, cases, on, exact=exact, disputed=disputed)
    debtor_of = cases_of(debtors)
    holds, stays = holds_of({case.id for case in cases}, debtor_of)
    tasks = grouped(
        Task.objects.filter(case_id__among=ids, done_at__isnull=True).values_list("case_id", "kind")
    )
    attempts, lately = attempts_of(cases, debtor_of, on)
    contacts = defaultdict(list)
    for contact in read_many(Contact.objects.filter(debtor_id__among=theirs).order_by("made_at")):
        contacts[contact.debtor_id].append(contact)
    entered = {
        case: (last, times)
        for case, last, times in Move.objects.filter(case_id__among=ids, now=Stage.CONTACT)
        .values("case_id")
        .annotate(last=Max("at"), times=Count("id"))
        .values_list("case_id", "last", "times")
    }
    waiting = set(
        Suggestion.objects.filter(case_id__among=ids, decided_at__isnull=True).values_list(
            "case_id", flat=True
        )
    )
    broken, promised = promises_of(ids)
    house = house_rules(agency, on)
    returned = returned_addresses(agency, {case.debtor_id: case.debtor for case in cases}.values())
    allowed = authorities(agency, {case.client_id for case in cases}, on)
    at_law = [case.id for case in cases if case.stage == Stage.LEGAL]
    courts = next_deadlines(at_law) if at_law else {}
    found = {}
    for case in cases:
        answer = money.owed.get(case.id)
        last_entered, times = entered.get(case.id, (None, 0))
        plan = book.of(case.client_id, case.id, last_entered.date() if last_entered else None)
        mine = attempts[case.id]
        email_to = best_email(contacts[case.debtor_id])
        principal = answer.principal if answer else money.principal.get(case.id, Decimal(0))
        asked = money.asked.get(case.id)
        if asked is not None and asked.principal <= 0:
            # Nothing is left that is not in question: the whole case rests.
            holds[case.id].append((case.id, "disputed", None, None))
        facts = facts_of(
            case, on, plan, holds[case.id], tasks[case.id], mine, last_entered,
            owed=answer.total if answer else principal, principal=principal,
            first_due=money.first_due.get(case.id), phase="again" if times > 1 else "first",
            paid=case.id in money.paid, broke=case.id in broken, promised_until=promised.get(case.id),
            contested=case.id in disputed,
            has=has_of(email_to, contacts[case.debtor_id], case),
        )  # fmt: skip
        found[case.id] = CaseFacts(
            case=case, facts=facts, owed=answer, refusal=money.refused.get(case.id), email_to=email_to,
            attempts=tuple(mine), payment_waiting=case.id in waiting, plan=plan,
            lately=tuple(lately[case.debtor_id]),
            debtor_holds=tuple((kind, until) for _, kind, until in stays[case.debtor_id]),
            authorised=allowed.of(case.client_id, case.id), house=house,
            contacts=tuple(contacts[case.debtor_id]),
            asked=asked or answer, disputed_at=raised.get(case.id),
            at_court=courts.get(case.id),
            letter_returned=bool(returned) and letter_address(case.debtor) in returned,
        )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class MoneyFacts:
    """`principal` where the law was not asked; see `payments.queries.Plain`. `asked` of those with a
    dispute: what is owed even if the debtor is right."""

    owed: dict[UUID, Owed]
    refused: dict[UUID, Refusal]
    principal: dict[UUID, Decimal]
    first_due: dict[UUID, date]
    paid: set[UUID]
    asked: dict[UUID, Owed]


def money_of(
    agency: UUID, cases: Sequence[Case], on: date, *, exact: bool,
    disputed: Mapping[UUID, list[Contested]],
) -> MoneyFacts:  # fmt: skip
    """What is owed: by the law of every case, or only of those whose rows alone do not say that it is
    more than nothing."""
    refused: dict[UUID, Refusal] = {}
    if not exact:
        plain = plain_principals(agency, cases, on)
        asked = [c for c in cases if c.id not in plain.principal or c.id in disputed]
        exactly = money_of(agency, asked, on, exact=True, disputed=disputed) if asked else None
        owed = exactly.owed if exactly else {}
        refused = exactly.refused if exactly else {}
        less = exactly.asked if exactly else {}
        return MoneyFacts(owed, refused, plain.principal, plain.first_due, plain.paid, less)
    known = money_facts(cases)
    owed, less = {}, {}
    for each in known.values():
        try:
            owed[each.id] = owed_of(each, on)
            if each.id in disputed:
                parts = [(one.ref, one.amount, one.due) for one in disputed[each.id]]
                less[each.id] = owed_if_right(each, on, parts)
        except Refusal as refusal:
            refused[each.id] = refusal
    first = {
        each.id: min(due for due in dues)
        for each in known.values() if (dues := [c.due for c in each.claims if c.kind == "invoice"])
    }  # fmt: skip
    paid = {each.id for each in known.values() if any(not p.waived for p in each.paid)}
    return MoneyFacts(owed, refused, {}, first, paid, less)


def cases_of(debtors: set[UUID]) -> dict[UUID, UUID]:
    """All cases of the debtors, as case → debtor. By these the rows of a debtor are looked up: a join
    through the case has no index to start from, and reads what every debtor has."""
    return dict(Case.objects.filter(debtor_id__among=among(debtors)).values_list("id", "debtor_id"))


def holds_of(
    cases: set[UUID], debtor_of: dict[UUID, UUID]
) -> tuple[dict[UUID, list[Any]], dict[UUID, list[Any]]]:
    """(the holds of each case, lifted ones too; those that stand for a debtor in any of its cases)."""
    rows = Hold.objects.filter(case_id__among=among(debtor_of)).values_list(
        "case_id", "kind", "until", "lifted_at"
    )
    mine = defaultdict(list)
    stays = defaultdict(list)
    for case, kind, until, lifted in rows:
        if case in cases:
            mine[case].append((case, kind, until, lifted))
        if kind in OF_THE_DEBTOR and lifted is None:
            stays[debtor_of[case]].append((debtor_of[case], kind, until))
    return mine, stays


def promises_of(ids: Many) -> tuple[set[UUID], dict[UUID, date]]:
    """(cases of a promise that was broken or kept in part; until when a payment promised on the others may
    still be under way)."""
    rows = Promise.objects.filter(
        case_id__among=ids,
        state__in=(PromiseState.BROKEN, PromiseState.PART_KEPT, PromiseState.OPEN),
    ).values_list("case_id", "state", "on")
    broken, promised = set(), {}
    for case, state, on in rows:
        if state == PromiseState.OPEN:
            promised[case] = on + GRACE
        else:
            broken.add(case)
    return broken, promised


# An e-mail that the receiver's server refused afterwards reached nobody, however well it left.
COME_BACK = InboundMail.objects.filter(
    message=OuterRef("message"), kind__in=[InboundMail.Kind.HARD, InboundMail.Kind.SOFT]
)
FIELDS = (
    "id", "case_id", "step", "channel", "message_id", "message__state", "message__settled_at", "document_id",
    "paper", "made_at", "answer_by", "outcome", "came_back",
)  # fmt: skip


def attempts_of(
    cases: Sequence[Case], debtor_of: dict[UUID, UUID], on: date
) -> tuple[dict[UUID, list[Attempt]], dict[UUID, list[Attempt]]]:
    """(all contacts by case, the lately made ones by debtor over all its cases), in one query."""
    zones = {case.debtor_id: case.debtor.time_zone for case in cases}
    mine = {case.id for case in cases}
    since = datetime.combine(on - LATELY, time(), UTC) - timedelta(days=1)
    # Of the debtor's other cases only what may count against its frequency.
    counts = Q(made_at__gte=since) | Q(case_id__among=among(mine))
    rows = (
        ContactAttempt.objects.filter(counts, case_id__among=among(debtor_of))
        .annotate(came_back=Exists(COME_BACK))
        .order_by("made_at", "id")
    )
    own: dict[UUID, list[Attempt]] = defaultdict(list)
    lately: dict[UUID, list[Attempt]] = defaultdict(list)
    for row in rows.values_list(*FIELDS):
        debtor = debtor_of[row[1]]
        attempt = attempt_of(row, zones[debtor])
        if attempt.case in mine:
            own[attempt.case].append(attempt)
            if attempt.day >= on - LATELY:
                lately[debtor].append(attempt)
        else:
            lately[debtor].append(attempt)
    return own, lately


def attempt_of(row: tuple[Any, ...], time_zone: str) -> Attempt:
    (
        id, case, step, channel, message, state, settled, document, paper, made, answer_by, outcome,
        came_back,
    ) = row  # fmt: skip
    if came_back:
        state = "came_back"
    at = settled or made
    return Attempt(
        id, case, step, channel, message, state or "", document, paper, made,
        at.astimezone(zone(time_zone) if time_zone else ZoneInfo("UTC")).date(), answer_by, outcome,
    )  # fmt: skip


def facts_of(
    case: Case, on: date, plan: Plan, holds: list[Any], tasks: list[Any], attempts: list[Attempt],
    entered_at: datetime | None, *, owed: Decimal, principal: Decimal, first_due: date | None, phase: str,
    paid: bool, broke: bool, contested: bool, has: tuple[str, ...], promised_until: date | None = None,
) -> Facts:  # fmt: skip
    """`entered_at`: since when it is in contact; what came before was weighed by a person, so the plan
    begins anew, but for the formal demand, which is made once. What the client itself had said before it
    placed the case is the last contact that delays count from, and no step of the plan."""
    lately = [a for a in attempts if entered_at is None or a.made_at >= entered_at]
    before = BEFORE_PLACING if phase == "first" else ()
    counted = [a for a in attempts if a in lately or a.step in before or is_demand(a.step, plan)]
    return Facts(
        on=on, stage=case.stage, owed=owed, currency=case.currency, has_collector=case.collector_id is not None,
        holds=tuple((kind, until) for _, kind, until, lifted in holds if lifted is None),
        contacts=contacted(counted),
        waiting=tuple(sorted({a.step for a in attempts if a.state in ON_ITS_WAY})),
        undelivered=undelivered(lately),
        fruitless=tuple(a.step for a in lately if a.message_id is None and not a.left),
        open_tasks=tuple(kind for _, kind in tasks), principal=principal, first_due=first_due,
        jurisdiction=case.jurisdiction, country=case.debtor.country, language=case.debtor.language,
        phase=phase, reactions=reactions(attempts, holds, paid, broke, contested), has=has,
        promised_until=promised_until,
    )  # fmt: skip


def undelivered(attempts: Iterable[Attempt]) -> int:
    return sum(1 for a in attempts if a.state in ("failed", "unclear"))


def reactions(
    attempts: list[Attempt], holds: list[Any], paid: bool, broke: bool, contested: bool
) -> tuple[str, ...]:
    """What came back from the debtor so far, in the words of `strategy.plans.REACTIONS`."""
    spoke = [outcome for a in attempts if (outcome := outcome_of(a.outcome))]
    found = {
        "answered": any(o.right_party for o in spoke),
        "refused": any(o.code == "refuses" for o in spoke),
        "part_paid": paid, "broke_promise": broke,
        "disputed": contested or any(kind == "disputed" for _, kind, _until, _lifted in holds),
    }  # fmt: skip
    return tuple(name for name, is_so in found.items() if is_so)


def has_of(email_to: Contact | None, contacts: list[Contact], case: Case) -> tuple[str, ...]:
    email = email_to is not None and not email_to.bad_since and not email_to.opted_out_at
    phone = bool(case.debtor.phone) or any(c.phone for c in contacts)
    return tuple(name for name, is_so in (("email", email), ("phone", phone)) if is_so)


def contacted(attempts: Iterable[Attempt]) -> tuple[Contacted, ...]:
    """The actual contacts, one per step and day: a message that left, a call that reached somebody."""
    found = {}
    for a in attempts:
        if a.left:
            found[a.step, a.day] = Contacted(a.step, a.day, a.answer_by, a.outcome)
    return tuple(found.values())


def is_demand(name: str, plan: Plan) -> bool:
    step = plan.step(name) or STANDARD.step(name)
    return step is not None and step.charge == DEMAND


def best_email(contacts: list[Contact]) -> Contact | None:
    """The first address that works; a bad or opted-out one only when there is no other (the gate says no)."""
    with_email = [c for c in contacts if c.email]
    return next(
        (c for c in with_email if not c.bad_since and not c.opted_out_at),
        with_email[0] if with_email else None,
    )


def grouped(rows: Iterable[tuple[Any, ...]]) -> dict[UUID, list[Any]]:
    """Rows by their first value."""
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found
