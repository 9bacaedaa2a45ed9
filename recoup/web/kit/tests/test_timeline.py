"""The timeline says what happened, not only that something is over."""

from datetime import UTC, datetime

import pytest

from recoup.eventlog.models import Event
from recoup.web.kit.timeline import entry


@pytest.mark.parametrize(
    ("outcome", "said"),
    [("answered", "Task done: question"), ("no answer", "Not answered in time: question")],
)
def test_a_question_that_lapsed_was_not_done(outcome: str, said: str) -> None:
    data = {"task": "information", "sentence": "Which invoice?", "params": {}, "outcome": outcome}
    event = Event(
        kind="TaskFinished", at=datetime(2026, 12, 9, tzinfo=UTC), by_kind="system", data=data, audience="client"
    )  # fmt: skip
    assert entry(event).what == said
