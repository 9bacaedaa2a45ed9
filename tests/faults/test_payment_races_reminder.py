"""A payment and a reminder at the same moment: the reminder never leaves after the payment was booked."""

import os
import random
import threading
import time
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connections

from recoup.cases.operations import put_on_hold
from recoup.cases.tests.cast import TODAY, at_work, line, sign_up
from recoup.jobs.dispatch import work_outbox
from recoup.journeys.sending import permit
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.outbox.models import Message
from recoup.outbox.operations import queue
from recoup.payments.operations.allocate import report_direct_payment
from recoup.tenancy.context import scope
from tests.cast import NOW

pytestmark = pytest.mark.kills
ROUNDS = int(os.environ.get("ROUNDS", "8"))


class Taken:
    def __init__(self):
        self.at = None

    def look_up(self, message):
        return False

    def hand_over(self, message):
        if message.gated:
            self.at = time.monotonic()
        return message.id.hex


def reminder(house, case, n):
    return queue(
        agency=house.id, channel="email", key=f"first_demand:{case.number}:{n}", recipient="d@debtor.example",
        payload={"subject": "s", "text": "t"}, at=NOW, gated=True, client=case.client_id, case=case.id,
    )  # fmt: skip


def pay(case):
    report_direct_payment(
        case=case, amount=Money(Decimal("1200.00"), "EUR"), on=TODAY, by=SYSTEM, at=NOW
    )


def dispute(case):
    put_on_hold(case=case, kind="disputed", because="wrong goods", until=None, by=SYSTEM, at=NOW)


@pytest.mark.parametrize("stops", [pay, dispute])
def test_what_was_committed_first_wins(committed_house, stops):
    house, chance, seen = committed_house, random.Random(7), Counter()
    with scope(house.id):
        standing = sign_up(house)
    for n in range(ROUNDS):
        with scope(house.id):
            case = at_work(standing, key=f"k{n}", lines=[line(f"RE-{n}")], jurisdiction="AE")
            message = reminder(house, case, n)
        connections.close_all()
        # Now and then one is clearly first, so that both ends are seen; else as close as threads get.
        lead = {0: 0.4, 1: -0.4}.get(n % 8, chance.uniform(-0.02, 0.02))
        sent = one_round(house, case, stops, lead)
        with scope(house.id):
            state = Message.objects.get(id=message.id).state
        connections.close_all()
        assert state in ("sent", "denied")
        assert (state == "sent") == sent
        seen[state] += 1
    assert len(seen) == 2
    print(f"\n{stops.__name__} against reminder: {dict(seen)} in {ROUNDS} rounds")


def one_round(house, case, stops, lead: float) -> bool:
    """Both at once, the reminder `lead` seconds ahead. Returns whether it was sent; fails when the gate
    said yes after the other's commit had returned."""
    taken, committed, permitted, broken = Taken(), [], [], []
    start = threading.Barrier(2)

    def asked(message, now):
        verdict = permit(message, now)
        if verdict.ok:
            permitted.append(time.monotonic())
        return verdict

    def run(action, wait):
        try:
            start.wait()
            time.sleep(max(0.0, wait))
            action()
        except Exception as error:
            broken.append(error)
        finally:
            connections.close_all()

    def stop():
        with scope(house.id):
            stops(case)
        committed.append(time.monotonic())

    def send():
        work_outbox(
            agency=house.id, now=NOW + timedelta(minutes=1), channels={"email": taken}, gate=asked
        )

    threads = [threading.Thread(target=run, args=args) for args in ((stop, lead), (send, -lead))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not broken, broken
    assert committed
    if permitted:
        assert permitted[0] < committed[0], "the gate said yes after the commit had returned"
    assert (taken.at is not None) == bool(permitted)
    return taken.at is not None
