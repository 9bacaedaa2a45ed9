"""Client, collector and debtor in three browsers at once: each sees the other's act within a second, also
after the event process was killed. And the debtor without JavaScript."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from recoup.console.demo.people import CLIENTS, DEBTORS, PASSWORD, STAFF
from tests.browser.installation import Installation
from tests.browser.looking import LANGUAGES, Person

PATIENCE = 8_000  # milliseconds in which what is told must be there at all
A_SECOND = 1.0
EMAIL = {role: email for role, _name, email, *_ in reversed(STAFF)}
# A case in contact, by the product's own operations; its number is written where the test reads it.
MAKES = """
import django; django.setup()
from datetime import date, timedelta
from decimal import Decimal
from django.utils import timezone
from recoup.agreements.queries import standing_agreement
from recoup.cases.operations import NewLine, submit_case
from recoup.journeys.accept_and_assign import accept_and_assign
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.parties.models import Client
from recoup.parties.operations import find_or_add_debtor
from recoup.plans.operations import set_mandate
from recoup.plans.rules import Limits
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency
from recoup.console.demo.people import CLIENTS, DEBTORS
agency = Agency.objects.get(sandbox=False)
who, now = DEBTORS["kiel"], timezone.now()
with scope(agency.id):
    client = Client.objects.get(email=CLIENTS[0].email)
    set_mandate(client=client, limits=Limits(months=6, first_percent=Decimal(10)), by=SYSTEM, at=now)
    # A debtor of this case's own: the same invoice is placed against a debtor once.
    name = f"No. {client.cases.count()} {who.name}"
    debtor = find_or_add_debtor(agency=agency.id, name=name, country=who.country, vat_number="",
        registration_number="", address=who.address, postcode=who.postcode, city=who.city, language="en",
        email=who.email, phone=who.phone, by=SYSTEM, at=now)
    due = date.today() - timedelta(days=60)
    case = submit_case(agency=agency.id, client=client, agreement=standing_agreement(client), debtor=debtor,
        currency="EUR", jurisdiction="DE", submission_key=str(new_id()), by=SYSTEM, at=now,
        lines=[NewLine("invoice", ref, due - timedelta(days=30), due, Decimal(amount), None)
               for ref, amount in (("T-1", "4000.00"), ("T-2", "900.00"))])
    accept_and_assign(agency=agency, case=case, by=SYSTEM, at=now)
    open({path!r}, "w").write(case.number)
"""


@dataclass
class Three:
    house: Installation
    number: str
    client: Person
    collector: Person
    debtor: Person


def case_of(installation: Installation) -> str:
    path = installation.home / "number.txt"
    installation.python(MAKES.replace("{path!r}", repr(str(path))))
    return path.read_text()


def enter(page: Page, number: str) -> None:
    page.goto("/d/enter/")
    page.locator('[name="number"]').fill(number)
    page.locator('[name="postcode"]').fill(DEBTORS["kiel"].postcode)
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**/d/")


@pytest.fixture
def three(installation: Installation, person: Callable[..., Person]) -> Three:
    number = case_of(installation)
    client, collector, debtor = person("client"), person("collector"), person("debtor", width=390)
    client.sign_in(CLIENTS[0].email, PASSWORD)
    collector.sign_in(EMAIL["supervisor"], PASSWORD)
    enter(debtor.page, number)
    return Three(installation, number, client, collector, debtor)


def watch(person: Person, path: str) -> None:
    """Open a page and wait until it hears."""
    person.go(path)
    person.page.evaluate("window.samePage = true")
    person.page.wait_for_timeout(1_500)


def told(person: Person, where: str, words: str, since: float) -> float:
    """Seconds until the words stand there, on the very page that was open."""
    expect(person.page.locator(where)).to_contain_text(words, timeout=PATIENCE)
    assert person.page.evaluate("window.samePage"), "told without a reload"
    return time.monotonic() - since


def disputes(three: Three, ref: str, words: str) -> float:
    """The debtor disputes an invoice; the moment it was sent."""
    page = three.debtor.page
    three.debtor.go("/d/wrong/invoice/")
    page.get_by_label(re.compile(f"^{ref},")).check()
    page.locator('[name="reason"][value="not_received"]').check()
    page.locator('[name="text"]').fill(words)
    return sent(page, "Tell us")


def sent(page: Page, label: str) -> float:
    """Press, and the moment at which the answer was there: what came of it is told from then on."""
    with page.expect_navigation(wait_until="commit"):
        page.get_by_role("button", name=label, exact=True).first.click()
    return time.monotonic()


def test_each_sees_the_others_act_within_a_second(three: Three) -> None:
    story, desk = f"/client/cases/{three.number}/", f"/desk/cases/{three.number}/"
    watch(three.client, story)
    watch(three.collector, desk)
    seconds = []
    at = disputes(three, "T-1", "The pump never came.")
    seconds.append(told(three.client, ".k-timeline", "The pump never came.", at))
    seconds.append(told(three.collector, "#timeline", "The pump never came.", at))

    three.debtor.press("T-1: 4,000.00 EUR")
    room = three.debtor.page.url
    three.debtor.look("dispute", widths=(390,), languages=LANGUAGES)
    watch(three.debtor, room)
    three.client.go(f"/client/cases/{three.number}/disputes/")
    three.client.look("disputes", widths=(1440, 390))
    three.client.page.locator("main a[href*='/client/disputes/']").first.click()
    three.client.page.wait_for_load_state()
    three.client.look("dispute", widths=(1440, 390), languages=LANGUAGES)
    form = three.client.page
    form.locator('[name="say-text"]').fill("It was signed for on the third.")
    form.locator('[name="say-audience"][value="debtor"]').check()
    at = sent(form, "Add")
    seconds.append(told(three.debtor, "#room-live", "It was signed for on the third.", at))

    watch(three.client, f"/client/disputes/{three.client.page.url.rstrip('/').rpartition('/')[2]}/")
    three.debtor.page.locator('[name="say-text"]').fill("Not by one of us.")
    at = sent(three.debtor.page, "Send")
    seconds.append(told(three.client, "#room-live", "Not by one of us.", at))

    watch(three.debtor, "/d/talk/")
    three.collector.go(desk)
    three.collector.look("case with a dispute")
    three.collector.page.locator("#answer-text").fill("We have asked the carrier.")
    at = sent(three.collector.page, "Answer")
    seconds.append(told(three.debtor, "#said-live", "We have asked the carrier.", at))
    print("\nseconds until told:", " ".join(f"{s:.2f}" for s in seconds))
    assert min(seconds) < A_SECOND
    assert sorted(seconds)[len(seconds) // 2] < A_SECOND, seconds

    killed_and_back(three, story)


def killed_and_back(three: Three, story: str) -> None:
    """SIGKILL to the event process; the pages that were open hear again, and miss nothing."""
    for one in (three.client, three.collector, three.debtor):
        one.listening = False  # a server that is gone is an error in the console
    watch(three.client, story)
    os.kill(int((three.house.home / "run" / "events.pid").read_text()), signal.SIGKILL)
    assert three.house.supervisor is not None
    with suppress(Exception):
        three.house.supervisor.wait(30)
    if three.house.supervisor.poll() is not None:
        three.house.up()
    at = disputes(three, "T-2", "This one is ours no more.")
    expect(three.client.page.locator(".k-timeline")).to_contain_text(
        "This one is ours no more.", timeout=30_000
    )
    assert three.client.page.evaluate("window.samePage")
    print(f"told {time.monotonic() - at:.2f} seconds after the act, over a new event process")
    for one in (three.client, three.collector, three.debtor):
        one.listening = True


@pytest.fixture
def plain(browser: Browser, installation: Installation) -> Iterator[Page]:
    """A telephone without JavaScript."""
    context = browser.new_context(
        base_url=installation.origin, viewport={"width": 390, "height": 844}, locale="en-GB",
        java_script_enabled=False,
    )  # fmt: skip
    yield context.new_page()
    context.close()


def test_without_javascript_the_debtor_reads_pays_proposes_and_disputes(
    installation: Installation, plain: Page
) -> None:
    enter(plain, case_of(installation))
    main = plain.locator("main")
    expect(main).to_contain_text("T-1")
    plain.locator("details.why summary").first.click()
    plain.get_by_role("link", name=re.compile("^Pay Now")).click()
    expect(main).to_contain_text("IBAN")
    expect(plain.locator("img.d-code")).to_be_visible()
    plain.go_back()
    plain.get_by_role("link", name=re.compile("^Pay in parts")).click()
    plain.get_by_role("button", name="Work it out").click()
    plain.get_by_role("button", name="Take this plan").click()
    plain.locator('[name="signatory"]').fill("Kai Kieler")
    plain.locator('[name="owes"]').check()
    plain.locator('[name="authority"]').check()
    plain.get_by_role("button", name="Sign the plan").click()
    expect(main).to_contain_text("signed and in force")
    plain.goto("/d/wrong/invoice/")
    plain.get_by_label(re.compile("^T-2,")).check()
    plain.locator('[name="reason"][value="price"]').check()
    plain.locator('[name="text"]').fill("Agreed at 700.")
    plain.locator('[name="amount"]').fill("200,00")
    plain.get_by_role("button", name="Tell us").click()
    expect(main).to_contain_text("We look into T-2")
    expect(main).to_contain_text("T-2: 200.00 EUR")


DEBTOR_PAGES = (
    "", "pay/", "plan/", "promise/", "wrong/", "wrong/invoice/", "paid/", "not-us/", "insolvent/", "call/", "details/",
    "talk/", "statement/", "sure/",
)  # fmt: skip
MANY = ("sv", "de", "zh-hant", "zh-hans") if int(os.environ.get("ROUNDS", "1")) > 1 else ("de",)


def test_every_page_of_the_debtor_passes_axe(
    installation: Installation, person: Callable[..., Person]
) -> None:
    debtor = person("debtor", width=390)
    enter(debtor.page, case_of(installation))
    for path in DEBTOR_PAGES:
        debtor.go(f"/d/{path}")
        debtor.look(path.strip("/").replace("/", " ") or "home", widths=(390,), languages=MANY)
