"""A call was made: kept once, its task finished, and what the outcome calls for arranged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case, ClaimLine, Hold, Task
from recoup.cases.operations import add_note, add_task, lift_hold, plan_next_look, put_on_hold
from recoup.cases.operations.tasks import finish_all
from recoup.cases.states import HoldKind, Stage
from recoup.contact.models import ContactAttempt
from recoup.contact.operations import record_call
from recoup.contact.rules import zone
from recoup.disputes.states import Reason
from recoup.eventlog.operations import record
from recoup.journeys.agreed_calls import said_there
from recoup.journeys.asking_to_call import keep_answer
from recoup.journeys.dispute import dispute
from recoup.journeys.promises import keep_promise
from recoup.jurisdictions.laws import law
from recoup.jurisdictions.rules import CODES
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Contact
from recoup.parties.operations import mark_contact_bad
from recoup.strategy.plans import STANDARD
from recoup.tenancy.models import Agency
from recoup.tenancy.roles import Role

LONGEST_PROMISE = timedelta(days=60)  # what is promised for later is a payment plan
CALLED_IN = (Stage.CONTACT, Stage.EVALUATION, Stage.LEGAL)


@dataclass(frozen=True, slots=True)
class Call:
    """A call as the collector tells it. `key` is the form's own: the same one again is the same call."""

    case: Case
    contact: Contact | None
    outcome: str
    note: str
    promised_on: date | None
    promised_amount: Decimal | None
    back_at: datetime | None
    disputed: Sequence[ClaimLine]
    reason: str
    key: UUID
    by: Actor
    at: datetime

    @property
    def today(self) -> date:
        return self.at.date()

    def business_days(self, count: int) -> date:
        """`count` business days from today in the case's law (calendar days where it is not held)."""
        code = self.case.jurisdiction
        if code not in CODES:
            return self.today + timedelta(days=count)
        return law(code).add_business_days(self.today, count)


def call_made(
    *, agency: Agency, case: Case, contact: Contact | None, outcome: str, note: str,
    promised_on: date | None = None, promised_amount: Decimal | None = None, back_at: datetime | None = None,
    disputed: Sequence[ClaimLine] = (), reason: str = "", key: UUID, by: Actor, at: datetime,
) -> ContactAttempt:  # fmt: skip
    """Keep a call and do what its outcome calls for, all or nothing.

    promised → hold until `promised_on`; disputes → a dispute of each of the `disputed` invoices (none: the
    debtor did not say which; all rests, and a task is to find out); paid_already → a task for finance;
    wants_plan → a task; call_back → a call at `back_at`; wants_copy → a task to send the invoice again;
    wrong person or number → the contact is marked, a task to find another;
    otherwise the plan's next look. Raises `Refusal` `case_not_called`, `promise_day_missing`,
    `promise_day_past`, `promise_day_far`, `back_missing`, `back_past`, `back_far`, `back_outside_hours`, and those of
    `record_call` and `journeys.dispute`.
    """
    with transaction.atomic():
        # The case's row is held, so that a second press of the button waits and then finds the first.
        locked = Case.objects.select_for_update(of=("self",)).get(id=case.id, agency_id=agency.id)
        known = ContactAttempt.objects.filter(id=key, case=locked).first()
        if known is not None:
            return known
        call = Call(
            case, contact, outcome, note.strip(), promised_on, promised_amount, back_at, disputed, reason, key, by, at
        )  # fmt: skip
        refuse_unfit(call, locked.stage)
        keep_answer(agency=agency, case=case, by=by, at=at)
        answer_by = time_to_answer(call)
        attempt = record_call(
            case=case, contact=contact, outcome=outcome, note=call.note, by=by, at=at, id=key,
            answer_by=answer_by,
        )  # fmt: skip
        if call.note:
            add_note(case=case, text=call.note, key=key, by=by, at=at)
        finish_all(case=case, kind="call", outcome=outcome, by=by, at=at)
        follow(call, answer_by)
    return attempt


def follow(call: Call, answer_by: date | None) -> None:
    """What the outcome calls for, and the day run's next look."""
    FOLLOWS[call.outcome](call)
    look_again(call, answer_by)


def why_not_called(number: str, stage: str) -> Refusal | None:
    """Why nobody calls about a case in this stage; None when it is called about."""
    if stage in CALLED_IN:
        return None
    return Refusal(
        "case_not_called", N_("Case %(number)s is “%(stage)s”: nobody calls about it."),
        number=number, stage=stage,
    )  # fmt: skip


def refuse_unfit(call: Call, stage: str) -> None:
    refusal = why_not_called(call.case.number, stage)
    if refusal is not None:
        raise refusal
    if call.outcome == "call_back":
        refuse_appointment(call)
    refuse_promise(call)


def refuse_promise(call: Call) -> None:
    """A promise is for a day to come, and not for too far a one."""
    if call.outcome != "promised":
        return
    if call.promised_on is None:
        raise Refusal(
            "promise_day_missing", N_("Please give the day for which payment was promised."),
            field="promised_on",
        )  # fmt: skip
    if call.promised_on < call.today:
        raise Refusal(
            "promise_day_past", N_("%(found)s has passed: a promise is for a day to come."),
            field="promised_on", found=call.promised_on,
        )  # fmt: skip
    if call.promised_on > call.today + LONGEST_PROMISE:
        raise Refusal(
            "promise_day_far",
            N_("%(found)s is more than %(days)d days away: agree a payment plan instead."),
            field="promised_on", found=call.promised_on, days=LONGEST_PROMISE.days,
        )  # fmt: skip


def refuse_appointment(call: Call) -> None:
    """An appointment is agreed for a time to come at which one may call there."""
    if call.back_at is None:
        raise Refusal(
            "back_missing",
            N_("Please give the day and the time of the call back, as it is there."),
            field="back_time",
        )
    if call.back_at <= call.at:
        raise Refusal("back_past", N_("The call back is for a time to come."), field="back_time")
    if call.back_at > call.at + LONGEST_PROMISE:
        raise Refusal(
            "back_far",
            N_("The call back is more than %(days)d days away."),
            field="back_on",
            days=LONGEST_PROMISE.days,
        )
    code, clock = call.case.jurisdiction, call.case.debtor.time_zone
    if code not in CODES:
        return
    known = zone(clock).key == clock
    answer = law(code).may_contact(call.back_at, zone=clock if known else None)
    if not answer.ok:
        raise Refusal(
            "back_outside_hours", N_("Nobody may be called then: %(rule)s (%(source)s)"),
            field="back_time", rule=answer.because, source=answer.source,
        )  # fmt: skip


# What follows an outcome, beside the plan's next look. ----------------------------------------------


def promised(call: Call) -> None:
    assert call.promised_on is not None
    standing = Hold.objects.filter(case=call.case, kind=HoldKind.PROMISE, lifted_at__isnull=True)
    for earlier in standing:
        lift_hold(hold=earlier, because=N_("a later promise"), by=call.by, at=call.at)
    put_on_hold(
        case=call.case, kind=HoldKind.PROMISE, because=call.note, until=call.promised_on,
        by=call.by, at=call.at,
    )  # fmt: skip
    keep_promise(
        case=call.case, on=call.promised_on, amount=call.promised_amount, by=call.by, at=call.at
    )


def disputes(call: Call) -> None:
    for line in call.disputed:
        dispute(
            case=call.case, line=line, text=call.note, reason=call.reason or Reason.OTHER, by=call.by, at=call.at
        )  # fmt: skip
    if call.disputed:
        return
    standing = Hold.objects.filter(case=call.case, kind=HoldKind.DISPUTED, lifted_at__isnull=True)
    if not standing.exists():
        put_on_hold(case=call.case, kind=HoldKind.DISPUTED, because=call.note, until=None,
                    by=call.by, at=call.at)  # fmt: skip
    record(
        agency=call.case.agency_id, kind="DisputeRaised", by=call.by, at=call.at, case=call.case.id,
        client=call.case.client_id, because=call.note,
    )  # fmt: skip
    task(
        call, "dispute", N_("%(debtor)s disputes %(case)s: find out what, and settle it."),
        call.business_days(5), N_("The case stays on hold and is shown to the supervisor."),
    )  # fmt: skip


def paid_already(call: Call) -> None:
    task(
        call, "payment", N_("%(debtor)s says that %(case)s has been paid: look for the payment."),
        call.business_days(2), N_("The case goes on as if it were unpaid."), Role.FINANCE_OFFICER,
    )  # fmt: skip


def wants_plan(call: Call) -> None:
    task(
        call, "plan", N_("%(debtor)s wants to pay %(case)s in parts: agree a plan."),
        call.business_days(3), N_("The case goes on without a plan."),
    )  # fmt: skip


def wrong_person(call: Call) -> None:
    mark_bad(call, only_phone=False)
    task(
        call, "ask", N_("Find somebody at %(debtor)s who answers for %(case)s."),
        call.business_days(2), N_("The case goes on in writing."),
    )  # fmt: skip


def wrong_number(call: Call) -> None:
    mark_bad(call, only_phone=True)
    task(
        call, "ask", N_("Find a telephone number of %(debtor)s for %(case)s."),
        call.business_days(2), N_("The case goes on in writing."),
    )  # fmt: skip


def call_back(call: Call) -> None:
    """A call of its own at the agreed instant; its day is the day there."""
    assert call.back_at is not None
    there = call.back_at.astimezone(zone(call.case.debtor.time_zone))
    case = call.case
    add_task(
        agency=case.agency_id, key=f"call_back:{case.number}:{call.key}", kind="call",
        sentence=N_("Call %(debtor)s back about %(case)s, as agreed"),
        params={"debtor": case.debtor.name, "case": case.number, **said_there(call.back_at, case.debtor.time_zone)}, role=Role.COLLECTOR,
        owner=case.collector, due_on=there.date(), due_at=call.back_at,
        default=N_("The call stays on the list and is shown to the supervisor."), case=case,
        by=call.by, at=call.at,
    )  # fmt: skip
    record(
        agency=case.agency_id, kind="CallBackAgreed", by=call.by, at=call.at, case=case.id,
        client=case.client_id, audience="internal", when=call.back_at.isoformat(),
        there=f"{there:%H:%M}", on=there.date().isoformat(),
    )  # fmt: skip


def wants_copy(call: Call) -> None:
    task(
        call, "send_copy", N_("Send %(debtor)s the invoices of %(case)s again, with what proves them."),
        call.business_days(1), N_("The case goes on; the debtor says the invoice never came."),
    )  # fmt: skip


def plan_goes_on(call: Call) -> None:
    """Nothing but the plan's next look."""


FOLLOWS: dict[str, Callable[[Call], None]] = {
    "promised": promised, "disputes": disputes, "paid_already": paid_already,
    "wants_plan": wants_plan, "wrong_person": wrong_person, "wrong_number": wrong_number,
    "call_back": call_back, "wants_copy": wants_copy,
    "no_answer": plan_goes_on, "refuses": plan_goes_on, "will_answer": plan_goes_on,
    "left_message": plan_goes_on,
}  # fmt: skip


def time_to_answer(call: Call) -> date | None:
    """Until when the debtor is left time: a promise's day, a task's day, the plan's days; None when
    there is nothing to wait for (a refusal, a dispute, nobody reached)."""
    if call.outcome == "promised":
        return call.promised_on
    if call.outcome == "call_back":
        assert call.back_at is not None
        return call.back_at.astimezone(zone(call.case.debtor.time_zone)).date()
    if call.outcome in ("paid_already", "wants_plan"):
        return call.business_days(2 if call.outcome == "paid_already" else 3)
    if call.outcome not in ("will_answer", "left_message", "wants_copy"):
        return None
    step = STANDARD.step("call")
    assert step is not None
    last = call.today + timedelta(days=step.answer_days)
    known = call.case.jurisdiction in CODES
    return law(call.case.jurisdiction).next_business_day(last) if known else last


def look_again(call: Call, answer_by: date | None) -> None:
    """The day run's next look; a case that is with a person keeps waiting for that person."""
    if call.case.stage != Stage.CONTACT:
        return
    days = 2 if call.outcome in ("wrong_person", "wrong_number") else 1
    on = answer_by + timedelta(days=1) if answer_by else call.business_days(days)
    plan_next_look(case=call.case, on=on)


def mark_bad(call: Call, *, only_phone: bool) -> None:
    if call.contact is not None:
        mark_contact_bad(contact=call.contact, only_phone=only_phone, by=call.by, at=call.at,
                         case=call.case.id, client=call.case.client_id)  # fmt: skip


def task(
    call: Call, kind: str, sentence: str, due: date, default: str, role: str = Role.COLLECTOR
) -> Task:
    case = call.case
    return add_task(
        agency=case.agency_id, key=f"{kind}:{case.number}:{call.key}", kind=kind, sentence=sentence,
        params={"debtor": case.debtor.name, "case": case.number}, role=role,
        owner=case.collector if role == Role.COLLECTOR else None, due_on=due, default=default,
        case=case, by=call.by, at=call.at,
    )  # fmt: skip
