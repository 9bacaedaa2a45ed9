"""Tells clients' servers what happened: claims a delivery, sends it outside any transaction, records what
came of it. Endpoints are worked side by side, so that a dead one holds nobody else up."""

import contextlib
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import close_old_connections, connections
from django.utils import timezone, translation

from recoup.cases.models import Case
from recoup.config.database import conninfo, parameters
from recoup.journeys.webhooks import attempted
from recoup.kernel.faults import fault
from recoup.kernel.refusal import Refusal
from recoup.parties.models import Client
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency
from recoup.web.kit.events import event_document, instant
from recoup.webhooks.models import Delivery
from recoup.webhooks.operations import claim_next, due_endpoints, place_waiting, secrets_of
from recoup.webhooks.operations.endpoints import own_hosts
from recoup.webhooks.rules import Target, body_of, headers, read_url
from recoup.webhooks.states import State
from recoup.webhooks.wire import Reply, post

log = logging.getLogger(__name__)
AT_ONCE, IN_A_ROW, PAUSE_SECONDS = 4, 50, 2.0
Send = Callable[[Target, dict[str, str], bytes], Reply]
Clock = Callable[[], datetime]


def work_webhooks(
    *, agency: Agency, clock: Clock = timezone.now, send: Send = post
) -> Counter[str]:
    """Everything that is due in one agency, endpoint after endpoint; returns how many ended how."""
    done: Counter[str] = Counter()
    for endpoint in waiting_endpoints(agency.id, clock()):
        done += work_endpoint(agency, endpoint, clock, send)
    return done


def waiting_endpoints(agency: UUID, now: datetime) -> list[UUID]:
    with scope(agency):
        place_waiting(agency=agency, at=now)
        return due_endpoints(agency=agency, at=now)


def work_endpoint(agency: Agency, endpoint: UUID, clock: Clock, send: Send = post) -> Counter[str]:
    """What is due at one endpoint, until it fails: then it rests."""
    done: Counter[str] = Counter()
    for _ in range(IN_A_ROW):
        with scope(agency.id):
            taken = claim_next(endpoint=endpoint, at=clock())
            if taken is None:
                break
            body, signed = prepared(agency, taken, clock())
        fault("hooks.claimed")
        reply = sent(taken.endpoint.url, signed, body, send)
        fault("hooks.sent")
        with scope(agency.id):
            state = attempted(agency=agency, delivery=taken, reply=reply, at=clock())
        fault("hooks.settled")
        done[state] += 1
        if state != State.DELIVERED:
            break
    return done


def sent(url: str, signed: dict[str, str], body: bytes, send: Send) -> Reply:
    try:
        target = read_url(url, own=own_hosts(), exempt=settings.WEBHOOK_EXEMPT)
    except Refusal as refusal:
        return Reply(None, refusal.sentence(), 0)
    return send(target, signed, body)


def prepared(agency: Agency, taken: Delivery, at: datetime) -> tuple[bytes, dict[str, str]]:
    """The body, the same at each try, and the headers, signed with the secrets in force now."""
    body = body_of(document_of(taken))
    secrets = secrets_of(taken.endpoint_id, at)
    return body, headers(secrets, id=message_id(taken), at=at, body=body)


def message_id(taken: Delivery) -> str:
    """The same for every try and replay of one event, whatever the endpoint."""
    return f"msg_{(taken.event_id or taken.id).hex}"


def document_of(taken: Delivery) -> dict[str, object]:
    """`{type, timestamp, data}` as Standard Webhooks asks; `data` is the event as in the API, in the
    client's language, and its place among the events of its case."""
    if taken.event is None:
        return {"type": "Test", "timestamp": instant(taken.made_at), "data": {"endpoint": str(taken.endpoint_id)}}  # fmt: skip
    case = taken.event.case_id
    number = Case.objects.filter(id=case).values_list("number", flat=True).first() if case else None
    language = Client.objects.values_list("language", flat=True).get(id=taken.client_id)
    with translation.override(language.lower()):
        data = event_document(taken.event, number) | {"sequence": taken.seq}
    return {"type": taken.kind, "timestamp": instant(taken.event.at), "data": data}


# For ever --------------------------------------------------------------------------------------------


def tell_for_ever() -> None:
    """Work whenever something happened, at least every two seconds; a failure is logged and the loop goes
    on: what could not be told stays due."""
    while True:
        with contextlib.suppress(psycopg.OperationalError):
            with psycopg.connect(conninfo(parameters("app")), autocommit=True) as listening:
                listening.execute("LISTEN webhooks")
                with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as pool:
                    rounds(pool, listening)
        time.sleep(1)


def rounds(pool: ThreadPoolExecutor, listening: "psycopg.Connection[tuple[object, ...]]") -> None:
    busy: set[UUID] = set()
    lock = threading.Lock()

    def work(agency: Agency, endpoint: UUID) -> None:
        close_old_connections()
        try:
            work_endpoint(agency, endpoint, timezone.now)
        except Exception:
            log.exception("webhook %s could not be worked; it is tried again", endpoint)
            connections.close_all()
        finally:
            with lock:
                busy.discard(endpoint)

    while True:
        close_old_connections()
        for agency in list(Agency.objects.all()):
            for endpoint in waiting_endpoints(agency.id, timezone.now()):
                with lock:
                    free = endpoint not in busy and len(busy) < AT_ONCE * 4
                    busy |= {endpoint} if free else set()
                if free:
                    pool.submit(work, agency, endpoint)
        for _ in listening.notifies(timeout=PAUSE_SECONDS, stop_after=1):
            pass
