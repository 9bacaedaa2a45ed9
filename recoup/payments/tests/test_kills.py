"""Killed at any moment: a bank file is in whole or not at all, and taking it again makes it whole.
Two at once: one takes effect."""

import os
import random
import signal
import threading
import time
from datetime import date, timedelta

import pytest
from django.db import connections
from django.db.models import Sum

from recoup.journeys.collect import take_bank_file
from recoup.kernel.actor import SYSTEM
from recoup.payments.models import (
    Allocation,
    BankFile,
    BankLine,
    PayoutFile,
    Remittance,
    TrustAccount,
)
from recoup.payments.operations import remit
from recoup.payments.queries import trust_check
from recoup.payments.tests.cast import AT, case_of, client_of, trust_account
from recoup.payments.tests.test_bank_file import file_of, paid
from recoup.tenancy.context import scope

ON = date(2026, 11, 20)
LINES = 20
TRIALS = int(os.environ.get("ROUNDS", "5"))  # `make prove` runs a few hundred


DAYS = 40  # a client is paid once a day; tax rates are known to the end of the year only


def debt(house):
    """One large debt of a new client, so that no payment of the trials ends the case."""
    with scope(house.id):
        if not TrustAccount.objects.exists():
            trust_account(house.agency)
        return case_of(house.agency, "9000000.00", client=client_of(house.agency))


def file_number(n, case):
    """The bank's file of trial `n`: half its lines name the case, half nobody."""
    lines = [paid("100.00", case if i % 2 else None, ref=f"B-{n}-{i}") for i in range(LINES)]
    opening = n * LINES * 100
    return file_of(
        *lines,
        id=f"S-{n}",
        seq=str(n + 1),
        opening=f"{opening}.00",
        closing=f"{opening + LINES * 100}.00",
    )


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
    house, chance, killed = committed_house, random.Random(7), 0
    case = debt(house)
    for n in range(TRIALS):
        content = file_number(n, case)

        def take(content=content):
            with scope(house.id):
                take_bank_file(agency=house.agency, content=content, name="a.xml", by=SYSTEM, at=AT)

        killed += not in_child(take, chance.uniform(0.0, 0.25))
        with scope(house.id):
            assert BankLine.objects.count() in (n * LINES, (n + 1) * LINES), "whole or not at all"
        take()
        with scope(house.id):
            assert BankLine.objects.count() == (n + 1) * LINES == BankFile.objects.count() * LINES
            assert Allocation.objects.count() == (n + 1) * LINES // 2
    with scope(house.id):
        assert all(not check.difference for check in trust_check(house.id))
    print(f"\nbank files: {TRIALS} trials, {killed} killed, 0 doubled, 0 lost")


@pytest.mark.kills
def test_a_kill_leaves_no_payout_twice_and_none_forgotten(committed_house):
    house, chance, killed = committed_house, random.Random(11), 0
    for n in range(TRIALS):
        if n % DAYS == 0:
            case = debt(house)
        with scope(house.id):
            take_bank_file(
                agency=house.agency, content=file_number(n, case), name="a.xml", by=SYSTEM, at=AT
            )

        def pay(on=ON + timedelta(days=n % DAYS)):
            with scope(house.id):
                remit(agency=house.id, on=on, by=SYSTEM, at=AT)

        killed += not in_child(pay, chance.uniform(0.0, 0.5))
        pay()
        with scope(house.id):
            assert Remittance.objects.count() == PayoutFile.objects.count() == n + 1
            assert not PayoutFile.objects.filter(document=None).exists()
            assert not Remittance.objects.filter(statement=None).exists()
    with scope(house.id):
        gross = Remittance.objects.aggregate(sum=Sum("gross"))["sum"]
        assert gross == sum(a.amount - a.overpaid for a in Allocation.objects.all())
        assert all(not check.difference for check in trust_check(house.id))
    print(f"\npayouts: {TRIALS} trials, {killed} killed, 0 doubled, 0 lost")


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
    content = file_number(0, debt(house))
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
    content = file_number(0, debt(house))

    def take():
        with scope(house.id):
            return take_bank_file(
                agency=house.agency, content=content, name="a.xml", by=SYSTEM, at=AT
            ).status

    assert sorted(at_once(8, take)) == ["known"] * 7 + ["taken"]
    with scope(house.id):
        assert BankLine.objects.count() == LINES
