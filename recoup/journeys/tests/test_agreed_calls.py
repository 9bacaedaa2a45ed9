"""An agreed call stays at its hour there when a newer table of zones moves that hour (DT09)."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from recoup.cases.models import Task
from recoup.cases.tests.cast import AT, at_work, sign_up
from recoup.eventlog.models import Event
from recoup.journeys import agreed_calls
from recoup.journeys.agreed_calls import instant_of, keep_hours, said_there
from recoup.journeys.day import run_day
from recoup.journeys.debtor_says import ask_call
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id

CALL = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)  # 10:30 in Berlin


@pytest.fixture
def task(house: Any) -> Task:
    case = at_work(sign_up(house))
    case.debtor.time_zone = "Europe/Berlin"
    case.debtor.save()
    ask_call(
        case=case, phone="+49 30 1234567", name="Max", call_at=CALL, key=new_id(), by=SYSTEM, at=AT
    )
    return Task.objects.get(kind="call")


def newer(monkeypatch: Any, hours: int) -> None:
    """A table of zones in which Berlin is so many hours ahead."""
    clock = timezone(timedelta(hours=hours))
    monkeypatch.setattr(agreed_calls, "ZoneInfo", lambda _key: clock)


def test_dt09_a_changed_rule_moves_the_instant_and_is_said(
    house: Any, task: Task, monkeypatch: Any
) -> None:
    assert (task.params["there"], task.params["zone"]) == ("2026-12-01T10:30", "Europe/Berlin")
    assert keep_hours(agency=house.agency, by=SYSTEM, at=AT) == 0, "nothing has changed"
    newer(monkeypatch, 3)
    assert keep_hours(agency=house.agency, by=SYSTEM, at=AT) == 1
    task.refresh_from_db()
    assert task.due_at == CALL - timedelta(hours=2) and task.due_on == date(2026, 12, 1)
    told = Event.objects.get(kind="CallBackMoved")
    assert told.data["was"] == CALL.isoformat() and told.data["there"] == "10:30"
    assert keep_hours(agency=house.agency, by=SYSTEM, at=AT) == 0, "once"


def test_dt09_the_day_run_looks_and_what_is_over_stays(
    house: Any, task: Task, monkeypatch: Any
) -> None:
    newer(monkeypatch, 2)
    assert keep_hours(agency=house.agency, by=SYSTEM, at=CALL + timedelta(minutes=1)) == 0
    run_day(agency=house.agency, on=AT.date(), by=SYSTEM, at=AT)
    task.refresh_from_db()
    assert task.due_at == CALL - timedelta(hours=1)


@pytest.mark.parametrize(("at", "zone"), [
    (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Europe/Berlin"), (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Europe/Berlin"),
    (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "Europe/Berlin"), (datetime(2026, 7, 1, 12, 0, tzinfo=UTC), "Asia/Kathmandu"),
])  # fmt: skip
def test_dt09_the_hour_that_comes_twice_is_told_apart(at: datetime, zone: str) -> None:
    assert instant_of(said_there(at, zone)) == at
