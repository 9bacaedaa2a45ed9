"""Workers die of SIGKILL at every point between two durable effects; nothing doubles, nothing is lost.

`ROUNDS` sets how often (`make prove` runs many more than every day). Counts are printed with -s.
"""

import os
import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connections

from recoup.cases.models import Case, Charge
from recoup.cases.tests.cast import TODAY, add_debtor, at_work, line, profile, sign_up
from recoup.contact.models import ContactAttempt
from recoup.eventlog.models import Event
from recoup.files.operations import keep
from recoup.jobs.tests.mail import caught, post_office
from recoup.journeys.day import run_day
from recoup.kernel.actor import SYSTEM
from recoup.outbox.models import Message
from recoup.outbox.operations import LEASE, queue
from recoup.payments.tests.cast import trust_account
from recoup.strategy.models import Decision
from recoup.tenancy.context import scope
from tests.cast import NOW
from tests.faults.zygote import KILLED, ROOT, zygote

pytestmark = pytest.mark.kills
ROUNDS = int(os.environ.get("ROUNDS", "2"))
AFTER_LEASE = LEASE + timedelta(minutes=1)
# Where a worker may die while it sends; the second passing is the other message of the same trial.
SENDING = (
    "dispatch.claimed_uncommitted", "dispatch.claimed", "email.connected", "email.handed_over",
    "letter.part_written", "letter.index_written", "letter.handed_over", "dispatch.handed_over",
    "dispatch.settled_uncommitted", "dispatch.settled",
)  # fmt: skip
RECOVERING = ("dispatch.asked", *SENDING)
DECIDING = (
    "day.charged",
    "letter.kept",
    "letter.queued",
    "day.written",
    "day.decided",
    "day.batch_done",
)


@dataclass
class Tally:
    trials: int = 0
    kills: int = 0
    doubled: int = 0
    lost: int = 0
    fired: Counter[str] = field(default_factory=Counter)

    def died(self, point: str, status: int) -> None:
        if status == KILLED:
            self.kills += 1
            self.fired[point] += 1

    def __str__(self) -> str:
        return f"trials {self.trials}, kills {self.kills}, doubled {self.doubled}, lost {self.lost}"


@pytest.fixture
def outside(tmp_path, committed_house):
    """The world outside: a post office, a letterbox, and a process whose children die."""
    office = post_office(tmp_path / "mail")
    with zygote(tmp_path / "mail", tmp_path / "letters", office.port) as do:
        yield do, tmp_path
    office.stop()


def two_messages(house, n: int, at: datetime) -> list[Message]:
    """A letter and an e-mail with the same document."""
    with scope(house.id):
        paper = keep(agency=house.id, content=b"%%PDF %d" % n, name="l.pdf", media_type="application/pdf",
                     kind="letter", by=SYSTEM, at=at)  # fmt: skip
        mail = {"subject": f"Trial {n}", "text": "Hello", "attachments": [str(paper.id)]}
        post = {"document": str(paper.id), "sha256": paper.sha256}
        made = [
            queue(agency=house.id, channel=channel, key=f"trial-{n}:{channel}", recipient="d@debtor.example",
                  payload=payload, at=at, gated=False)
            for channel, payload in (("email", mail), ("letter", post))
        ]  # fmt: skip
    connections.close_all()
    return made


def arrivals(place: Path, message: Message) -> int:
    """How often the world outside has got it."""
    if message.channel == "email":
        return sum(message.id.hex in path.name for path in caught(place / "mail"))
    return len(list((place / "letters").glob(f"*/{message.id}.pdf")))


def settle_tally(tally: Tally, house, place: Path, messages: list[Message]) -> None:
    for message in messages:
        came = arrivals(place, message)
        tally.doubled += came > 1
        tally.lost += came < 1
    with scope(house.id):
        states = Message.objects.filter(id__in=[m.id for m in messages]).values_list(
            "state", flat=True
        )
        assert set(states) == {"sent"}
    connections.close_all()


def test_every_point_between_two_effects_is_tried():
    """A fault point that nobody kills at proves nothing."""
    named = set()
    for path in (ROOT / "recoup").rglob("*.py"):
        if "tests" not in path.parts:
            named |= set(re.findall(r"(?:fault\(|point=)\"([a-z_.]+)\"", path.read_text()))
    ours = {name for name in named if name.split(".")[0] in ("dispatch", "email", "letter", "day")}
    assert ours == {*RECOVERING, *DECIDING}


def test_messages_survive_the_death_of_their_workers(committed_house, outside):
    do, place = outside
    house, tally, chance, at = committed_house, Tally(), random.Random(20261121), NOW
    plan = [(point, nth) for nth in (1, 2) for point in SENDING] + [("", 0)] * len(SENDING)
    for n, (point, nth) in enumerate(plan * max(1, ROUNDS // 20)):
        at += timedelta(hours=1)
        messages = two_messages(house, n, at)
        if point:
            tally.died(point, do("outbox", house.id, at, f"{point}:kill:{nth}"))
        else:
            tally.died("any time", do("outbox", house.id, at, kill_after=chance.uniform(0.0, 0.12)))
        time.sleep(
            0.03
        )  # the post office finishes what it has been given; in life five minutes pass
        again = chance.choice(RECOVERING)
        tally.died(
            again, do("outbox", house.id, at + AFTER_LEASE, f"{again}:kill:{chance.choice((1, 2))}")
        )
        time.sleep(0.03)
        assert do("outbox", house.id, at + 2 * AFTER_LEASE) == 0
        tally.trials += 1
        settle_tally(tally, house, place, messages)
    print(f"\nmessages: {tally}; {dict(tally.fired)}")
    assert (tally.doubled, tally.lost) == (0, 0)
    assert tally.kills > len(plan) // 2
    assert set(SENDING) <= set(tally.fired)
    with scope(house.id):
        told = Event.objects.filter(kind="MessageSent").count()
    assert told == 2 * tally.trials, "each sending stands in the log once"


def test_the_day_run_dies_anywhere_and_each_debtor_is_written_to_once(committed_house, outside):
    do, place = outside
    house, tally = committed_house, Tally()
    with scope(house.id):
        profile(house)
        trust_account(house.agency)
        standing = sign_up(house)
    at = datetime.combine(TODAY, NOW.time(), NOW.tzinfo)
    for n, point in enumerate(DECIDING * max(1, ROUNDS // 20)):
        with scope(house.id):
            # A debtor is written to once a day over all its cases: each trial has its own.
            debtor = add_debtor(house, f"Müller Logistik {n} GmbH", "")
            case = at_work(standing, key=f"k{n}", debtor=debtor, lines=[line(f"RE-{n}")])
        connections.close_all()
        tally.died(point, do("day", house.id, at, f"{point}:kill"))
        run_day(agency=house.agency, on=TODAY, by=SYSTEM, at=at)
        connections.close_all()
        assert do("outbox", house.id, at) == 0
        tally.trials += 1
        with scope(house.id):
            messages = list(Message.objects.filter(case_id=case.id, gated=True))
            assert sorted(m.channel for m in messages) == ["email", "letter"]
            assert ContactAttempt.objects.filter(case=case).count() == 2
            assert Decision.objects.filter(case=case).count() == 1
            assert Charge.objects.filter(case=case).count() == 1
            assert Case.objects.get(id=case.id).next_action_on > TODAY
        settle_tally(tally, house, place, messages)
    print(f"\nday run: {tally}; {dict(tally.fired)}")
    assert (tally.doubled, tally.lost) == (0, 0)
    assert set(tally.fired) == set(DECIDING)
