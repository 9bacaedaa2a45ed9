"""Before a call the gate is asked, and its answer kept: a permit, or a denial with its reason."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case
from recoup.contact.models import Permit
from recoup.contact.operations import permit_call, record_denial
from recoup.contact.rules import GateFacts, Verdict, gate
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.parties.models import Contact
from recoup.strategy.facts import CaseFacts, gather
from recoup.strategy.plans import STANDARD
from recoup.tenancy.models import Agency

LASTS = timedelta(hours=2)  # who has been permitted to call has so long to say how it went


@dataclass(frozen=True, slots=True)
class MayCall:
    """The gate's answer about one call, as it was kept. `phone`: the number that is rung; `until`: how long
    the permit is good for a call."""

    verdict: Verdict
    phone: str
    permit: UUID | None = None
    until: datetime | None = None


def first_phone(case: Case, contacts: list[Contact]) -> str:
    """The first number that is still to be used; the company's where nobody has one."""
    return next(filter(None, map(phone_of, contacts)), case.debtor.phone)


def phone_of(contact: Contact) -> str:
    """A person's number; none of whoever does not want to be called or cannot be reached by it."""
    return "" if contact.bad_since or contact.opted_out_at else contact.phone


def call_facts(known: CaseFacts, phone: str) -> GateFacts:
    """What the gate is asked about a call to `phone`."""
    return replace(known.gate_facts("call", STANDARD.step("call")), reachable=bool(phone))


def ask_to_call(
    *, agency: Agency, case: Case, contact: Contact | None = None, by: Actor, at: datetime
) -> MayCall:
    """Ask the gate about calling now and keep what it says. The case's row is held, so that two who ask at
    once are counted one after the other; a permit given within two hours and not yet used is the one."""
    with transaction.atomic():
        locked = (
            Case.objects.select_for_update(of=("self",))
            .select_related("client", "debtor", "collector__user", "agreement")
            .get(id=case.id, agency_id=agency.id)
        )
        contacts = list(Contact.objects.filter(debtor=locked.debtor).order_by("made_at"))
        phone = phone_of(contact) if contact is not None else first_phone(locked, contacts)
        facts = call_facts(gather(agency.id, [locked], at.date())[locked.id], phone)
        verdict = gate(facts, at)
        if not verdict.ok:
            record_denial(case=locked, step="call", channel="call", verdict=verdict, by=by, at=at)
            return MayCall(verdict, phone)
        standing = unused_permit(locked, at)
        if standing is not None:
            return MayCall(verdict, phone, standing.id, standing.at + LASTS)
        permit = permit_call(case=locked, facts=facts, at=at)
        record(
            agency=agency.id, kind="CallPermitted", by=by, at=at, case=locked.id, client=locked.client_id,
            audience="internal", permit=str(permit),
        )  # fmt: skip
        return MayCall(verdict, phone, permit, at + LASTS)


def unused_permit(case: Case, at: datetime) -> Permit | None:
    """A permit for a call of the last two hours after which no call was made."""
    given = Permit.objects.filter(
        case=case, channel="call", message_id=None, at__gt=at - LASTS, at__lte=at
    )
    last = case.attempts.filter(channel="call").order_by("-made_at").first()
    if last is not None:
        given = given.filter(at__gt=last.made_at)
    return given.order_by("-at").first()


def keep_answer(*, agency: Agency, case: Case, by: Actor, at: datetime) -> None:
    """For a call that was made without having asked: the gate's answer is kept all the same, so that what
    went past it is seen."""
    if unused_permit(case, at) is None:
        ask_to_call(agency=agency, case=case, by=by, at=at)
