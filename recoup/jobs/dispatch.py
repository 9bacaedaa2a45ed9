"""Work the outbox: ask the gate in the transaction that claims, hand over outside any transaction,
record what came of it."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from recoup.contact.channels import standard_channels
from recoup.contact.channels.refused import CannotSend
from recoup.contact.rules import Verdict
from recoup.journeys.sending import permit, settled
from recoup.kernel.faults import fault
from recoup.outbox.models import Message
from recoup.outbox.operations import claim, next_due, settle
from recoup.tenancy.context import scope

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 5
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=4))
State = Message.State


class Channel(Protocol):
    """A way out. `look_up` answers what the provider knows of a key: a reference, False for certainly
    nothing, None for cannot say."""

    def hand_over(self, message: Message) -> str: ...

    def look_up(self, message: Message) -> str | bool | None: ...


Gate = Callable[[Message, datetime], Verdict]


def work_outbox(
    *, agency: UUID, now: datetime, channels: Mapping[str, Channel] | None = None,
    gate: Gate | None = None, limit: int = 100,
) -> dict[str, int]:  # fmt: skip
    """Work what is due in one agency; returns how many ended in which state."""
    channels = standard_channels() if channels is None else channels
    gate = gate or permit
    with scope(agency):
        due = next_due(agency=agency, now=now, limit=limit)
    done: dict[str, int] = {}
    for message in due:
        state = work_one(agency=agency, message=message, now=now, channels=channels, gate=gate)
        done[state] = done.get(state, 0) + 1
    return done


def work_one(
    *, agency: UUID, message: UUID, now: datetime, channels: Mapping[str, Channel], gate: Gate
) -> str:
    """One message through the protocol. Killed anywhere, the next round finishes it without doubling."""
    with scope(agency):
        taken = claim(message=message, now=now)
        if taken is None:
            return "taken"
        fault("dispatch.claimed_uncommitted")
        refused = refuse(taken, now, gate)
        if refused:
            return refused
    fault("dispatch.claimed")
    channel = channels[taken.channel]
    known = channel.look_up(taken) if taken.attempts > 1 else False
    state: str = State.SENT
    ref, retry_at = "", None
    outcome: dict[str, str] = {}
    if known is None:
        state, outcome = (
            State.UNCLEAR,
            {"because": "an earlier attempt may have reached the provider"},
        )
    elif known is False:
        state, ref, outcome, retry_at = attempt(channel, taken, now)
    else:
        ref = str(known)
    fault("dispatch.handed_over")
    with scope(agency):
        held = settle(
            message=taken.id, fence=taken.fence, state=state, now=now, provider_ref=ref,
            outcome=outcome, retry_at=retry_at,
        )  # fmt: skip
        fault("dispatch.settled_uncommitted")
        if held and state != State.READY:
            settled(message=taken, state=state, outcome=outcome, at=now)
    fault("dispatch.settled")
    return str(state) if held else "taken"


def refuse(taken: Message, now: datetime, gate: Gate) -> str | None:
    """Ask the gate for a message to a debtor; a denial is settled in the claiming transaction. Once an
    attempt may have left, the provider is asked first, so the gate is asked for first attempts only."""
    if not taken.gated or taken.attempts > 1:
        return None
    verdict = gate(taken, now)
    if verdict.ok:
        return None
    outcome = {"code": verdict.code, "because": verdict.because, "params": verdict.params}
    if verdict.earliest_at is not None:
        settle(
            message=taken.id,
            fence=taken.fence,
            state=State.READY,
            now=now,
            outcome=outcome,
            retry_at=verdict.earliest_at,
        )
        Message.objects.filter(id=taken.id).update(attempts=0)
        return "postponed"
    settle(message=taken.id, fence=taken.fence, state=State.DENIED, now=now, outcome=outcome)
    settled(message=taken, state=State.DENIED, outcome=outcome, at=now)
    return "denied"


def attempt(
    channel: Channel, message: Message, now: datetime
) -> tuple[str, str, dict[str, str], datetime | None]:
    """Hand over once: (state, provider reference, outcome, when to try again)."""
    try:
        return State.SENT, channel.hand_over(message), {}, None
    except CannotSend as refusal:
        return State.FAILED, "", {"because": str(refusal)}, None
    except Exception as error:
        log.warning("message %s: %s", message.id, type(error).__name__)
        if message.attempts >= MOST_ATTEMPTS:
            return (
                State.FAILED,
                "",
                {"because": f"given up after {message.attempts} attempts"},
                None,
            )
        return (
            State.READY,
            "",
            {"because": type(error).__name__},
            now + BACKOFF[message.attempts - 1],
        )
