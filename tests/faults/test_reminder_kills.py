"""A client's own reminders under SIGKILL, by two workers at once, and while the debtor pays or the client places:
none twice, none lost, none without a permit.

`ROUNDS` (environment) says how often; two by default. Counts are printed with -s.
"""

import os
import random
import re
import threading
import time
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from django.db import connections

from recoup.cases.models import Case
from recoup.cases.tests.cast import TODAY, profile, sign_up
from recoup.contact.models import ContactAttempt, Permit, Reminder
from recoup.eventlog.models import Event
from recoup.files.models import Document
from recoup.jobs.dispatch import work_outbox
from recoup.journeys.reminders import Reminded, decided, due_of, one_debtor, open_items, remind
from recoup.journeys.watch_items import load_file, place_debtor
from recoup.kernel.actor import SYSTEM
from recoup.outbox.models import Message
from recoup.outbox.operations import LEASE
from recoup.strategy.queries import plan_book
from recoup.tenancy.context import scope
from recoup.watch.models import Item
from recoup.watch.operations.items import begin_ladder
from tests.cast import NOW
from tests.faults.test_kills import RECOVERING, ROOT, SENDING, arrivals, outside  # noqa: F401
from tests.faults.test_payment_races_reminder import one_round
from tests.faults.zygote import KILLED

pytestmark = pytest.mark.kills
ROUNDS = int(os.environ.get("ROUNDS", "2"))
WRITING = ("reminder.kept", "reminder.queued", "reminder.uncommitted", "reminder.written")
HEAD = "Company;Country;Street;City;E-mail;Invoice number;Due date;Open amount;Currency\n"
DUE = date(2026, 11, 13)  # a Friday, a week before TODAY
AT = datetime.combine(TODAY, NOW.time(), NOW.tzinfo)
AFTER_LEASE = LEASE + timedelta(minutes=1)


@pytest.fixture
def standing(committed_house):
    """A client whose reminders are sent for it, with real commits."""
    with scope(committed_house.id):
        profile(committed_house)
        made = sign_up(committed_house)
        begin_ladder(client=made.client, by=made.by, at=AT)
    connections.close_all()
    return made


def load(standing, *rows, street="Domstr. 1", city="Köln", whole=False, due=DUE):
    """Open items by (debtor, invoice, amount, currency), due a week ago."""
    text = HEAD + "".join(
        f"{name};DE;{street};{city};r@{name.split()[0].lower()}.example;{ref};{due};{amount};{currency}\n"
        for name, ref, amount, currency in rows
    )
    load_file(
        agency=standing.house.agency, client=standing.client, content=text.encode(), file="open.csv", whole=whole,
        by=standing.by, at=AT,
    )  # fmt: skip


def put(standing, *rows, **more):
    with scope(standing.house.id):
        load(standing, *rows, **more)
    connections.close_all()


def at_once(*actions):
    """All begin at the same moment; the first error is raised."""
    start, broken = threading.Barrier(len(actions)), []

    def run(action):
        try:
            start.wait()
            action()
        except Exception as error:
            broken.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not broken, broken


class Counting:
    """A way out that counts what it is given, by message; slow enough for two workers to meet."""

    def __init__(self):
        self.took, self.lock = Counter(), threading.Lock()

    def look_up(self, message):
        return self.took[message.id] > 0

    def hand_over(self, message):
        time.sleep(0.002)
        with self.lock:
            self.took[message.id] += 1
        return message.id.hex


def reminders_of(names):
    return list(
        Reminder.objects.filter(debtor__name__in=names).select_related(
            "message", "debtor", "document"
        )
    )


def assert_each_once(names, channels=("email", "letter")):
    """Each debtor has one paper by each way, kept once, permitted once for the attempt that sent it."""
    rows = reminders_of(names)
    assert sorted((r.debtor.name, r.channel) for r in rows) == sorted(
        (n, c) for n in names for c in channels
    )
    assert len({r.document_id for r in rows}) == len({r.paper for r in rows}) == len(names)
    assert {r.message.state for r in rows} == {"sent"}
    for row in rows:
        permits = Permit.objects.filter(reminder=row)
        assert permits.filter(fence__lte=row.message.fence).exists(), "sent without a permit"
        assert len({p.fence for p in permits}) == len(permits)
    return rows


def test_every_point_of_the_reminders_is_tried():
    named = set()
    for path in (ROOT / "recoup").rglob("*.py"):
        if "tests" not in path.parts:
            named |= set(re.findall(r"fault\(\"(reminder\.[a-z_]+)\"", path.read_text()))
    assert named == set(WRITING)


def test_a_worker_may_die_anywhere_and_each_debtor_is_reminded_once(standing, outside):  # noqa: F811
    do, place = outside
    house, chance, fired, kills = standing.house, random.Random(20261201), Counter(), 0
    plan = [(p, n, "", 0) for p in WRITING for n in (1, 2)] + [
        ("", 0, p, n) for p in SENDING for n in (1, 2)
    ]
    plan += [
        (chance.choice(WRITING), 1, chance.choice(SENDING), chance.choice((1, 2))) for _ in range(4)
    ]
    doubled = lost = 0
    for trial, (writing, first, sending, second) in enumerate(plan * max(1, ROUNDS // 2)):
        names = [f"Werk{trial} Eins GmbH", f"Werk{trial} Zwei GmbH"]
        put(standing, *((name, f"{trial}-{n}", "1200,00", "EUR") for n, name in enumerate(names)))
        for work, fault in (("remind", f"{writing}:kill:{first}" if writing else ""), ("remind", ""),
                            ("outbox", f"{sending}:kill:{second}" if sending else "")):  # fmt: skip
            died = do(work, house.id, AT, fault)
            assert died in (0, KILLED)
            kills += died == KILLED
            fired[fault.split(":")[0]] += died == KILLED
        again = chance.choice(RECOVERING)
        died = do("outbox", house.id, AT + AFTER_LEASE, f"{again}:kill:{chance.choice((1, 2))}")
        kills += died == KILLED
        fired[again] += died == KILLED
        time.sleep(0.03)  # the post office finishes what it was given
        assert do("outbox", house.id, AT + 2 * AFTER_LEASE) == 0
        assert do("remind", house.id, AT + 2 * AFTER_LEASE) == 0
        with scope(house.id):
            came = [arrivals(place, row.message) for row in assert_each_once(names)]
        connections.close_all()
        doubled += sum(n > 1 for n in came)
        lost += sum(n < 1 for n in came)
    print(
        f"\nown reminders: trials {trial + 1}, kills {kills}, doubled {doubled}, lost {lost}; {dict(fired)}"
    )
    assert (doubled, lost) == (0, 0)
    assert {p for p, n in fired.items() if n} >= {*WRITING, *SENDING}
    with scope(house.id):
        written = Event.objects.filter(kind="OwnReminderWritten").count()
        assert written == Document.objects.filter(kind="letter").count() == 2 * (trial + 1)
        assert Event.objects.filter(kind="MessageSent").count() == 4 * (trial + 1)


def test_two_workers_at_once_write_and_send_each_reminder_once(standing):
    house, way = standing.house, Counting()

    def sending():
        work_outbox(
            agency=house.id, now=AT + timedelta(minutes=1), channels={"email": way, "letter": way}
        )

    for n in range(ROUNDS * 3):
        names = [f"Paar{n} Nr{k} GmbH" for k in range(4)]
        put(
            standing,
            *(
                (name, f"{n}-{k}-{i}", "300,00", "EUR")
                for k, name in enumerate(names)
                for i in range(3)
            ),
        )
        at_once(*[lambda: remind(agency=house.agency, on=TODAY, by=SYSTEM, at=AT)] * 2)
        at_once(*[sending] * 2)
        with scope(house.id):
            rows = assert_each_once(names)
            assert [way.took[row.message_id] for row in rows] == [1] * 8
        connections.close_all()


def test_two_workers_and_a_new_list_at_once_wait_for_each_other_in_one_order(standing):
    """Lists, placings and reminders lock the same items: in one order, or they would end in a deadlock."""
    house = standing.house
    for n in range(ROUNDS * 3):
        names = [f"Liste{n} Nr{k} GmbH" for k in range(3)]
        rows = [
            (name, f"{n}-{k}-{9 - i}", "300,00", "EUR")
            for k, name in enumerate(names)
            for i in range(8)
        ]
        put(standing, *rows)

        def again(rows=rows):
            with scope(house.id):
                load(standing, *((*row[:2], "200,00", "EUR") for row in rows))

        def placed(name=names[0]):
            with scope(house.id):
                debtor = Item.objects.filter(debtor__name=name).first().debtor
                place_debtor(agency=house.agency, client=standing.client, debtor=debtor, currency="EUR", by=standing.by, at=AT)  # fmt: skip

        runs = [lambda: remind(agency=house.agency, on=TODAY, by=SYSTEM, at=AT)] * 2
        at_once(*runs, again, placed)
        with scope(house.id):
            assert not Item.objects.filter(debtor__name=names[0], case=None).exists()
            keys = [r.message.key for r in reminders_of(names)]
            assert len(keys) == len(set(keys)) <= 6
        connections.close_all()


def test_lists_of_two_clients_with_the_same_debtors_in_two_orders_wait_for_each_other(standing):
    house = standing.house
    with scope(house.id):
        other = sign_up(house, "Annan AB", "5560743089")
    connections.close_all()
    for n in range(ROUNDS * 3):
        rows = [(f"Beide{n} Nr{k} GmbH", f"{n}-{k}", "300,00", "EUR") for k in range(12)]

        def one(rows=rows):
            with scope(house.id):
                load(standing, *rows)

        def theirs(rows=rows):
            with scope(house.id):
                load(other, *reversed(rows))

        at_once(one, theirs)
        with scope(house.id):
            items = Item.objects.filter(debtor__name__startswith=f"Beide{n} ")
            assert items.count() == 24 and len(set(items.values_list("debtor_id", flat=True))) == 12
        connections.close_all()


def test_a_worker_that_has_read_before_another_wrote_keeps_to_the_frequency(standing):
    """Two currencies are two papers, and one debtor gets one a day: also when two workers share them."""
    house, late = standing.house, Reminded()
    put(
        standing,
        ("Zwei Waehrungen GmbH", "E-1", "900,00", "EUR"),
        ("Zwei Waehrungen GmbH", "U-1", "800,00", "USD"),
    )
    with scope(house.id):
        plan = plan_book(house.id, TODAY).ladder(standing.client.id)
        read = due_of(
            standing.client,
            decided(standing.client, open_items(standing.client, plan, TODAY), plan, TODAY),
        )
        assert len(read) == 2
        remind(agency=house.agency, on=TODAY, by=SYSTEM, at=AT)
        planned = Counter()
        for due in read:
            one_debtor(due, TODAY, SYSTEM, AT, late, set(), planned)
        assert {r.currency for r in Reminder.objects.all()} == {read[0].currency}
    assert not late.steps and set(late.denied) == {"written_today"}


def paid(standing, name):
    """The newest list no longer has the invoice: the client's books say that it was paid."""
    return lambda _: load(
        standing, ("Anders GmbH", "X-1", "1,00", "EUR"), whole=True, due="2027-12-24"
    )


def partly(standing, name):
    return lambda _: load(standing, (name, f"{name}-1", "700,00", "EUR"), street="", city="")


def placed(standing, name):
    def place(_):
        debtor = Item.objects.get(ref=f"{name}-1").debtor
        place_debtor(agency=standing.house.agency, client=standing.client, debtor=debtor, currency="EUR", by=standing.by, at=AT)  # fmt: skip

    return place


@pytest.mark.parametrize("what", [paid, partly, placed])
def test_a_payment_that_crosses_a_reminder_stops_it_or_comes_after_it(standing, what):
    house, chance, seen = standing.house, random.Random(11), Counter()
    for n in range(4 * ROUNDS):
        name = f"Kreuz{n} GmbH"
        put(standing, (name, f"{name}-1", "1200,00", "EUR"), street="", city="")
        with scope(house.id):
            remind(agency=house.agency, on=TODAY, by=SYSTEM, at=AT)
            [row] = reminders_of([name])
        connections.close_all()
        lead = {0: 0.4, 1: -0.4}.get(n % 8, chance.uniform(-0.02, 0.02))
        sent = one_round(house, None, what(standing, name), lead)
        with scope(house.id):
            message = Message.objects.get(id=row.message_id)
            assert message.state == ("sent" if sent else "denied")
            assert Permit.objects.filter(reminder=row).count() == sent
            if what is placed:
                case = Case.objects.get(debtor_id=row.debtor_id)
                assert ContactAttempt.objects.filter(case=case, message=message).count() == 1
        connections.close_all()
        seen[message.state] += 1
    print(f"\n{what.__name__} against an own reminder: {dict(seen)} in {4 * ROUNDS} rounds")
    assert len(seen) == 2
