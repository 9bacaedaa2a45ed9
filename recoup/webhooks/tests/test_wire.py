"""What speaks to strangers' servers: to the very address it has checked, for a short while, following
nothing (HOSTILE, webhooks). Real sockets on this machine."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from recoup.webhooks import wire
from recoup.webhooks.rules import Target
from recoup.webhooks.wire import post


def whole(line: socket.socket) -> bytes:
    """A request with its body, in however many pieces it comes."""
    found = b""
    while chunk := line.recv(65536):
        found += chunk
        head, end, body = found.partition(b"\r\n\r\n")
        length = next(
            (
                int(x.split(b":")[1])
                for x in head.split(b"\r\n")
                if x.lower().startswith(b"content-length:")
            ),
            0,
        )
        if end and len(body) >= length:
            break
    return found


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[tuple[int, list[bytes]]]:
    asked: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            with line:
                line.settimeout(5)
                asked.append(whole(line))
                with suppress(OSError):
                    answer(line)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listening.getsockname()[1], asked
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(5)


def saying(text: bytes) -> Callable[[socket.socket], None]:
    return lambda line: line.sendall(text)


def here(port: int, *, exempt: bool = True) -> Target:
    return Target(f"http://127.0.0.1:{port}/x", "http", "127.0.0.1", port, "/x", exempt)


def test_wh04_a_redirect_is_not_followed() -> None:
    with server(saying(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")) as (inner, reached):
        to = f"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{inner}/\r\ncontent-length: 0\r\n\r\n"
        with server(saying(to.encode())) as (port, asked):
            reply = post(here(port), {"webhook-id": "a"}, b"{}")
    assert (reply.status, len(asked), reached) == (302, 1, [])
    assert b"webhook-id: a" in asked[0] and b"\r\n\r\n{}" in asked[0]


def test_wh03_a_name_that_turns_private_is_not_connected_to() -> None:
    """Public when it was saved, private when it is called; and a look-up that fails is a refusal."""
    with server(saying(b"HTTP/1.1 200 OK\r\n\r\n")) as (port, asked):
        target = Target("https://a.example.com/", "https", "a.example.com", port, "/")
        for addresses in (["127.0.0.1"], ["93.184.215.14", "127.0.0.1"], []):
            reply = post(target, {}, b"{}", look_up=lambda host, p, found=addresses: found)
            assert reply.status is None and reply.said
    assert asked == []


def test_wh03_the_name_is_looked_up_once_and_the_checked_address_is_connected_to(
    monkeypatch,
) -> None:
    connected, looked = [], []

    def connect(address, timeout):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: pytest.fail("a second look-up"))
    target = Target("https://a.example.com/", "https", "a.example.com", 443, "/")

    def look_up(host: str, port: int) -> list[str]:
        looked.append(host)
        return ["93.184.215.14"] if len(looked) == 1 else ["127.0.0.1"]

    assert post(target, {}, b"{}", look_up=look_up).said == "ConnectionRefusedError"
    assert (looked, connected) == (["a.example.com"], [("93.184.215.14", 443)])


def test_a_receiver_that_drips_is_cut_off(monkeypatch) -> None:
    monkeypatch.setattr(wire, "WHOLE_SECONDS", 0.6)

    def drip(line: socket.socket) -> None:
        for _ in range(100):
            line.sendall(b"H")
            time.sleep(0.05)

    with server(drip) as (port, _):
        begun = time.monotonic()
        reply = post(here(port), {}, b"{}")
        assert reply.status is None and time.monotonic() - begun < 3


def test_no_more_is_read_than_a_little() -> None:
    endless = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1_000_000
    with server(saying(endless)) as (port, _):
        reply = post(here(port), {}, b"{}")
    assert reply.status == 200 and len(reply.said) == wire.KEPT_CHARACTERS


@pytest.mark.parametrize("text", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 " + b"9" * 70000, b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n"])  # fmt: skip
def test_nonsense_is_no_answer(text: bytes) -> None:
    with server(saying(text)) as (port, _):
        assert post(here(port), {}, b"{}").status is None


def test_when_to_come_back_is_read() -> None:
    busy = b"HTTP/1.1 429 Too Many Requests\r\nretry-after: 120\r\ncontent-length: 2\r\n\r\n\x00y"
    with server(saying(busy)) as (port, _):
        reply = post(here(port), {}, b"{}")
    assert (reply.status, reply.after, reply.said) == (429, 120, "y")
