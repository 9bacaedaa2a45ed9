"""`recoup day`: the contract's document, a span of days, and a day that is none."""

import json
import smtplib

import pytest

from recoup.cases.tests.cast import at_work, profile, sign_up
from recoup.console import day
from recoup.console.mail_catcher import start
from recoup.jobs.tests.mail import free_port
from recoup.outbox.models import Message
from recoup.payments.tests.cast import trust_account


@pytest.fixture
def case(house, settings, tmp_path):
    settings.LETTERS_ROOT = tmp_path / "letters"
    profile(house)
    trust_account(house.agency)
    return at_work(sign_up(house))


def told(capsys, *argv):
    code = day.run([*argv, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_day_is_told_in_the_contracts_words(case, capsys):
    code, said = told(capsys, "--on", "2026-11-20")
    assert code == 0
    assert set(said) == {
        "on",
        "cases_looked_at",
        "actions",
        "letters",
        "emails",
        "calls_queued",
        "tasks",
        "denied",
        "seconds",
    }
    assert (said["letters"], said["emails"], said["actions"]) == (1, 1, {"first_demand": 1})
    assert set(Message.objects.filter(gated=True).values_list("state", flat=True)) == {"sent"}
    assert told(capsys, "--on", "2026-11-20")[1]["letters"] == 0


def test_a_span_of_days_is_lived_in_order(case, capsys):
    _, said = told(capsys, "--from", "2026-11-20", "--to", "2026-12-05")
    assert len(said["days"]) == 16
    acted = [d["actions"] for d in said["days"] if d["actions"]]
    assert acted[:2] == [{"first_demand": 1}, {"call": 1}]
    assert all(actions == {"wait": 1} for actions in acted[2:]), "the call is with a person"
    assert sum(d["calls_queued"] for d in said["days"]) == 1


@pytest.mark.parametrize("text", ["2026-02-30", "20261120", "tomorrow"])
def test_a_day_that_is_none_is_refused_in_one_sentence(capsys, text):
    code, said = told(capsys, "--on", text)
    assert code == 1
    assert said["error"]["found"] == text


def test_the_catcher_keeps_every_message_also_a_double(tmp_path):
    port = free_port()
    catcher = start(tmp_path / "mail", port)
    try:
        for _ in range(2):
            with smtplib.SMTP("127.0.0.1", port) as post:
                post.sendmail("a@b.example", ["c@d.example"], "Message-ID: <x/../y@z>\n\nHello")
    finally:
        catcher.stop()
    names = sorted(p.name for p in (tmp_path / "mail").iterdir())
    assert len(names) == 2
    assert names[1] == "x_.._y@z.eml" or names[0] == "x_.._y@z.eml"
    assert sum(".double-" in name for name in names) == 1
