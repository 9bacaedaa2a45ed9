"""A list of debts killed at each fault point and at any moment while it is received, placed and undone:
every row is placed once or not, never twice, and the next round makes it whole.

`ROUNDS` (environment) says how many deaths of each kind; every point at least once.
"""

import random
import re
from collections import Counter
from pathlib import Path

import pytest
from django.db import connections

from recoup.cases.models import Case, ClaimLine
from recoup.eventlog.models import Event
from recoup.intake.models import PlacedRow, Placement
from recoup.journeys.tests.cast import AT, nordlicht
from recoup.ledger.models import Entry
from recoup.outbox.models import Message
from recoup.parties.models import Debtor
from recoup.payments.tests.test_kills import Tally, deaths
from recoup.screening.tests.cast import load
from recoup.tenancy.context import scope
from tests.faults.zygote import KILLED, zygote

CHANCE = random.Random(20261130)
ROOT = Path(__file__).resolve().parents[2]
ROWS, BAD = 12, 2
RECEIVING = ("files.part_written", "files.stored", "placement.received_uncommitted")
PLACING = (
    "placement.judged", "placement.debtors_added", "placement.cases_made", "placement.chunk_uncommitted",
    "placement.chunk_placed", "placement.finished_uncommitted", "placement.finished",
)  # fmt: skip
UNDOING = ("placement.taken_back",)


def a_list(n: int) -> bytes:
    """`ROWS` debts of as many debtors without numbers, every second of a list before, and two bad rows."""
    rows = ["Debtor;Country;Invoice;Due;Amount;Currency"]
    rows += [
        f"Firma {n * ROWS // 2 + i} GmbH;DE;L{n}-{i};2026-03-31;{10 + i}.50;EUR"
        for i in range(ROWS)
    ]
    rows += [f"Anna Svensson;SE;L{n}-x{i};2026-03-31;5.00;EUR" for i in range(BAD)]
    return "\n".join(rows).encode()


@pytest.fixture
def house(committed_house):
    with scope(committed_house.id):
        nordlicht(committed_house)
        load(committed_house, {"id": "s1", "name": "Quite Another Company AG", "countries": "ch"})
    return committed_house


@pytest.fixture
def outside(tmp_path, settings, house):
    """Does one piece of work in a process of its own, killed at `point` or at a moment within `longest`
    seconds; whether it lived."""
    settings.FILES_ROOT = tmp_path / "files"
    file = tmp_path / "list.csv"
    with zygote(tmp_path / "mail", tmp_path / "letters", 9) as do:

        def run(work, point="", longest=None, content=b""):
            connections.close_all()
            file.write_bytes(content)
            moment = None if point or longest is None else CHANCE.uniform(0.0, longest)
            nth = CHANCE.randint(1, 3) if point in PLACING[1:5] else 1
            status = do(work, house.id, AT, f"{point}:kill:{nth}" if point else "", moment, file)
            assert status in (0, KILLED), status
            return status == 0

        yield run


def counted(house) -> dict[str, int]:
    with scope(house.id):
        return {
            "cases": Case.objects.count(), "lines": ClaimLine.objects.count(),
            "claims": Entry.objects.filter(kind="claim").count(),
            "taken": PlacedRow.objects.filter(state="accepted").count(),
            "rejected": PlacedRow.objects.filter(state="rejected").count(),
            "submitted": Event.objects.filter(kind="CaseSubmitted").count(),
            "told": Message.objects.filter(key__startswith="placement-taken:").count(),
            "done": Placement.objects.filter(state="done").count(),
        }  # fmt: skip


def test_every_point_of_a_placement_is_tried():
    named = set()
    for path in (ROOT / "recoup").rglob("*.py"):
        if "tests" not in path.parts:
            named |= set(re.findall(r"fault\(\"(placement\.[a-z_]+)\"", path.read_text()))
    assert named == {p for p in (*RECEIVING, *PLACING, *UNDOING) if p.startswith("placement.")}


@pytest.mark.kills
def test_a_kill_places_no_row_twice_and_loses_none(house, outside):
    tally = Tally()
    for n, point in enumerate(deaths((*RECEIVING, *PLACING))):
        content = a_list(n)
        receiving = point in RECEIVING
        tally.died(
            point if receiving else "",
            outside("receive", point if receiving else "", None, content),
        )
        assert outside("receive", content=content)
        if not receiving:
            tally.died(point, outside("place", point, 0.4))
        found = counted(house)
        assert found["lines"] == found["claims"] == found["taken"] == found["submitted"], (
            "whole chunks only"
        )
        assert outside("place")
        assert outside("receive", content=content), "the same file again"
        assert outside("place")
        now = counted(house)
        for what in ("cases", "lines", "claims", "taken", "submitted"):
            tally.count(now[what], (n + 1) * ROWS)
        with scope(house.id):
            first, again = Placement.objects.order_by("-number")[:2][::-1]
            assert (first.summary["accepted"], first.summary["rejected"]) == (ROWS, BAD)
            assert (again.summary["accepted"], again.summary["duplicates"]) == (0, ROWS)
            assert not [
                d
                for d, k in Counter(Debtor.objects.values_list("name", flat=True)).items()
                if k > 1
            ]
        tally.count(now["told"], now["done"])
    print(tally.told("placements"))
    assert (tally.doubled, tally.lost) == (0, 0)
    assert {*RECEIVING, *PLACING} <= set(tally.fired)


@pytest.mark.kills
def test_a_kill_undoes_all_of_a_placement_or_nothing(house, outside):
    tally = Tally()
    for n, point in enumerate(deaths(UNDOING)):
        content = a_list(n)
        assert outside("receive", content=content)
        assert outside("place")
        tally.died(point, outside("undo", point, 0.2))
        with scope(house.id):
            open_ones = Case.objects.exclude(stage="closed").count()
            assert open_ones in (0, ROWS), "all or none"
        assert outside("undo")
        with scope(house.id):
            tally.count(Case.objects.exclude(stage="closed").count(), 0)
            assert Placement.objects.order_by("-number").first().state == "undone"
    print(tally.told("undone"))
    assert (tally.doubled, tally.lost) == (0, 0)
