"""Work the outbox: ask the gate in the transaction that claims, hand over outside any transaction,
record what came of it."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction

from recoup.consent.queries import may_mail
from recoup.contact.channels import standard_channels
from recoup.contact.channels.refused import CannotSend, TryLater
from recoup.contact.door import NoPermit, Pass, opened
from recoup.contact.operations import (
    deny_message,
    own_mail,
    permit_message,
    permitted_before,
)
from recoup.contact.operations.permits import reminder_of
from recoup.contact.rules import Verdict, denied
from recoup.journeys.sending import Answer, ask_the_gate, settled
from recoup.journeys.typesetting import typeset
from recoup.kernel.actor import SYSTEM
from recoup.kernel.faults import fault
from recoup.kernel.refusal import N_, Refusal
from recoup.outbox.models import Message
from recoup.outbox.operations import LEASE, claim, next_due, set_back, settle
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

log = logging.getLogger(__name__)
LIMIT = 100
KEPT_IN = N_("This installation is a copy for trying out: it writes to nobody else.")
UNSUBSCRIBED = N_("The reader wants no e-mails of this kind.")
MOST_ATTEMPTS = 5
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=4))
# A worker that was asleep longer must not wake up and send what another has taken over. A whole
# conversation with a mail server (nine answers of at most 20 seconds) fits into the rest of the lease.
BEGIN_WITHIN = (LEASE - timedelta(minutes=3.5)).total_seconds()
State = Message.State


class Channel(Protocol):
    """A way out. `look_up` answers what the provider knows of a key: a reference, False for certainly
    nothing, None for cannot say."""

    def hand_over(self, message: Message) -> str: ...

    def look_up(self, message: Message) -> str | bool | None: ...


Gate = Callable[[Message, datetime], Verdict]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an attempt; `doubt` where it goes back to `ready` and may have arrived."""

    state: str
    ref: str = ""
    outcome: dict[str, Any] = field(default_factory=dict)
    retry_at: datetime | None = None
    doubt: bool = False


def work_outbox(
    *, agency: UUID, now: datetime, channels: Mapping[str, Channel] | None = None,
    gate: Gate | None = None, limit: int = LIMIT,
) -> dict[str, int]:  # fmt: skip
    """Work what is due in one agency; returns how many ended in which state. Nothing ever leaves a
    sandbox: its day run settles its messages itself (journeys/sandbox.py)."""
    if Agency.objects.filter(id=agency, sandbox=True).exists():
        return {}
    channels = standard_channels() if channels is None else channels
    with scope(agency):
        due = next_due(agency=agency, now=now, limit=limit)
    done: dict[str, int] = {}
    for message in due:
        try:
            state = work_one(agency=agency, message=message, now=now, channels=channels, gate=gate)
        except Exception as error:
            log.exception("message %s could not be worked", message)
            state = broken(agency, message, now, error)
        done[state] = done.get(state, 0) + 1
    return done


def work_one(
    *,
    agency: UUID,
    message: UUID,
    now: datetime,
    channels: Mapping[str, Channel],
    gate: Gate | None = None,
) -> str:
    """One message through the protocol. Killed anywhere, the next round finishes it without doubling."""
    begun = time.monotonic()
    write_first(agency, message, now)
    with scope(agency):
        taken = claim(message=message, now=now)
        if taken is None:
            return "taken"
        fault("dispatch.claimed_uncommitted")
        # In doubt it may have left already: the provider is asked before the gate is.
        opened = None if taken.doubt else open_door(taken, now, gate)
    fault("dispatch.claimed")
    if isinstance(opened, str):
        return opened
    channel = channels.get(taken.channel)
    if channel is None:
        result = Result(State.FAILED, outcome={"because": f"there is no channel {taken.channel}"})
    elif opened is None:
        answer = asked(channel, taken, now, gate, begun)
        if isinstance(answer, str):
            return answer
        result = answer
    else:
        result = attempt(channel, taken, opened, now, begun)
    fault("dispatch.handed_over")
    return record_result(agency, taken, result, now)


def write_first(agency: UUID, message: UUID, now: datetime) -> None:
    """A letter that the day run has not got to is typeset before its message is claimed: the paper's rows
    are locked before the message's everywhere, or the two would wait for each other. One that cannot be
    written is settled by the claim."""
    try:
        with scope(agency):
            unwritten = Message.objects.filter(
                id=message, gated=True, content_hash="", state=State.READY
            )
            if unwritten.exists():
                owner = Agency.objects.get(id=agency)
                typeset(agency=owner, message=message, on=now.date(), by=SYSTEM, at=now)
    except Refusal as refusal:
        log.info("the letter of message %s cannot be written: %s", message, refusal)


def asked(
    channel: Channel, taken: Message, now: datetime, gate: Gate | None, begun: float
) -> Result | str:
    """An earlier attempt may have arrived: as the provider says. A state when the gate now refuses."""
    known = channel.look_up(taken)
    fault("dispatch.asked")
    if known is None:
        return Result(
            State.UNCLEAR, outcome={"because": "an earlier attempt may have reached the provider"}
        )
    if known is not False:
        with scope(taken.agency_id):
            permitted_before(message=taken, at=now)
        return Result(State.SENT, str(known))
    with scope(taken.agency_id):
        opened = open_door(taken, now, gate)
    return opened if isinstance(opened, str) else attempt(channel, taken, opened, now, begun)


def open_door(taken: Message, now: datetime, gate: Gate | None) -> Pass | str:
    """The gate's pass for the attempt just claimed, kept in the caller's transaction; or the state in which
    the message ended. A denial is final for this message: a letter states a day, a sum and a deadline, so
    it is never put off and sent later; the case is looked at again when the gate opens, and written to
    anew. What is not typeset yet is typeset now, with what is owed now."""
    if not may_go_to(taken):
        return kept_in(taken, now)
    if not taken.gated:
        return stopped(taken, now) or own_mail(taken)
    answer = Answer(gate(taken, now)) if gate else ask_the_gate(taken, now)
    verdict = answer.verdict
    if not verdict.ok:
        return refused(taken, answer, now)
    if not taken.content_hash and (said := written(taken, now)):
        outcome = {"because": said.sentence(), "code": said.code}
        if settle(
            message=taken.id, fence=taken.fence, state=State.FAILED, now=now, outcome=outcome
        ):
            settled(message=taken, state=State.FAILED, outcome=outcome, at=now)
        return str(State.FAILED)
    if taken.client_id is None or (taken.case_id is None and reminder_of(taken) is None):
        return refused(taken, Answer(denied("no_case", N_("The message belongs to no case."))), now)
    return permit_message(message=taken, step=answer.step, facts=answer.facts, at=now)


def refused(taken: Message, answer: Answer, now: datetime) -> str:
    verdict = answer.verdict
    outcome = {"code": verdict.code, "because": verdict.because, "params": verdict.params}
    if verdict.earliest_at is not None:
        outcome["earliest_at"] = verdict.earliest_at.isoformat()
    if settle(message=taken.id, fence=taken.fence, state=State.DENIED, now=now, outcome=outcome):
        deny_message(message=taken, step=answer.step, verdict=verdict, at=now)
        settled(message=taken, state=State.DENIED, outcome=outcome, at=now)
    return "denied"


def may_go_to(taken: Message) -> bool:
    """In a copy for trying out (`RECOUP_ONLY_TO`), e-mails to the addresses and domains it names, nothing else."""
    if not settings.ONLY_TO:
        return True
    address = taken.recipient.strip().lower()
    return taken.channel == "email" and bool(
        {address, address.rpartition("@")[2]} & settings.ONLY_TO
    )


def kept_in(taken: Message, now: datetime) -> str:
    outcome = {"code": "only_to", "because": KEPT_IN, "params": {}}
    settle(message=taken.id, fence=taken.fence, state=State.CANCELLED, now=now, outcome=outcome)
    return str(State.CANCELLED)


def stopped(taken: Message, now: datetime) -> str | None:
    """Whoever has said no to e-mails of this purpose since it was queued gets it no more."""
    purpose = taken.payload.get("purpose", "")
    if may_mail(agency=taken.agency_id, address=taken.recipient, purpose=purpose):
        return None
    outcome = {"code": "unsubscribed", "because": UNSUBSCRIBED, "params": {}}
    settle(message=taken.id, fence=taken.fence, state=State.CANCELLED, now=now, outcome=outcome)
    return str(State.CANCELLED)


def written(taken: Message, now: datetime) -> Refusal | None:
    """Typeset a letter whose turn has come before the day run got to it; why it cannot be."""
    agency = Agency.objects.get(id=taken.agency_id)
    try:
        with transaction.atomic():
            typeset(agency=agency, message=taken.id, on=now.date(), by=SYSTEM, at=now, claimed=True)
    except Refusal as refusal:
        return refusal
    taken.refresh_from_db(fields=["recipient", "payload", "content_hash"])
    return None


def attempt(channel: Channel, message: Message, given: Pass, now: datetime, begun: float) -> Result:
    """Hand over once, the door open for this very message."""
    if time.monotonic() - begun > BEGIN_WITHIN:
        return Result(State.READY, outcome={"because": "the worker was too slow"}, retry_at=now)
    try:
        with opened(given):
            return Result(State.SENT, channel.hand_over(message))
    except NoPermit:
        raise
    except CannotSend as refusal:
        return Result(State.FAILED, outcome={"because": str(refusal), "refused": refusal.code})
    except TryLater as busy:
        return again(message, now, str(busy), doubt=False)
    except Exception as error:
        log.warning("message %s: %s", message.id, type(error).__name__)
        return again(message, now, type(error).__name__, doubt=True)


def again(message: Message, now: datetime, because: str, *, doubt: bool) -> Result:
    if message.attempts < MOST_ATTEMPTS:
        retry_at = now + BACKOFF[message.attempts - 1]
        return Result(State.READY, outcome={"because": because}, retry_at=retry_at, doubt=doubt)
    said = {"because": because, "attempts": message.attempts}
    return Result(State.UNCLEAR if doubt else State.FAILED, outcome=said)


def record_result(agency: UUID, taken: Message, result: Result, now: datetime) -> str:
    with scope(agency):
        held = settle(
            message=taken.id, fence=taken.fence, state=result.state, now=now, provider_ref=result.ref,
            outcome=result.outcome, retry_at=result.retry_at, doubt=result.doubt,
        )  # fmt: skip
        fault("dispatch.settled_uncommitted")
        if held and result.state != State.READY:
            settled(message=taken, state=result.state, outcome=result.outcome, at=now)
    fault("dispatch.settled")
    return str(result.state) if held else "taken"


def broken(agency: UUID, message: UUID, now: datetime, error: Exception) -> str:
    """Something of ours broke. If the claim was rolled back, the message is tried again later and after
    five times parked with a person; a committed claim lapses and is taken over in doubt."""
    because = type(error).__name__
    with scope(agency):
        tries = set_back(message=message, now=now, because=because, retry_at=now + BACKOFF[0])
        taken = None
        if tries >= MOST_ATTEMPTS:
            taken = claim(message=message, now=now + BACKOFF[0])
        if taken is not None:
            said = {"because": because, "attempts": tries}
            settle(message=taken.id, fence=taken.fence, state=State.FAILED, now=now, outcome=said)
            settled(message=taken, state=State.FAILED, outcome=said, at=now)
    return "broken"
