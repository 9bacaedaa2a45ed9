"""Documents: sent before a case is submitted, read at any time."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from ninja import File, Query, Router, Status
from ninja.files import UploadedFile

from recoup.files.models import Document
from recoup.files.operations import content_of
from recoup.journeys.submit_invoice import Upload, agreement_of, proposal_of, read_upload
from recoup.keys.rules import Scope
from recoup.web.api import schemas, shown
from recoup.web.api.door import MB, rules
from recoup.web.api.pages import Paged, page
from recoup.web.api.problems import document_of
from recoup.web.api.routes.cases import Number, case_of
from recoup.web.kit.middleware import Place, place_of

router = Router(tags=["Documents"])


def seen(place: Place) -> Any:
    found = Document.objects.filter(agency=place.agency)
    if place.client_id is None:
        return found
    return found.filter(client_id=place.client_id).exclude(audience="internal")


@router.get("/cases/{number}/documents", response=schemas.DocumentPage, summary="List a case's documents")
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
    response = HttpResponse(content_of(found), content_type=found.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
