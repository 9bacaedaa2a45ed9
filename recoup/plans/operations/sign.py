"""The debtor signs: the paper is sealed with who, when, from where and the hash of what was shown."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from recoup.eventlog.operations import record
from recoup.files.models import Document
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.refusal import N_, Refusal
from recoup.plans.models import Plan
from recoup.plans.operations.states import moved
from recoup.plans.states import PlanState

BOXES = ("owes", "authority")  # what a signatory ticks, both of them


@transaction.atomic
def sign_plan(
    *, plan: Plan, signatory: str, title: str, ticked: Sequence[str], ip: str, browser: str,
    seal: Callable[[Plan], Document], by: Actor, at: datetime,
) -> Plan:  # fmt: skip
    """Sign an offered plan; `seal` writes the signed paper. Signing again changes nothing; of two at once
    the second finds it signed (the row is locked).

    Raises `Refusal`: `name_missing`, `box_not_ticked`, `plan_not_offered`, `offer_over`.
    """
    row = Plan.objects.select_for_update(of=("self",)).select_related("document").get(id=plan.id)
    if row.state == PlanState.AGREED:
        return row
    name = " ".join(signatory.split())[:120]
    refuse_unsigned(row, name, ticked, at)
    trail: dict[str, Any] = {
        "signatory": name, "title": " ".join(title.split())[:120], "at": at.isoformat(), "ip": ip,
        "browser": browser[:300], "ticked": sorted(ticked), "language": row.language,
        "shown": row.document.sha256 if row.document else "", "by": by.name,
    }  # fmt: skip
    row.trail, row.signed_at, row.signed_by = trail, at, name
    fault("plan.before_seal")
    sealed = seal(row)
    fault("plan.sealed")
    moved(
        row,
        PlanState.OFFERED,
        PlanState.AGREED,
        trail=trail,
        signed_at=at,
        signed_by=name,
        sealed=sealed,
    )
    record(
        agency=row.agency_id, kind="PlanAgreed", by=by, at=at, case=row.case_id, client=row.client_id,
        audience="debtor", number=row.number, plan_kind=row.kind, total=row.figures["to_pay"],
        currency=row.currency, signatory=name, document=str(sealed.id), title=str(sealed),
    )  # fmt: skip
    record(
        agency=row.agency_id, kind="DebtAcknowledged", by=by, at=at, case=row.case_id, client=row.client_id,
        audience="debtor", total=row.figures["owed"], currency=row.currency, on=at.date().isoformat(),
        signatory=name,
    )  # fmt: skip
    return row


def refuse_unsigned(plan: Plan, name: str, ticked: Sequence[str], at: datetime) -> None:
    if plan.state != PlanState.OFFERED:
        raise Refusal(
            "plan_not_offered", N_("This offer is no longer open. Please ask us for a new one.")
        )
    if at.date() > plan.until:
        raise Refusal(
            "offer_over", N_("This offer was open until %(until)s. Please ask us for a new one."),
            until=plan.until,
        )  # fmt: skip
    if len(name) < 3 or not any(c.isalpha() for c in name):
        raise Refusal("name_missing", N_("Please type your full name."), field="signatory")
    for box in BOXES:
        if box not in ticked:
            raise Refusal(
                "box_not_ticked", N_("Tick every box to sign; one is still open."), field=box
            )
