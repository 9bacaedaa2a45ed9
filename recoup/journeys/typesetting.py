"""Planned letters become paper: with what is owed at that moment, in the debtor's language, once."""

import logging
from datetime import date, datetime, timedelta
from uuid import UUID

from recoup.cases.models import Case, Task
from recoup.cases.operations import add_task, plan_next_look
from recoup.cases.states import Stage
from recoup.contact.models import ContactAttempt
from recoup.contact.operations import write_to_debtor
from recoup.journeys.letter import compose
from recoup.journeys.sending import give_back_cost
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.refusal import N_, Refusal
from recoup.outbox.models import Message
from recoup.outbox.operations import cancel
from recoup.strategy.facts import gather
from recoup.strategy.plans import Step
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

log = logging.getLogger(__name__)
LIMIT = 200
AGAIN = 7  # days


def typeset_waiting(*, agency: Agency, on: date, by: Actor, at: datetime, limit: int = 0) -> int:
    """Typeset what is planned and has no paper, each letter in a transaction of its own; returns how many.
    One that cannot be written is taken back and goes to a person. Two at once share the work."""
    done, last = 0, None
    while not limit or done < limit:
        with scope(agency.id):
            waiting = Message.objects.filter(
                agency_id=agency.id, content_hash="", state="ready", gated=True
            ).order_by("id")
            if last is not None:
                waiting = waiting.filter(id__gt=last)
            ids = list(waiting.values_list("id", flat=True)[:LIMIT])
        if not ids:
            return done
        last = ids[-1]
        for message in ids:
            done += typeset_one(agency=agency, message=message, on=on, by=by, at=at)
    return done


def typeset_one(*, agency: Agency, message: UUID, on: date, by: Actor, at: datetime) -> bool:
    try:
        with scope(agency.id):
            made = typeset(agency=agency, message=message, on=on, by=by, at=at)
        fault("day.written")
        return made
    except Refusal as refusal:
        said = refusal
    except Exception as error:
        log.exception("the letter of message %s broke", message)
        said = Refusal("day_broke", N_("The day run broke at this case (%(found)s): tell whoever runs the house."),
                       found=type(error).__name__)  # fmt: skip
    with scope(agency.id):
        take_back(message=message, refusal=said, on=on, by=by, at=at)
    return False


def typeset(
    *, agency: Agency, message: UUID, on: date, by: Actor, at: datetime, claimed: bool = False
) -> bool:
    """Write the paper of an unwritten message, with those that share it; False when somebody was first.
    In the caller's transaction. Raises `Refusal` where the letter cannot be written."""
    mine = ContactAttempt.objects.filter(message_id=message, document__isnull=True).first()
    if mine is None:
        return False
    sharing = ContactAttempt.objects.filter(
        case_id=mine.case_id, paper=mine.paper, document__isnull=True, message__content_hash="",
        message__state__in=("ready", "attempting") if claimed else ("ready",),
    )  # fmt: skip
    attempts = list(sharing.select_for_update(of=("self",)).select_related("contact", "message"))
    if message not in {a.message_id for a in attempts}:
        return False
    case = Case.objects.select_related("client", "debtor", "collector__user", "agreement").get(
        id=mine.case_id
    )
    known = gather(agency.id, [case], on)[case.id]
    if known.refusal is not None:
        raise known.refusal
    asked = attempts[0].message.payload  # type: ignore[union-attr]
    step = Step(
        mine.step, tuple(a.channel for a in attempts), asked["letter"], asked["answer_days"],
        consequence=asked["consequence"] or None,
    )  # fmt: skip
    letter = compose(agency, known, step, step.channels, on, by, at)
    write_to_debtor(case=case, attempts=attempts, letter=letter, by=by, at=at)
    return True


def take_back(*, message: UUID, refusal: Refusal, on: date, by: Actor, at: datetime) -> None:
    """A letter that cannot be written leaves by no channel, and a person is asked."""
    mine = (
        ContactAttempt.objects.filter(message_id=message).select_related("case__collector").first()
    )
    if mine is None:
        return
    sharing = ContactAttempt.objects.filter(case_id=mine.case_id, paper=mine.paper)
    for each in sharing.values_list("message_id", flat=True):
        if each is not None:
            cancel(message=each, now=at, because=refusal.sentence())
    give_back_cost(Message.objects.get(id=message), mine.case, at)
    # Tried again once; after that it would be planned, charged and taken back every day.
    days = 1 if ask_a_person(mine.case, refusal, on, by, at) else AGAIN
    if mine.case.stage == Stage.CONTACT:
        plan_next_look(case=mine.case, on=on + timedelta(days=days))


def ask_a_person(case: Case, refusal: Refusal, on: date, by: Actor, at: datetime) -> bool:
    """The law or the letter gave no answer: a task with the refusal's own sentence, one at a time; whether
    it is new."""
    cause = f"ask:{case.number}:{refusal.code}:"
    if Task.objects.filter(case=case, key__startswith=cause, done_at__isnull=True).exists():
        return False
    add_task(
        agency=case.agency_id, key=f"{cause}{on.isoformat()}", kind="ask", sentence=refusal.text,
        params={k: str(v) for k, v in refusal.params.items()}, role="collector", owner=case.collector,
        due_on=on + timedelta(days=2), default=N_("The case is looked at again every day."),
        case=case, by=by, at=at,
    )  # fmt: skip
    return True
