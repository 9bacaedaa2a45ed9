"""A debtor writes to the agency: the message is on the case at once, and nothing more is sent until read."""

from datetime import datetime, timedelta
from uuid import UUID

from recoup.cases.models import Case, Task
from recoup.cases.operations import add_task
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.context import scope


def write_to_us(
    *, case: Case, text: str, phone: str = "", key: UUID, by: Actor, at: datetime
) -> None:
    """Keep the message and ask the collector to answer; `key` is the form's own: the same one again is
    the same message. Raises `Refusal` `message_empty`."""
    said = text.strip()
    if not said:
        raise Refusal("message_empty", N_("Please write something."), field="text")
    # Wider than the debtor's own view: the task is the house's.
    with scope(case.agency_id):
        Case.objects.select_for_update(of=("self",)).get(id=case.id)
        task = f"reply:{case.id}:{key}"
        if Task.objects.filter(agency_id=case.agency_id, key=task).exists():
            return
        record(
            agency=case.agency_id, kind="DebtorWrote", by=by, at=at, case=case.id, client=case.client_id,
            audience="debtor", text=said, phone=phone.strip(),
        )  # fmt: skip
        add_task(
            agency=case.agency_id, key=task, kind="reply",
            sentence=N_("%(debtor)s wrote about %(case)s; answer: “%(text)s” %(phone)s"),
            params={"debtor": case.debtor.name, "case": case.number, "text": said[:500], "phone": phone.strip()},
            role="collector", owner=case.collector, due_on=at.date() + timedelta(days=1),
            default=N_("Nothing more is sent to the debtor until somebody has read it."), case=case, by=by, at=at,
        )  # fmt: skip
