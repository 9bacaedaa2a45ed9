"""A partner agency works a case for us, while the client goes on talking to its account manager."""

from datetime import datetime

from django.db import IntegrityError, transaction

from recoup.cases.models import Case, Hold, Referral
from recoup.cases.operations.holds import lift_hold, put_on_hold
from recoup.cases.operations.stage import refuse_silent
from recoup.cases.states import HoldKind, Stage
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Partner


@transaction.atomic
def refer_case(*, case: Case, partner: Partner, because: str, by: Actor, at: datetime) -> Referral:
    """Hand the case to a partner agency: our own contact rests until it is recalled, so that nobody is
    written to twice. Raises `Refusal` `case_not_referable`, `partner_idle`, `partner_has_it`,
    `reason_missing`."""
    refuse_silent(because)
    if case.stage not in (Stage.CONTACT, Stage.EVALUATION, Stage.LEGAL):
        raise Refusal(
            "case_not_referable", N_("Case %(number)s is “%(found)s” and cannot be handed on."),
            number=case.number, found=case.stage,
        )  # fmt: skip
    if not partner.active or partner.agency_id != case.agency_id:
        raise Refusal("partner_idle", N_("%(found)s takes no cases."), found=partner.name)
    try:
        with transaction.atomic():
            made = Referral.objects.create(
                agency_id=case.agency_id, case=case, client_id=case.client_id, partner=partner, since=at,
                by_name=by.name, because=because[:300],
            )  # fmt: skip
    except IntegrityError:
        raise Refusal(
            "partner_has_it",
            N_("A partner agency already works case %(number)s."),
            number=case.number,
        ) from None
    put_on_hold(case=case, kind=HoldKind.PARTNER, because=partner.name, until=None, by=by, at=at)
    record(agency=case.agency_id, kind="CaseReferred", by=by, at=at, case=case.id, client=case.client_id,
           partner=partner.name, because=because)  # fmt: skip
    return made


@transaction.atomic
def recall_case(*, referral: Referral, because: str, by: Actor, at: datetime) -> None:
    """The case is ours to work again. Raises `Refusal` `referral_over` when somebody was first,
    `reason_missing`."""
    refuse_silent(because)
    standing = Referral.objects.filter(id=referral.id, ended_at=None)
    if not standing.update(ended_at=at, ended_because=because[:300]):
        raise Refusal("referral_over", N_("This case has already been taken back."))
    for hold in Hold.objects.filter(case=referral.case, kind=HoldKind.PARTNER, lifted_at=None):
        lift_hold(hold=hold, because=because, by=by, at=at)
    record(agency=referral.agency_id, kind="CaseRecalled", by=by, at=at, case=referral.case_id,
           client=referral.client_id, partner=referral.partner.name, because=because)  # fmt: skip
