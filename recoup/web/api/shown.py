"""Rows of the rooms as the API shows them. A list costs a fixed number of queries."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import BaseModel

from recoup.cases.models import Case, Hold
from recoup.cases.models import Task as TaskRow
from recoup.cases.queries import principal_of, standing_holds
from recoup.cases.states import OPEN, Stage
from recoup.eventlog.models import Event
from recoup.files.models import Document
from recoup.journeys.next_step import next_step
from recoup.jurisdictions.owed.document import Text
from recoup.kernel.money import Money
from recoup.payments.models import Allocation
from recoup.payments.queries import collected
from recoup.strategy.facts import gather
from recoup.tenancy.context import scope
from recoup.web.api import schemas
from recoup.web.kit.derivations import next_step_text
from recoup.web.kit.events import event_document, instant
from recoup.web.kit.timeline import filled, readable
from recoup.web.kit.words import word


def day(on: date | None) -> str | None:
    return on.isoformat() if on else None


def figure(amount: Decimal, currency: str) -> str:
    return Text(currency)(amount)


def money(of: Money) -> dict[str, str]:
    return {"amount": figure(of.amount, of.currency), "currency": of.currency}


def debtor(of: Any) -> dict[str, Any]:
    names = ("name", "country", "vat_number", "registration_number", "address", "postcode", "city")
    return {name: getattr(of, name) for name in names}


def named(of: Any) -> dict[str, Any] | None:
    return {"id": of.id, "name": of.name, "reference": of.reference} if of is not None else None


def case_rows(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Rows with `debtor`, `division` and `client` joined; one query for what is claimed."""
    claimed = principal_of([case.id for case in cases])
    return [
        {
            "number": case.number, "reference": case.reference, "client_reference": case.client_reference,
            "client": case.client.reference, "division": named(case.division), "stage": case.stage, "debtor": debtor(case.debtor),
            "claimed": money(claimed.get(case.id, Money.zero(case.currency))),
            "jurisdiction": case.jurisdiction, "submitted_at": instant(case.submitted_at),
        }
        for case in cases
    ]  # fmt: skip


def case_whole(case: Case, on: date) -> dict[str, Any]:
    lines = case.lines.order_by("due_on", "id")
    return case_rows([case])[0] | {
        "lines": [
            {"kind": row.kind, "ref": row.ref, "issued_on": day(row.issued_on), "due_on": day(row.due_on),
             "amount": figure(row.amount, case.currency), "document": row.document_id}
            for row in lines
        ],
        "holds": [hold(row) for row in standing_holds(case.id, on).order_by("since")],
        "collector": str(case.collector.user) if case.collector else None,
        "collected": money(collected(case)), "next_step": next_of(case, on), "closed": ended(case),
    }  # fmt: skip


def hold(row: Hold) -> dict[str, Any]:
    return {"id": row.id, "kind": row.kind, "since": instant(row.since), "until": day(row.until),
            "because": row.because}  # fmt: skip


def next_of(case: Case, on: date) -> str | None:
    """The sentence of the pages; looks at the whole agency, since a task of the house decides too."""
    if case.stage not in OPEN:
        return None
    with scope(case.agency_id):
        return next_step_text(next_step(gather(case.agency_id, [case], on)[case.id], on))


def ended(case: Case) -> str | None:
    if case.stage == Stage.DECLINED:
        move = case.moves.order_by("-at").first()
        return _("Declined: %(because)s") % {"because": move.because if move else ""}
    if case.stage == Stage.CLOSED and (closure := case.closure):
        return _("Closed: %(code)s") % {"code": word(closure.code)}
    return None


def numbers_of(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = {one for one in ids if one}
    return dict(Case.objects.filter(id__in=wanted).values_list("id", "number")) if wanted else {}


def events(rows: Sequence[Event]) -> list[dict[str, Any]]:
    numbers = numbers_of(row.case_id for row in rows)
    return [event_document(row, numbers.get(row.case_id) if row.case_id else None) for row in rows]


def documents(rows: Sequence[Document]) -> list[dict[str, Any]]:
    numbers = numbers_of(row.case_id for row in rows)
    return [
        {
            "id": row.id, "name": row.name, "title": row.title, "kind": row.kind, "size": row.size,
            "media_type": row.media_type, "sha256": row.sha256, "made_at": instant(row.made_at),
            "case": numbers.get(row.case_id) if row.case_id else None,
        }
        for row in rows
    ]  # fmt: skip


def tasks(rows: Sequence[TaskRow]) -> list[dict[str, Any]]:
    return [
        {
            "id": row.id, "kind": row.kind, "sentence": filled(row.sentence, readable(row.params)),
            "default": filled(row.default, {}), "due_on": day(row.due_on),
            "case": row.case.number if row.case else None,
        }
        for row in rows
    ]  # fmt: skip


def payments(rows: Sequence[Allocation]) -> list[dict[str, Any]]:
    parts = ("amount", "costs", "compensation", "interest", "principal")
    return [
        {
            "id": row.id, "received_on": day(row.received_on), "currency": row.currency,
            **{part: figure(getattr(row, part), row.currency) for part in parts},
            "direct": row.direct, "waived": row.waived, "undone": row.reverses_id is not None,
        }
        for row in rows
    ]  # fmt: skip


def as_dict(model: type[BaseModel], values: dict[str, Any]) -> dict[str, Any]:
    """Through the schema, as it would be sent."""
    return model.model_validate(values).model_dump(mode="json")


__all__ = ["schemas"]
