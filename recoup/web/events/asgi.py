"""Server-sent events: says that something happened, to those who may know; the page then fetches it.

One LISTEN connection per process, fanned out. A stream carries no content, so nothing can leak
through it and nothing can be missed: each (re)connect begins with a `timeline` event, on which the
page fetches its timeline again.
"""

import asyncio
import contextlib
import json
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
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


@dataclass(eq=False)
class Stream:
    reader: Reader
    queue: "asyncio.Queue[dict[str, str]]"


class Hub:
    """The open streams of this process and the one connection that listens for them."""

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self.listening: asyncio.Task[None] | None = None

    def ensure_listening(self) -> None:
        if self.listening is None or self.listening.done():
            self.listening = asyncio.create_task(self.listen())

    async def listen(self) -> None:
        while True:
            with contextlib.suppress(psycopg.OperationalError):
                place = conninfo(parameters("app"))
                async with await psycopg.AsyncConnection.connect(place, autocommit=True) as db:
                    await db.execute("LISTEN timeline")
                    self.publish_all({"kind": "Reconnected"})
                    async for note in db.notifies():
                        self.publish(json.loads(note.payload))
            await asyncio.sleep(1)

    def publish(self, event: dict[str, str]) -> None:
        for stream in self.streams:
            if stream.reader.may_know(event):
                self.offer(stream, event)

    def publish_all(self, event: dict[str, str]) -> None:
        for stream in self.streams:
            self.offer(stream, event)

    @staticmethod
    def offer(stream: Stream, event: dict[str, str]) -> None:
        # A slow reader needs no backlog: one pending word already makes it fetch everything.
        with contextlib.suppress(asyncio.QueueFull):
            stream.queue.put_nowait(event)


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
    await stream_to(reader, headers.get("cookie", ""), case, allowed, receive, send)


async def stream_to(
    reader: Reader,
    cookie: str,
    case: str,
    allowed: list[tuple[bytes, bytes]],
    receive: Receive,
    send: Send,
) -> None:
    hub.ensure_listening()
    stream = Stream(reader, asyncio.Queue(maxsize=8))
    hub.streams.add(stream)
    gone = asyncio.create_task(until_gone(receive))
    try:
        start = [
            (b"content-type", b"text/event-stream"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": start + allowed})
        await say(send, {"kind": "Connected"})
        while not gone.done():
            try:
                event = await asyncio.wait_for(stream.queue.get(), BEAT_SECONDS)
            except TimeoutError:
                # Rights that were taken away end the stream at the next beat.
                if await sync_to_async(reader_of)(cookie, case) != reader:
                    return
                await send({"type": "http.response.body", "body": b": beat\n\n", "more_body": True})
                continue
            await say(send, event)
    finally:
        hub.streams.discard(stream)
        gone.cancel()


async def say(send: Send, event: dict[str, str]) -> None:
    number = f"id: {event['event']}\n" if "event" in event else ""
    data = json.dumps({"kind": event["kind"]})
    body = f"{number}event: timeline\ndata: {data}\n\n".encode()
    await send({"type": "http.response.body", "body": body, "more_body": True})


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
