"""`recoup bench portal`: fifty clients at once in their portal, on a portfolio of any size, five hundred event
streams open beside it.

The portfolio, server and clicks are the desk's (bench_desk.py); the pages are the portal's. One of the clients
has a tenth of all cases. Beside the times, the weight of each page as it is sent, the number of its queries,
and how many of the words told meanwhile the streams have heard. The figure is the 95th percentile of all
answers, the floor that of an empty page through the same server under the same clicks.
"""

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import date
from typing import Any

from recoup.console.bench_desk import SEED, Clicks, free_port, get, session_of, told, wait_for

CASES, PEOPLE, SECONDS, STREAMS = 1_000_000, 50, 45.0, 500
THINK = (2.0, 8.0)
# kind, path, how often
PAGES = (
    ("overview", "/client/", 4), ("cases", "/client/cases/", 4), ("disputed", "/client/cases/?show=disputed", 1),
    ("search", "/client/cases/?q=TYPED", 2), ("case", "/client/cases/NUMBER/", 5),
    ("money of a case", "/client/cases/NUMBER/money/", 2), ("needs", "/client/needs/", 2),
    ("messages", "/client/messages/", 1), ("money", "/client/money/", 1), ("decisions", "/client/approvals/", 1),
    ("floor", "/healthz", 2),
)  # fmt: skip
TYPED = ("kal", "INV-1234", "R-2026-0", "logistik")


def run_portal(cases: int = CASES, seconds: float = SECONDS) -> dict[str, Any]:
    from recoup.console.desk_portfolio import ensure_portfolio

    name = ensure_portfolio(cases, SEED, date(2026, 11, 22))
    port, streams_port = free_port(), free_port()
    sessions = log_in(name)
    asked = count_queries(name, *sessions[0])
    environment = os.environ | {
        "RECOUP_DB_NAME": name, "RECOUP_PORT": str(port), "RECOUP_TESTING": "yes", "RECOUP_WEB_WORKERS": "2",
        "RECOUP_EVENTS_PORT": str(streams_port),
    }  # fmt: skip
    running = [
        subprocess.Popen([sys.executable, "-m", "recoup", "serve", kind], env=environment)
        for kind in ("web", "events")
    ]
    listeners = Listeners(streams_port, [session for session, _ in sessions])
    try:
        wait_for(port)
        wait_for(streams_port, "/events/")
        weights = weigh(port, *sessions[0])
        listeners.open(STREAMS)
        telling = threading.Thread(target=listeners.tell, args=(name, time.monotonic() + seconds))
        telling.start()
        clicks = at_work(port, sessions, seconds)
        telling.join()
        heard = listeners.heard()
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(20)
    found = told(cases, seconds, clicks) | heard
    found["clients"] = found.pop("collectors") and len(sessions)
    return found | {"name": "portal", "bytes_by_page": weights, "queries_by_page": asked}


class Listeners:
    """Event streams held open by the same people's sessions, and what came over them."""

    def __init__(self, port: int, sessions: list[str]) -> None:
        self.port, self.sessions = port, sessions
        self.lines: list[socket.socket] = []
        self.told = 0

    def open(self, many: int) -> None:
        for n in range(many):
            line = socket.create_connection(("127.0.0.1", self.port), timeout=20)
            session = self.sessions[n % len(self.sessions)]
            line.sendall(
                f"GET /events/ HTTP/1.1\r\nHost: localhost\r\nCookie: session={session}\r\n\r\n".encode()
            )
            self.lines.append(line)

    def tell(self, name: str, until: float) -> None:
        """A word for everybody each second, as a batch of the day run gives it."""
        from recoup.console.desk_portfolio import superuser

        with superuser(name) as db:
            agency = db.execute("SELECT id FROM tenancy_agency").fetchone()[0]  # type: ignore[index]
            word = json.dumps({"kind": "Many", "agency": str(agency), "client": None, "case": None, "audience": "internal"})  # fmt: skip
            while time.monotonic() < until:
                time.sleep(1)
                db.execute("SELECT pg_notify('timeline', %s)", [word])
                self.told += 1

    def heard(self) -> dict[str, int]:
        time.sleep(2)
        words, alive = [], 0
        for line in self.lines:
            line.setblocking(False)
            said = b""
            with suppress(BlockingIOError, ConnectionError):
                while part := line.recv(65536):
                    said += part
            alive += b"200 OK" in said
            words.append(said.count(b"event: timeline") - said.count(b'"Connected"'))
            line.close()
        return {
            "streams": alive,
            "words_told": self.told,
            "words_heard_least": min(words, default=0),
        }


def log_in(name: str) -> list[tuple[str, list[str]]]:
    """A person of each of the first clients, made where there is none, with the numbers of open cases."""
    from django.db import connections

    from recoup.cases.models import Case
    from recoup.parties.models import Client
    from recoup.tenancy.context import scope
    from recoup.tenancy.models import Agency, Member, User
    from recoup.tenancy.operations import add_member
    from recoup.tenancy.roles import Role

    connections["default"].close()
    connections["default"].settings_dict["NAME"] = name
    found: list[tuple[str, list[str]]] = []
    agency = Agency.objects.get()
    with scope(agency.id):
        for client in Client.objects.order_by("id"):
            if len(found) == PEOPLE:
                break
            member = Member.objects.filter(client_id=client.id).select_related("user").first()
            if member is None:
                user = User.objects.create_user(f"{client.id}@bench.example", None, name="Bench")
                member = add_member(agency=agency, user=user, role=Role.CLIENT_ADMINISTRATOR, client_id=client.id)  # fmt: skip
            known = Case.objects.filter(client=client, stage="contact").order_by("id")
            numbers = list(known.values_list("number", flat=True)[:40])
            if not numbers:
                continue  # some have only cases that have ended
            found.append((session_of(member.user), numbers))
    connections["default"].close()
    return found


def count_queries(name: str, session: str, numbers: list[str]) -> dict[str, int]:
    """Queries of each page, asked in this process through the same stack."""
    from django.conf import settings
    from django.db import connections
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    connections["default"].close()
    connections["default"].settings_dict["NAME"] = name
    browser, found = Client(headers={"accept-language": "en"}), {}
    browser.cookies[settings.SESSION_COOKIE_NAME] = session
    for kind, path, _often in PAGES:
        with CaptureQueriesContext(connections["default"]) as asked:
            browser.get(path.replace("NUMBER", numbers[0]).replace("TYPED", TYPED[0]))
        found[kind] = len(asked)
    connections["default"].close()
    return found


def weigh(port: int, session: str, numbers: list[str]) -> dict[str, int]:
    """Bytes of each page as a browser gets it (packed, where the server packs)."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    found = {}
    for kind, path, _often in PAGES:
        headers = {"Cookie": f"session={session}", "Host": "localhost", "Accept-Language": "en", "Accept-Encoding": "gzip"}  # fmt: skip
        line.request(
            "GET", path.replace("NUMBER", numbers[0]).replace("TYPED", TYPED[0]), headers=headers
        )
        found[kind] = len(line.getresponse().read())
    line.close()
    return found


def at_work(port: int, sessions: list[tuple[str, list[str]]], seconds: float) -> Clicks:
    warm, clicks = Clicks(), Clicks()
    drawn = [random.Random(n) for n in range(len(sessions))]  # noqa: S311 - clicks, not secrets
    for session, numbers in sessions[:4]:
        one_client(port, session, numbers, warm, time.monotonic() + 2, drawn[0], think=False)
    until = time.monotonic() + seconds
    people = [
        threading.Thread(target=one_client, args=(port, session, numbers, clicks, until, drawn[n]))
        for n, (session, numbers) in enumerate(sessions)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return clicks


def one_client(
    port: int, session: str, numbers: list[str], clicks: Clicks, until: float, drawn: random.Random,
    *, think: bool = True,
) -> None:  # fmt: skip
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    if think:
        time.sleep(drawn.uniform(0, THINK[1]))
    while time.monotonic() < until:
        kind, path = drawn.choices(PAGES, weights=[p[2] for p in PAGES])[0][:2]
        asked = path.replace("NUMBER", drawn.choice(numbers)).replace("TYPED", drawn.choice(TYPED))
        start = time.perf_counter()
        status = get(line, asked, session)
        clicks.add(kind, time.perf_counter() - start, status)
        if think:
            time.sleep(drawn.uniform(*THINK))
    line.close()
