"""`recoup bench desk`: twenty collectors at work on a million cases, through the real web server.

The portfolio comes from a seed (recoup/console/desk_portfolio.py). Two page processes serve; each collector
clicks, reads the answer whole, thinks, clicks again: list, preview, case, next case, search while
typing, another list. The figure is the 95th percentile of all answers; the floor is the same percentile of
an empty page through the same server under the same clicks, asked in between. Writing is left out: it
costs what its operation costs, and would change the portfolio.
"""

import http.client
import os
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote

from django.urls import reverse

SEED, CASES, COLLECTORS = 7, 1_000_000, 20
SECONDS, THINK = 45.0, (1.0, 5.0)  # a busy desk clicks every ten seconds; these every three
TYPED = ("kal", "kalomi", "nor", "贸易", "香港", "INV-1234", "8400", "123456", "anna", "logistik")


@dataclass
class Clicks:
    """Milliseconds by kind of page, of everybody."""

    times: dict[str, list[float]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, took: float, status: int) -> None:
        with self.lock:
            self.times.setdefault(kind, []).append(took * 1000)
            if status not in (200, 302):
                self.wrong.append(f"{kind} {status}")


def run_desk(cases: int = CASES, seconds: float = SECONDS) -> dict[str, Any]:
    """Make or find the portfolio, serve it, let the collectors click, stop the server."""
    from recoup.console.desk_portfolio import ensure_portfolio

    name = ensure_portfolio(cases, SEED, date(2026, 11, 22))
    port = free_port()
    sessions = log_in(name)
    environment = os.environ | {
        "RECOUP_DB_NAME": name, "RECOUP_PORT": str(port), "RECOUP_TESTING": "yes", "RECOUP_WEB_WORKERS": "2",
    }  # fmt: skip
    server = subprocess.Popen([sys.executable, "-m", "recoup", "serve", "web"], env=environment)
    try:
        wait_for(port)
        clicks = at_work(port, sessions, seconds)
    finally:
        server.terminate()
        server.wait(20)
    return told(cases, seconds, clicks)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def log_in(name: str) -> list[tuple[str, list[str]]]:
    """A session and the numbers of some open cases for each collector, made in the portfolio."""
    from django.db import connections

    from recoup.cases.models import Case
    from recoup.tenancy.context import scope
    from recoup.tenancy.models import Agency, Member

    connections["default"].close()
    connections["default"].settings_dict["NAME"] = name
    found = []
    agency = Agency.objects.get()
    with scope(agency.id):
        members = list(
            Member.objects.filter(role="collector")
            .select_related("user")
            .order_by("id")[:COLLECTORS]
        )
        for member in members:
            cases = Case.objects.filter(collector=member, stage="contact").order_by("id")
            numbers = list(cases.values_list("number", flat=True)[:40])
            found.append((session_of(member.user), numbers))
    connections["default"].close()
    return found


def session_of(user: Any) -> str:
    """The key of a session in which `user` has signed in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def wait_for(port: int, path: str = "/healthz") -> None:
    for _ in range(150):
        try:
            get(http.client.HTTPConnection("127.0.0.1", port, timeout=2), path, "")
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The web server did not start.")


def get(line: http.client.HTTPConnection, path: str, session: str) -> int:
    """The answer's status; on a connection that the server has closed meanwhile, asked anew."""
    headers = {"Cookie": f"session={session}", "Host": "localhost", "Accept-Language": "en"}
    for last in (False, True):
        try:
            line.request("GET", path, headers=headers)
            answer = line.getresponse()
            answer.read()
            return answer.status
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            line.close()
            if last:
                raise
    raise AssertionError("answered or raised")


def at_work(port: int, sessions: list[tuple[str, list[str]]], seconds: float) -> Clicks:
    warm, clicks = Clicks(), Clicks()
    drawn = [random.Random(n) for n in range(len(sessions))]  # noqa: S311 - clicks, not secrets
    for session, numbers in sessions[:4]:  # templates compiled, connections open
        one_collector(port, session, numbers, warm, time.monotonic() + 2, drawn[0], think=False)
    until = time.monotonic() + seconds
    people = [
        threading.Thread(
            target=one_collector,
            args=(port, session, numbers, clicks, until, drawn[n]),
        )
        for n, (session, numbers) in enumerate(sessions)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return clicks


def one_collector(
    port: int, session: str, numbers: list[str], clicks: Clicks, until: float, drawn: random.Random,
    *, think: bool = True,
) -> None:  # fmt: skip
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    if think:
        time.sleep(drawn.uniform(0, THINK[1]))
    while time.monotonic() < until:
        kind, path = drawn.choices(PAGES, weights=[p[2] for p in PAGES])[0][:2]
        asked = path.replace("NUMBER", drawn.choice(numbers)).replace(
            "TYPED", quote(drawn.choice(TYPED))
        )
        start = time.perf_counter()
        status = get(line, asked, session)
        clicks.add(kind, time.perf_counter() - start, status)
        if think:
            time.sleep(drawn.uniform(*THINK))
    line.close()


# kind, path, how often
PAGES = (
    ("list", "/desk/", 3), ("preview", "/desk/preview/NUMBER/", 3), ("case", "/desk/cases/NUMBER/", 5),
    ("next", "/desk/cases/NUMBER/next/", 2), ("search", "/desk/search/?q=TYPED", 3),
    *((view, reverse("desk:work_view", args=[view]), 1) for view in ("tasks", "contact")), ("floor", "/healthz", 2),
)  # fmt: skip


def told(cases: int, seconds: float, clicks: Clicks) -> dict[str, Any]:
    if clicks.wrong:
        raise SystemExit(f"Some answers were wrong: {clicks.wrong[:5]}")
    work = [t for kind, found in clicks.times.items() if kind != "floor" for t in found]
    figure, floor = percentile(work), percentile(clicks.times["floor"])
    return {
        "name": "desk", "unit": "ms p95", "n": cases, "collectors": COLLECTORS, "seconds": seconds,
        "clicks": len(work), "figure": figure, "p50": round(statistics.median(work), 1), "floor": floor,
        "floor_is": "an empty page through the same server under the same clicks",
        "ratio": round(figure / floor, 1), "load": round(os.getloadavg()[0], 1),
        "by_page": {k: percentile(v) for k, v in sorted(clicks.times.items()) if k != "floor"},
    }  # fmt: skip


def percentile(times: list[float], share: float = 0.95) -> float:
    ordered = sorted(times)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)
