"""Documents: sent before a case is submitted, read at any time."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from ninja import File, Query, Router, Status
from ninja.files import UploadedFile

from recoup.files.models import Document
from recoup.intake.proposal import Proposal
from recoup.journeys.amend import attach
from recoup.journeys.submit_invoice import Taken, Upload, proposal_of, read_upload
from recoup.keys.rules import Scope
from recoup.web.api import schemas, shown
from recoup.web.api.door import MB, rules
from recoup.web.api.pages import Paged, page
from recoup.web.api.problems import document_of
from recoup.web.api.routes.cases import Number, case_of, client_of
from recoup.web.kit.downloads import attachment
from recoup.web.kit.middleware import Place, place_of

router = Router(tags=["Documents"])


def seen(place: Place) -> Any:
    found = Document.objects.filter(agency=place.agency)
    if place.client_id is None:
        return found
    return found.filter(client_id=place.client_id).exclude(audience="internal")


@router.get(
    "/cases/{number}/documents", response=schemas.DocumentPage, summary="List a case's documents"
)
@rules(Scope.CASES_READ)
def list_documents(request: HttpRequest, number: Number, paged: Query[Paged]) -> Any:
    case = case_of(request, number)
    return page(request, seen(place_of(request)).filter(case_id=case.id), paged, shown.documents)


@router.get("/documents/{id}", response=schemas.Document, summary="Read what a document is")
@rules(Scope.CASES_READ)
def read_document(request: HttpRequest, id: UUID) -> Any:
    return shown.documents([get_object_or_404(seen(place_of(request)), id=id)])[0]


@router.get("/documents/{id}/content", summary="Download a document")
@rules(Scope.CASES_READ)
def read_content(request: HttpRequest, id: UUID) -> HttpResponse:
    found = get_object_or_404(seen(place_of(request)), id=id)
    return attachment(found)


@router.post(
    "/uploads", response={201: list[schemas.Uploaded]}, summary="Send files before submitting"
)
@rules(Scope.CASES_WRITE, repeatable=True, most=25 * MB, multipart=True)
def upload(request: HttpRequest, files: File[list[UploadedFile]]) -> Any:
    """Invoices (PDF or XML) of one debtor, up to 20. What can be read from them comes back as a proposal
    for /cases; name the documents there. A key of a client only."""
    place = place_of(request)
    client = client_of(place, "")
    taken = read_upload(agency=place.agency.id, client=client, files=sent(files), by=place.actor, at=place.now)  # fmt: skip
    kept = [one.document for one in taken if one.document]
    proposal = proposal_of(agency=place.agency.id, client=client, documents=kept) if kept else None
    return Status(201, [uploaded(one, proposal if n == 0 else None) for n, one in enumerate(taken)])


@router.post(
    "/cases/{number}/documents", response={201: list[schemas.Uploaded]}, summary="Attach documents"
)
@rules(Scope.CASES_WRITE, repeatable=True, most=25 * MB, multipart=True)
def attach_documents(request: HttpRequest, number: Number, files: File[list[UploadedFile]]) -> Any:
    """Proofs, correspondence, further invoices; the same content is kept once."""
    case, place = case_of(request, number), place_of(request)
    taken = attach(case=case, files=sent(files), by=place.actor, at=place.now)
    return Status(201, [uploaded(one, None) for one in taken])


def sent(files: list[UploadedFile]) -> list[Upload]:
    return [Upload(file.name or "", file.read()) for file in files]


def uploaded(one: Taken, proposal: Proposal | None) -> dict[str, Any]:
    return {
        "document": one.document, "name": one.name,
        "problem": document_of(one.refusal) if one.refusal else None,
        "proposal": proposed(proposal) if proposal else None,
    }  # fmt: skip


def proposed(found: Proposal) -> dict[str, Any]:
    """In the form that /cases takes, with what is not known left out."""
    who = found.debtor
    party = {
        "name": who.name, "country": who.country, "vat_number": who.vat, "email": who.email,
        "registration_number": None if who.vat else who.legal_id, "phone": who.phone,
        "address": [who.street] if who.street else None, "postcode": who.postcode, "city": who.city,
    }  # fmt: skip
    return {
        "debtor": {k: v for k, v in party.items() if v}, "currency": found.currency or None,
        "lines": [
            {"kind": one.kind, "ref": one.ref, "issued_on": shown.day(one.issued_on), "due_on": shown.day(one.due_on),
             "amount": None if one.amount is None else str(one.amount), "document": one.document and str(one.document),
             "confirm_due": one.confirm_due}
            for one in found.lines
        ],
        "notices": [gettext(n.text) % dict(n.params) for n in found.notices],
    }  # fmt: skip
