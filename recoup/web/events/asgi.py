"""Server-sent events: says that something happened, to those who may know; the page then fetches it.

One LISTEN connection per process, fanned out. A stream carries no content, so nothing can leak through
it. Each word has a place in this process's list; a browser that was cut off says in `Last-Event-ID` how far
it came, and gets what it may know of since then, each word once. Where that is not known (a first visit, a
process that was started again, a place too far back) the stream begins with `Connected`, on which the page
fetches its state anew: nothing is missed either way, and nothing comes twice.
"""

import asyncio
import contextlib
import json
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import psycopg
from asgiref.sync import sync_to_async
from django.conf import settings

from recoup.config.database import conninfo, parameters
from recoup.web.events.readers import Reader, reader_of

BEAT_SECONDS = 20
RETRY_MS = 1000  # a browser that was cut off asks again after so long
KEPT = 20_000  # words that a browser may come back for
BACKLOG = 64  # words that wait for a slow reader; then one word stands for them all
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Word:
    """Something happened: the event as the database told it, and its place."""

    place: int
    event: dict[str, str]


@dataclass(eq=False)
class Stream:
    reader: Reader
    queue: "asyncio.Queue[Word]"


class Hub:
    """The open streams of this process, the words of late, and the one connection that listens."""

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self.listening: asyncio.Task[None] | None = None
        self.name = secrets.token_hex(6)  # places of another process are none of ours
        self.place = 0
        self.words: deque[Word] = deque(maxlen=KEPT)

    def ensure_listening(self) -> None:
        if self.listening is None or self.listening.done():
            self.listening = asyncio.create_task(self.listen())

    async def listen(self) -> None:
        while True:
            with contextlib.suppress(psycopg.OperationalError):
                place = conninfo(parameters("app"))
                async with await psycopg.AsyncConnection.connect(place, autocommit=True) as db:
                    await db.execute("LISTEN timeline")
                    # What happened while nobody listened is not known: all look anew.
                    self.publish({"kind": RECONNECTED})
                    async for note in db.notifies():
                        self.publish(json.loads(note.payload))
            await asyncio.sleep(1)

    def publish(self, event: dict[str, str]) -> None:
        self.place += 1
        word = Word(self.place, event)
        self.words.append(word)
        for stream in self.streams:
            if may_hear(stream.reader, event):
                self.offer(stream, word)

    @staticmethod
    def offer(stream: Stream, word: Word) -> None:
        """A slow reader needs no backlog: the newest word makes it fetch everything, and stands for those
        that it takes the place of."""
        if stream.queue.full():
            while not stream.queue.empty():
                stream.queue.get_nowait()
        stream.queue.put_nowait(word)

    def join(self, reader: Reader, last_id: str) -> tuple[Stream, list[Word] | None]:
        """A new stream, and the words since `last_id` that it may know; None where that is not known. Without
        an await between the two: what happens from here on is in the stream, and only there."""
        stream = Stream(reader, asyncio.Queue(maxsize=BACKLOG))
        since = self.since(reader, last_id)
        self.streams.add(stream)
        return stream, since

    def since(self, reader: Reader, last_id: str) -> list[Word] | None:
        name, _, place = last_id.partition("-")
        if name != self.name or not place.isascii() or not place.isdecimal() or len(place) > 18:
            return None
        seen = int(place)
        oldest = self.words[0].place if self.words else self.place + 1
        if seen > self.place or seen + 1 < oldest:
            return None
        missed = [w for w in self.words if w.place > seen and may_hear(reader, w.event)]
        return missed[-BACKLOG:]  # the newest make the page fetch everything

    def id_of(self, place: int) -> str:
        return f"{self.name}-{place}"


RECONNECTED = "Reconnected"


def may_hear(reader: Reader, event: dict[str, str]) -> bool:
    return event.get("kind") == RECONNECTED or reader.may_know(event)


hub = Hub()


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """ASGI: GET /events/[?case=NUMBER]; 401 without a session that may see anything."""
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
        return
    headers = {
        k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope.get("headers", [])
    }
    allowed = cross_origin(headers)
    case = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("case", [""])[0]
    reader = None
    if scope["type"] == "http" and scope["path"].startswith("/events"):
        reader = await sync_to_async(reader_of)(headers.get("cookie", ""), case)
    if reader is None:
        await send({"type": "http.response.start", "status": 401, "headers": allowed})
        await send({"type": "http.response.body", "body": b""})
        return
    came_to = headers.get("last-event-id", "")
    await stream_to(reader, headers.get("cookie", ""), case, came_to, allowed, receive, send)


async def stream_to(
    reader: Reader,
    cookie: str,
    case: str,
    came_to: str,
    allowed: list[tuple[bytes, bytes]],
    receive: Receive,
    send: Send,
) -> None:
    hub.ensure_listening()
    stream, since = hub.join(reader, came_to)
    place = hub.place
    gone = asyncio.create_task(until_gone(receive))
    try:
        start = [
            (b"content-type", b"text/event-stream"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": start + allowed})
        await raw(send, f"retry: {RETRY_MS}\n\n")
        if since is None:
            await say(send, Word(place, {"kind": "Connected"}))
        for word in since or []:
            await say(send, word)
        while not gone.done():
            try:
                word = await asyncio.wait_for(stream.queue.get(), BEAT_SECONDS)
            except TimeoutError:
                # Rights that were taken away end the stream at the next beat.
                if await sync_to_async(reader_of)(cookie, case) != reader:
                    return
                await raw(send, ": beat\n\n")
                continue
            await say(send, word)
    finally:
        hub.streams.discard(stream)
        gone.cancel()


async def say(send: Send, word: Word) -> None:
    data = json.dumps({"kind": word.event["kind"]})
    await raw(send, f"id: {hub.id_of(word.place)}\nevent: timeline\ndata: {data}\n\n")


async def raw(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def cross_origin(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """Allow our own pages only, where they are served from another port of the same host."""
    origin = headers.get("origin", "")
    host = headers.get("host", "").split(":")[0]
    port = settings.ORIGIN.rpartition(":")[2]
    if (
        origin
        and origin in (settings.ORIGIN, f"http://{host}:{port}")
        and host in settings.ALLOWED_HOSTS
    ):
        return [
            (b"access-control-allow-origin", origin.encode()),
            (b"access-control-allow-credentials", b"true"),
            (b"vary", b"Origin"),
        ]
    return []
