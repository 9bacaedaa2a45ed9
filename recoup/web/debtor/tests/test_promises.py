"""The debtor's pages: a payment promised."""

from datetime import timedelta

import pytest
from django.utils import timezone

from recoup.cases.models import Case, Hold
from recoup.eventlog.models import Event
from recoup.journeys.day import run_day
from recoup.kernel.actor import SYSTEM


def promise(client, days=7):
    on = timezone.now().date() + timedelta(days=days)
    return on, client.post("/d/promise/", {"on": on.isoformat()})


def test_a_promise_holds_the_case_at_once(world):
    client = world.enter()
    on, response = promise(client)
    assert response.status_code == 302
    with world.inside():
        hold = Hold.objects.get(case=world.case, kind="promise")
        assert (hold.until, hold.by_name) == (on, "Müller Logistik GmbH")
        event = Event.objects.get(kind="PaymentPromised")
        assert (event.by_kind, event.data) == (
            "debtor",
            {"on": on.isoformat(), "amount": None, "currency": "EUR"},
        )
        now = timezone.now()
        run_day(agency=world.house.agency, on=now.date(), by=SYSTEM, at=now)
        assert not Event.objects.filter(kind="LetterWritten", case_id=world.case.id).exists()
        assert Case.objects.get(id=world.case.id).next_action_on == on + timedelta(days=1)


def test_the_same_promise_twice_is_one(world):
    client = world.enter()
    assert [promise(client)[1].status_code for _ in range(2)] == [302, 302]
    with world.inside():
        assert Hold.objects.filter(case=world.case).count() == 1
        assert Event.objects.filter(kind="PaymentPromised").count() == 1


@pytest.mark.parametrize("days", [-1, 15, 4000])
def test_a_day_out_of_reach_is_refused_in_words(world, days):
    _, response = promise(world.enter(), days)
    assert response.status_code == 422
    with world.inside():
        assert not Hold.objects.exists()


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "20261130", "2026-02-30", "0001-01-01", "２０２６-12-01"]
)
def test_what_is_no_day_is_refused(world, text):
    assert world.enter().post("/d/promise/", {"on": text}).status_code == 422


def test_a_promise_may_be_moved_but_not_on_and_on(world):
    client = world.enter()
    promise(client, 5)
    assert promise(client, 14)[1].status_code == 302
    with world.inside():
        held = Hold.objects.filter(case=world.case, kind="promise")
        assert held.filter(lifted_at__isnull=True).count() == 1
        held.update(since=timezone.now() - timedelta(days=10))
    assert promise(client, 5)[1].status_code == 422, "fourteen days from the first"
    assert promise(client, 3)[1].status_code == 302


def test_after_a_broken_promise_a_person_decides(world):
    client = world.enter()
    promise(client, 3)
    with world.inside():
        Hold.objects.filter(case=world.case).update(until=timezone.now().date() - timedelta(days=1))
    assert promise(client, 5)[1].status_code == 422
