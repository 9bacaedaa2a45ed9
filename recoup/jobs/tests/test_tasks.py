"""What happens by the clock: the day begins at six where the agency is, once."""

from datetime import UTC, datetime

from recoup.cases.models import Case
from recoup.cases.tests.cast import at_work, profile, sign_up
from recoup.jobs import tasks
from recoup.outbox.models import Message
from recoup.payments.tests.cast import trust_account


def at_the_clock(monkeypatch, *moment):
    monkeypatch.setattr(tasks.timezone, "now", lambda: datetime(*moment, tzinfo=UTC))
    tasks.live_the_day.func(0)


def test_the_day_begins_at_six_where_the_agency_is_and_is_lived_once(house, monkeypatch):
    profile(house)
    trust_account(house.agency)
    at_work(sign_up(house))
    at_the_clock(monkeypatch, 2026, 11, 20, 4, 50)  # 05:50 in Stockholm
    assert not Message.objects.exists()
    for minute in (0, 10, 20):
        at_the_clock(monkeypatch, 2026, 11, 20, 5, minute)
    assert Message.objects.count() == 2


def test_a_scheduler_that_was_down_takes_one_step_not_all_it_missed(house, monkeypatch):
    profile(house)
    trust_account(house.agency)
    case = at_work(sign_up(house))
    at_the_clock(monkeypatch, 2026, 12, 10, 8, 0)
    assert Message.objects.count() == 2
    for hour in (9, 10, 11):
        at_the_clock(monkeypatch, 2026, 12, 10, hour, 0)
    assert Message.objects.count() == 2
    assert Case.objects.get(id=case.id).stage == "contact"


def test_the_day_is_the_agencys_day(house, monkeypatch):
    """At 23:30 UTC it is tomorrow in Stockholm, but not yet six."""
    profile(house)
    trust_account(house.agency)
    at_work(sign_up(house))
    at_the_clock(monkeypatch, 2026, 11, 20, 23, 30)
    assert not Message.objects.exists()
