"""Text messages and calls at a provider with a memory that can also fail in every way it does in life."""

import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import pytest

from recoup.contact.channels.dialler import Dialler
from recoup.contact.channels.refused import CannotSend, TryLater
from recoup.contact.channels.texting import TextMessages, Unclear
from recoup.contact.channels.wire import Answer
from recoup.contact.door import NoPermit, made_pass, opened


class Provider:
    """Remembers what it took; `after` fails once it has taken it, `before` refuses without taking."""

    def __init__(self) -> None:
        self.sent: dict[str, dict[str, Any]] = {}
        self.calls: list[dict[str, list[str]]] = []
        self.before: Answer | None = None
        self.after: Answer | Exception | None = None

    def __call__(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        assert headers["Authorization"] in ("App key", "Basic QUM6a2V5")
        if method == "GET":
            id = url.rpartition("=")[2]
            return Answer(200, {"results": [{"messageId": id}] if id in self.sent else []})
        if self.before is not None:
            return self.before
        if url.endswith("/Calls.json"):
            self.calls.append(parse_qs(body.decode()))
            said = Answer(201, {"sid": f"CA{len(self.calls)}"})
        else:
            message = json.loads(body)["messages"][0]
            id = message["destinations"][0]["messageId"]
            self.sent[id] = message
            said = Answer(
                200, {"messages": [{"messageId": id, "status": {"groupName": "PENDING"}}]}
            )
        if isinstance(self.after, Exception):
            raise self.after
        return self.after or said


@pytest.fixture
def provider(settings: Any) -> Provider:
    settings.SMS_URL, settings.SMS_KEY, settings.SMS_FROM = "https://sms.example", "key", "Nordic"
    settings.DIALLER_URL, settings.DIALLER_ACCOUNT = "https://call.example", "AC"
    settings.DIALLER_KEY, settings.DIALLER_FROM = "key", "+4681234567"
    return Provider()


def message(channel: str = "sms", **payload: Any) -> Any:
    given = (
        {"text": "A letter is on your page."}
        if channel == "sms"
        else {"ring_first": "+46701112233"}
    )
    return SimpleNamespace(
        id=uuid4(),
        channel=channel,
        fence=1,
        gated=True,
        recipient="+46701234567",
        payload=given | payload,
    )


def sent(channel: Any, one: Any) -> str:
    with opened(made_pass(one, uuid4())):
        return str(channel.hand_over(one))


def test_a_text_message_carries_our_own_id_and_the_provider_is_asked_by_it(
    provider: Provider,
) -> None:
    channel, one = TextMessages(provider), message()
    assert channel.look_up(one) is False
    assert sent(channel, one) == one.id.hex == channel.look_up(one)
    kept = provider.sent[one.id.hex]
    assert (kept["from"], kept["destinations"][0]["to"]) == ("Nordic", "46701234567")


@pytest.mark.parametrize("channel", ["sms", "call"])
def test_without_a_permit_nothing_is_said_to_a_provider(provider: Provider, channel: str) -> None:
    way = TextMessages(provider) if channel == "sms" else Dialler(provider)
    with pytest.raises(NoPermit):
        way.hand_over(message(channel))
    other = message(channel)
    with pytest.raises(NoPermit), opened(made_pass(other, uuid4())):
        way.hand_over(message(channel))
    assert (provider.sent, provider.calls) == ({}, [])


@pytest.mark.parametrize(
    ("status", "group", "error"),
    [
        (429, "", TryLater), (503, "", TryLater), (401, "", TryLater), (400, "", CannotSend),
        (200, "REJECTED", CannotSend), (500, "", Unclear), (409, "", Unclear), (200, "", Unclear),
    ],
)  # fmt: skip
def test_lt11_each_answer_of_a_provider_means_one_thing(
    provider: Provider, status: int, group: str, error: type[Exception]
) -> None:
    provider.before = Answer(
        status, {"messages": [{"status": {"groupName": group}}]} if group else {}
    )
    with pytest.raises(error):
        sent(TextMessages(provider), message())


def test_lt11_a_timeout_after_it_was_taken_is_asked_about_and_not_sent_again(
    provider: Provider,
) -> None:
    channel, one = TextMessages(provider), message()
    provider.after = TimeoutError()
    with pytest.raises(TimeoutError):
        sent(channel, one)
    assert channel.look_up(one) == one.id.hex


def test_lt15_no_mobile_number_and_too_long_a_text_are_refused(provider: Provider) -> None:
    nobody, long = message(), message(text="x" * 1601)
    nobody.recipient = ""
    for one in (nobody, long):
        with pytest.raises(Exception, match=r"number|characters"):
            sent(TextMessages(provider), one)
    assert provider.sent == {}


def test_a_call_rings_the_collector_first_and_joins_the_debtor(provider: Provider) -> None:
    channel, one = Dialler(provider), message("call")
    assert sent(channel, one) == "CA1"
    said = provider.calls[0]
    assert said["To"] == ["+46701112233"] and said["From"] == ["+4681234567"]
    assert "<Number>+46701234567</Number>" in said["Twiml"][0]
    assert channel.look_up(one) is None, "what may have rung is never rung again"


def test_a_call_that_may_ring_is_in_doubt_and_one_that_cannot_is_refused(
    provider: Provider,
) -> None:
    for status, error in (
        (500, ConnectionError),
        (201, ConnectionError),
        (400, CannotSend),
        (429, TryLater),
    ):
        provider.before = Answer(status, {})
        with pytest.raises(error):
            sent(Dialler(provider), message("call"))
