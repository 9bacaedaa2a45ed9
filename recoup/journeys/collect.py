"""Money comes in, and what follows: a case that is paid in full is closed."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case
from recoup.cases.operations import add_task
from recoup.cases.states import CloseCode, Stage
from recoup.journeys.close import close_with_report
from recoup.journeys.plans.course import follow
from recoup.journeys.reopen import reopen_bounced
from recoup.kernel.actor import Actor
from recoup.kernel.faults import fault
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.payments import operations as payments
from recoup.payments.models import Allocation, BankLine
from recoup.payments.operations import Taken
from recoup.payments.queries import owed_many
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

COLLECTED = (Stage.ACCEPTED, Stage.CONTACT, Stage.EVALUATION, Stage.LEGAL)


def take_bank_file(*, agency: Agency, content: bytes, name: str, by: Actor, at: datetime) -> Taken:
    """Take a bank file and close what it pays; all or nothing. Raises `Refusal` as payments does."""
    with transaction.atomic():
        taken = payments.take_bank_file(agency=agency.id, content=content, name=name, by=by, at=at)
        bounced = Allocation.objects.filter(
            line__statement__file=taken.file, reverses__isnull=False
        )
        if taken.status == "taken":
            reopen_bounced(agency=agency, allocations=bounced, by=by, at=at)
        close_what_is_paid(agency=agency, cases=taken.cases, by=by, at=at)
        fault("bank.taken_uncommitted")
    fault("bank.taken")
    return taken


@transaction.atomic
def allocate(
    *, agency: Agency, line: BankLine, case: Case, amount: Money, because: dict[str, Any], by: Actor, at: datetime
) -> Allocation:  # fmt: skip
    """Give a line to a case by hand, then as for a file."""
    made = payments.allocate(line=line, case=case, amount=amount, because=because, by=by, at=at)
    payments.learn(line=line, case=case, by=by, at=at)
    close_what_is_paid(agency=agency, cases=[case.id], by=by, at=at)
    return made


@transaction.atomic
def waive(
    *, agency: Agency, case: Case, amount: Money, because: str, designated: str = "", by: Actor, at: datetime
) -> Allocation:  # fmt: skip
    """Give something up; with nothing owed any more the case is closed."""
    made = payments.waive(
        case=case, amount=amount, because=because, designated=designated, by=by, at=at
    )
    close_what_is_paid(agency=agency, cases=[case.id], by=by, at=at)
    return made


@transaction.atomic
def report_direct_payment(
    *, agency: Agency, case: Case, amount: Money, on: date, by: Actor, at: datetime
) -> Allocation:
    """The debtor paid the client itself; then as for any payment. Looks at the whole agency: its own
    books are not the client's to see."""
    with scope(agency.id):
        made = payments.report_direct_payment(case=case, amount=amount, on=on, by=by, at=at)
        close_what_is_paid(agency=agency, cases=[case.id], by=by, at=at)
    return made


@transaction.atomic
def return_payment(
    *, agency: Agency, line: BankLine, original: BankLine, by: Actor, at: datetime
) -> list[Allocation]:
    """The line takes an earlier receipt back; a case that was closed on it is open again."""
    undone = payments.return_payment(line=line, original=original, by=by, at=at)
    reopen_bounced(agency=agency, allocations=undone, by=by, at=at)
    return undone


def close_what_is_paid(
    *, agency: Agency, cases: Iterable[UUID], by: Actor, at: datetime
) -> list[Case]:
    """Close each of `cases` that is in collection and owes nothing more; a closing that fails (a report
    that cannot be written) makes a task and holds nobody up."""
    cases = list(cases)
    follow(agency=agency, cases=cases, by=by, at=at)
    wanted = Case.objects.filter(id__in=cases, stage__in=COLLECTED)
    open_ones = list(
        wanted.select_related("client__account_manager__user", "debtor", "agreement__rate_card")
    )
    latest = Allocation.objects.filter(case__in=open_ones).values_list("received_on", flat=True)
    on = max([at.date(), *latest])
    refused: dict[UUID, Refusal] = {}
    owing = owed_many(agency.id, [case.id for case in open_ones], on, refused=refused)
    closed = []
    for case in open_ones:
        answer = owing.get(case.id)
        if answer is None or answer.total:
            continue
        elsewhere = answer.compensation.currency != case.currency and answer.compensation.open
        if elsewhere:
            rest = Money(answer.compensation.open, answer.compensation.currency).rounded()
            ask_to_waive(case, rest, by=by, at=at)
        elif attempt(lambda case=case: close(agency, case, by=by, at=at), case, by=by, at=at):  # type: ignore[misc]
            closed.append(case)
    return closed


def close(agency: Agency, case: Case, *, by: Actor, at: datetime) -> None:
    given_up = Allocation.objects.filter(
        case=case, waived=True, reversed_by__isnull=True, reverses__isnull=True
    ).exists()
    code = CloseCode.PAID_AND_REST_WAIVED if given_up else CloseCode.PAID
    close_with_report(
        agency=agency, case=case, code=code, because=N_("nothing is owed any more"), by=by, at=at
    )


def attempt(work: Callable[[], None], case: Case, *, by: Actor, at: datetime) -> bool:
    try:
        with transaction.atomic():
            work()
        return True
    except Refusal as refusal:
        add_task(
            agency=case.agency_id, key=f"close:{case.id}:{refusal.code}", kind="close", role="account_manager",
            sentence=N_("Case %(number)s is paid but could not be closed: %(reason)s"),
            params={"number": case.number, "reason": refusal.sentence()}, due_on=at.date() + timedelta(days=1),
            default=N_("It is tried again with its next payment."), case=case, by=by, at=at,
        )  # fmt: skip
        return False


def ask_to_waive(case: Case, rest: Money, *, by: Actor, at: datetime) -> None:
    add_task(
        agency=case.agency_id, key=f"rest:{case.id}", kind="rest_elsewhere", role="account_manager",
        sentence=N_("Case %(number)s is paid but for the compensation of %(rest)s: collect it or close the case."),
        params={"number": case.number, "rest": str(rest)}, due_on=at.date() + timedelta(days=3),
        default=N_("The case stays open."), case=case, by=by, at=at,
    )  # fmt: skip
