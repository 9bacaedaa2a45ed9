"""After an attempt at a webhook: what came of it is kept, and a dead address is switched off and told."""

from datetime import datetime

from recoup.journeys.mail import mail_client
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import N_
from recoup.parties.models import Client
from recoup.tenancy.models import Agency
from recoup.webhooks.models import Delivery
from recoup.webhooks.operations import settle, switch_off
from recoup.webhooks.states import State
from recoup.webhooks.wire import Reply


def attempted(*, agency: Agency, delivery: Delivery, reply: Reply, at: datetime) -> str:
    """Record an attempt; a delivery that expires switches its endpoint off, once, and the client is
    told. Returns the delivery's state, blank when another worker has taken it over."""
    state = settle(
        delivery=delivery, status=reply.status, said=reply.said, took_ms=reply.took_ms, after=reply.after, at=at
    )  # fmt: skip
    if state == State.EXPIRED and not delivery.alone:
        because = f"{reply.status or ''} {reply.said}".strip()
        if switch_off(endpoint=delivery.endpoint, because=because, by=SYSTEM, at=at):
            tell(agency, delivery, because, at)
    return state


def tell(agency: Agency, delivery: Delivery, because: str, at: datetime) -> None:
    endpoint = delivery.endpoint
    mail_client(
        agency=agency, client=Client.objects.get(id=endpoint.client_id), template="webhook_off",
        key=f"webhook-off:{endpoint.id}:{delivery.id}:{delivery.fence}",
        subject=N_("Your webhook does not answer and is switched off"),
        paragraphs=[
            N_("For three days we could not deliver what happens to %(url)s; the last answer was: %(because)s"),
            N_("Nothing is lost: what happens is kept. When your server answers again, switch the webhook on under API and webhooks in the portal; what has waited goes out in order."),
        ],
        params={"url": endpoint.url, "because": because or "–"}, at=at,
    )  # fmt: skip
