"""The gate's refusals, kept so that nobody has to guess why nothing was sent."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case
from recoup.contact.models import Denial
from recoup.contact.rules import Verdict
from recoup.eventlog.operations import Happened, record, record_many
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id
from recoup.tenancy.bulk import insert_many


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


@dataclass(frozen=True, slots=True)
class NewDenial:
    case: Case
    step: str
    channel: str
    verdict: Verdict


DENIAL = {
    "id": "uuid", "case_id": "uuid", "client_id": "uuid", "step": "text", "channel": "text", "code": "text",
    "because": "text", "params": "jsonb", "earliest_at": "timestamptz",
}  # fmt: skip


@transaction.atomic
def record_denials(*, agency: UUID, denials: Sequence[NewDenial], by: Actor, at: datetime) -> None:
    """Keep many at once, each with its event."""
    insert_many(
        "contact_denial", DENIAL,
        (
            (
                new_id(), d.case.id, d.case.client_id, d.step, d.channel, d.verdict.code, d.verdict.because,
                json.dumps(d.verdict.params), d.verdict.earliest_at,
            )
            for d in denials
        ),
        constants={"agency_id": ("uuid", agency), "at": ("timestamptz", at)},
    )  # fmt: skip
    record_many(
        agency=agency,
        events=[
            Happened("ContactDenied", at, by, d.case.id, d.case.client_id, "internal", {
                "step": d.step, "channel": d.channel, "code": d.verdict.code, "because": d.verdict.because,
                "params": d.verdict.params,
            })
            for d in denials
        ],
    )  # fmt: skip
