"""Writers of retention: terms, preservation, and what was erased."""

import hmac
import json
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case
from recoup.config.home import secret
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.retention.models import Erasure, Preservation, Term
from recoup.retention.states import RecordClass

MOST_MONTHS = 600


@transaction.atomic
def set_term(
    *, agency: UUID, record_class: str, months: int, ground: str, by: Actor, at: datetime
) -> Term:
    """Raises `Refusal` `retention_class`, `retention_months`, `retention_ground`."""
    if record_class not in set(RecordClass):
        raise Refusal("retention_class", N_("“%(found)s” is no class of records."), found=record_class)  # fmt: skip
    if not 0 < months <= MOST_MONTHS:
        raise Refusal("retention_months", N_("Give the months as a number from 1 to 600."), field="months", found=months)  # fmt: skip
    if not ground.strip():
        raise Refusal("retention_ground", N_("Name the law or the reason this term rests on."), field="ground")  # fmt: skip
    record(agency=agency, kind="RetentionTermSet", by=by, at=at, audience="internal",
           record_class=record_class, months=months, ground=ground)  # fmt: skip
    return Term.objects.create(
        agency_id=agency, record_class=record_class, months=months, ground=ground.strip()[:300], made_at=at,
        by_name=by.name,
    )  # fmt: skip


@transaction.atomic
def preserve(*, case: Case, because: str, by: Actor, at: datetime) -> Preservation:
    """From now on nothing of the case is erased; again returns the one that stands. Raises `Refusal`
    `reason_missing`."""
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    kept, fresh = Preservation.objects.get_or_create(
        case=case, lifted_at__isnull=True,
        defaults={"agency_id": case.agency_id, "client_id": case.client_id, "because": because.strip()[:300],
                  "since": at, "by_name": by.name},
    )  # fmt: skip
    if fresh:
        record(agency=case.agency_id, kind="CasePreserved", by=by, at=at, case=case.id, client=case.client_id,
               audience="internal", because=because)  # fmt: skip
    return kept


@transaction.atomic
def lift_preservation(*, case: Case, by: Actor, at: datetime) -> bool:
    """False when nothing stood."""
    lifted = Preservation.objects.filter(case=case, lifted_at__isnull=True).update(
        lifted_at=at, lifted_by=by.name
    )
    if lifted:
        record(agency=case.agency_id, kind="PreservationLifted", by=by, at=at, case=case.id,
               client=case.client_id, audience="internal")  # fmt: skip
    return bool(lifted)


def proof_of(row: UUID, held: dict[str, Any]) -> str:
    """A keyed hash: without the installation's secret nobody can guess names until one fits."""
    text = json.dumps({"row": str(row), **held}, sort_keys=True, ensure_ascii=False, default=str)
    return hmac.new(secret("retention").encode(), text.encode(), sha256).hexdigest()


def keep_erasures(
    *, agency: UUID, term: Term, erased: Iterable[tuple[UUID, dict[str, Any], str]], by: Actor, at: datetime
) -> int:  # fmt: skip
    """In the erasing transaction: (row, what it held, file or "")."""
    rows = [
        Erasure(agency_id=agency, record_class=term.record_class, row_id=row, sha256=file, proof=proof_of(row, held),
                ground=term.ground, at=at)
        for row, held, file in erased
    ]  # fmt: skip
    Erasure.objects.bulk_create(rows)
    if rows:
        record(agency=agency, kind="PersonalDataErased", by=by, at=at, audience="internal",
               record_class=term.record_class, rows=len(rows), ground=term.ground)  # fmt: skip
    return len(rows)
