"""Messages between a client and the house, by case, with what was enclosed and whether it was read."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import BaseModel, Field

from recoup.cases.models import Case
from recoup.files.operations import content_of
from recoup.journeys.submit_invoice import uploads
from recoup.journeys.talk import File, talk
from recoup.kernel.ids import new_id
from recoup.keys.rules import Scope
from recoup.talks.models import Said, Seen
from recoup.talks.rules import LONGEST, MOST_FILES, Side
from recoup.web.api import schemas
from recoup.web.api.door import rules
from recoup.web.api.pages import Paged, page
from recoup.web.api.routes.cases import Number, case_of
from recoup.web.kit.events import instant
from recoup.web.kit.middleware import Place, place_of

router = Router(tags=["Messages"])


class MessageAsked(schemas.Body):
    text: str = Field("", max_length=LONGEST, strict=True)
    documents: list[UUID] = Field(
        default_factory=list, max_length=MOST_FILES, description="Of files sent to /uploads."
    )


class Enclosure(BaseModel):
    document: UUID
    name: str


class Message(BaseModel):
    id: UUID
    case: str
    side: Side = Field(description="Who wrote it: `client` or `house`.")
    by: str
    at: schemas.Instant
    text: str
    enclosed: list[Enclosure]
    read_at: schemas.Instant | None = Field(
        description="Until when the other side has read the case's messages, where that covers this one."
    )


MessagePage = schemas.page_of(Message)


def side_of(place: Place) -> Side:
    return Side.CLIENT if place.client_id is not None else Side.HOUSE


def seen(place: Place) -> QuerySet[Said]:
    found = Said.objects.filter(agency=place.agency).select_related("case")
    if place.client_id is not None:
        found = found.filter(client_id=place.client_id)
    return found.prefetch_related("enclosed__document")


def shown(rows: Sequence[Said]) -> list[dict[str, Any]]:
    """Two queries however many rows there are: the enclosures, and how far each side has read."""
    read = {
        (row["case_id"], row["side"]): row["upto"]
        for row in Seen.objects.filter(case_id__in={r.case_id for r in rows})
        .values("case_id", "side").annotate(upto=Max("upto"))
    }  # fmt: skip
    return [one(row, read.get((row.case_id, Side(row.side).other.value))) for row in rows]


def one(row: Said, upto: Any) -> dict[str, Any]:
    return {
        "id": row.id, "case": row.case.number, "side": row.side, "by": row.by_name, "at": instant(row.at), "text": row.text,
        "enclosed": [{"document": e.document_id, "name": e.document.name} for e in row.enclosed.all()],
        "read_at": instant(upto) if upto is not None and upto >= row.at else None,
    }  # fmt: skip


@router.get("/messages", response=MessagePage, summary="List messages")
@rules(Scope.CASES_READ)
def list_messages(request: HttpRequest, paged: Query[Paged]) -> Any:
    """Of all cases, the newest first. Reading by a key marks nothing as read: people read."""
    return page(request, seen(place_of(request)), paged, shown)


@router.get("/cases/{number}/messages", response=MessagePage, summary="List a case's messages")
@rules(Scope.CASES_READ)
def list_case_messages(request: HttpRequest, number: Number, paged: Query[Paged]) -> Any:
    """The newest first."""
    case = case_of(request, number)
    return page(request, seen(place_of(request)).filter(case_id=case.id), paged, shown)


@router.post("/cases/{number}/messages", response={201: Message}, summary="Write a message")
@rules(Scope.CASES_WRITE, repeatable=True)
def write_message(request: HttpRequest, number: Number, asked: MessageAsked) -> Any:
    """To the collector and the account manager; who has to answer gets a task."""
    place = place_of(request)
    case = case_of(request, number)
    made = talk(
        case=case, side=side_of(place), text=asked.text, files=files_of(case, asked.documents), key=new_id(),
        by=place.actor, at=place.now,
    )  # fmt: skip
    assert made is not None
    return Status(201, shown(list(seen(place).filter(id=made.id)))[0])


def files_of(case: Case, documents: Sequence[UUID]) -> list[File]:
    found = uploads(case.agency_id, case.client, list(documents)) if documents else []
    return [File(file.name, content_of(file)) for file in found]
