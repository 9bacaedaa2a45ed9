"""The dispatcher of webhooks dies at every point, the receiver loses three answers in ten, is slow, and is
sent things again: nothing is lost, and of each case the order holds. `ROUNDS` sets how often."""

import os
import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connections

from recoup.cases.tests.cast import line, sign_up, submit
from recoup.eventlog.operations import record
from recoup.kernel.actor import SYSTEM
from recoup.tenancy.context import scope
from recoup.webhooks.models import Attempt, Delivery, Endpoint
from recoup.webhooks.operations import add_endpoint, replay, secret_of
from recoup.webhooks.tests.receiver import Receiver
from tests.faults.zygote import KILLED, zygote

pytestmark = pytest.mark.kills
ROUNDS = int(os.environ.get("ROUNDS", "2"))
POINTS = ("hooks.claimed", "hooks.sent", "hooks.settled")


@pytest.fixture
def receiver():
    made = Receiver(loss=0.3, slow=0.2)
    yield made
    made.stop()


def test_webhooks_survive_the_death_of_their_dispatcher(
    committed_house, receiver, tmp_path, monkeypatch, settings
):
    house, chance, at = (
        committed_house,
        random.Random(20261122),
        datetime(2026, 11, 22, 12, tzinfo=UTC),
    )
    monkeypatch.setenv("RECOUP_WEBHOOK_EXEMPT", receiver.place)
    settings.WEBHOOK_EXEMPT = frozenset([receiver.place])
    kills: Counter[str] = Counter()
    with scope(house.id):
        standing = sign_up(house)
        cases = [submit(standing, key=f"k{n}", lines=[line(f"F-{n}")]) for n in range(4)]
        endpoint = add_endpoint(
            agency=house.id, client=standing.client.id, url=receiver.url, by=SYSTEM, at=at
        )
        receiver.secret = secret_of(endpoint)
    made = defaultdict(list)
    with zygote(tmp_path / "mail", tmp_path / "letters", 1) as do:
        for n in range(9 * max(1, ROUNDS // 4)):
            with scope(house.id):
                for _ in range(chance.randint(1, 3)):
                    case = chance.choice(cases)
                    record(
                        agency=house.id,
                        kind="Happened",
                        by=SYSTEM,
                        at=at,
                        case=case.id,
                        client=case.client_id,
                        n=n,
                    )
                    made[case.number].append(n)
                settled = Delivery.objects.filter(state="delivered").order_by("?").first()
                if settled and n % 3 == 0:
                    replay(delivery=settled, at=at)
            connections.close_all()
            point = POINTS[n % 3]
            with time_machine.travel(at, tick=True):
                if (
                    do("webhooks", house.id, at, f"{point}:kill:{chance.choice((1, 1, 2))}")
                    == KILLED
                ):
                    kills[point] += 1
            at += timedelta(hours=1)
        for _ in range(60):
            with time_machine.travel(at, tick=True):
                assert do("webhooks", house.id, at) == 0
            at += timedelta(hours=1)
            with scope(house.id):
                if not Delivery.objects.exclude(state="delivered").exists():
                    break
            connections.close_all()
    with scope(house.id):
        states = Counter(Delivery.objects.values_list("state", flat=True))
        events = Delivery.objects.filter(kind="Happened").count()
        assert Endpoint.objects.get().state == "on"
        tries = Attempt.objects.count()
    connections.close_all()
    seen = defaultdict(list)
    for document in receiver.taken:
        if document["type"] == "Happened":
            seen[document["data"]["case"]].append(
                (document["data"]["sequence"], document["data"]["data"]["n"])
            )
    print(
        f"\n{events} events, {receiver.asked} requests, {tries} tries recorded, kills {dict(kills)}, "
        f"received twice {sum(c > 1 for c in receiver.ids.values())}, lost {events - sum(map(len, seen.values()))}"
    )
    assert set(states) == {"delivered"} and receiver.refused == 0
    assert {case: [n for _, n in rows] for case, rows in seen.items()} == dict(made), (
        "nothing lost, order held"
    )
    assert all(rows == sorted(rows) for rows in seen.values())
    assert set(kills) == set(POINTS)
