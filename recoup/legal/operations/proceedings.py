"""A proceeding is opened and moves by the table; `UPDATE … WHERE stage = was`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from recoup.approvals.models import Approval
from recoup.cases.models import Case
from recoup.eventlog.operations import record
from recoup.files.models import Document
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.legal.models import Proceeding, Step
from recoup.legal.rules import may_move
from recoup.legal.states import Stage
from recoup.parties.models import Partner
from recoup.tenancy.operations import next_number


@transaction.atomic
def open_proceeding(
    *, case: Case, route: str, lawyer: Partner | None, because: str, by: Actor, at: datetime
) -> Proceeding:
    """The way to a title by one route; one open proceeding of a route in a case. Raises `Refusal`
    `reason_missing`, `proceeding_open`."""
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    number = next_number(agency=case.agency_id, series=f"proceeding-{at.year}")
    try:
        with transaction.atomic():
            made = Proceeding.objects.create(
                agency_id=case.agency_id, case=case, client_id=case.client_id, route=route,
                number=f"L-{at.year}-{number:05d}", jurisdiction=case.jurisdiction, stage=Stage.PREPARING,
                lawyer=lawyer, currency=case.currency, opened_at=at, by_name=by.name,
            )  # fmt: skip
    except IntegrityError:
        raise Refusal("proceeding_open", N_("Case %(number)s has such a proceeding already."), number=case.number) from None  # fmt: skip
    step(made, "", Stage.PREPARING, at.date(), because, None, by, at)
    told(made, "ProceedingOpened", by, at, route=route, because=because)
    return made


def step(
    one: Proceeding, was: str, now: str, on: date, because: str, document: Document | None, by: Actor, at: datetime
) -> Step:  # fmt: skip
    return Step.objects.create(
        agency_id=one.agency_id, proceeding=one, client_id=one.client_id, was=was, now=now, on=on,
        because=because[:300], document=document, at=at, by_name=by.name,
    )  # fmt: skip


def told(one: Proceeding, kind: str, by: Actor, at: datetime, **data: Any) -> None:
    record(agency=one.agency_id, kind=kind, by=by, at=at, case=one.case_id, client=one.client_id,
           proceeding=one.number, **data)  # fmt: skip


@transaction.atomic
def move_proceeding(
    *, proceeding: Proceeding, was: str, now: str, on: date, because: str = "", document: Document | None = None,
    by: Actor, at: datetime,
) -> Step:  # fmt: skip
    """To the next stage, as of the day it happened at court. Raises `Refusal` `stage_not_reachable`,
    `day_ahead`, `proceeding_moved_meanwhile`."""
    if (refusal := may_move(was, now)) is not None:
        raise refusal
    if on > at.date():
        raise Refusal(
            "day_ahead", N_("%(found)s is still to come."), field="on", found=on.isoformat()
        )
    values: dict[str, Any] = {"stage": now} | (
        {"title_on": on} if now == Stage.TITLE and not proceeding.title_on else {}
    )
    if not Proceeding.objects.filter(id=proceeding.id, stage=was).update(**values):
        raise Refusal(
            "proceeding_moved_meanwhile", N_("%(number)s is no longer “%(was)s”; look again before you go on."),
            number=proceeding.number, was=was,
        )  # fmt: skip
    for name, value in values.items():
        setattr(proceeding, name, value)
    made = step(proceeding, was, now, on, because, document, by, at)
    told(
        proceeding, "ProceedingMoved", by, at, was=was, now=now, on=on.isoformat(), because=because
    )
    return made


@transaction.atomic
def set_court(
    *,
    proceeding: Proceeding,
    court: str,
    reference: str,
    lawyer: Partner | None,
    by: Actor,
    at: datetime,
) -> None:
    """Which court, under which number, and who acts there."""
    values = {
        "court": court.strip()[:200],
        "court_reference": reference.strip()[:100],
        "lawyer": lawyer,
    }
    Proceeding.objects.filter(id=proceeding.id).update(**values)
    for name, value in values.items():
        setattr(proceeding, name, value)
    told(
        proceeding,
        "CourtNamed",
        by,
        at,
        court=court,
        reference=reference,
        lawyer=lawyer.name if lawyer else "",
    )


@transaction.atomic
def set_budget(*, proceeding: Proceeding, approval: Approval, by: Actor, at: datetime) -> None:
    """What the client has approved is the budget from now on; a later approval adds to it, once."""
    if proceeding.approval_id == approval.id:
        return
    budget = (proceeding.budget or Decimal(0)) + approval.cost
    unchanged = Proceeding.objects.filter(id=proceeding.id, budget=proceeding.budget)
    if proceeding.budget is None:
        unchanged = Proceeding.objects.filter(id=proceeding.id, budget__isnull=True)
    if not unchanged.update(budget=budget, approval=approval):
        raise Refusal("budget_changed", N_("The budget was changed meanwhile; look again."))
    proceeding.budget, proceeding.approval = budget, approval
    told(proceeding, "LegalBudgetSet", by, at, amount=str(budget), currency=proceeding.currency)
