"""UP21: a request that trickles in is cut off, and nobody else waits for it."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from recoup.config import patience
from recoup.config.patience import Patient, TooSlow

THREADS = 2


def app(environ, start):  # type: ignore[no-untyped-def]
    """What gunicorn serves below: it says how long the body was that it could read."""
    try:
        said, status = str(len(environ["wsgi.input"].read())), "200 OK"
    except OSError:
        said, status = "slow", "408 Request Timeout"
    start(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(said)))])
    return [said.encode()]


class QuickWorker(patience.PatientWorker):  # type: ignore[misc]
    """With less patience, for the test."""

    def init_process(self) -> None:
        patience.GRACE, patience.SLOWEST, patience.IDLE = 1.0, 2_000, 0.8
        super().init_process()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        number = int(found.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", f"{__name__}:app", "--bind", f"127.0.0.1:{number}", "--workers", "1", "--threads",
         str(THREADS), "--worker-class", f"{__name__}.QuickWorker", "--log-level", "critical", "--no-control-socket"],
    )  # fmt: skip
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", number), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield number
    finally:
        process.terminate()
        process.wait(20)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), 30)


def asked(port: int, body: bytes = b"abc") -> bytes:
    with connect(port) as line:
        line.sendall(
            b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
            % len(body)
            + body
        )
        said = b""
        while more := line.recv(65536):
            said += more
        return said


def trickled(line: socket.socket, start: bytes) -> float:
    """Seconds until the server has let go, of a sender of ten bytes a second."""
    began = time.monotonic()
    line.sendall(start)
    line.settimeout(0.1)
    while time.monotonic() - began < 60:
        try:
            if not line.recv(4096):
                break
        except TimeoutError:
            pass
        except OSError:
            break
        try:
            line.sendall(b"x")
        except OSError:
            break
    return time.monotonic() - began


@pytest.mark.parametrize("start", [
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000000\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: ",
])  # fmt: skip
def test_up21_a_byte_now_and_then_does_not_hold_a_thread(port: int, start: bytes) -> None:
    with connect(port) as line:
        assert trickled(line, start) < 20
    assert asked(port).endswith(b"3")


def test_up21_as_many_as_there_are_threads_and_the_next_is_served_all_the_same(port: int) -> None:
    lines = [connect(port) for _ in range(THREADS * 2)]
    try:
        for line in lines:
            line.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx")
        began = time.monotonic()
        assert asked(port).endswith(b"3")
        assert time.monotonic() - began < 20
    finally:
        for line in lines:
            line.close()


def answer(line: socket.socket) -> bytes:
    """One whole answer; head and body may come apart."""
    came = b""
    while not came.endswith(b"\r\n\r\n2"):
        came += line.recv(4096)
    return came


def test_a_large_body_and_a_kept_connection_are_served(port: int) -> None:
    assert asked(port, b"x" * 3_000_000).endswith(b"3000000")
    with connect(port) as line:
        for n in range(3):
            time.sleep(0.5)
            line.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab")
            assert answer(line).startswith(b"HTTP/1.1 200 OK"), n


def test_only_waiting_for_the_sender_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "GRACE", 0.3)
    mine, theirs = socket.socketpair()
    with mine, theirs:
        held = Patient(mine)
        theirs.sendall(b"x")
        time.sleep(0.5)  # a page of ours that takes its time
        assert held.recv(10) == b"x"
        with pytest.raises(TooSlow):
            held.recv(10)
        assert mine.gettimeout() is None
        held.begin()
        theirs.sendall(b"y")
        assert held.recv(10) == b"y"
        theirs.close()
        assert held.recv(10) == b""
