"""Deliveries: put in line, claimed, settled, replayed. Nothing here speaks to anybody outside.

At least once: what a killed worker may have sent is sent again, under the same id. In order: of one
case and endpoint the next waits until the one before is settled.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q

from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.restores import open_restore
from recoup.webhooks.models import Attempt, Delivery, Endpoint
from recoup.webhooks.rules import KEPT, next_try, rest_after
from recoup.webhooks.states import OPEN, EndpointState, State

LEASE = timedelta(minutes=1)  # four times the longest conversation
GONE = 410


@transaction.atomic
def place_waiting(*, agency: UUID, at: datetime, most: int = 2000) -> int:
    """Give new deliveries their places, per endpoint and subject in the order of their events; returns
    how many. One at a time per agency (advisory lock): an event that commits later comes later, so that
    nothing slips in before what has left."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 41))", [str(agency)])
        cursor.execute(
            """UPDATE webhooks_delivery d SET seq = placed.seq, due_at = %s
               FROM (SELECT w.id, coalesce((SELECT max(m.seq) FROM webhooks_delivery m
                                            WHERE m.endpoint_id = w.endpoint_id AND m.subject = w.subject), 0)
                            + row_number() OVER (PARTITION BY w.endpoint_id, w.subject ORDER BY w.event_id) AS seq
                     FROM (SELECT id, endpoint_id, subject, event_id FROM webhooks_delivery
                           WHERE agency_id = %s AND seq IS NULL AND event_id IS NOT NULL
                           ORDER BY event_id LIMIT %s) w) placed
               WHERE d.id = placed.id""",
            [at, agency, most],
        )
        return int(cursor.rowcount)


def due_endpoints(*, agency: UUID, at: datetime) -> list[UUID]:
    """Endpoints that are on, not resting, and have something due; the longest waiting first. None while the
    database is a restored one that nobody has released, and in a copy for trying out."""
    if settings.ONLY_TO or open_restore(agency) is not None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT e.id FROM webhooks_endpoint e JOIN webhooks_delivery d ON d.endpoint_id = e.id
               WHERE e.agency_id = %s AND e.state = 'on' AND e.deleted_at IS NULL
                 AND (e.rest_until IS NULL OR e.rest_until <= %s)
                 AND ((d.state = 'waiting' AND d.due_at <= %s) OR (d.state = 'attempting' AND d.lease_until < %s))
               GROUP BY e.id ORDER BY min(d.due_at), e.id""",
            [agency, at, at, at],
        )
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def claim_next(*, endpoint: UUID, at: datetime) -> Delivery | None:
    """Take the next delivery that is due and first in its line, for one attempt; None when there is none.
    Its `fence` must be given back to `settle`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT d.id FROM webhooks_delivery d JOIN webhooks_endpoint e ON e.id = d.endpoint_id
               WHERE d.endpoint_id = %s AND e.state = 'on' AND e.deleted_at IS NULL
                 AND ((d.state = 'waiting' AND d.due_at <= %s) OR (d.state = 'attempting' AND d.lease_until < %s))
                 AND (d.alone OR NOT EXISTS (
                     SELECT 1 FROM webhooks_delivery p WHERE p.endpoint_id = d.endpoint_id AND p.subject = d.subject
                        AND NOT p.alone AND p.seq < d.seq AND p.state IN ('waiting', 'attempting')))
               ORDER BY d.due_at, d.seq LIMIT 1 FOR UPDATE OF d SKIP LOCKED""",
            [endpoint, at, at],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    Delivery.objects.filter(id=row[0]).update(
        state=State.ATTEMPTING, fence=F("fence") + 1, tries=F("tries") + 1, lease_until=at + LEASE
    )
    Delivery.objects.filter(id=row[0], first_tried_at__isnull=True).update(first_tried_at=at)
    return Delivery.objects.select_related("endpoint", "event").get(id=row[0])


@transaction.atomic
def settle(
    *, delivery: Delivery, status: int | None, said: str, took_ms: int, after: int = 0, at: datetime
) -> str:  # fmt: skip
    """Record what came of an attempt: delivered (2xx), waiting for another try, or expired. Blank when a
    newer claim has taken over. After three days, or when the receiver says 410, it is expired."""
    ours = Delivery.objects.filter(id=delivery.id, fence=delivery.fence, state=State.ATTEMPTING)
    good = status is not None and 200 <= status < 300
    again = None
    if not good and status != GONE:
        first = delivery.first_tried_at or at
        again = next_try(tries=delivery.tries, first=first, now=at, after=after)
    state = State.DELIVERED if good else State.WAITING if again else State.EXPIRED
    settled_at = None if state == State.WAITING else at
    if not ours.update(
        state=state, due_at=again or F("due_at"), lease_until=None, settled_at=settled_at
    ):
        return ""
    Attempt.objects.create(
        agency_id=delivery.agency_id, delivery=delivery, client_id=delivery.client_id, at=at,
        status=status, took_ms=took_ms, said=said[:300],
    )  # fmt: skip
    mark(delivery.endpoint_id, good, at)
    return str(state)


def mark(endpoint: UUID, good: bool, at: datetime) -> None:
    """Remember that an endpoint answers, or let it rest."""
    known = Endpoint.objects.filter(id=endpoint)
    if good:
        known.filter(failures__gt=0).update(failing_since=None, failures=0, rest_until=None)
        return
    failures = int(known.values_list("failures", flat=True)[0]) + 1
    known.update(failures=failures, rest_until=at + rest_after(failures))
    known.filter(failing_since__isnull=True).update(failing_since=at)


@transaction.atomic
def replay(*, delivery: Delivery, at: datetime) -> None:
    """Send once more, at once and out of line, under the same id. Raises `Refusal` `webhook_still_going`
    for one that has not been settled yet."""
    settled = Delivery.objects.filter(id=delivery.id).exclude(state__in=OPEN)
    if not settled.update(**again_from(at)):
        raise Refusal("webhook_still_going", N_("This delivery is still on its way."))
    wake()


@transaction.atomic
def replay_expired(*, endpoint: Endpoint, at: datetime) -> int:
    """Everything that could not be delivered in its three days, in order again; returns how many."""
    expired = Delivery.objects.filter(endpoint=endpoint, state=State.EXPIRED)
    count = expired.update(**(again_from(at) | {"alone": False}))
    wake()
    return count


def again_from(at: datetime) -> dict[str, object]:
    return {"state": State.WAITING, "alone": True, "due_at": at, "tries": 0, "first_tried_at": None,
            "settled_at": None}  # fmt: skip


@transaction.atomic
def send_test(*, endpoint: Endpoint, at: datetime) -> Delivery:
    """A test event; while one is on its way there is no second. Raises `Refusal` `webhook_off`."""
    if endpoint.state != EndpointState.ON:
        raise Refusal("webhook_off", N_("This webhook is off; switch it on first."))
    Endpoint.objects.select_for_update().get(id=endpoint.id)
    known = Delivery.objects.filter(endpoint=endpoint, kind="Test", state__in=OPEN).first()
    made = known or Delivery.objects.create(
        agency_id=endpoint.agency_id, endpoint=endpoint, client_id=endpoint.client_id, subject=endpoint.id,
        kind="Test", alone=True, made_at=at, due_at=at,
    )  # fmt: skip
    Endpoint.objects.filter(id=endpoint.id).update(rest_until=None)
    wake()
    return made


def wake() -> None:
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY webhooks")


def forget_old(*, agency: UUID, at: datetime) -> int:
    """Settled deliveries older than thirty days, but for the last of each line, whose place the next one
    follows; returns how many."""
    old = Delivery.objects.filter(agency_id=agency, settled_at__lt=at - KEPT).exclude(
        state__in=OPEN
    )
    last = Q(id__in=Delivery.objects.filter(agency_id=agency, seq__isnull=False)
             .order_by("endpoint_id", "subject", "-seq").distinct("endpoint_id", "subject").values("id"))  # fmt: skip
    ids = list(old.exclude(last).values_list("id", flat=True)[:5000])
    Attempt.objects.filter(delivery_id__in=ids).delete()
    return Delivery.objects.filter(id__in=ids).delete()[0]
