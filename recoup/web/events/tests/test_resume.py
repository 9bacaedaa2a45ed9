"""A stream that breaks goes on where it broke: nothing missed, nothing twice."""

import asyncio
import json
import random
from typing import Any

import pytest

from recoup.web.events import asgi
from recoup.web.events.asgi import BACKLOG, KEPT, Hub
from recoup.web.events.readers import Reader

EVA = Reader("a", "eva", "", frozenset({"client", "debtor"}))
TOLD = {"agency": "a", "client": "eva", "case": "1", "audience": "client"}


def told(n: int, **more: str) -> dict[str, str]:
    return TOLD | {"kind": "LetterSent", "event": f"e{n}"} | more


def drained(stream: asgi.Stream) -> list[int]:
    found = []
    while not stream.queue.empty():
        found.append(stream.queue.get_nowait().place)
    return found


def test_cut_off_again_and_again_a_reader_gets_each_word_once() -> None:
    """Whenever it is cut off, with words of others in between."""
    chance = random.Random(20261130)
    for _ in range(200):
        hub, got, expected = Hub(), list[int](), list[int]()
        stream, since = hub.join(EVA, "")
        assert since is None, "a first visit fetches everything"
        last = hub.place
        for n in range(60):
            mine = chance.random() < 0.5
            hub.publish(told(n) if mine else told(n, client="other"))
            expected += [hub.place] if mine else []
            if chance.random() < 0.2:
                taken = drained(stream)
                reached = taken[: chance.randint(0, len(taken))]  # the rest was lost on the way
                got += reached
                last = reached[-1] if reached else last
                hub.streams.discard(stream)
                for m in range(chance.randint(0, 5)):
                    hub.publish(told(100 + m))
                    expected.append(hub.place)
                stream, since = hub.join(EVA, hub.id_of(last))
                assert since is not None
                got += [w.place for w in since]
                last = since[-1].place if since else last
        assert got + drained(stream) == expected


@pytest.mark.parametrize("last_id", ["", "x", "other-3", "-", "{name}-99", "{name}--1", "{name}-²", "{name}-1e1"])  # fmt: skip
def test_a_place_that_is_not_known_means_that_everything_is_fetched_anew(last_id: str) -> None:
    hub = Hub()
    hub.publish(told(1))
    assert hub.since(EVA, last_id.format(name=hub.name)) is None


def test_a_place_too_far_back_and_a_gap_in_listening_mean_the_same() -> None:
    hub = Hub()
    for n in range(KEPT + 10):
        hub.publish(told(n, client="other"))
    assert hub.since(EVA, hub.id_of(3)) is None
    assert hub.since(EVA, hub.id_of(hub.place)) == []
    seen = hub.id_of(hub.place)
    hub.publish({"kind": asgi.RECONNECTED})
    assert [w.event["kind"] for w in hub.since(EVA, seen) or []] == ["Reconnected"]


def test_a_slow_reader_gets_the_newest_word_and_others_words_never() -> None:
    hub = Hub()
    stream, _ = hub.join(EVA, "")
    for n in range(BACKLOG * 3):
        hub.publish(told(n))
        hub.publish(told(n, audience="internal"))
    assert drained(stream)[-1] == hub.place - 1


def test_over_http_the_browser_says_how_far_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub()
    monkeypatch.setattr(asgi, "hub", hub)
    monkeypatch.setattr(hub, "ensure_listening", lambda: None)
    monkeypatch.setattr(asgi, "reader_of", lambda cookie, case: EVA)

    async def visit(last_id: str, during: Any = None) -> list[tuple[str, str]]:
        sent, gone = list[bytes](), asyncio.Event()

        async def send(message: dict[str, Any]) -> None:
            sent.append(message.get("body", b""))

        async def receive() -> dict[str, Any]:
            await gone.wait()
            return {"type": "http.disconnect"}

        headers = [(b"last-event-id", last_id.encode())] if last_id else []
        scope = {"type": "http", "path": "/events/", "query_string": b"", "headers": headers}
        visit = asyncio.create_task(asgi.application(scope, receive, send))
        await asyncio.sleep(0.2)
        if during:
            during()
            await asyncio.sleep(0.1)
        visit.cancel()
        return words(b"".join(sent).decode())

    async def story() -> None:
        first = await visit("", lambda: hub.publish(told(1)))
        assert [kind for _, kind in first] == ["Connected", "LetterSent"]
        hub.publish(told(2, kind="PaymentReceived"))
        hub.publish(told(3, client="other"))
        again = await visit(first[-1][0])
        assert [kind for _, kind in again] == ["PaymentReceived"]
        assert await visit(again[-1][0]) == [], "nothing new: nothing is fetched"

    asyncio.run(story())


def words(text: str) -> list[tuple[str, str]]:
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and line[0] != ":")  # fmt: skip
        if "data" in lines:
            found.append((lines["id"], json.loads(lines["data"])["kind"]))
    return found
