"""Giving money to cases: by a person, direct to the client, given up, and undone."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from recoup.cases.models import Case, Task
from recoup.cases.operations import add_task, finish_task
from recoup.cases.states import Stage
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.payments.models import (
    Allocation,
    BankLine,
    Exchange,
    LineOutcome,
    MatchRule,
    Refund,
    Suggestion,
)
from recoup.payments.operations.booking import (
    Booked,
    Converted,
    Grant,
    desk_for,
    one_at_a_time,
    write,
)
from recoup.payments.queries import left_of, open_lines_of_file, owed, to_pay

PARTS_NAMED = ("costs", "compensation", "interest", "principal")
FINANCE = "finance_officer"


@transaction.atomic
def allocate(
    *, line: BankLine, case: Case, amount: Money, because: dict[str, Any], designated: str = "",
    by: Actor, at: datetime,
) -> Allocation:  # fmt: skip
    """Give `amount` of a received line to a case, split in the order of its law; what no claim can
    take is the debtor's (overpaid) and makes a task.

    `designated` is the debtor's own choice of what is paid first. Raises `Refusal`: `line_money_out`,
    `amount_not_positive`, `line_currency`, `line_spent` (more than is left of the line),
    `case_not_collected` (submitted or declined), and as `owed` does.
    """
    one_at_a_time(line.agency_id)
    refuse_designation(designated)
    if line.amount <= 0:
        raise Refusal(
            "line_money_out", N_("The line is no incoming payment."), found=str(line.amount)
        )
    refuse_amount(amount, case)
    if line.currency != case.currency:
        raise Refusal(
            "line_currency", N_("Paid in %(found)s, case %(case)s is in %(currency)s."),
            found=line.currency, case=case.number, currency=case.currency,
        )  # fmt: skip
    left = left_of([line])[line.id]
    if amount.amount > left:
        raise Refusal(
            "line_spent", N_("Only %(left)s %(currency)s of this line are left, not %(found)s."),
            left=str(Money(left, line.currency).rounded().amount), currency=line.currency, found=str(amount.amount),
        )  # fmt: skip
    refuse_stage(case)
    grant = Grant(case, amount.amount, line.value_on, because, line, designated)
    made = book_one(grant, by=by, at=at)
    decide_suggestions(line, case, by=by, at=at)
    finish_file_task(line, by=by, at=at)
    return made


def refuse_stage(case: Case) -> None:
    """Raises `Refusal` `case_not_collected`."""
    if case.stage in (Stage.SUBMITTED, Stage.DECLINED):
        raise Refusal(
            "case_not_collected",
            N_("Case %(number)s is “%(found)s”; money cannot be given to it."),
            number=case.number, found=case.stage,
        )  # fmt: skip


@transaction.atomic
def report_direct_payment(
    *, case: Case, amount: Money, on: date, designated: str = "", by: Actor, at: datetime
) -> Allocation:
    """The client was paid itself on day `on`: interest stops for it on that day, commission is due,
    no trust money moves. Raises `Refusal` `amount_not_positive`, `day_ahead`, `paid_more_than_owed`."""
    one_at_a_time(case.agency_id)
    refuse_amount(amount, case)
    refuse_designation(designated)
    if on > at.date():
        raise Refusal(
            "day_ahead", N_("%(found)s is still to come."), field="on", found=on.isoformat()
        )
    grant = Grant(case, amount.amount, on, {"said": by.name}, designated=designated, direct=True)
    booked = take(grant)
    if booked.split.own.overpaid:
        raise Refusal(
            "paid_more_than_owed", N_("%(found)s is more than was owed on that day, by %(rest)s."),
            found=str(amount), rest=str(Money(booked.split.own.overpaid, case.currency)),
        )  # fmt: skip
    return write(agency=case.agency_id, booked=[booked], by=by, at=at)[0]


@transaction.atomic
def waive(
    *, case: Case, amount: Money, because: str, designated: str = "", by: Actor, at: datetime
) -> Allocation:
    """Give up `amount` of what is owed, in the law's order or of the part `designated` first. All that
    is owed today takes this day's interest with it, though it would not be booked any more.

    Raises `Refusal` `reason_missing`, `amount_not_positive`, `waived_more_than_owed`.
    """
    one_at_a_time(case.agency_id)
    refuse_amount(amount, case)
    refuse_designation(designated)
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    said = {"said": because.strip()[:300]}
    given_up = amount.amount
    if given_up <= owed(case=case, on=at.date()).total:
        given_up = min(given_up, to_pay(case=case, on=at.date()).total)
    grant = Grant(case, given_up, at.date(), said, designated=designated, waived=True)
    booked = take(grant)
    if booked.split.parts.overpaid > 0 or booked.split.own.overpaid:
        raise Refusal(
            "waived_more_than_owed", N_("%(found)s is more than is owed, by %(rest)s."),
            found=str(amount), rest=str(Money(booked.split.own.overpaid, case.currency)),
        )  # fmt: skip
    return write(agency=case.agency_id, booked=[booked], by=by, at=at)[0]


@transaction.atomic
def undo_allocation(*, allocation: Allocation, because: str, by: Actor, at: datetime) -> Allocation:
    """Take an allocation back: the line is open again, later payments are split anew.

    Raises `Refusal` `undone_already`, `remitted_already` (a person's slip after the money has left is
    settled with the client; a returned payment by `return_payment`), `reason_missing`.
    """
    one_at_a_time(allocation.agency_id)
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    refuse_undone(allocation)
    if is_remitted(allocation):
        raise Refusal(
            "remitted_already",
            N_("This money has been remitted to the client and cannot be taken back here."),
        )
    if Refund.objects.filter(allocation=allocation, ended_at__isnull=True).exists():
        raise Refusal(
            "refunded_already", N_("A part of this payment is on its way back to the payer; it cannot be undone here.")
        )  # fmt: skip
    # What was learned from the slip goes with it.
    MatchRule.objects.filter(
        line=allocation.line, debtor=allocation.case.debtor_id, revoked_at__isnull=True
    ).update(revoked_at=at, revoked_by_name=by.name)
    return undo(allocation, line=allocation.line, said=because, by=by, at=at)


def undo(
    allocation: Allocation, *, line: BankLine | None, said: str, by: Actor, at: datetime
) -> Allocation:
    """The mirror of an allocation on `line`; inside the caller's lock and transaction. One that was counted
    from another currency gives its own line back what it took."""
    exchange = getattr(allocation, "exchange", None)
    grant = Grant(
        allocation.case, -allocation.amount, allocation.received_on, {"said": said[:300]}, None if exchange else line,
        allocation.designated, allocation.direct, allocation.waived, allocation, remitted=is_remitted(allocation),
        converted=turned(exchange) if exchange else None, card=hasattr(allocation, "card_payment"),
    )  # fmt: skip
    made = book_one(grant, by=by, at=at)
    if exchange:
        LineOutcome.objects.create(
            agency_id=allocation.agency_id, line_id=exchange.line_id, kind=LineOutcome.Kind.EXCHANGED,
            amount=-exchange.from_amount, at=at, by_name=by.name, because={"undone": str(allocation.id)},
        )  # fmt: skip
    return made


def turned(exchange: Exchange) -> Converted:
    said = {
        "rate": str(exchange.rate),
        "on": exchange.rate_on.isoformat(),
        "source": exchange.source,
    }
    return Converted(-exchange.from_amount, exchange.from_currency, said)


def refuse_undone(allocation: Allocation) -> None:
    if allocation.reverses_id or Allocation.objects.filter(reverses=allocation).exists():
        raise Refusal("undone_already", N_("This allocation has already been undone."))


def is_remitted(allocation: Allocation) -> bool:
    return hasattr(allocation, "remitted")


def take(grant: Grant) -> Booked:
    return desk_for([grant.case]).take(grant)


def book_one(grant: Grant, *, by: Actor, at: datetime) -> Allocation:
    booked = take(grant)
    made = write(agency=grant.case.agency_id, booked=[booked], by=by, at=at)[0]
    overpaid_tasks([booked], by=by, at=at)
    return made


def overpaid_tasks(booked: list[Booked], *, by: Actor, at: datetime) -> None:
    """One task for each payment that was too much."""
    for each in booked:
        over = each.split.parts.overpaid
        if over <= 0:
            continue
        case = each.grant.case
        add_task(
            agency=case.agency_id, key=f"overpaid:{each.id}", kind="overpaid", role=FINANCE,
            sentence=N_("Case %(number)s was overpaid by %(amount)s %(currency)s: return it to the debtor."),
            params={"number": case.number, "amount": str(Money(over, case.currency).rounded().amount),
                    "currency": case.currency},
            due_on=at.date() + timedelta(days=7), default=N_("The money stays apart for the debtor."),
            case=case, by=by, at=at,
        )  # fmt: skip


def decide_suggestions(line: BankLine, case: Case, *, by: Actor, at: datetime) -> None:
    """What waited on this line is decided: taken for the case, or not once nothing is left."""
    waiting = Suggestion.objects.filter(line=line, decided_at__isnull=True)
    waiting.filter(case=case).update(decided_at=at, taken=True)
    if left_of([line])[line.id] <= 0:
        waiting.update(decided_at=at, taken=False)


@transaction.atomic
def dismiss_suggestion(*, suggestion: Suggestion, by: Actor, at: datetime) -> None:
    """A person says that a line does not pay this case. Raises `Refusal` `suggestion_decided`."""
    waiting = Suggestion.objects.filter(id=suggestion.id, decided_at__isnull=True)
    if not waiting.update(decided_at=at, taken=False):
        raise Refusal("suggestion_decided", N_("This suggestion has already been decided."))
    record(agency=suggestion.agency_id, kind="SuggestionDismissed", by=by, at=at, case=suggestion.case_id,
           audience="internal", line=str(suggestion.line_id))  # fmt: skip


def finish_file_task(line: BankLine, *, by: Actor, at: datetime) -> None:
    """The file's task is done when its last line is explained."""
    file = line.statement.file_id
    key = f"bankfile:{file}"
    task = Task.objects.filter(agency_id=line.agency_id, key=key, done_at__isnull=True).first()
    if task is not None and not open_lines_of_file(file).exists():
        finish_task(task=task, outcome="explained", by=by, at=at)


def refuse_amount(amount: Money, case: Case) -> None:
    if amount.amount <= 0 or amount != amount.rounded():
        raise Refusal(
            "amount_not_positive",
            N_("“%(found)s” must be more than nothing."),
            field="amount",
            found=str(amount.amount),
        )
    if amount.currency != case.currency:
        raise Refusal(
            "line_currency", N_("Paid in %(found)s, case %(case)s is in %(currency)s."),
            found=amount.currency, case=case.number, currency=case.currency,
        )  # fmt: skip


def refuse_designation(designated: str) -> None:
    if designated and designated not in PARTS_NAMED:
        raise Refusal(
            "not_a_part",
            N_("“%(found)s” is no part of a claim."),
            field="designated",
            found=designated,
        )
