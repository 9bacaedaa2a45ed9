"""Divisions of a client: read, made, changed, closed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from recoup.keys.rules import Scope
from recoup.parties import divisions as rooms
from recoup.parties.models import Division
from recoup.web.api import schemas
from recoup.web.api.door import rules
from recoup.web.api.pages import Paged, page
from recoup.web.api.routes.decisions import own_client, refuse_limited
from recoup.web.kit.middleware import place_of

router = Router(tags=["Divisions"])
SAID = ("name", "reference", "email", "address", "postcode", "city")


def shown(rows: Sequence[Division]) -> list[dict[str, Any]]:
    return [
        {"id": row.id, "closed": row.closed_at is not None, **{name: getattr(row, name) for name in SAID}}
        for row in rows
    ]  # fmt: skip


@router.get("/divisions", response=schemas.DivisionPage, summary="List divisions")
@rules(Scope.CASES_READ)
def list_divisions(request: HttpRequest, paged: Query[Paged]) -> Any:
    """Those your key may see, the newest first."""
    found = rooms.divisions_of(own_client(place_of(request)))
    return page(request, found, paged, shown)


@router.post("/divisions", response={201: schemas.Division}, summary="Make a division")
@rules(Scope.CASES_WRITE, repeatable=True)
def add_division(request: HttpRequest, asked: schemas.DivisionAsked) -> Any:
    place = place_of(request)
    refuse_limited(place)
    made = rooms.add_division(client=own_client(place), by=place.actor, at=place.now, **asked.model_dump())  # fmt: skip
    return Status(201, shown([made])[0])


@router.patch("/divisions/{id}", response=schemas.Division, summary="Change a division")
@rules(Scope.CASES_WRITE)
def change_division(request: HttpRequest, id: UUID, asked: schemas.DivisionChanged) -> Any:
    """Its names and address; closed, it takes no new cases and keeps those it has."""
    place = place_of(request)
    found = rooms.divisions_of(own_client(place)).select_related("client")
    one = get_object_or_404(found, id=id)
    refuse_limited(place)
    said = {name: getattr(one, name) for name in SAID}
    said |= {k: v for k, v in asked.model_dump(include=set(SAID)).items() if v is not None}
    with transaction.atomic():
        rooms.change_division(division=one, by=place.actor, at=place.now, **said)
        if asked.closed is True and one.closed_at is None:
            rooms.close_division(division=one, by=place.actor, at=place.now)
        elif asked.closed is False and one.closed_at is not None:
            rooms.open_division_again(division=one, by=place.actor, at=place.now)
    one.refresh_from_db()
    return shown([one])[0]
