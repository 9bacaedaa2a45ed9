"""`recoup bench beside`: what collectors feel of a list of debts that is imported meanwhile.

The desk's portfolio, server and clicks (bench_desk.py), once alone and once while another process takes a hundred
thousand rows as `recoup bench import` does: read, judged, placed in the worker's chunks, again and again. The
figure is the 95th percentile of all answers meanwhile, the floor that of the same clicks before.
"""

import os
import subprocess
import sys
import threading
from datetime import date
from typing import Any

from recoup.console.bench_desk import SEED, at_work, free_port, log_in, told, wait_for

CASES, ROWS, SECONDS = 100_000, 100_000, 45.0


def run_beside(rows: int = ROWS, cases: int = CASES, seconds: float = SECONDS) -> dict[str, Any]:
    from recoup.console.desk_portfolio import ensure_portfolio

    name = ensure_portfolio(cases, SEED, date(2026, 11, 22))
    port, sessions = free_port(), log_in(name)
    environment = os.environ | {"RECOUP_DB_NAME": name}
    serving = {"RECOUP_PORT": str(port), "RECOUP_TESTING": "yes", "RECOUP_WEB_WORKERS": "2"}
    server = subprocess.Popen(
        [sys.executable, "-m", "recoup", "serve", "web"], env=environment | serving
    )
    importing = Importing(rows, environment)
    try:
        wait_for(port)
        alone = told(cases, seconds, at_work(port, sessions, seconds))
        with importing:
            beside = told(cases, seconds, at_work(port, sessions, seconds))
    finally:
        server.terminate()
        server.wait(20)
    return beside | {
        "name": "beside", "rows": rows, "lists_taken": importing.taken, "floor": alone["figure"],
        "floor_is": "the same clicks without an import", "ratio": round(beside["figure"] / alone["figure"], 2),
        "by_page_alone": alone["by_page"], "empty_page": [alone["floor"], beside["floor"]],
    }  # fmt: skip


class Importing:
    """Lists of debts taken one after the other, until the block ends."""

    def __init__(self, rows: int, environment: dict[str, str]) -> None:
        self.rows, self.environment = rows, environment
        self.taken = 0
        self.over = threading.Event()
        self.running: subprocess.Popen[bytes] | None = None
        self.thread = threading.Thread(target=self.go_on)

    def go_on(self) -> None:
        command = [sys.executable, "-m", "recoup", "bench", "import", str(self.rows)]
        while not self.over.is_set():
            self.running = subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL)  # fmt: skip
            self.taken += self.running.wait() == 0

    def __enter__(self) -> "Importing":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        if self.running is not None:
            self.running.terminate()
        self.thread.join()
