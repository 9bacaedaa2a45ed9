"""A large day by several processes: when it is worth it, and how they report. (What they do together is in
journeys/tests/test_day.py.)"""

from datetime import UTC, datetime

import pytest

from recoup.console.day import document
from recoup.jobs import day as day_job
from recoup.journeys.day import DayReport

AT = datetime(2026, 9, 17, 9, tzinfo=UTC)


def test_a_small_day_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOUP_DAY_PROCESSES", "8")
    beside = day_job.beside(object(), AT.date(), AT)  # type: ignore[arg-type]
    assert [beside.worth(n) for n in (0, day_job.WORTH - 1, day_job.WORTH, 10**6)] == [1, 1, 2, 8]


def test_one_core_parts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOUP_DAY_PROCESSES", "1")
    assert day_job.beside(object(), AT.date(), AT).worth(10**6) == 1  # type: ignore[arg-type]


def test_what_a_process_says_is_read_back() -> None:
    report = DayReport(AT.date(), cases_looked_at=3, letters=2, seconds=0.5)
    report.actions["first"] += 2
    report.denied["on_hold"] += 1
    assert day_job.read(AT.date(), document(report)) == report
