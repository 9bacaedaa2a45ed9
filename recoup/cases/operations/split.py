"""One case becomes two: some of its invoices go on in a case of their own, with the whole history kept.

Nothing is rewritten. The old case keeps its lines and gets a credit note for each that leaves, due on the
same day as the invoice, so that neither principal nor interest stays there; the new one claims them anew.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case, Charge, ClaimLine
from recoup.cases.operations.stage import plan_next_look, refuse_silent
from recoup.cases.operations.submit import NewLine, claim, one_at_a_time
from recoup.cases.states import MOVED, Stage
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id
from recoup.kernel.refs import case_number, rf_of_case
from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.operations import next_number

Kind = ClaimLine.Kind


@transaction.atomic
def split_case(
    *,
    case: Case,
    lines: Sequence[UUID],
    because: str,
    paid: bool,
    key: UUID,
    by: Actor,
    at: datetime,
) -> Case:
    """A new case in contact with some of the invoices, under the same collector; the same `key` again
    returns the first. `paid`: something has been paid on the case (asked above this room); then, or once
    costs were charged, it is not split, since part of that would belong to the other.

    Raises `Refusal` `split_stage`, `split_paid`, `split_all`, `split_none`, `split_credit`,
    `reason_missing`.
    """
    refuse_silent(because)
    one_at_a_time(client=case.client_id)
    locked = Case.objects.select_for_update(of=("self",)).get(id=case.id)
    known = Case.objects.filter(split_from=locked, submission_key=f"split:{key}").first()
    if known is not None:
        return known
    chosen = refuse_unfit(locked, lines, paid)
    number = case_number(at.year, next_number(agency=case.agency_id, series=f"case-{at.year}"))
    made = Case.objects.create(
        id=new_id(), agency_id=case.agency_id, client_id=case.client_id, debtor_id=case.debtor_id,
        number=number, reference=rf_of_case(number), client_reference=case.client_reference,
        currency=case.currency, jurisdiction=case.jurisdiction, interest=case.interest,
        agreement_id=case.agreement_id, submission_key=f"split:{key}", known_dispute=False,
        submitted_at=at, stage=locked.stage, collector_id=case.collector_id,
        split_from=locked,
    )  # fmt: skip
    plan_next_look(case=made, on=at.date())
    claim(made, [anew(row) for row in chosen], by=by, at=at)
    claim(locked, [credited(row, number) for row in chosen], by=by, at=at)
    total = sum(row.amount for row in chosen)
    said: dict[str, Any] = {
        "amount": str(total),
        "currency": case.currency,
        "because": because,
        "lines": len(chosen),
    }
    record(agency=case.agency_id, kind="CaseSplit", by=by, at=at, case=case.id, client=case.client_id,
           into=number, **said)  # fmt: skip
    record(agency=case.agency_id, kind="CaseSplitOff", by=by, at=at, case=made.id, client=case.client_id,
           out_of=case.number, **said)  # fmt: skip
    return made


def refuse_unfit(case: Case, lines: Sequence[UUID], paid: bool) -> list[ClaimLine]:
    """The invoices that leave."""
    if case.stage not in (Stage.CONTACT, Stage.EVALUATION):
        raise Refusal(
            "split_stage", N_("Case %(number)s is “%(found)s” and cannot be split."),
            number=case.number, found=case.stage,
        )  # fmt: skip
    if paid or Charge.objects.filter(case=case).exists():
        raise Refusal(
            "split_paid",
            N_("Something has been paid or charged on case %(number)s: it can no longer be split."),
            number=case.number,
        )
    rows = list(ClaimLine.objects.filter(case=case).order_by("due_on", "id"))
    moved = {row.ref.partition(MOVED)[0] for row in rows if MOVED in row.ref}
    rows = [row for row in rows if MOVED not in row.ref and row.ref not in moved]
    if any(len(row.ref) + len(MOVED) + 20 > 60 for row in rows):
        raise Refusal("split_ref_long", N_("An invoice number is too long to be split off."))
    if any(row.kind == Kind.CREDIT_NOTE for row in rows):
        raise Refusal(
            "split_credit",
            N_("Case %(number)s has a credit note: it is not clear which invoice it takes from."),
            number=case.number,
        )
    chosen = [row for row in rows if row.id in set(lines)]
    if not chosen:
        raise Refusal("split_none", N_("Choose the invoices that get a case of their own."))
    if len(chosen) == len(rows):
        raise Refusal("split_all", N_("One invoice at least stays in the case."))
    return chosen


def anew(row: ClaimLine) -> NewLine:
    return NewLine(Kind.INVOICE, row.ref, row.issued_on, row.due_on, row.amount, row.document)


def credited(row: ClaimLine, number: str) -> NewLine:
    return NewLine(
        Kind.CREDIT_NOTE, f"{row.ref}{MOVED}{number}", row.issued_on, row.due_on, row.amount
    )
