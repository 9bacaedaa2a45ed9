"""What may still be changed in a submitted case: further lines, and what the client said of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from recoup.cases.models import Case, ClaimLine
from recoup.cases.operations.submit import NewLine, claim, one_at_a_time, refuse_placed
from recoup.cases.queries import placed_elsewhere, principal_of
from recoup.cases.states import OPEN, Stage
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money, round_half_up
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Debtor, Division

SAID = ("client_reference", "known_dispute", "interest")


@transaction.atomic
def add_lines(*, case: Case, lines: Sequence[NewLine], by: Actor, at: datetime) -> Money:
    """Further invoices (before the case is accepted) or credit notes (while it is open) of a case,
    posted in its book; returns what is claimed now.

    Two at once wait for one another; the same line again is refused. Raises `Refusal`
    `case_not_open`, `case_accepted_already`, `claim_line_amount`, `claim_line_twice`,
    `claim_nothing_left`, `invoice_already_placed`.
    """
    one_at_a_time(client=case.client_id)
    locked = Case.objects.select_for_update(of=("self",)).get(id=case.id)
    refuse_late(locked, lines)
    known = set(case.lines.values_list("kind", "ref"))
    for line in lines:
        if line.amount <= 0 or line.amount != round_half_up(line.amount, case.currency):
            raise Refusal(
                "claim_line_amount", N_("%(row)s: %(found)s is not an amount to claim in %(currency)s."),
                row=line.ref, found=str(line.amount), currency=case.currency,
            )  # fmt: skip
        if (line.kind, line.ref) in known:
            raise Refusal(
                "claim_line_twice", N_("%(found)s stands twice in this case."), found=line.ref
            )
        known.add((line.kind, line.ref))
    refuse_placed(case.client, case.debtor, lines)
    claim(locked, lines, by=by, at=at)
    total = principal_of([case.id])[case.id]
    if total.amount <= 0:
        raise Refusal(
            "claim_nothing_left",
            N_("The credit notes take the whole claim; nothing is left to collect."),
        )
    record(
        agency=case.agency_id, kind="ClaimAmended", by=by, at=at, case=case.id, client=case.client_id,
        refs=[line.ref for line in lines], amount=str(total.amount), currency=case.currency,
    )  # fmt: skip
    return total


def refuse_late(case: Case, lines: Sequence[NewLine]) -> None:
    if case.stage not in OPEN:
        raise Refusal("case_not_open", N_("Case %(number)s is closed."), number=case.number)
    invoices = any(line.kind == ClaimLine.Kind.INVOICE for line in lines)
    if invoices and case.stage != Stage.SUBMITTED:
        raise Refusal(
            "case_accepted_already",
            N_("Case %(number)s is being worked already; submit further invoices as a case of their own."),
            number=case.number,
        )  # fmt: skip


@transaction.atomic
def amend_case(
    *, case: Case, changes: dict[str, Any], seen: Mapping[str, Any] | None = None, by: Actor, at: datetime
) -> None:  # fmt: skip
    """Change what the client said of a case that waits for its review: `client_reference`,
    `known_dispute`, `interest`. Without a difference nothing is written. `seen`: what stood
    there when the person looked. Raises `Refusal` `amendment_unknown`, `case_accepted_already`, `said_meanwhile` (PF03)."""
    if unknown := set(changes) - set(SAID):
        raise Refusal(
            "amendment_unknown", N_("%(found)s cannot be changed."), found=sorted(unknown)[0]
        )
    known = Case.objects.select_for_update(of=("self",)).get(id=case.id)
    refuse_unseen(known, changes, seen or {})
    new = {name: value for name, value in changes.items() if getattr(known, name) != value}
    if not new:
        return
    if not Case.objects.filter(id=case.id, stage=Stage.SUBMITTED).update(**new):
        raise Refusal(
            "case_accepted_already",
            N_("Case %(number)s has been reviewed already; write to your account manager instead."),
            number=case.number,
        )  # fmt: skip
    for name, value in new.items():
        setattr(case, name, value)
    record(agency=case.agency_id, kind="CaseAmended", by=by, at=at, case=case.id,
           client=case.client_id, fields=sorted(new))  # fmt: skip


def refuse_unseen(known: Case, changes: Mapping[str, Any], seen: Mapping[str, Any]) -> None:
    """What somebody else has changed since is shown, not overwritten; sent again with it seen, it is replaced."""
    for name, value in changes.items():
        now = getattr(known, name)
        if name in seen and seen[name] != now and value != now:
            raise Refusal(
                "said_meanwhile", N_("Meanwhile somebody else has entered “%(now)s” there; you want “%(found)s”. Send it again to replace it."),
                field=name, now=str(now), found=str(value),
            )  # fmt: skip


@transaction.atomic
def change_debtor(*, case: Case, debtor: Debtor, by: Actor, at: datetime) -> None:
    """The case is against a debtor that is known already, as its review has found. Raises `Refusal`
    `case_accepted_already`, `invoice_already_placed`."""
    one_at_a_time(client=case.client_id)
    refs = [line.ref for line in case.lines.all()]
    placed = [p for p in placed_elsewhere(case.client_id, debtor.id, refs) if p[1] != case.number]
    if placed:
        raise Refusal("invoice_already_placed", N_("Invoice %(found)s against %(debtor)s is already in case %(number)s."),
                      found=placed[0][0], debtor=debtor.name, number=placed[0][1])  # fmt: skip
    was = case.debtor
    if not Case.objects.filter(id=case.id, stage=Stage.SUBMITTED).update(debtor=debtor):
        raise Refusal(
            "case_reviewed", N_("Case %(number)s has been decided meanwhile."), number=case.number
        )
    case.debtor = debtor
    record(agency=case.agency_id, kind="DebtorFoundAgain", by=by, at=at, case=case.id, client=case.client_id,
           audience="internal", was=was.name, found=debtor.name)  # fmt: skip


@transaction.atomic
def change_division(
    *, case: Case, division: Division | None, because: str = "", by: Actor, at: datetime
) -> bool:
    """The case belongs to another division of its client, or to none, whatever its stage; False when it does
    already. Raises `Refusal` `division_closed`, `case_moved_meanwhile`."""
    new = division.id if division else None
    if case.division_id == new:
        return False
    if division is not None and division.closed_at is not None:
        raise Refusal("division_closed", N_("The division %(found)s is closed."), field="division", found=division.name)  # fmt: skip
    was = case.division
    if not Case.objects.filter(id=case.id, division=was).update(division=division):
        raise Refusal("case_moved_meanwhile", N_("Case %(number)s has changed meanwhile; look at it again."), number=case.number)  # fmt: skip
    case.division = division
    record(agency=case.agency_id, kind="CaseDivisionChanged", by=by, at=at, case=case.id, client=case.client_id,
           before=was.name if was else "–", after=division.name if division else "–", because=because[:300])  # fmt: skip
    return True
