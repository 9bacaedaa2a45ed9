"""A whole placement is taken back, while nothing of it was sent or paid."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case
from recoup.cases.operations import take_back_many
from recoup.cases.states import Stage
from recoup.contact.models import ContactAttempt
from recoup.intake.models import PlacedRow, Placement
from recoup.intake.operations import mark_undone
from recoup.intake.states import State
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.refusal import N_, Refusal
from recoup.payments.models import Allocation
from recoup.tenancy.context import scope

UNDONE = N_("Placement %(number)s was undone before anything was sent.")


def cases_of(placement: Placement) -> list[UUID]:
    rows = PlacedRow.objects.filter(placement=placement, case__isnull=False)
    return list(rows.order_by("case_id").values_list("case_id", flat=True).distinct())


def why_not_undo(placement: Placement) -> Refusal | None:
    """Why a placement cannot be undone; None when it can. Call where the whole agency is visible."""
    if placement.state != State.DONE:
        return Refusal(
            "placement_not_done", N_("Placement %(number)s is “%(found)s”; only a finished one can be undone."),
            number=placement.number, found=placement.state,
        )  # fmt: skip
    cases = cases_of(placement)
    begun = Case.objects.filter(id__in=cases).exclude(stage__in=(Stage.SUBMITTED, Stage.ACCEPTED)).order_by("number").first()  # fmt: skip
    sent = ContactAttempt.objects.filter(case_id__in=cases).select_related("case").first()
    paid = Allocation.objects.filter(case_id__in=cases).select_related("case").first()
    which = begun or (sent.case if sent else paid.case if paid else None)
    if which is None:
        return None
    return Refusal(
        "placement_begun", N_("Case %(number)s is being worked already; withdraw single cases instead."),
        number=which.number,
    )  # fmt: skip


def undo_placement(*, placement: Placement, by: Actor, at: datetime) -> int:
    """Take back every case of the placement; all or none. Returns how many; their invoices can be placed
    again. Raises `Refusal` `placement_not_done`, `placement_begun`, `placement_moved_meanwhile`."""
    with scope(placement.agency_id), transaction.atomic():
        placement = Placement.objects.select_for_update(of=("self",)).get(id=placement.id)
        cases = cases_of(placement)
        # Locked before they are judged: nobody begins to work one in between.
        list(
            Case.objects.select_for_update(of=("self",))
            .filter(id__in=cases)
            .order_by("id")
            .values_list("id")
        )
        against = why_not_undo(placement)
        if against is not None:
            raise against
        because = UNDONE % {"number": placement.number}
        count = take_back_many(cases=cases, because=because, by=by, at=at)
        fault("placement.taken_back")
        mark_undone(placement=placement, cases=count, by=by, at=at)
    return count
