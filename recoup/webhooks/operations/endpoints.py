"""Where a client is told, and the secrets that sign it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.webhooks.models import Endpoint, Secret
from recoup.webhooks.rules import MOST_ENDPOINTS, OVERLAP, new_secret, read_url, refuse_private
from recoup.webhooks.sealing import opened, sealed
from recoup.webhooks.states import EndpointState
from recoup.webhooks.wire import resolve

Resolve = Callable[[str, int], list[str]]


def refuse_url(url: str, look_up: Resolve) -> None:
    """Raises `Refusal` `webhook_url_wrong`; asks the name service once, before anything is kept."""
    target = read_url(url, own=own_hosts(), exempt=settings.WEBHOOK_EXEMPT)
    if not target.exempt:
        refuse_private(target.host, look_up(target.host, target.port))


def own_hosts() -> list[str]:
    return [host.lstrip(".") for host in settings.ALLOWED_HOSTS]


@transaction.atomic
def add_endpoint(
    *, agency: UUID, client: UUID, url: str, kinds: Iterable[str] = (), description: str = "",
    by: Actor, at: datetime, look_up: Resolve = resolve,
) -> Endpoint:  # fmt: skip
    """A new endpoint with its first secret; from now on events are sent there. The same address twice is
    refused. Raises `Refusal` `webhook_url_wrong`, `webhook_known`, `webhooks_too_many`, `event_kind_wrong`.
    """
    refuse_url(url, look_up)
    wanted = sorted(set(kinds))
    if wrong := [k for k in wanted if not (k.isascii() and k.isalpha() and len(k) <= 48)]:
        raise Refusal("event_kind_wrong", N_("“%(found)s” is no kind of event."), field="kinds", found=wrong[0][:48])  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 37))", [str(client)])
    standing = Endpoint.objects.filter(client_id=client, deleted_at__isnull=True)
    if standing.filter(url=url).exists():
        raise Refusal("webhook_known", N_("This address is told already."), field="url")
    if standing.count() >= MOST_ENDPOINTS:
        raise Refusal("webhooks_too_many", N_("There are %(most)d webhooks already; delete one first."), most=MOST_ENDPOINTS)  # fmt: skip
    made = Endpoint(
        agency_id=agency, client_id=client, url=url, kinds=wanted, description=description.strip()[:120],
        made_at=at, made_by=by.name,
    )  # fmt: skip
    told(made, "WebhookAdded", by, at)  # before it is there: it is not told of itself
    made.save(force_insert=True)
    give_secret(made, at)
    return made


def give_secret(endpoint: Endpoint, at: datetime) -> None:
    Secret.objects.create(
        agency_id=endpoint.agency_id, endpoint=endpoint, client_id=endpoint.client_id,
        sealed=sealed(new_secret()), made_at=at,
    )  # fmt: skip


@transaction.atomic
def rotate_secret(*, endpoint: Endpoint, by: Actor, at: datetime) -> None:
    """A new secret; the former one signs too for a day, so that nothing is refused meanwhile. Two at once:
    the second waits for the endpoint's row and rotates again."""
    Endpoint.objects.select_for_update().get(id=endpoint.id)
    Secret.objects.filter(endpoint=endpoint, expires_at__isnull=True).update(
        expires_at=at + OVERLAP
    )
    give_secret(endpoint, at)
    told(endpoint, "WebhookSecretRotated", by, at)


def secret_of(endpoint: Endpoint) -> str:
    """The current secret, to be shown to the client's administrator."""
    return opened(Secret.objects.get(endpoint=endpoint, expires_at__isnull=True).sealed)


def secrets_of(endpoint: UUID, at: datetime) -> list[str]:
    """Every secret that signs at `at`, the current one first."""
    found = Secret.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=at), endpoint_id=endpoint
    )
    return [opened(one.sealed) for one in found.order_by("-made_at", "-id")]


@transaction.atomic
def switch_off(*, endpoint: Endpoint, because: str, by: Actor, at: datetime) -> bool:
    """Nothing is sent there for now; events are kept for it. False when it was off already."""
    on = Endpoint.objects.filter(id=endpoint.id, state=EndpointState.ON, deleted_at__isnull=True)
    if not on.update(state=EndpointState.OFF, off_because=because[:300]):
        return False
    told(endpoint, "WebhookOff", by, at, because=because)
    return True


@transaction.atomic
def switch_on(*, endpoint: Endpoint, by: Actor, at: datetime, look_up: Resolve = resolve) -> bool:
    """What has waited goes out now. False when it was on already. Raises `webhook_url_wrong`."""
    refuse_url(endpoint.url, look_up)
    off = Endpoint.objects.filter(id=endpoint.id, state=EndpointState.OFF, deleted_at__isnull=True)
    if not off.update(state=EndpointState.ON, off_because="", failing_since=None, failures=0, rest_until=None):  # fmt: skip
        return False
    told(endpoint, "WebhookOn", by, at)
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY webhooks")
    return True


@transaction.atomic
def delete_endpoint(*, endpoint: Endpoint, by: Actor, at: datetime) -> None:
    """Nothing is told there any more; what waited is dropped. Raises `Refusal` `webhook_gone`."""
    if not Endpoint.objects.filter(id=endpoint.id, deleted_at__isnull=True).update(deleted_at=at):
        raise Refusal("webhook_gone", N_("This webhook has been deleted already."))
    told(endpoint, "WebhookDeleted", by, at)


def told(endpoint: Endpoint, kind: str, by: Actor, at: datetime, because: str = "") -> None:
    record(agency=endpoint.agency_id, kind=kind, by=by, at=at, client=endpoint.client_id,
           url=endpoint.url, because=because)  # fmt: skip
