"""Killed at any moment: a bank file is in whole or not at all, and taking it again makes it whole.
Two at once: one takes effect."""

import os
import signal
import threading
import time
from datetime import date
from decimal import Decimal

import pytest
from django.db import connections

from recoup.journeys.collect import take_bank_file
from recoup.kernel.actor import SYSTEM
from recoup.payments.models import Allocation, BankFile, BankLine, PayoutFile, Remittance
from recoup.payments.operations import remit
from recoup.payments.queries import trust_check
from recoup.payments.tests.cast import AT, case_of, client_of, trust_account
from recoup.payments.tests.test_bank_file import file_of, paid
from recoup.tenancy.context import scope

ON = date(2026, 11, 20)
LINES = 60


def prepared(house):
    with scope(house.id):
        trust_account(house.agency)
        client = client_of(house.agency)
        cases = [case_of(house.agency, "500.00", client=client, ref=f"F-{n}") for n in range(6)]
        lines = [
            paid("100.00", cases[n % 6], ref=f"B-{n}") if n % 2 else paid("1.00", ref=f"B-{n}")
            for n in range(LINES)
        ]
    return file_of(*lines, closing=str(LINES // 2 * Decimal("101.00")))


def in_child(work, delay):
    """Run `work` in a process of its own, killed after `delay` seconds; whether it lived to its end."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(0)
    deadline = time.monotonic() + delay
    while time.monotonic() < deadline:
        if os.waitpid(child, os.WNOHANG)[0]:
            return True
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


@pytest.mark.kills
def test_a_kill_leaves_a_bank_file_whole_or_not_at_all(committed_house):
    house = committed_house
    content = prepared(house)

    def take():
        with scope(house.id):
            take_bank_file(agency=house.agency, content=content, name="a.xml", by=SYSTEM, at=AT)

    for round in range(8):
        in_child(take, 0.02 + round * 0.05)
        with scope(house.id):
            assert BankLine.objects.count() in (0, LINES)
            assert BankLine.objects.count() == BankFile.objects.count() * LINES
    take()
    with scope(house.id):
        assert BankLine.objects.count() == LINES and Allocation.objects.count() == LINES // 2
        assert all(not check.difference for check in trust_check(house.id))


@pytest.mark.kills
def test_a_kill_leaves_no_payout_twice_and_none_forgotten(committed_house):
    house = committed_house
    content = prepared(house)
    with scope(house.id):
        take_bank_file(agency=house.agency, content=content, name="a.xml", by=SYSTEM, at=AT)

    def pay():
        with scope(house.id):
            remit(agency=house.id, on=ON, by=SYSTEM, at=AT)

    for round in range(6):
        in_child(pay, 0.01 + round * 0.06)
    pay()
    with scope(house.id):
        row = Remittance.objects.get()
        assert row.gross == sum(a.amount - a.overpaid for a in Allocation.objects.all())
        assert row.statement_id and PayoutFile.objects.get().document_id
        assert all(not check.difference for check in trust_check(house.id))


def at_once(how_many, work):
    """The results or exceptions of `how_many` threads that start together."""
    barrier, results = threading.Barrier(how_many), []

    def run():
        barrier.wait()
        try:
            results.append(work())
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(how_many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_eight_remittances_at_once_pay_once(committed_house):
    house = committed_house
    content = prepared(house)
    with scope(house.id):
        take_bank_file(agency=house.agency, content=content, name="a.xml", by=SYSTEM, at=AT)

    def pay():
        with scope(house.id):
            return len(remit(agency=house.id, on=ON, by=SYSTEM, at=AT).remittances)

    assert sorted(at_once(8, pay)) == [0] * 7 + [1]
    with scope(house.id):
        assert Remittance.objects.count() == PayoutFile.objects.count() == 1


def test_eight_times_the_same_bank_file_at_once_books_once(committed_house):
    house = committed_house
    content = prepared(house)

    def take():
        with scope(house.id):
            return take_bank_file(
                agency=house.agency, content=content, name="a.xml", by=SYSTEM, at=AT
            ).status

    assert sorted(at_once(8, take)) == ["known"] * 7 + ["taken"]
    with scope(house.id):
        assert BankLine.objects.count() == LINES
