"""Digests: each person as they wish, once, in their language, and nothing told over a shoulder."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.html import escape

from recoup.approvals.operations import ask_approval
from recoup.cases.operations import put_on_hold
from recoup.cases.tests.cast import AT, at_work, sign_up
from recoup.consent.operations import say, subscriber_of
from recoup.consent.queries import may_mail
from recoup.eventlog.operations import record
from recoup.jobs.digest import tell_people
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.notices.operations import choose, notice_of
from recoup.outbox.models import Message


@pytest.fixture
def standing(house):
    made = sign_up(house)
    notice_of(made.member, at=AT)
    return made


def digests():
    return Message.objects.filter(key__startswith="digest:").order_by("made_at")


def noon(days: int = 0) -> datetime:
    """The clock that ids are made by, at noon: what happens in the test lies before it."""
    return (timezone.now() + timedelta(days=days + 1)).astimezone(UTC).replace(hour=12)


def test_a_daily_digest_tells_it_all_once_in_the_readers_language(house, standing):
    standing.member.user.language = "sv"
    standing.member.user.save()
    case = at_work(standing)
    assert tell_people(agency=house.agency, now=noon()) == 1
    assert tell_people(agency=house.agency, now=noon()) == 0
    message = digests().get()
    assert message.recipient == standing.member.user.email
    assert case.number in message.payload["text"] and "Hej" in message.payload["text"]
    assert case.debtor.name not in message.payload["subject"]
    assert "1" in message.payload["subject"] and "1,200" not in message.payload["subject"]


def test_what_needs_the_reader_and_what_came_in_stand_before_the_rest(house, standing):
    case = at_work(standing)
    record(agency=house.id, kind="PaymentReceived", by=SYSTEM, at=AT, case=case.id, client=case.client_id,
           audience="debtor", amount="250.00", currency="EUR", on="2026-11-20", number=case.number)  # fmt: skip
    ask_approval(
        case=case, kind="settlement", key="q", sentence="Agree?", params={}, cost=Money(Decimal(5), case.currency),
        odds_percent=None, duration_days=None, answer_days=5, default="decline", by=SYSTEM, at=AT,
    )  # fmt: skip
    tell_people(agency=house.agency, now=noon())
    text = digests().get().payload["text"]
    order = [
        text.index(part) for part in ("/client/needs/", "Received from debtors: ", case.number)
    ]
    assert order == sorted(order) and "250.00" in text, text


def test_after_days_of_outage_there_is_one_digest_with_all_of_it(house, standing):
    case = at_work(standing)
    put_on_hold(case=case, kind="client_asks", because="x", until=None, by=SYSTEM, at=AT)
    assert tell_people(agency=house.agency, now=noon(5)) == 1
    assert tell_people(agency=house.agency, now=noon(6)) == 0
    assert digests().count() == 1


def test_who_wants_none_gets_none_and_is_not_flooded_afterwards(house, standing):
    choose(member=standing.member, how="none", by=SYSTEM, at=AT)
    at_work(standing)
    assert tell_people(agency=house.agency, now=noon()) == 0
    choose(member=standing.member, how="at_once", by=SYSTEM, at=AT)
    assert tell_people(agency=house.agency, now=noon()) == 0


def test_ones_own_acts_are_no_news(house, standing):
    choose(member=standing.member, how="at_once", by=SYSTEM, at=AT)
    case = at_work(standing)
    tell_people(agency=house.agency, now=noon())
    before = digests().count()
    put_on_hold(case=case, kind="client_asks", because="x", until=None, by=standing.by, at=AT)
    assert tell_people(agency=house.agency, now=noon(1)) == 0
    assert digests().count() == before


def test_the_unsubscribe_link_is_honoured(house, standing):
    at_work(standing)
    tell_people(agency=house.agency, now=noon())
    message = digests().get()
    assert message.payload["purpose"] == "updates"
    who = subscriber_of(agency=house.id, address=message.recipient, at=AT)
    say(subscriber=who, purpose="updates", given=False, wording="no", language="en", source="t", by=SYSTEM, at=AT)  # fmt: skip
    assert not may_mail(agency=house.id, address=message.recipient, purpose="updates")


@pytest.mark.parametrize("language", ["en", "sv", "de", "zh-Hant", "zh-Hans"])
def test_html_and_plain_text_say_the_same_in_the_readers_language(house, standing, language):
    standing.member.user.language = language
    standing.member.user.save()
    case = at_work(standing)
    put_on_hold(case=case, kind="disputed", because="Half of it was <b>faulty</b>. " * 20, until=None, by=SYSTEM, at=AT)  # fmt: skip
    tell_people(agency=house.agency, now=noon())
    payload = digests().get().payload
    text, html = payload["text"], payload["html"]
    lines = [line.removeprefix("  – ") for line in text.splitlines() if line.startswith("  – ")]
    assert len(lines) >= 3 and len(set(lines)) == len(lines)
    assert all(escape(line) in html for line in lines) and "<b>faulty" not in html
    assert any(line.endswith(" …") for line in lines), "what is cut says so"
    assert f'lang="{"en-GB" if language == "en" else language}"' in html or f'lang="{language}"' in html  # fmt: skip
    assert case.number in html and case.debtor.name in html and "/client/notices/" in html
    if language != "en":
        assert "needs you" not in html and "Hello" not in html and "This has" not in text


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_an_account_in_chinese_has_its_digest_in_chinese(house, standing, language):
    standing.member.user.language = language
    standing.member.user.save()
    at_work(standing)
    tell_people(agency=house.agency, now=noon())
    payload = digests().get().payload
    assert any("\u4e00" <= sign <= "\u9fff" for sign in payload["subject"])
    assert payload["language"].lower() == language
