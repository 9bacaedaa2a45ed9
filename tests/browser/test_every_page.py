"""Every page that a link leads to, as every kind of person, in a house that has lived: axe finds nothing at
1440 and 390 pixels, light or dark, the console stays silent, and no page scrolls sideways.

Long, so for `make prove` (ROUNDS). `RECOUP_SHOTS=directory` keeps a picture of each page; `SPEAKS=de` looks at
them in another language than English."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Error, sync_playwright

from recoup.console.demo.people import CLIENTS, PASSWORD, STAFF
from tests.browser.conftest import ARGS, chromium
from tests.browser.installation import Installation
from tests.browser.looking import Person

pytestmark = pytest.mark.skipif("ROUNDS" not in os.environ, reason="long: make prove, or ROUNDS=1")

SPEAKS = os.environ.get("SPEAKS", "en").split(",")
PER_ROUTE = int(os.environ.get("PER_ROUTE", "1"))
WIDTHS = (1440, 390)
# Leads out of the pages, gives a file, or ends the session.
ELSEWHERE = ("/static/", "/i18n/", "/api/", "/accounts/logout", "/files/", "/kit/")
FILES = (".pdf", ".csv", ".xlsx", ".xml", ".json", ".zip", ".png", ".ics")
PEOPLE = {
    "visitor": ("", "/"),
    "debtor": ("", ""),
    **{role: (email, "/desk/") for role, _name, email, *_ in STAFF},
    "client": (CLIENTS[0].email, "/client/"),
}
HREFS = "all => all.map(a => new URL(a.getAttribute('href'), location.href).href)"
LINK = """
import pathlib, django; django.setup()
from datetime import timedelta
from django.utils import timezone
from recoup.cases.models import Case
from recoup.cases.operations import make_debtor_link
from recoup.kernel.actor import SYSTEM
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency
now = timezone.now()
with scope(Agency.objects.get(slug="nordlys").id):
    case = Case.objects.exclude(stage="closed").order_by("number").first()
    token = make_debtor_link(case=case, expires_at=now + timedelta(days=30), by=SYSTEM, at=now)
    pathlib.Path({place!r}).write_text(token + " " + case.debtor.postcode)
"""


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """A house of its own, whose demo has lived as long as a newcomer's has."""
    if chromium() is None:
        pytest.skip("no Chromium is installed")
    made = Installation(demo_days=int(os.environ.get("RECOUP_DEMO_DAYS", "40")))
    try:
        made.up()
        yield made
    finally:
        made.remove()


@pytest.fixture(scope="module")
def browser(installation: Installation) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=ARGS)
        yield opened
        opened.close()


@pytest.mark.parametrize("role", PEOPLE)
def test_every_page_may_be_shown(
    role: str, person: Callable[..., Person], installation: Installation
) -> None:
    one = person(role)
    email, start = PEOPLE[role]
    if email:
        one.sign_in(email, PASSWORD)
    if role == "debtor":
        start = let_in(one, installation)
    for language in SPEAKS:
        one.context.add_cookies([{"name": "django_language", "value": language, "url": one.origin}])
        seen = 0
        for address in pages(one, start):
            seen += 1
            name = address.strip("/").replace("/", " ").replace("?", " ")[:60] or "start"
            for width in WIDTHS:
                one.resize(width)
                one.audit(f"{name}, {width}, {language}")
                one.picture(f"{role} {seen:03} {name} {language}", width)
            one.light("dark")
            one.audit(f"{name}, dark, {language}", rules=["color-contrast"])
            one.light("light")
            one.resize(one.width)
        print(f"\n{role}, {language}: {seen} pages")
        assert seen > 3


def let_in(debtor: Person, installation: Installation) -> str:
    """Through a link as a letter has it, and the question behind it."""
    place = installation.home / "link.txt"
    installation.python(LINK.format(place=str(place)))
    token, _, postcode = Path(place).read_text().partition(" ")
    debtor.go(f"/d/{token}/")
    debtor.go("/d/sure/")
    debtor.fill(said=postcode)
    debtor.page.locator("main button[type=submit]").first.click()
    debtor.page.wait_for_load_state()
    return "/d/"


def pages(one: Person, start: str) -> Iterator[str]:
    """Stands on one page after another, each kind of page a few times."""
    waiting, known, times = [start], {start}, defaultdict(int)
    while waiting:
        address = waiting.pop(0)
        try:
            answer = one.page.goto(address)
        except Error as reason:  # a file to keep, not a page
            assert "Download" in str(reason), reason
            continue
        assert answer is not None and answer.ok, f"{answer and answer.status} for {address}"
        one.page.wait_for_load_state("load")
        if "html" not in answer.headers.get("content-type", ""):
            continue
        yield address
        for href in one.page.eval_on_selector_all("a[href]", HREFS):
            to = inner(href, one.origin)
            if to and to not in known and times[kind_of(to)] < PER_ROUTE:
                known.add(to)
                times[kind_of(to)] += 1
                waiting.append(to)


def inner(href: str, origin: str) -> str | None:
    """The address behind a link when it is a page of ours."""
    parts = urlsplit(href)
    if f"{parts.scheme}://{parts.netloc}" != origin or parts.path.startswith(ELSEWHERE):
        return None
    if (
        parts.path.endswith(FILES)
        or "/pdf" in parts.path
        or "/xlsx" in parts.path
        or "export" in href
    ):
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def kind_of(address: str) -> str:
    """The route of an address; one with a question is a kind of its own."""
    try:
        found = resolve(urlsplit(address).path)
    except Resolver404:
        return address
    asked = ",".join(sorted(p.partition("=")[0] for p in urlsplit(address).query.split("&")))
    return f"{found.view_name}?{asked}"
