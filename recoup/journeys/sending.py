"""Around a message's sending: the gate asked again at the last moment, and what follows its outcome."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from recoup.cases.models import Case, Charge
from recoup.cases.operations import add_task, plan_next_look, take_back_charge
from recoup.cases.states import HoldKind
from recoup.contact.models import ContactAttempt
from recoup.contact.operations.permits import reminder_of
from recoup.contact.rules import GateFacts, Verdict, denied, gate
from recoup.eventlog.operations import record
from recoup.journeys.reminders import ask_for_reminder
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import N_, Refusal
from recoup.outbox.models import Message
from recoup.parties.models import Contact
from recoup.parties.operations import mark_contact_bad
from recoup.payments.operations import rederive
from recoup.strategy.facts import gather
from recoup.strategy.plans import STANDARD, Plan

GOING = ("ready", "attempting", "sent")
CALL_EVENT = {
    "sent": "CallDialled",
    "failed": "CallFailed",
    "unclear": "CallFailed",
    "denied": "MessageDenied",
}
EVENT = {
    "sent": "MessageSent",
    "failed": "MessageFailed",
    "denied": "MessageDenied",
    "unclear": "MessageUnclear",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gate said of a message, of which step, knowing what."""

    verdict: Verdict
    step: str = ""
    facts: GateFacts | None = None


def ask_the_gate(message: Message, now: datetime) -> Answer:
    """Ask the gate with the facts of this moment. The case's row is locked: a payment or a dispute that
    commits first is seen, one that comes later finds the message claimed."""
    if message.case_id is None:
        reminder = reminder_of(message)
        if reminder is None:
            return Answer(denied("no_case", N_("The message belongs to no case.")))
        verdict, asked = ask_for_reminder(reminder, message, now)
        return Answer(verdict, reminder.step, asked)
    case = (
        Case.objects.select_for_update(of=("self",))
        .select_related("client", "debtor", "collector__user", "agreement")
        .filter(id=message.case_id)
        .first()
    )
    if case is None:
        return Answer(denied("no_case", N_("The case is gone.")))
    known = gather(case.agency_id, [case], now.date())[case.id]
    mine = next((a for a in known.attempts if a.message_id == message.id), None)
    name = mine.step if mine else message.key.split(":", 1)[0]
    if known.owed is None:
        return Answer(denied("not_known", N_("What is owed cannot be said.")), name)
    step = known.plan.step(name) or STANDARD.step(name)
    # What the letter will announce was settled when it was planned, whatever the plan says since.
    threat = message.payload.get("consequence")
    if threat and step and threat != step.consequence:
        step = replace(step, consequence=threat)
    paper = (mine.paper or mine.document_id) if mine else None
    facts = known.gate_facts(message.channel, step, paper=paper)
    if message.key.startswith("plan_"):
        # What belongs to the plan itself is what its hold leaves room for.
        facts = replace(facts, holds=tuple(h for h in facts.holds if h[0] != HoldKind.PLAN))
    return Answer(gate(facts, now), name, facts)


def permit(message: Message, now: datetime) -> Verdict:
    """The gate's verdict alone."""
    return ask_the_gate(message, now).verdict


def settled(*, message: Message, state: str, outcome: dict[str, Any], at: datetime) -> None:
    """The event, and for what did not arrive a person or an earlier look."""
    kind = EVENT.get(state) if message.channel != "call" else CALL_EVENT.get(state)
    if kind is None:
        return
    record(
        agency=message.agency_id, kind=kind, by=SYSTEM, at=at, case=message.case_id, client=message.client_id,
        audience="client" if state == "sent" and message.channel != "call" else "internal", channel=message.channel, recipient=message.recipient,
        outcome=outcome, subject=message.payload.get("subject", ""),
    )  # fmt: skip
    if message.case_id is None and outcome.get("refused") == "recipient":
        mark_bad(message, at)
    if message.case_id is None or state == "sent" or message.channel == "call":
        return  # a call that does not come about is seen by who pressed the button
    case = Case.objects.filter(id=message.case_id).select_related("collector").first()
    if case is None:
        return
    if state in ("failed", "denied", "cancelled") and message.gated and not others_go(message):
        plan_next_look(case=case, on=look_again_on(outcome, at))
        give_back_cost(message, case, at)
    if outcome.get("refused") == "recipient":
        mark_bad(message, at)
    if state in ("failed", "unclear"):
        add_task(
            agency=case.agency_id, key=f"undelivered:{message.id}", kind="undelivered",
            sentence=N_("%(channel)s to %(recipient)s did not go through (%(state)s): find out and decide."),
            params={"channel": message.channel, "recipient": message.recipient, "state": state}, role="collector",
            owner=case.collector, due_on=at.date() + timedelta(days=2), default=N_("The other channel of the step counts."),
            case=case, by=SYSTEM, at=at,
        )  # fmt: skip


def give_back_cost(message: Message, case: Case, at: datetime) -> None:
    """What the law grants for a letter is not owed when no such letter leaves: the charge is taken back, and
    what was paid on the case meanwhile is parted anew."""
    mine = ContactAttempt.objects.filter(message=message).first()
    if mine is None:
        return
    known = gather(case.agency_id, [case], at.date())[case.id]
    charged = charges_of_steps(known.plan)
    kind = charged.get(mine.step)
    if kind is None:
        return
    steps = [name for name, each in charged.items() if each == kind]
    going = ContactAttempt.objects.filter(case=case, step__in=steps, message__state__in=GOING)
    if going.exclude(message=message).exists():
        return
    for charge in Charge.objects.filter(case=case, kind=kind, reversal=None).select_related("case"):
        because = N_("the letter it was charged for was not sent")
        if take_back_charge(charge=charge, because=because, by=SYSTEM, at=at):
            with suppress(Refusal):  # the law gives no figure: a person has that task already
                rederive(
                    case=case, because={"said": because, "charge": str(charge.id)}, by=SYSTEM, at=at
                )


def charges_of_steps(plan: Plan) -> dict[str, str]:
    """What each written step charges, of the plan and of the standard one."""
    return {s.name: s.charge for s in (*STANDARD.steps, *plan.steps) if s.charge}


def mark_bad(message: Message, at: datetime) -> None:
    """The address takes nothing: nobody writes to it again until a person has put it right."""
    attempt = ContactAttempt.objects.filter(message=message).select_related("contact").first()
    contact = attempt.contact if attempt else contact_reminded(message)
    if contact is not None:
        mark_contact_bad(
            contact=contact, only_phone=False, by=SYSTEM, at=at, case=message.case_id, client=message.client_id,
        )  # fmt: skip


def contact_reminded(message: Message) -> Contact | None:
    reminder = reminder_of(message)
    return reminder.contact if reminder else None


def others_go(message: Message) -> bool:
    """Whether the same paper has left, or may still leave, by another channel."""
    mine = ContactAttempt.objects.filter(message=message).first()
    if mine is None:
        return False
    same = {"paper": mine.paper} if mine.paper else {"document_id": mine.document_id}
    return (
        ContactAttempt.objects.filter(case_id=mine.case_id, message__state__in=GOING, **same)
        .exclude(message=message)
        .exists()
    )


def look_again_on(outcome: dict[str, Any], at: datetime) -> date:
    """Tomorrow, or the day on which the gate opens."""
    opens = outcome.get("earliest_at")
    day = datetime.fromisoformat(opens).date() if opens else at.date()
    return max(day, at.date() + timedelta(days=1))
