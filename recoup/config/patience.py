"""The web server's patience (UP21): whoever sends a request byte by byte does not hold a thread for long.

A reverse proxy in front does the same; this is for an installation without one, and for the proxy's own faults.
Counted is only the time in which we wait for the sender, so that a slow page of ours cuts nobody off.
"""

import errno
import socket
import time
from typing import Any

from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

GRACE = 20.0  # seconds of waiting that anybody has
SLOWEST = 2_000  # bytes that earn one second more: a slow telephone line sends three times that
IDLE = 15.0  # seconds without a byte


class TooSlow(ConnectionResetError):
    """For the server the connection is gone; for the page the body cannot be read."""

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "the request came too slowly")


class Patient:
    """A socket that waits only so long; `begin` at each request of a connection that is kept."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.begin()

    def begin(self) -> None:
        self.waited, self.came = 0.0, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sock, name)

    def recv(self, size: int) -> bytes:
        """Raises `TooSlow`."""
        left = GRACE + self.came / SLOWEST - self.waited
        if left <= 0:
            raise TooSlow
        before = self.sock.gettimeout()
        mine = min(IDLE, left)
        shorter = before is not None and before < mine
        began = time.monotonic()
        self.sock.settimeout(before if shorter else mine)
        try:
            found = self.sock.recv(size)
        except TimeoutError:
            if shorter:
                raise
            raise TooSlow from None
        finally:
            self.waited += time.monotonic() - began
            self.sock.settimeout(before)
        self.came += len(found)
        return found


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's worker with threads, each socket read through `Patient`."""

    def handle(self, conn: TConn) -> Any:
        held = getattr(conn, "patient", None)
        if held is not None:
            held.begin()
        elif not conn.initialized:
            conn.init = lambda: prepare(conn)
        return super().handle(conn)


def prepare(conn: TConn) -> None:
    TConn.init(conn)
    unreader = getattr(conn.parser, "unreader", None)
    if isinstance(unreader, SocketUnreader) and getattr(conn, "patient", None) is None:
        conn.patient = unreader.sock = Patient(conn.sock)
