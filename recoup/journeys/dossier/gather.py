"""What goes into a dossier: the rooms' rows, the events with their places in the chain, the ledger, what
is owed, the documents, and a page for people."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from recoup.cases.models import Case
from recoup.dossier import form
from recoup.eventlog.heads import published_heads
from recoup.eventlog.models import Event, Seal
from recoup.eventlog.operations import document_of, opened
from recoup.files.models import Document
from recoup.files.operations import content_of
from recoup.journeys.dossier.index import Contents, Reader, index_page
from recoup.journeys.dossier.rows import plain, rows_of
from recoup.jurisdictions.owed import Owed, as_document
from recoup.kernel.refusal import N_, Refusal
from recoup.ledger.models import Entry, Posting
from recoup.payments.queries import owed
from recoup.retention.queries import erased_files

TYPES = {
    "application/pdf": "pdf", "application/xml": "xml", "text/xml": "xml", "message/rfc822": "eml",
    "image/png": "png", "image/jpeg": "jpg", "text/csv": "csv", "text/plain": "txt", "application/zip": "zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gathered:
    """`links`: the hashes of the events in their order."""

    parts: list[form.Part]
    links: list[str]
    client: bool


def gather(case: Case, *, client: bool, reader: Reader, at: datetime) -> Gathered:
    sealed, owing, entries = sealed_of(case, client), owing_on(case, at.date()), ledger_of(case)
    events = [row_of(one) for one in sealed]
    documents = list(documents_of(case, client))
    erased = erased_files(case.agency_id)
    parts = [
        form.json_part("case.json", head_of(case), N_("the case, its parties and its terms")),
        form.lines_part(
            form.EVENTS, events, N_("what happened, with each event's place in the chain")
        ),
        form.json_part(
            "owed.json",
            as_said(owing, at.date()),
            N_("what is owed on the day, with each segment of interest"),
        ),
        form.json_part(
            form.LEDGER, entries, N_("entries of the case's book with all their postings")
        ),
    ]
    parts += [
        form.json_part(f"rows/{label.replace('.', '-').lower()}.json", rows, f"{label}: {len(rows)}")
        for label, rows in rows_of(case, client=client)
    ]  # fmt: skip
    if heads := published_heads(case.agency_id):
        parts.append(form.json_part(form.HEAD, asdict(heads[-1]), N_("newest place of the chain published outside")))  # fmt: skip
    parts.append(form.json_part("documents.json", [about | {"erased": about["sha256"] in erased} for about, _ in documents], N_("whose the documents are")))  # fmt: skip
    parts += [each for about, each in documents if about["sha256"] not in erased]
    told: list[tuple[int, Event]] = [(one.seq, one.event) for one in sealed]
    held = Contents(owing, told, [about for about, _ in documents], parts)
    page = index_page(case, held, reader, at.date(), at)
    parts.insert(0, form.part("index.html", page, N_("for people: begin here")))
    return Gathered(parts, [row["hash"] for row in events], client)


def sealed_of(case: Case, client: bool) -> list[Seal]:
    found = Seal.objects.filter(agency_id=case.agency_id, event__case_id=case.id)
    if client:
        found = found.exclude(event__audience="internal")
    return list(found.select_related("event").order_by("seq"))


def row_of(one: Seal) -> dict[str, Any]:
    return {
        "seq": one.seq, "previous": one.previous, "hash": one.hash, "event": document_of(one.event),
        "opened": opened(one.event),
    }  # fmt: skip


def owing_on(case: Case, on: date) -> Owed | Refusal:
    """The answer to what is owed; where the law gives no figure, its refusal."""
    try:
        return owed(case=case, on=on)
    except Refusal as refusal:
        return refusal


def as_said(found: Owed | Refusal, on: date) -> dict[str, Any]:
    """As `recoup owed` says it."""
    if isinstance(found, Refusal):
        return {"as_of": on.isoformat(), "not_known": found.as_error()}
    return dict(as_document(found))


def ledger_of(case: Case) -> list[dict[str, Any]]:
    """Each entry that touches the case's book or is one of its payments, with all its legs."""
    touched = Posting.objects.filter(agency_id=case.agency_id, book__subject_id=case.id)
    own = Entry.objects.filter(agency_id=case.agency_id, allocation__case=case)
    ids = {*touched.values_list("entry_id", flat=True), *own.values_list("id", flat=True)}
    found = Entry.objects.filter(agency_id=case.agency_id, id__in=ids).order_by("booked_at", "id")
    return [entry_of(entry) for entry in found.prefetch_related("postings__book")]


def entry_of(entry: Entry) -> dict[str, Any]:
    said = {
        name: plain(getattr(entry, name))
        for name in ("id", "kind", "source", "value_on", "booked_at", "by_name", "memo", "reverses_id")
    }  # fmt: skip
    legs = [
        {"book": p.book.name, "account": p.account, "currency": p.currency, "amount": str(p.amount)}
        for p in sorted(entry.postings.all(), key=lambda p: p.id)
    ]
    return said | {"postings": legs}


def documents_of(case: Case, client: bool) -> Iterator[tuple[dict[str, Any], form.Part]]:
    found = Document.objects.filter(agency_id=case.agency_id, case_id=case.id)
    if client:
        found = found.exclude(audience="internal")
    for number, document in enumerate(found.order_by("made_at", "id"), start=1):
        path = f"documents/{number:03}-{kind_of(document)}.{TYPES.get(document.media_type, 'bin')}"
        about = {
            "path": path, "id": str(document.id), "sha256": document.sha256, "name": document.name,
            "title": str(document), "kind": document.kind, "media_type": document.media_type,
            "language": document.language, "made_at": document.made_at.isoformat(), "by": document.by_name,
        }  # fmt: skip
        yield about, form.Part(path, document.sha256, document.size, str(document), lambda d=document: whole(d))  # type: ignore[misc]  # fmt: skip


def kind_of(document: Document) -> str:
    return "".join(c if c.isalnum() and c.isascii() else "-" for c in document.kind) or "document"


def whole(document: Document) -> bytes:
    try:
        return content_of(document)
    except OSError:
        raise Refusal(
            "dossier_incomplete", N_("The document “%(found)s” cannot be read whole, so no dossier was made."),
            found=str(document),
        ) from None  # fmt: skip


def head_of(case: Case) -> dict[str, Any]:
    return {
        "number": case.number, "id": str(case.id), "reference": case.reference, "client_reference": case.client_reference,
        "currency": case.currency, "jurisdiction": case.jurisdiction, "interest": case.interest, "stage": case.stage,
        "submitted_at": case.submitted_at.isoformat(),
        "client": company_of(case.client), "debtor": company_of(case.debtor),
        "agency": {"name": case.agency.name, "registration_number": case.agency.registration_number},
    }  # fmt: skip


def company_of(company: Any) -> dict[str, Any]:
    wanted = ("name", "country", "registration_number", "vat_number", "address", "language")
    return {name: plain(getattr(company, name)) for name in wanted if hasattr(company, name)}
