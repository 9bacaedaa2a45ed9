"""Calls by somebody else's dialler: a permit before it rings, one report after, and the number with the permit only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case, ClaimLine
from recoup.contact.models import ContactAttempt, Permit
from recoup.journeys.asking_to_call import LASTS, MayCall, ask_to_call, unused_permit
from recoup.journeys.call import call_made, why_not_called
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Contact
from recoup.tenancy.models import Agency


@dataclass(frozen=True, slots=True)
class Told:
    """How a call went, as the dialler says it: the fields of the desk's own form."""

    outcome: str
    note: str = ""
    contact: Contact | None = None
    promised_on: date | None = None
    promised_amount: Decimal | None = None
    back_at: datetime | None = None
    invoices: Sequence[str] = ()
    reason: str = ""


def permit_outside(
    *, agency: Agency, case: Case, contact: Contact | None, by: Actor, at: datetime
) -> MayCall:
    """The gate's answer about a call now, kept either way. Raises `Refusal` `case_not_called`."""
    if refusal := why_not_called(case.number, case.stage):
        raise refusal
    return ask_to_call(agency=agency, case=case, contact=contact, by=by, at=at)


def report_outside(
    *, agency: Agency, case: Case, permit: UUID, told: Told, by: Actor, at: datetime
) -> ContactAttempt:
    """Keep the one call of `permit`: the call has the permit's id, so that a second report is the first.

    Raises `Refusal` `permit_unknown` (none of a call in this case), `permit_used` (another call was kept after it),
    `permit_over` (given more than two hours ago), `invoice_unknown`, and those of `call_made`.
    """
    with transaction.atomic():
        locked = Case.objects.select_for_update(of=("self",)).get(id=case.id, agency_id=agency.id)
        known = ContactAttempt.objects.filter(id=permit, case=locked).first()
        if known is not None:
            return known
        refuse_unfit(locked, permit, at)
        return call_made(
            agency=agency, case=case, contact=told.contact, outcome=told.outcome, note=told.note,
            promised_on=told.promised_on, promised_amount=told.promised_amount, back_at=told.back_at,
            disputed=disputed(case, told.invoices), reason=told.reason, key=permit, by=by, at=at,
        )  # fmt: skip


def refuse_unfit(case: Case, permit: UUID, at: datetime) -> None:
    given = Permit.objects.filter(id=permit, case=case, channel="call", message_id=None).first()
    if given is None:
        raise Refusal(
            "permit_unknown", N_("There is no such permit for a call in this case."), field="permit"
        )
    if at - given.at >= LASTS:
        raise Refusal("permit_over", N_("This permit was for two hours: ask for another before you call again."), field="permit")  # fmt: skip
    if unused_permit(case, at) != given:
        raise Refusal(
            "permit_used", N_("A call has been kept after this permit was given."), field="permit"
        )


def disputed(case: Case, refs: Sequence[str]) -> list[ClaimLine]:
    found = {row.ref: row for row in case.lines.filter(ref__in=refs, kind=ClaimLine.Kind.INVOICE)}
    for ref in refs:
        if ref not in found:
            raise Refusal("invoice_unknown", N_("There is no invoice “%(found)s” in this case."), field="invoices", found=ref)  # fmt: skip
    return [found[ref] for ref in dict.fromkeys(refs)]
