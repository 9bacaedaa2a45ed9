"""Records of law firms: a file once by its bytes, a record once whatever file it stands in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.legal.exchange import Told
from recoup.legal.models import LawyerFile, LawyerRecord, Proceeding
from recoup.parties.models import Partner


@dataclass(frozen=True, slots=True)
class TakenRecords:
    """`fresh` records are new; `wrong` names each row that was not taken."""

    file: LawyerFile
    fresh: tuple[LawyerRecord, ...] = ()
    again: bool = False


@transaction.atomic
def take_records(
    *, agency: UUID, content: bytes, name: str, told: Iterable[Told], wrong: Iterable[dict[str, str]],
    partner: Partner | None, by: Actor, at: datetime,
) -> TakenRecords:  # fmt: skip
    digest = sha256(content).hexdigest()
    if (known := LawyerFile.objects.filter(agency_id=agency, sha256=digest).first()) is not None:
        return TakenRecords(known, again=True)
    said, bad = list(told), list(wrong)
    ours = {
        p.number: p
        for p in Proceeding.objects.filter(
            agency_id=agency, number__in=[t.proceeding for t in said]
        )
    }
    file = LawyerFile.objects.create(
        agency_id=agency, partner=partner, sha256=digest, name=name[:200], at=at, by_name=by.name
    )
    rows = []
    for one in said:
        found = ours.get(one.proceeding)
        # A firm speaks of its own proceedings only.
        if found is None or (partner is not None and found.lawyer_id != partner.id):
            bad.append({"row": str(one.row), "code": "proceeding_unknown", "found": one.proceeding})
            continue
        mark = sha256(
            f"{found.id}\x1f{one.code}\x1f{one.on}\x1f{one.text}\x1f{one.amount}".encode()
        ).hexdigest()
        rows.append(LawyerRecord(agency_id=agency, file=file, proceeding=found, client_id=found.client_id, mark=mark,
                                 code=one.code, on=one.on, text=one.text[:500], at=at))  # fmt: skip
    LawyerRecord.objects.bulk_create(rows, ignore_conflicts=True)
    fresh = list(
        LawyerRecord.objects.filter(file=file)
        .select_related("proceeding__case")
        .order_by("on", "id")
    )
    LawyerFile.objects.filter(id=file.id).update(
        taken=len(fresh), known=len(rows) - len(fresh), wrong=bad
    )
    file.taken, file.known, file.wrong = len(fresh), len(rows) - len(fresh), bad
    for row in fresh:
        record(agency=agency, kind="LawyerReported", by=by, at=at, case=row.proceeding.case_id, client=row.client_id,
               proceeding=row.proceeding.number, report=row.code, on=row.on.isoformat(), text=row.text)  # fmt: skip
    return TakenRecords(file, tuple(fresh))
