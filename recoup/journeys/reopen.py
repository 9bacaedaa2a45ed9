"""A closed case is opened again: by a person with a reason, or because the money it was closed on went back."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case
from recoup.cases.operations import add_task, plan_next_look, reopen_case
from recoup.cases.states import Stage
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_
from recoup.payments.models import Allocation
from recoup.tenancy.models import Agency

RETURNED = "a payment it was closed on was taken back"


@transaction.atomic
def reopen(*, agency: Agency, case: Case, because: str, by: Actor, at: datetime) -> None:
    """Open it again, with a task for whom it belongs to and a look on the next day. Raises `Refusal` as
    `reopen_case`."""
    reopen_case(case=case, because=because, by=by, at=at)
    plan_next_look(case=case, on=at.date() + timedelta(days=1))
    add_task(
        agency=agency.id, key=f"reopened:{case.id}:{at.isoformat()}", kind="reopened", role="account_manager",
        sentence=N_("Case %(number)s is open again (%(because)s): decide how it goes on."),
        params={"number": case.number, "because": because}, due_on=at.date() + timedelta(days=2),
        default=N_("The day run looks at it."), case=case, by=by, at=at,
    )  # fmt: skip


def reopen_bounced(
    *, agency: Agency, allocations: Iterable[Allocation], by: Actor, at: datetime
) -> list[Case]:
    """Reopen each closed case of these undone allocations; a task says which money went."""
    found: dict[UUID, Allocation] = {}
    for row in allocations:
        if row.reverses_id and row.amount < 0:
            found.setdefault(row.case_id, row)
    cases = Case.objects.filter(id__in=found, stage=Stage.CLOSED).select_related("client", "debtor")
    reopened = []
    for case in cases:
        row = found[case.id]
        reopen(agency=agency, case=case, because=RETURNED, by=by, at=at)
        add_task(
            agency=agency.id, key=f"returned-closed:{row.id}", kind="returned_closed", role="account_manager",
            sentence=N_("%(amount)s on which case %(number)s was closed were taken back by the bank: tell the client."),
            params={"number": case.number, "amount": str(Money(-row.amount, row.currency).rounded())},
            due_on=at.date() + timedelta(days=1), default=N_("The case is worked on again."), case=case, by=by, at=at,
        )  # fmt: skip
        reopened.append(case)
    return reopened
