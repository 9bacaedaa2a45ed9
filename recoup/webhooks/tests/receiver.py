"""A client's server as it is in life: verifies with the independent library, loses, delays, forgets that
it has answered. Counts what it accepted, in order."""

import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook


@dataclass
class Receiver:
    """`loss`: the share of requests that end without a good answer; half of these it had processed."""

    loss: float = 0.0
    slow: float = 0.0
    seed: int = 20261122
    secret: str = ""
    status: int = 204
    taken: list[dict[str, Any]] = field(default_factory=list)
    ids: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    refused: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        receiver, lock = self, threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with lock:
                    receiver.receive(self, body)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.place}/hook"

    def receive(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        self.asked += 1
        lost, early = self.chance.random() < self.loss, self.chance.random() < 0.5
        if self.chance.random() < self.slow:
            time.sleep(0.05)
        if lost and early:
            handler.close_connection = True
            return
        try:
            Webhook(self.secret).verify(body.decode(), dict(handler.headers))
        except Exception:
            self.refused += 1
            handler.send_response(400)
            handler.end_headers()
            return
        id = handler.headers["webhook-id"]
        self.ids[id] += 1
        if self.ids[id] == 1:
            self.taken.append(json.loads(body))
        if lost:
            handler.close_connection = True
            return
        handler.send_response(self.status)
        handler.end_headers()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)
