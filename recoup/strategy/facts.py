"""Facts of many cases for one day, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, Max, OuterRef

from recoup.cases.models import Case, Hold, Move, Task
from recoup.cases.states import Stage
from recoup.contact.models import ContactAttempt, InboundMail
from recoup.contact.outcomes import OUTCOMES
from recoup.contact.rules import GateFacts, zone
from recoup.jurisdictions.owed import Owed
from recoup.kernel.refusal import Refusal
from recoup.parties.models import Contact
from recoup.payments.models import Suggestion
from recoup.payments.queries import owed_many
from recoup.strategy.plans import STANDARD, Step
from recoup.strategy.rules import Contacted, Facts

WRITTEN = ("email", "letter")
DEMAND = "demand"
MOST_DEMANDS = 1  # one formal demand per claim: the Swedish branch code's rule, kept everywhere


@dataclass(frozen=True)
class CaseFacts:
    """One case with all that decision and gate need. `owed` is None where the law gave no answer; then
    `refusal` says why and the case goes to a person."""

    case: Case
    facts: Facts
    owed: Owed | None
    refusal: Refusal | None
    email_to: Contact | None
    attempts: tuple[ContactAttempt, ...]
    payment_waiting: bool

    def gate_facts(
        self, channel: str, step: Step | None = None, *, paper: UUID | None = None
    ) -> GateFacts:
        """What the gate asks about reaching this debtor by `channel`. `paper` is the document about to
        leave: the letter and the e-mail that carry it are one message, not two."""
        debtor = self.case.debtor
        contact = self.email_to if channel == "email" else None
        others = [
            a for a in self.attempts
            if a.channel in WRITTEN and left(a) and (paper is None or a.document_id != paper)
        ]  # fmt: skip
        written = tuple((local_day(a, debtor.time_zone), a.step) for a in others)
        calls = tuple(local_day(a, debtor.time_zone) for a in self.attempts if a.channel == "call")
        reachable = {"email": contact is not None, "letter": bool(debtor.address), "call": True}[
            channel
        ]
        return GateFacts(
            stage=self.case.stage, owed=self.owed.total if self.owed else Decimal(0), holds=self.facts.holds,
            payment_waiting=self.payment_waiting, channel=channel, reachable=reachable,
            opted_out=bool(contact and contact.opted_out_at), bad_address=bool(contact and contact.bad_since),
            jurisdiction=self.case.jurisdiction, time_zone=debtor.time_zone,
            written_on=written, calls_on=calls, is_demand=bool(step and step.charge == DEMAND),
            demands_sent=len({a.document_id for a in others if is_demand(a)}), most_demands=MOST_DEMANDS,
            unread="reply" in self.facts.open_tasks,
        )  # fmt: skip


# An e-mail that the receiver's server refused afterwards reached nobody, however well it left.
COME_BACK = InboundMail.objects.filter(
    message=OuterRef("message"), kind__in=[InboundMail.Kind.HARD, InboundMail.Kind.SOFT]
)


def gather(agency: UUID, cases: Sequence[Case], on: date) -> dict[UUID, CaseFacts]:
    """Facts of `cases` (with client, debtor and collector loaded) as of `on`."""
    ids = [case.id for case in cases]
    refused: dict[UUID, Refusal] = {}
    owed = owed_many(agency, ids, on, refused=refused)
    holds = grouped(Hold.objects.filter(case_id__in=ids, lifted_at__isnull=True))
    tasks = grouped(Task.objects.filter(case_id__in=ids, done_at__isnull=True))
    attempts = grouped(
        ContactAttempt.objects.filter(case_id__in=ids)
        .select_related("message")
        .annotate(came_back=Exists(COME_BACK))
        .order_by("made_at")
    )
    contacts = defaultdict(list)
    for contact in Contact.objects.filter(debtor_id__in={c.debtor_id for c in cases}).order_by(
        "made_at"
    ):
        contacts[contact.debtor_id].append(contact)
    entered = dict(
        Move.objects.filter(case_id__in=ids, now=Stage.CONTACT)
        .values("case_id")
        .annotate(last=Max("at"))
        .values_list("case_id", "last")
    )
    waiting = set(
        Suggestion.objects.filter(case_id__in=ids, decided_at__isnull=True).values_list(
            "case_id", flat=True
        )
    )
    return {
        case.id: CaseFacts(
            case=case,
            facts=facts_of(
                case, on, owed.get(case.id), holds[case.id], tasks[case.id], attempts[case.id],
                entered.get(case.id),
            ),
            owed=owed.get(case.id), refusal=refused.get(case.id),
            email_to=best_email(contacts[case.debtor_id]), attempts=tuple(attempts[case.id]),
            payment_waiting=case.id in waiting,
        )
        for case in cases
    }  # fmt: skip


def facts_of(
    case: Case,
    on: date,
    owed: Owed | None,
    holds: list[Hold],
    tasks: list[Task],
    attempts: list[ContactAttempt],
    entered_at: datetime | None,
) -> Facts:
    """`entered_at`: since when it is in contact; what came before was weighed by a person, so the plan
    begins anew, but for the formal demand, which is made once."""
    lately = [a for a in attempts if entered_at is None or a.made_at >= entered_at]
    counted = [a for a in attempts if a in lately or is_demand(a)]
    return Facts(
        on=on, stage=case.stage, owed=owed.total if owed else Decimal(0), currency=case.currency,
        has_collector=case.collector_id is not None,
        holds=tuple((h.kind, h.until) for h in holds), contacts=contacted(counted, case.debtor.time_zone),
        waiting=tuple(sorted({a.step for a in attempts if a.message and a.message.state in ("ready", "attempting")})),
        undelivered=sum(1 for a in lately if a.message and a.message.state in ("failed", "unclear")),
        fruitless=tuple(a.step for a in lately if a.message is None and not left(a)),
        open_tasks=tuple(t.kind for t in tasks),
    )  # fmt: skip


def contacted(attempts: Iterable[ContactAttempt], time_zone: str) -> tuple[Contacted, ...]:
    """The actual contacts, one per step and day: a message that left, a call that reached somebody."""
    found = {}
    for attempt in attempts:
        if not left(attempt):
            continue
        day = local_day(attempt, time_zone)
        found[attempt.step, day] = Contacted(attempt.step, day, attempt.answer_by, attempt.outcome)
    return tuple(found.values())


def is_demand(attempt: ContactAttempt) -> bool:
    step = STANDARD.step(attempt.step)
    return step is not None and step.charge == DEMAND


def left(attempt: ContactAttempt) -> bool:
    """Whether it actually reached the debtor, as far as can be known."""
    if attempt.message is not None:
        return attempt.message.state == "sent" and not getattr(attempt, "came_back", False)
    outcome = OUTCOMES.get(attempt.outcome)
    return bool(outcome and outcome.counts)


def local_day(attempt: ContactAttempt, time_zone: str) -> date:
    at = (
        attempt.message.settled_at
        if attempt.message and attempt.message.settled_at
        else attempt.made_at
    )
    return at.astimezone(zone(time_zone) if time_zone else ZoneInfo("UTC")).date()


def best_email(contacts: list[Contact]) -> Contact | None:
    """The first address that works; a bad or opted-out one only when there is no other (the gate says no)."""
    with_email = [c for c in contacts if c.email]
    return next(
        (c for c in with_email if not c.bad_since and not c.opted_out_at),
        with_email[0] if with_email else None,
    )


def grouped(rows: Iterable[object]) -> dict[UUID, list]:  # type: ignore[type-arg]
    found: dict[UUID, list[object]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row)  # type: ignore[attr-defined]
    return found
