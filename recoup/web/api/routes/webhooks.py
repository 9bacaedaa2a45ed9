"""Webhooks: where a client's server is told of events, and what came of it."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status
from pydantic import BaseModel, Field

from recoup.kernel.refusal import N_, Refusal
from recoup.keys.rules import Scope
from recoup.web.api import schemas
from recoup.web.api.door import rules
from recoup.web.api.pages import Paged, page
from recoup.web.kit.events import instant
from recoup.web.kit.middleware import Place, place_of
from recoup.webhooks.models import Delivery, Endpoint
from recoup.webhooks.operations import (
    add_endpoint,
    delete_endpoint,
    replay,
    rotate_secret,
    secret_of,
    send_test,
    switch_off,
    switch_on,
)
from recoup.webhooks.queries import last_attempts
from recoup.webhooks.states import EndpointState, State

router = Router(tags=["Webhooks"])


class WebhookAsked(schemas.Body):
    url: schemas.Some500 = Field(description="https, of the public internet, port 443 or 8443")
    kinds: list[schemas.Some48] = Field(
        default_factory=list, max_length=50, description="Kinds of events; none: all."
    )
    description: schemas.Text120 = ""


class WebhookChanged(schemas.Body):
    state: EndpointState


class Webhook(BaseModel):
    id: UUID
    url: str
    kinds: list[str]
    description: str
    state: EndpointState
    off_because: str
    made_at: schemas.Instant
    failing_since: schemas.Instant | None


class Secret(BaseModel):
    secret: str = Field(description="whsec_…, for any Standard Webhooks library")


class DeliveryShown(BaseModel):
    id: UUID
    event: UUID | None
    kind: str
    state: State
    sequence: int | None = Field(description="Place among the events of its case.")
    tries: int
    made_at: schemas.Instant
    due_at: schemas.Instant | None
    status: int | None = Field(description="Answered at the last try.")
    said: str


WebhookPage, DeliveryPage = schemas.page_of(Webhook), schemas.page_of(DeliveryShown)


def seen(place: Place) -> QuerySet[Endpoint]:
    found = Endpoint.objects.filter(agency=place.agency, deleted_at__isnull=True)
    return found.filter(client_id=place.client_id) if place.client_id else found


def webhook(row: Endpoint) -> dict[str, Any]:
    return {
        "id": row.id, "url": row.url, "kinds": row.kinds, "description": row.description, "state": row.state,
        "off_because": row.off_because, "made_at": instant(row.made_at),
        "failing_since": instant(row.failing_since) if row.failing_since else None,
    }  # fmt: skip


@router.get("/webhooks", response=WebhookPage, summary="List webhooks")
@rules(Scope.WEBHOOKS)
def list_webhooks(request: HttpRequest, paged: Query[Paged]) -> Any:
    return page(
        request, seen(place_of(request)), paged, lambda rows: [webhook(row) for row in rows]
    )


@router.post("/webhooks", response={201: Webhook}, summary="Add a webhook")
@rules(Scope.WEBHOOKS, repeatable=True)
def add_webhook(request: HttpRequest, asked: WebhookAsked) -> Any:
    """From now on your server is told, at once and in order of each case. Read the secret at
    /webhooks/{id}/secret. Private addresses are refused."""
    place = place_of(request)
    if place.client_id is None:
        raise Refusal("clients_only", N_("Webhooks belong to a client; use a key of a client."))
    made = add_endpoint(
        agency=place.agency.id, client=place.client_id, url=asked.url, kinds=asked.kinds,
        description=asked.description, by=place.actor, at=place.now,
    )  # fmt: skip
    return Status(201, webhook(made))


@router.get("/webhooks/{id}", response=Webhook, summary="Read a webhook")
@rules(Scope.WEBHOOKS)
def read_webhook(request: HttpRequest, id: UUID) -> Any:
    return webhook(get_object_or_404(seen(place_of(request)), id=id))


@router.patch("/webhooks/{id}", response=Webhook, summary="Switch a webhook on or off")
@rules(Scope.WEBHOOKS)
def change_webhook(request: HttpRequest, id: UUID, asked: WebhookChanged) -> Any:
    """What happens while it is off is kept, and goes out in order once it is on again."""
    place = place_of(request)
    found = get_object_or_404(seen(place), id=id)
    if asked.state == EndpointState.ON:
        switch_on(endpoint=found, by=place.actor, at=place.now)
    else:
        switch_off(endpoint=found, because=place.actor.name, by=place.actor, at=place.now)
    found.refresh_from_db()
    return webhook(found)


@router.delete("/webhooks/{id}", response={204: None}, summary="Delete a webhook")
@rules(Scope.WEBHOOKS)
def delete_webhook(request: HttpRequest, id: UUID) -> Any:
    place = place_of(request)
    delete_endpoint(endpoint=get_object_or_404(seen(place), id=id), by=place.actor, at=place.now)
    return Status(204, None)


@router.get("/webhooks/{id}/secret", response=Secret, summary="Read a webhook's signing secret")
@rules(Scope.WEBHOOKS)
def read_secret(request: HttpRequest, id: UUID) -> Any:
    return {"secret": secret_of(get_object_or_404(seen(place_of(request)), id=id))}


@router.post("/webhooks/{id}/secret/rotation", response=Secret, summary="Make a new signing secret")
@rules(Scope.WEBHOOKS)
def rotate_webhook_secret(request: HttpRequest, id: UUID) -> Any:
    """Both secrets sign for a day. Not kept for repetition: each request makes another."""
    place = place_of(request)
    found = get_object_or_404(seen(place), id=id)
    rotate_secret(endpoint=found, by=place.actor, at=place.now)
    return {"secret": secret_of(found)}


@router.post("/webhooks/{id}/test", response={202: DeliveryShown}, summary="Send a test event")
@rules(Scope.WEBHOOKS)
def test_webhook(request: HttpRequest, id: UUID) -> Any:
    place = place_of(request)
    made = send_test(endpoint=get_object_or_404(seen(place), id=id), at=place.now)
    return Status(202, deliveries([made])[0])


@router.get("/webhooks/{id}/deliveries", response=DeliveryPage, summary="Read what was delivered")
@rules(Scope.WEBHOOKS)
def list_deliveries(request: HttpRequest, id: UUID, paged: Query[Paged]) -> Any:
    """Of the last thirty days."""
    found = get_object_or_404(seen(place_of(request)), id=id)
    return page(request, Delivery.objects.filter(endpoint=found), paged, deliveries)


@router.post("/webhooks/{id}/deliveries/{delivery}/replay", response={202: DeliveryShown}, summary="Send an event again")  # fmt: skip
@rules(Scope.WEBHOOKS)
def replay_delivery(request: HttpRequest, id: UUID, delivery: UUID) -> Any:
    place = place_of(request)
    found = get_object_or_404(Delivery, id=delivery, endpoint=get_object_or_404(seen(place), id=id))
    replay(delivery=found, at=place.now)
    found.refresh_from_db()
    return Status(202, deliveries([found])[0])


def deliveries(rows: Any) -> list[dict[str, Any]]:
    last = last_attempts(row.id for row in rows)
    return [
        {
            "id": row.id, "event": row.event_id, "kind": row.kind, "state": row.state, "sequence": row.seq,
            "tries": row.tries, "made_at": instant(row.made_at), "due_at": instant(row.due_at) if row.due_at else None,
            "status": last[row.id].status if row.id in last else None, "said": last[row.id].said if row.id in last else "",
        }
        for row in rows
    ]  # fmt: skip
