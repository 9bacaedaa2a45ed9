"""The timeline says what happened, not only that something is over."""

from datetime import UTC, datetime

import pytest
from django.utils.translation import override

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


def test_an_amount_in_a_task_is_written_as_the_reader_writes_it() -> None:
    data = {
        "task": "payment", "sentence": "%(debtor)s says it paid %(amount)s for %(case)s on %(on)s: look for the payment.",
        "params": {"debtor": "A", "amount": "56400.00 HKD", "case": "R-1", "on": "2026-11-27"},
    }  # fmt: skip
    event = Event(kind="TaskAdded", at=datetime(2026, 12, 9, tzinfo=UTC), by_kind="system", data=data, audience="client")  # fmt: skip
    with override("de"):
        assert "56.400,00\u00a0HKD" in entry(event).body


def test_what_was_erased_is_said_alone_and_not_as_a_name() -> None:
    event = Event(kind="MessageSent", at=datetime(2026, 12, 9, tzinfo=UTC), by_kind="system", data={"recipient": "erased", "channel": "email"}, audience="client")  # fmt: skip
    assert entry(event).body == "erased"
