"""Holds: a row that stands or is lifted; while one stands the debtor is left in peace."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from recoup.cases.models import Case, Hold
from recoup.cases.operations.stage import refuse_silent
from recoup.cases.states import HoldKind
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal


@transaction.atomic
def put_on_hold(
    *, case: Case, kind: str, because: str, until: date | None, by: Actor, at: datetime
) -> Hold:
    """Contact rests, through `until` (None: until lifted). Raises `Refusal` `hold_kind_unknown`,
    `hold_stands_already`, `reason_missing`."""
    if kind not in set(HoldKind):
        raise Refusal("hold_kind_unknown", N_("“%(found)s” is no kind of hold."), found=kind)
    refuse_silent(because)
    try:
        with transaction.atomic():
            hold = Hold.objects.create(
                agency_id=case.agency_id, case=case, client_id=case.client_id, kind=kind, since=at,
                until=until, because=because[:300], by_name=by.name,
            )  # fmt: skip
    except IntegrityError:
        raise Refusal(
            "hold_stands_already", N_("Case %(number)s is already on hold for this reason."),
            number=case.number, found=kind,
        ) from None  # fmt: skip
    record(agency=case.agency_id, kind="CaseHeld", by=by, at=at, case=case.id, client=case.client_id,
           hold=kind, because=because, until=until.isoformat() if until else None)  # fmt: skip
    return hold


@transaction.atomic
def lift_hold(*, hold: Hold, because: str, by: Actor, at: datetime) -> None:
    """Contact may go on. Raises `Refusal` `hold_lifted_already` when somebody was first."""
    if not Hold.objects.filter(id=hold.id, lifted_at__isnull=True).update(lifted_at=at):
        raise Refusal("hold_lifted_already", N_("This hold has already been lifted."))
    record(agency=hold.agency_id, kind="HoldLifted", by=by, at=at, case=hold.case_id,
           client=hold.client_id, hold=hold.kind, because=because)  # fmt: skip
