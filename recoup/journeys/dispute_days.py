"""The days of disputes: what was to be shown or answered and was not goes on as it was announced."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, TextField, Value
from django.db.models.functions import Cast, Concat

from recoup.cases.models import Case, Task
from recoup.cases.operations import add_task
from recoup.disputes.models import Dispute
from recoup.disputes.operations import lapse_requests
from recoup.disputes.states import State
from recoup.journeys.dispute import business_day
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

DECIDE_DAYS, MOST = 2, 500
WITHOUT = N_("Dispute %(dispute)s: “%(what)s” was not shown by %(on)s. Decide it with what there is.")  # fmt: skip
ASK = N_("%(client)s has not answered dispute %(dispute)s with %(debtor)s by %(on)s: ask it, or decide with what there is.")  # fmt: skip


def look_at_disputes(*, agency: Agency, on: date, by: Actor, at: datetime) -> int:
    """What was announced happens: evidence that did not come is noted as missing and the dispute is to be
    decided without it; a creditor that has not answered is asked by its collector. Returns how many tasks
    are new. Run again, or by two at once: each once."""
    with scope(agency.id), transaction.atomic():
        late = lapse_requests(agency=agency.id, on=on, by=by, at=at)
        for one in late:
            params = {"dispute": one.dispute.number, "what": one.what[:200], "on": one.due_on.isoformat()}  # fmt: skip
            to_collector(one.case, f"without:{one.id}", "dispute", WITHOUT, params, by, at)
        silent = unanswered(agency, on)
        for found in silent:
            params = {"dispute": found.number, "client": found.case.client.name,
                      "debtor": found.case.debtor.name, "on": found.answer_by.isoformat()}  # fmt: skip
            to_collector(found.case, f"ask:{found.id}", "dispute", ASK, params, by, at)
        return len(late) + len(silent)


def unanswered(agency: Agency, on: date) -> list[Dispute]:
    """Open disputes whose creditor has said nothing by its day, and nobody has been told yet."""
    tasks = Task.objects.filter(agency_id=agency.id)
    asked = tasks.filter(key=Concat(Value("ask:"), Cast(OuterRef("id"), TextField())))
    waits = tasks.filter(
        key=Concat(Value("answer:"), Cast(OuterRef("id"), TextField())), done_at=None
    )
    found = Dispute.objects.filter(
        Exists(waits), ~Exists(asked), agency_id=agency.id, state=State.OPEN, answer_by__lt=on
    )
    return list(
        found.select_related("case__client", "case__debtor", "case__collector__user").order_by("answer_by", "id")[:MOST]
    )  # fmt: skip


def to_collector(
    case: Case, key: str, kind: str, sentence: str, params: dict[str, str], by: Actor, at: datetime
) -> None:
    add_task(
        agency=case.agency_id, key=key, kind=kind, case=case, sentence=sentence, params=params, role="collector",
        owner=case.collector, due_on=business_day(case, at.date(), DECIDE_DAYS),
        default=N_("Contact about it rests and it is shown to the supervisor."), by=by, at=at,
    )  # fmt: skip
