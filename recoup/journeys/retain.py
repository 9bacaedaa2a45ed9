"""Personal data whose time is over is emptied; ledger, claims and the chain of events stay as they are."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from recoup.cases.operations.tasks import forget_task
from recoup.contact.operations.forget import forget_letter, forget_note, photos_of
from recoup.contact.operations.inbound import forget_mail
from recoup.enquiries.operations import forget_enquiry
from recoup.eventlog.operations import forget_words
from recoup.files.models import Document
from recoup.files.operations import discard, path_of
from recoup.kernel.actor import Actor
from recoup.kernel.days import add_months
from recoup.parties.operations import forget_contact
from recoup.retention.models import Erasure, Term
from recoup.retention.operations import keep_erasures
from recoup.retention.queries import (
    enquiries_over,
    letters_over,
    log_over,
    mail_over,
    notes_over,
    people_over,
    tasks_over,
    terms,
)
from recoup.retention.states import RecordClass
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

AT_ONCE = 500
OURS = (
    "letter",
)  # what was written to a debtor; an invoice that was sent along is the claim's, and stays
OVER: dict[str, Callable[[UUID, date], QuerySet[Any]]] = {
    RecordClass.PEOPLE: people_over, RecordClass.MAIL: mail_over, RecordClass.LETTERS: letters_over,
    RecordClass.NOTES: notes_over, RecordClass.TASKS: tasks_over, RecordClass.LOG: log_over,
    RecordClass.ENQUIRIES: enquiries_over,
}  # fmt: skip
FORGET: dict[str, Callable[..., dict[str, Any]]] = {
    RecordClass.PEOPLE: forget_contact, RecordClass.MAIL: forget_mail, RecordClass.LETTERS: forget_letter,
    RecordClass.NOTES: forget_note, RecordClass.TASKS: forget_task, RecordClass.LOG: forget_words,
    RecordClass.ENQUIRIES: forget_enquiry,
}  # fmt: skip


@dataclass(slots=True)
class Retained:
    """Of one class: `due` rows whose time is over, `held` of them by a preservation, `erased` now."""

    record_class: str
    months: int | None
    ground: str
    due: int = 0
    held: int = 0
    erased: int = 0
    files: list[str] = field(default_factory=list)


def retain(
    *, agency: Agency, on: date, by: Actor, at: datetime, dry: bool = False
) -> list[Retained]:
    """Each class by its term; without a term nothing of it. `dry`: only counts. Again does nothing more.

    Rows first, in batches of their own transaction; files after the commit: a death in between leaves
    files that the next run removes.
    """
    with scope(agency.id):
        known = terms(agency.id)
    found = [one_class(agency, name, known.get(name), on, by, at, dry) for name in RecordClass]
    if not dry:
        remove_files(agency)
    return found


def one_class(
    agency: Agency, name: str, term: Term | None, on: date, by: Actor, at: datetime, dry: bool
) -> Retained:  # fmt: skip
    if term is None:
        return Retained(name, None, "")
    report = Retained(name, term.months, term.ground)
    before = add_months(on, -term.months)
    with scope(agency.id):
        over = OVER[name](agency.id, before)
        report.due = over.count()
        report.held = over.filter(held=True).count() if "held" in over.query.annotations else 0
    while not dry and (count := batch(agency, name, term, before, by, at)):
        report.erased += count
    return report


def batch(agency: Agency, name: str, term: Term, before: date, by: Actor, at: datetime) -> int:
    with scope(agency.id):
        over = OVER[name](agency.id, before)
        if "held" in over.query.annotations:
            over = over.filter(held=False)
        rows = list(over.order_by("id")[:AT_ONCE])
        return keep_erasures(agency=agency.id, term=term, erased=forgotten(name, rows), by=by, at=at)  # fmt: skip


def forgotten(name: str, rows: Iterable[Any]) -> Iterable[tuple[UUID, dict[str, Any], str]]:
    """Each row emptied, with what it held and the files that go with it: one row for each, one where there is none."""
    for row in rows:
        files = files_of(name, row)
        held = FORGET[name](row)
        for sha256 in files or [""]:
            yield row.id, held, sha256


def files_of(name: str, row: Any) -> list[str]:
    if name == RecordClass.MAIL:
        return [row.document.sha256]
    if name == RecordClass.NOTES:
        return photos_of(row)
    if name == RecordClass.LETTERS:
        ids = [row.payload[k] for k in ("document",) if row.payload.get(k)] + list(
            row.payload.get("attachments", [])
        )
        papers = Document.objects.filter(agency_id=row.agency_id, id__in=ids, kind__in=OURS)
        return list(papers.values_list("sha256", flat=True))
    return []


def remove_files(agency: Agency) -> int:
    """The bytes of erased files that no other document has, of this agency or another: the same bytes lie
    in the store once for all."""
    with scope(agency.id):
        erased = set(Erasure.objects.filter(agency_id=agency.id).exclude(sha256="").values_list("sha256", flat=True))  # fmt: skip
    erased = {digest for digest in erased if path_of(digest).exists()}
    for house in Agency.objects.all() if erased else ():
        with scope(house.id):
            known = Document.objects.filter(agency_id=house.id, sha256__in=erased)
            if house.id == agency.id:
                known = known.exclude(kind__in=("mail_in", "visit_photo", *OURS))
            erased -= set(known.values_list("sha256", flat=True))
    return sum(discard(digest) for digest in erased)
