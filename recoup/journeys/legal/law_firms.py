"""The exchange with law firms: a case out, their reports in."""

import json
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from recoup.cases.models import Task
from recoup.cases.operations import add_task
from recoup.journeys.legal.course import named
from recoup.journeys.legal.papers import form_names, party
from recoup.journeys.statement import statement
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_
from recoup.legal.exchange import CODES, read_records, rows_out
from recoup.legal.forms import form as form_of
from recoup.legal.models import Proceeding
from recoup.legal.operations import take_records
from recoup.legal.operations.lawyers import TakenRecords
from recoup.parties.models import Partner
from recoup.tenancy.models import Agency
from recoup.tenancy.roles import Role


def export(one: Proceeding, form: str, on: date) -> tuple[bytes, str]:
    """The case for a law firm: parties, claim with segments, invoices, steps, deadlines, what its
    lawyer checks in each form."""
    data = as_data(one, on)
    if form == "json":
        return json.dumps(data, ensure_ascii=False, indent=1).encode(), "application/json"
    return rows_out(data), "text/csv; charset=utf-8"


def as_data(one: Proceeding, on: date) -> dict[str, Any]:
    case = one.case
    owed = statement(case=case, on=on).owed
    return {
        "format": "recoup-law-1", "proceeding": one.number, "case": case.number, "reference": case.reference, "route": one.route,
        "jurisdiction": one.jurisdiction, "stage": one.stage, "court": one.court, "court_reference": one.court_reference,
        "as_of": on.isoformat(), "currency": case.currency,
        "creditor": party("creditor", case.client), "debtor": party("debtor", case.debtor),
        "owed": {k: str(getattr(owed, k)) for k in ("principal", "interest", "costs", "total")}
        | {"compensation": str(owed.compensation.open), "compensation_currency": owed.compensation.currency},
        "segments": [
            {"claim": s.claim, "from": s.first.isoformat(), "to": s.last.isoformat(), "days": s.days, "rate": str(s.rate),
             "interest": str(s.interest), "source": s.source}
            for s in owed.segments
        ],
        "invoices": [
            {"ref": x.ref, "kind": x.kind, "issued_on": x.issued_on.isoformat() if x.issued_on else None,
             "due_on": x.due_on.isoformat(), "amount": f"{x.amount:.2f}"}
            for x in case.lines.order_by("due_on", "id")
        ],
        "deadlines": [{"kind": d.kind, "on": d.on.isoformat(), "source": d.source} for d in one.deadlines.filter(done_at=None)],
        "to_check": {name: [*form_of(name)["notes"]] for name in form_names(one)}, "codes": list(CODES),
    }  # fmt: skip


@transaction.atomic
def take_lawyer_file(
    *, agency: Agency, content: bytes, name: str, partner: Partner | None, by: Actor, at: datetime
) -> TakenRecords:
    """A law firm's reports: each record once, bad rows by name; what would move a proceeding is put before
    the legal officer. Raises `Refusal` as `read_records`."""
    read = read_records(content, name)
    taken = take_records(agency=agency.id, content=content, name=name, told=read.told, wrong=read.wrong, partner=partner,
                         by=by, at=at)  # fmt: skip
    for row in taken.fresh:
        stage = CODES[row.code]
        one = row.proceeding
        if (
            stage is None
            or Task.objects.filter(agency_id=agency.id, key=f"lawyer:{row.id}").exists()
        ):
            continue
        add_task(
            agency=agency.id, key=f"lawyer:{row.id}", kind="lawyer_report", role=Role.LEGAL_OFFICER,
            sentence=N_("The law firm reports “%(state)s” for %(proceeding)s (%(debtor)s) on %(day)s: carry it out"),
            params=named(one) | {"state": str(stage), "day": row.on.isoformat()}, due_on=at.date() + timedelta(days=1),
            default=N_("It stays on the legal officer's list."), case=one.case, by=by, at=at,
        )  # fmt: skip
    return taken
