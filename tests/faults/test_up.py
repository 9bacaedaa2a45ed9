"""`recoup up` carries on after SIGKILL of any of its processes, with nothing lost and nothing doubled.

Warm starts are timed and printed (-s).
"""

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from recoup.console.demo.people import CLIENTS, PASSWORD
from tests.browser.installation import Installation

pytestmark = pytest.mark.kills
# Every day what tells most; `make prove` (ROUNDS) kills and stops in every way, and at a first start too.
EVERY_WAY = "ROUNDS" in os.environ
VICTIMS = ["postgres", *(["supervisor", "web", "events", "worker", "mail"] if EVERY_WAY else [])]
WORDS = [signal.SIGINT, *([signal.SIGTERM, signal.SIGHUP] if EVERY_WAY else [])]
MOMENTS = (0.7, 2.0, 5.0) if EVERY_WAY else (2.0,)


@pytest.fixture(scope="module")
def house() -> Iterator[Installation]:
    made = Installation()
    try:
        print(f"\nfresh start: {made.up():.1f} s")
        yield made
    finally:
        made.remove()


def post(house: Installation, page: str, to: str, **fields: str) -> str:
    """Fill in a form of a page as a browser would; the address one ends at."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    with opener.open(house.origin + page, timeout=30) as found:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"|"X-CSRFToken": "(\w+)"', found.read().decode())  # fmt: skip
    assert token
    data = urlencode(fields | {"csrfmiddlewaretoken": token[1] or token[2]}).encode()
    with opener.open(house.origin + to, data, timeout=30) as found:
        return str(found.url).removeprefix(house.origin)


def keep_a_price(house: Installation) -> str:
    """Something durable: a quote under its own address."""
    address = post(
        house, "/", "/quote/", creditor="SE", debtor="DE", amount="8400.00", currency="EUR",
        due="2026-01-15",
    )  # fmt: skip
    assert address.startswith("/quote/")
    return address


def shown(house: Installation, address: str) -> int:
    try:
        with build_opener().open(house.origin + address, timeout=30) as page:
            return int(page.status)
    except HTTPError as refused:
        return refused.code


def events_told(house: Installation) -> int:
    with house.database() as db:
        return int(db.execute("SELECT count(*) FROM eventlog_event").fetchone()[0])


def pid_of(house: Installation, name: str) -> int:
    if name == "supervisor":
        return house.supervisor.pid
    if name == "postgres":
        return int((house.home / "pg" / "data" / "postmaster.pid").read_text().split()[0])
    return int((house.home / "run" / f"{name}.pid").read_text())


def postmasters(house: Installation) -> list[int]:
    return [pid for pid, command in house.processes().items() if "/postgres -D" in command]


@pytest.mark.parametrize("victim", VICTIMS)
def test_up_carries_on_after_the_death_of(victim: str, house: Installation) -> None:
    address, told = keep_a_price(house), events_told(house)
    os.kill(pid_of(house, victim), signal.SIGKILL)
    if victim == "postgres":
        time.sleep(0.5)
        house.interrupt()  # nobody restarts it; a person stops and starts
    else:
        house.supervisor.wait(40)
    busy = os.getloadavg()[0] > (os.cpu_count() or 1) / 2
    seconds = house.up()
    print(f"\nwarm start after the death of {victim}: {seconds:.1f} s{', busy machine' if busy else ''}")  # fmt: skip
    assert shown(house, address) == 200
    assert events_told(house) >= told
    assert len(postmasters(house)) == 1
    assert house.recoup("prove")["holds"] is True
    keep_a_price(house)


def test_a_second_up_leaves_the_first_alone(house: Installation) -> None:
    second = Installation(home=house.home, ports=house.ports)
    second.begin()
    assert second.supervisor.wait(60) == 1
    assert "runs already" in second.tail(2)
    assert shown(house, "/") == 200


@pytest.mark.parametrize("word", WORDS)
def test_the_word_to_stop_leaves_nothing_behind(word: signal.Signals, house: Installation) -> None:
    address = keep_a_price(house)
    assert len(house.processes()) > 6
    house.supervisor.send_signal(word)
    house.supervisor.wait(60)
    assert house.supervisor.returncode == 0, house.tail()
    assert not house.gone()
    house.up()
    assert shown(house, address) == 200


@pytest.mark.skipif(not EVERY_WAY, reason="three starts from nothing: make prove, or ROUNDS=1")
def test_a_first_start_cut_short_is_made_good() -> None:
    """All processes die at once, as when a machine is switched off, while the house is being founded."""
    house = Installation()
    try:
        for after in MOMENTS:
            house.begin()
            time.sleep(after)
            for pid in house.processes():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            house.supervisor.wait()
            assert not house.gone()
        house.up()
        ended = post(house, "/accounts/login/", "/accounts/login/", login=CLIENTS[0].email, password=PASSWORD)  # fmt: skip
        assert ended == "/client/"
        assert CLIENTS[0].email in (house.home / "demo-logins.txt").read_text()
        assert (house.home / "samples" / "invoice.pdf").exists()
        assert not (house.home / "demo-half-made").exists(), "it was lived to its end"
        assert house.recoup("prove")["holds"] is True
        assert house.interrupt() == 0
        assert not house.gone()
    finally:
        house.remove()
