"""What a client may still do with a submitted case: add papers, correct what it said, take it back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case, Closure
from recoup.cases.operations import NewLine, add_lines, amend_case, change_division
from recoup.cases.states import OPEN, CloseCode
from recoup.eventlog.operations import record
from recoup.files.models import Document
from recoup.files.operations import content_of, keep
from recoup.journeys.close import close_with_report
from recoup.journeys.submit_invoice import (
    IN_CASE,
    ContactAsked,
    LineAsked,
    Taken,
    Upload,
    read_upload,
    uploads,
)
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Division
from recoup.parties.operations import add_contact
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency


@dataclass(frozen=True, slots=True)
class Amendment:
    """What to change: `said` and `seen` as `amend_case` takes them, further `lines`, further `contacts`."""

    said: dict[str, Any] = field(default_factory=dict)
    lines: tuple[LineAsked, ...] = ()
    contacts: tuple[ContactAsked, ...] = ()
    seen: dict[str, Any] = field(default_factory=dict)


def attach(*, case: Case, files: Sequence[Upload], by: Actor, at: datetime) -> list[Taken]:
    """Keep papers with a case, each file with its own verdict; the same content is linked once.

    Raises `Refusal` `files_missing`, `files_too_many`, `case_not_open`.
    """
    refuse_ended(case)
    client = case.client
    with scope(case.agency_id), transaction.atomic():
        taken = read_upload(agency=case.agency_id, client=client, files=files, by=by, at=at)
        kept = [one.document for one in taken if one.document]
        for document in uploads(case.agency_id, client, kept):
            joined(case, document, by, at)
    return taken


def joined(case: Case, file: Document, by: Actor, at: datetime) -> Document:
    """The client's uploaded file as a document of the case, with its event the first time."""
    known = Document.objects.filter(
        agency_id=case.agency_id, case_id=case.id, kind=IN_CASE, sha256=file.sha256
    ).first()
    if known is not None:
        return known
    made = keep(
        agency=case.agency_id, content=content_of(file), name=file.name, media_type=file.media_type,
        kind=IN_CASE, by=by, at=at, client=case.client_id, case=case.id,
    )  # fmt: skip
    record(agency=case.agency_id, kind="DocumentAdded", by=by, at=at, case=case.id,
           client=case.client_id, document=str(made.id), name=made.name)  # fmt: skip
    return made


def amend(*, case: Case, amendment: Amendment, by: Actor, at: datetime) -> None:
    """Make the changes, all or none. Raises `Refusal` as `amend_case`, `add_lines`, `add_contact` and
    `document_unknown`."""
    refuse_ended(case)
    with scope(case.agency_id), transaction.atomic():
        if amendment.said:
            amend_case(case=case, changes=amendment.said, seen=amendment.seen, by=by, at=at)
        if amendment.lines:
            add_lines(case=case, lines=lines_of(case, amendment.lines, by, at), by=by, at=at)
        for who in amendment.contacts:
            add_contact(debtor=case.debtor, name=who.name, role=who.role, email=who.email,
                        phone=who.phone, language=who.language, by=by, at=at)  # fmt: skip


def lines_of(case: Case, asked: Sequence[LineAsked], by: Actor, at: datetime) -> list[NewLine]:
    named = [one.document for one in asked if one.document]
    papers: dict[UUID, Document] = {
        file.id: joined(case, file, by, at) for file in uploads(case.agency_id, case.client, named)
    }
    return [
        NewLine(one.kind, one.ref, one.issued_on, one.due_on, one.amount,
                papers[one.document] if one.document else None)
        for one in asked
    ]  # fmt: skip


def move_to_division(
    *, case: Case, division: Division | None, because: str = "", by: Actor, at: datetime
) -> bool:
    """The client puts a case right that was handed over for another division, at any time. Raises `Refusal`
    as `change_division`."""
    with scope(case.agency_id), transaction.atomic():
        return change_division(case=case, division=division, because=because, by=by, at=at)


def withdraw(*, agency: Agency, case: Case, because: str, by: Actor, at: datetime) -> Closure:
    """Take a case back: it is closed as withdrawn, with its report. Raises `Refusal` `reason_missing`,
    `case_not_open`, `case_moved_meanwhile`."""
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    refuse_ended(case)
    with scope(agency.id):
        return close_with_report(
            agency=agency, case=case, code=CloseCode.WITHDRAWN, because=because, by=by, at=at
        )


def refuse_ended(case: Case) -> None:
    if case.stage not in OPEN:
        raise Refusal("case_not_open", N_("Case %(number)s is closed."), number=case.number)


__all__ = ["Amendment", "ContactAsked", "amend", "attach", "joined", "move_to_division", "withdraw"]
