"""Work the outbox: ask the gate in the transaction that claims, hand over outside any transaction,
record what came of it."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from recoup.consent.queries import may_mail
from recoup.contact.channels import standard_channels
from recoup.contact.channels.refused import CannotSend, TryLater
from recoup.contact.rules import Verdict
from recoup.journeys.sending import permit, settled
from recoup.kernel.faults import fault
from recoup.kernel.refusal import N_
from recoup.outbox.models import Message
from recoup.outbox.operations import LEASE, claim, next_due, set_back, settle
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

log = logging.getLogger(__name__)
LIMIT = 100
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
            state = work_one(
                agency=agency, message=message, now=now, channels=channels, gate=gate or permit
            )
        except Exception as error:
            log.exception("message %s could not be worked", message)
            state = broken(agency, message, now, error)
        done[state] = done.get(state, 0) + 1
    return done


def work_one(
    *, agency: UUID, message: UUID, now: datetime, channels: Mapping[str, Channel], gate: Gate
) -> str:
    """One message through the protocol. Killed anywhere, the next round finishes it without doubling."""
    begun = time.monotonic()
    with scope(agency):
        taken = claim(message=message, now=now)
        if taken is None:
            return "taken"
        fault("dispatch.claimed_uncommitted")
        # In doubt it may have left already: the provider is asked before the gate is.
        refused = None if taken.doubt else refuse(taken, now, gate)
    fault("dispatch.claimed")
    if refused:
        return refused
    channel = channels.get(taken.channel)
    if channel is None:
        result = Result(State.FAILED, outcome={"because": f"there is no channel {taken.channel}"})
    elif taken.doubt:
        answer = asked(channel, taken, now, gate, begun)
        if answer is None:
            return "denied"
        result = answer
    else:
        result = attempt(channel, taken, now, begun)
    fault("dispatch.handed_over")
    return record_result(agency, taken, result, now)


def asked(
    channel: Channel, taken: Message, now: datetime, gate: Gate, begun: float
) -> Result | None:
    """An earlier attempt may have arrived: as the provider says. None when the gate now refuses."""
    known = channel.look_up(taken)
    fault("dispatch.asked")
    if known is None:
        return Result(
            State.UNCLEAR, outcome={"because": "an earlier attempt may have reached the provider"}
        )
    if known is not False:
        return Result(State.SENT, str(known))
    with scope(taken.agency_id):
        refused = refuse(taken, now, gate)
    return None if refused else attempt(channel, taken, now, begun)


def refuse(taken: Message, now: datetime, gate: Gate) -> str | None:
    """Ask the gate for a message to a debtor; a denial is final for this message and settled in the
    caller's transaction. A letter states a day, a sum and a deadline, so it is never put off and sent
    later: the case is looked at again when the gate opens, and written to anew."""
    if not taken.gated:
        return stopped(taken, now)
    verdict = gate(taken, now)
    if verdict.ok:
        return None
    outcome = {"code": verdict.code, "because": verdict.because, "params": verdict.params}
    if verdict.earliest_at is not None:
        outcome["earliest_at"] = verdict.earliest_at.isoformat()
    if settle(message=taken.id, fence=taken.fence, state=State.DENIED, now=now, outcome=outcome):
        settled(message=taken, state=State.DENIED, outcome=outcome, at=now)
    return "denied"


def stopped(taken: Message, now: datetime) -> str | None:
    """Whoever has said no to e-mails of this purpose since it was queued gets it no more."""
    purpose = taken.payload.get("purpose", "")
    if may_mail(agency=taken.agency_id, address=taken.recipient, purpose=purpose):
        return None
    outcome = {"code": "unsubscribed", "because": UNSUBSCRIBED, "params": {}}
    settle(message=taken.id, fence=taken.fence, state=State.CANCELLED, now=now, outcome=outcome)
    return str(State.CANCELLED)


def attempt(channel: Channel, message: Message, now: datetime, begun: float) -> Result:
    """Hand over once."""
    if time.monotonic() - begun > BEGIN_WITHIN:
        return Result(State.READY, outcome={"because": "the worker was too slow"}, retry_at=now)
    try:
        return Result(State.SENT, channel.hand_over(message))
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
