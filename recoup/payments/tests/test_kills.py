"""Killed at any moment: a bank file is in whole or not at all, and taking it again makes it whole.
Two at once: one takes effect."""

import os
import random
import re
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import connections
from django.db.models import Sum

from recoup.files.operations import content_of
from recoup.journeys.collect import take_bank_file
from recoup.kernel.actor import SYSTEM
from recoup.ledger.models import Entry
from recoup.outbox.models import Message
from recoup.payments.bankfiles.tests.samples import entry, tx
from recoup.payments.models import (
    Allocation,
    BankFile,
    BankLine,
    LineOutcome,
    PayoutFile,
    Remittance,
    TrustAccount,
)
from recoup.payments.operations import order, remit
from recoup.payments.queries import trust_check
from recoup.payments.tests.cast import AT, case_of, client_of, trust_account
from recoup.payments.tests.test_bank_file import file_of, paid
from recoup.tenancy.context import scope
from tests.faults.zygote import KILLED, zygote

ON = date(2026, 11, 20)
LINES = 20
RACES = int(os.environ.get("RACES", "2"))
ROUNDS = int(os.environ.get("ROUNDS", "5"))  # `make prove` runs a few hundred
CHANCE = random.Random(20261121)
FEW = 10  # trials on one case: the law parts all of its payments anew with each
DAYS = 40  # a client is paid once a day; tax rates are known to the end of the year only
ROOT = Path(__file__).resolve().parents[2]
TAKING = (
    "files.part_written", "files.stored", "bank.file_kept", "bank.lines_posted", "bank.lines_written",
    "bank.allocation_posted", "bank.allocated", "bank.suggested", "bank.file_written",
    "bank.taken_uncommitted", "bank.taken",
)  # fmt: skip
PAYING = (
    "payout.named", "payout.posted", "payout.invoiced", "payout.ordered_uncommitted", "payout.ordered",
    "files.part_written", "files.stored", "payout.file_kept", "payout.paper_uncommitted",
    "payout.paper_written", "payout.statement_kept", "payout.invoice_kept", "payout.papers_written",
    "payout.told",
)  # fmt: skip
CONFIRMING = (
    "payout.confirmation_posted", "payout.confirmed", "bank.file_written", "bank.taken_uncommitted",
    "bank.taken",
)  # fmt: skip


@dataclass
class Tally:
    """What became of the trials of one kind; `fired` counts the deaths at each named point."""

    trials: int = 0
    killed: int = 0
    doubled: int = 0
    lost: int = 0
    fired: Counter[str] = field(default_factory=Counter)

    def died(self, point: str, lived: bool) -> None:
        self.trials += 1
        self.killed += not lived
        if not lived:
            self.fired[point or "any time"] += 1

    def count(self, found: int, wanted: int) -> None:
        """`found` things are there where `wanted` must be."""
        self.doubled += max(found - wanted, 0)
        self.lost += max(wanted - found, 0)

    def told(self, what: str) -> str:
        return (f"\n{what}: {self.trials} trials, {self.killed} killed, {self.doubled} doubled, "
                f"{self.lost} lost; {dict(sorted(self.fired.items()))}")  # fmt: skip


def deaths(points: tuple[str, ...]) -> Iterator[str]:
    """Each point in turn, then three moments at random, until as many trials as asked; every point at
    least once."""
    turn = [*points, "", "", ""]
    for n in range(max(ROUNDS, len(turn))):
        yield turn[n % len(turn)]


def debt(house):
    """One large debt of a new client, so that no payment of the trials ends the case."""
    with scope(house.id):
        if not TrustAccount.objects.exists():
            trust_account(house.agency)
        return case_of(house.agency, "9000000.00", client=client_of(house.agency))


def receive(house, bank, case):
    """Money to be paid out: what is tried comes after it."""
    content = bank.receipts(case)
    with scope(house.id):
        take_bank_file(agency=house.agency, content=content, name="a.xml", by=SYSTEM, at=AT)


class Bank:
    """The bank's side: statements that follow each other, whatever we do with them."""

    def __init__(self) -> None:
        self.seq, self.balance = 0, Decimal(0)

    def file(self, amount: Decimal | int, *entries: str) -> bytes:
        self.seq += 1
        opening, self.balance = self.balance, self.balance + amount
        return file_of(
            *entries, id=f"S-{self.seq}", seq=str(self.seq), opening=f"{opening:.2f}",
            closing=f"{self.balance:.2f}",
        )  # fmt: skip

    def receipts(self, case) -> bytes:
        """Half the lines name the case, half nobody."""
        return self.file(
            LINES * 100,
            *(
                paid("100.00", case if i % 2 else None, ref=f"B-{self.seq}-{i}")
                for i in range(LINES)
            ),
        )


@pytest.fixture
def outside(tmp_path, settings, committed_house):
    """Does one piece of work in a process of its own, killed at `point` or at a moment within `longest`
    seconds; whether it lived to its end. (Never forked from here: the typesetter's threads would be
    missing in the child.)"""
    file = tmp_path / "bank.xml"
    settings.FILES_ROOT = tmp_path / "files"  # bytes that are known are not stored again
    with zygote(tmp_path / "mail", tmp_path / "letters", 9) as do:

        def run(work, point="", longest=None, content=b"", at=AT):
            connections.close_all()
            file.write_bytes(content)
            armed = f"{point}:kill" if point else ""
            moment = None if point or longest is None else CHANCE.uniform(0.0, longest)
            status = do(work, committed_house.id, at, armed, moment, file)
            assert status in (0, KILLED), status
            return status == 0

        yield run


def books_agree(house):
    with scope(house.id):
        return all(not check.difference for check in trust_check(house.id))


def test_every_point_between_two_effects_is_tried():
    """A fault point that nobody kills at proves nothing."""
    named = set()
    for path in ROOT.rglob("*.py"):
        if "tests" not in path.parts:
            named |= set(re.findall(r"(?:fault\(|point=)\"([a-z_.]+)\"", path.read_text()))
    ours = {name for name in named if name.split(".")[0] in ("bank", "payout", "files")}
    assert ours == {*TAKING, *PAYING, *CONFIRMING}


@pytest.mark.kills
def test_a_kill_leaves_a_bank_file_whole_or_not_at_all(committed_house, outside):
    house, tally, bank = committed_house, Tally(), Bank()
    for n, point in enumerate(deaths(TAKING)):
        if n % FEW == 0:
            case = debt(house)
        content = bank.receipts(case)
        tally.died(point, outside("bank", point, 0.4, content))
        with scope(house.id):
            assert BankLine.objects.count() in (n * LINES, (n + 1) * LINES), "whole or not at all"
        assert outside("bank", content=content)
        with scope(house.id):
            tally.count(BankLine.objects.count(), (n + 1) * LINES)
            tally.count(BankFile.objects.count(), n + 1)
            tally.count(Allocation.objects.count(), (n + 1) * LINES // 2)
            tally.count(Entry.objects.filter(kind="bank_line").count(), (n + 1) * LINES)
    print(tally.told("bank files"))
    assert (tally.doubled, tally.lost) == (0, 0)
    assert set(TAKING) <= set(tally.fired)
    assert books_agree(house)


def unchanged(house, seen, newest=None):
    """A payment file that was there is the same file still: the newest few, or all of them."""
    with scope(house.id):
        for file in PayoutFile.objects.exclude(document=None).order_by("-id")[:newest]:
            content = sha256(content_of(file.document)).hexdigest()
            assert seen.setdefault(file.id, content) == content


@pytest.mark.kills
def test_a_kill_leaves_no_payout_twice_and_none_forgotten(committed_house, outside):
    house, tally, bank, seen = committed_house, Tally(), Bank(), {}
    for n, point in enumerate(deaths(PAYING)):
        if n % FEW == 0:
            case = debt(house)
        day = AT + timedelta(days=n % DAYS)
        receive(house, bank, case)
        tally.died(point, outside("remit", point, 0.8, at=day))
        unchanged(house, seen, newest=2)
        assert outside("remit", at=day)
        with scope(house.id):
            tally.count(Remittance.objects.count(), n + 1)
            tally.count(PayoutFile.objects.count(), n + 1)
            tally.count(Message.objects.filter(key__startswith="remittance:").count(), n + 1)
            tally.count(Remittance.objects.exclude(statement=None).count(), n + 1)
            assert not PayoutFile.objects.filter(document=None).exists()
        unchanged(house, seen, newest=None if n % DAYS == 0 else 2)
    unchanged(house, seen)
    assert len(seen) == n + 1
    with scope(house.id):
        gross = Remittance.objects.aggregate(sum=Sum("gross"))["sum"]
        assert gross == sum(a.amount - a.overpaid for a in Allocation.objects.all())
    print(tally.told("payouts"))
    assert (tally.doubled, tally.lost) == (0, 0)
    assert set(PAYING) <= set(tally.fired)
    assert books_agree(house)


@pytest.mark.kills
def test_a_kill_leaves_a_confirmation_whole_or_not_at_all(committed_house, outside):
    house, tally, bank = committed_house, Tally(), Bank()
    for n, point in enumerate(deaths(CONFIRMING)):
        if n % FEW == 0:
            case = debt(house)
        receive(house, bank, case)
        with scope(house.id):
            done = order(agency=house.id, on=ON + timedelta(days=n % DAYS), by=SYSTEM, at=AT)
            (made,) = done.remittances
        out = f"{made.net:.2f}"
        to_client = tx(out, "Client", e2e=made.end_to_end_id, role="Cdtr")
        content = bank.file(-made.net, entry(out, "DBIT", ref=f"D-{n}", details=to_client))
        tally.died(point, outside("bank", point, 0.2, content))
        assert outside("bank", content=content)
        with scope(house.id):
            tally.count(LineOutcome.objects.filter(kind="payout").count(), n + 1)
            tally.count(Entry.objects.filter(kind="payout").count(), n + 1)
            tally.count(BankLine.objects.filter(amount__lt=0).count(), n + 1)
    print(tally.told("confirmations"))
    assert (tally.doubled, tally.lost) == (0, 0)
    assert set(CONFIRMING) <= set(tally.fired)
    assert books_agree(house)


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
    """`RACES` (environment) says how often: the money of each round leaves once, and all of it."""
    house, bank = committed_house, Bank()
    for n in range(RACES):
        if n % FEW == 0:
            case = debt(house)
        receive(house, bank, case)

        def pay(on=ON + timedelta(days=n % DAYS)):
            with scope(house.id):
                return len(remit(agency=house.id, on=on, by=SYSTEM, at=AT).remittances)

        assert sorted(at_once(8, pay)) == [0] * 7 + [1]
        with scope(house.id):
            assert Remittance.objects.count() == PayoutFile.objects.count() == n + 1
    assert books_agree(house)
    print(f"\n{RACES} times eight payouts at once: {RACES} payouts")


def test_eight_times_the_same_bank_file_at_once_books_once(committed_house):
    house = committed_house
    content = Bank().receipts(debt(house))

    def take():
        with scope(house.id):
            return take_bank_file(
                agency=house.agency, content=content, name="a.xml", by=SYSTEM, at=AT
            ).status

    assert sorted(at_once(8, take)) == ["known"] * 7 + ["taken"]
    with scope(house.id):
        assert BankLine.objects.count() == LINES
