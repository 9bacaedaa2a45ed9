"""The gate's refusals, kept so that nobody has to guess why nothing was sent."""

from datetime import datetime

from django.db import transaction

from recoup.cases.models import Case
from recoup.contact.models import Denial
from recoup.contact.rules import Verdict
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor


@transaction.atomic
def record_denial(
    *, case: Case, step: str, channel: str, verdict: Verdict, by: Actor, at: datetime
) -> Denial:
    """Keep one denial with its rule and the earliest moment to ask again."""
    denial = Denial.objects.create(
        agency_id=case.agency_id, case=case, client_id=case.client_id, step=step, channel=channel, at=at,
        code=verdict.code, because=verdict.because, params=verdict.params, earliest_at=verdict.earliest_at,
    )  # fmt: skip
    record(
        agency=case.agency_id, kind="ContactDenied", by=by, at=at, case=case.id, client=case.client_id,
        audience="internal", step=step, channel=channel, code=verdict.code, because=verdict.because,
        params=verdict.params,
    )  # fmt: skip
    return denial
