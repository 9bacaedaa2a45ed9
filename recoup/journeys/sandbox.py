"""A sandbox agency lives its days when it is told to, through the real day run; nothing leaves it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from recoup.cases.models import Case
from recoup.cases.states import Stage
from recoup.contact.operations import permit_message
from recoup.eventlog.operations import record, seal_waiting
from recoup.journeys.accept_and_assign import accept_and_assign
from recoup.journeys.day import DayReport, run_day
from recoup.journeys.sending import ask_the_gate, settled
from recoup.journeys.typesetting import typeset
from recoup.kernel.actor import SYSTEM, Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.outbox.models import Message
from recoup.outbox.operations import claim, next_due, settle
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

MOST_DAYS = 31
HOUR = timedelta(hours=9)  # of the sandbox's day, when it is lived
State = Message.State


@dataclass
class Lived:
    """What the days brought: cases accepted and looked at, what the day run did, what would have left."""

    on: date
    days: int = 0
    accepted: int = 0
    cases_looked_at: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)


@transaction.atomic
def advance(*, agency: Agency, days: int, by: Actor, at: datetime) -> Lived:
    """Live the next `days` days of a sandbox: cases that wait are reviewed, the day run is run, letters
    and e-mails are settled as sent without leaving. All or nothing; one at a time (the agency's row).

    `at` is what the clock says and only gives the time zone. Raises `Refusal` `sandbox_only`,
    `days_wrong`.
    """
    if not 1 <= days <= MOST_DAYS:
        raise Refusal("days_wrong", N_("Between 1 and %(most)d days can be lived at once."), field="days", most=MOST_DAYS)  # fmt: skip
    own = Agency.objects.select_for_update().get(id=agency.id)
    if not own.sandbox:
        raise Refusal(
            "sandbox_only", N_("Only a sandbox can be advanced; this agency is a real one.")
        )
    lived = Lived(own.sandbox_on or at.date())
    with scope(agency.id):
        for _ in range(days):
            lived.on += timedelta(days=1)
            lived.days += 1
            Agency.objects.filter(id=agency.id).update(sandbox_on=lived.on)
            live(own, lived, datetime.combine(lived.on, datetime.min.time(), at.tzinfo) + HOUR)
        record(agency=agency.id, kind="SandboxAdvanced", by=by, at=at, audience="internal",
               on=lived.on.isoformat(), days=days)  # fmt: skip
        while seal_waiting(agency=agency.id):
            pass
    agency.sandbox_on = lived.on
    return lived


def live(agency: Agency, lived: Lived, now: datetime) -> None:
    lived.accepted += sum(accepted(agency, case, now) for case in waiting(agency))
    report: DayReport = run_day(agency=agency, on=lived.on, by=SYSTEM, at=now)
    lived.cases_looked_at += report.cases_looked_at
    lived.actions += report.actions
    lived.sent += deliver_nowhere(agency, now)


def waiting(agency: Agency) -> list[Case]:
    known = Case.objects.select_related(
        "client__account_manager__user", "debtor", "agreement__rate_card"
    )
    return list(known.filter(agency=agency, stage=Stage.SUBMITTED).order_by("id"))


def accepted(agency: Agency, case: Case, now: datetime) -> bool:
    """As an account manager would; what the review stops stays submitted, with its task."""
    try:
        with transaction.atomic():
            accept_and_assign(agency=agency, case=case, by=SYSTEM, at=now)
    except Refusal:
        return False
    return True


def deliver_nowhere(agency: Agency, now: datetime) -> Counter[str]:
    """Settle what is due as the dispatcher would, the gate asked, without a channel: letters and e-mails
    count as sent and stay in the case."""
    done: Counter[str] = Counter()
    while due := next_due(agency=agency.id, now=now):
        for id in due:
            taken = claim(message=id, now=now)
            if taken is None:
                continue
            state, outcome = let_through(agency, taken, now)
            settle(message=id, fence=taken.fence, state=state, now=now, provider_ref="sandbox", outcome=outcome)  # fmt: skip
            settled(message=taken, state=state, outcome=outcome, at=now)
            done[f"{taken.channel}:{state}"] += 1
    return done


def let_through(agency: Agency, message: Message, now: datetime) -> tuple[State, dict[str, Any]]:
    """What becomes of a claimed message: the gate's answer kept, a letter typeset as it would leave."""
    if not message.gated:
        return State.SENT, {"sandbox": True}
    answer = ask_the_gate(message, now)
    verdict = answer.verdict
    if not verdict.ok:
        return State.DENIED, {
            "code": verdict.code, "because": verdict.because, "params": verdict.params,
        }  # fmt: skip
    if not message.content_hash:
        try:
            with transaction.atomic():
                typeset(
                    agency=agency,
                    message=message.id,
                    on=now.date(),
                    by=SYSTEM,
                    at=now,
                    claimed=True,
                )
        except Refusal as refusal:
            return State.FAILED, {"code": refusal.code, "because": refusal.sentence()}
    permit_message(message=message, step=answer.step, facts=answer.facts, at=now)
    return State.SENT, {"sandbox": True}
