"""A collector's hour: twenty cases worked with the keyboard alone, as a new user would find the keys.

From the list with j and Enter, then case after case: the call's result, a note, a hold, a promise, a
dispute, a call back, an answer of the guide; the next one with j. No mouse, nothing typed twice.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from recoup.console.demo.people import PASSWORD, STAFF
from tests.browser.installation import Installation
from tests.browser.looking import Person

CASES = 20
EMAIL = {role: email for role, _name, email, *_ in reversed(STAFF)}
MAKE = """
import sys
from datetime import date, timedelta, datetime, UTC
from decimal import Decimal
import django
django.setup()
from recoup.agreements.models import Agreement
from recoup.cases.operations import NewLine, accept_case, add_task, assign_case, submit_case
from recoup.kernel.actor import SYSTEM
from recoup.parties.operations import find_or_add_debtor
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency, Member
agency, now = Agency.objects.get(), datetime.now(UTC)
with scope(agency.id):
    agreement = Agreement.objects.select_related("client").filter(signed_at__isnull=False).first()
    collector = Member.objects.select_related("user").get(user__email="{email}")
    for n in range({count}):
        debtor = find_or_add_debtor(agency=agency.id, name=f"Nordlicht {{n}} Handel GmbH", country="DE", vat_number="",
            address=[f"Hafenstr. {{n}}"], postcode="20457", city="Hamburg", email=f"buch{{n}}@nordlicht.example",
            phone=f"+49 40 77{{n:04}}", by=SYSTEM, at=now)
        case = submit_case(agency=agency.id, client=agreement.client, agreement=agreement, debtor=debtor, currency="EUR",
            jurisdiction="DE", lines=[NewLine("invoice", f"H-{{n}}", date(2026, 6, 1), date(2026, 7, 1), Decimal(1000 + 37 * n))],
            submission_key=f"hour-{{n}}", by=SYSTEM, at=now)
        accept_case(case=case, by=SYSTEM, at=now)
        assign_case(case=case, collector=collector, because={{}}, by=SYSTEM, at=now)
        add_task(agency=agency.id, key=f"hour:{{n}}", kind="call", sentence="Call %(debtor)s", params={{"debtor": debtor.name}},
            role="collector", owner=collector, due_on=now.date(), default="", case=case, by=SYSTEM, at=now)
"""


def type_keys(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def settled(page: Page, key: str) -> None:
    """Send the form one is in, and wait for the page it leads to."""
    with page.expect_navigation():
        page.keyboard.press(key)
    page.wait_for_load_state()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name || document.activeElement.tagName"))


def weekday() -> date:
    day = date.today() + timedelta(days=3)
    while day.weekday() > 3:
        day += timedelta(days=1)
    return day


def no_answer(page: Page) -> None:
    page.keyboard.press("c")
    assert focused(page) == "call-outcome"
    page.keyboard.type("No answer")
    settled(page, "Control+Enter")


def note(page: Page) -> None:
    page.keyboard.press("n")
    assert focused(page) == "note-text"
    page.keyboard.type("Asks for the delivery note")
    settled(page, "Control+Enter")


def promise(page: Page) -> None:
    type_keys(page, "p", "p")
    assert focused(page) == "call-promised_on"
    page.locator("[name=call-promised_on]").fill((date.today() + timedelta(days=5)).isoformat())
    to_field(page, "call-note")
    page.keyboard.type("pays by bank")
    settled(page, "Control+Enter")


def dispute(page: Page) -> None:
    page.keyboard.press("d")
    assert focused(page) == "call-note"
    page.keyboard.type("two pallets broken")
    settled(page, "Control+Enter")


def hold(page: Page) -> None:
    page.keyboard.press("h")
    assert focused(page) == "hold-kind"
    page.keyboard.type("client")
    to_field(page, "hold-because")
    page.keyboard.type("talks with them")
    settled(page, "Control+Enter")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    settled(page, "u")


def to_field(page: Page, name: str) -> None:
    for _ in range(60):
        if focused(page) == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached by Tab")


ACTS = (no_answer, note, promise, dispute, hold)


def test_twenty_cases_with_the_keyboard_alone(
    installation: Installation, person: Callable[..., Person]
) -> None:
    email = next(e for role, _n, e, *_ in STAFF if role == "collector" and "sabine" in e)
    installation.python(MAKE.format(email=email, count=CASES))
    somebody = person("collector")
    somebody.sign_in(email, PASSWORD)
    page = somebody.page
    somebody.go("/desk/")
    somebody.look("work list", widths=(1440, 390), languages=("zh-hant",))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Next and previous row")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    settled(page, "Enter")
    somebody.look("case", widths=(1440, 390), languages=("zh-hant",))
    worked = []
    for n in range(CASES):
        number = re.search(r"R-\d{4}-\d{6}", page.url)
        assert number, page.url
        worked.append(number[0])
        ACTS[n % len(ACTS)](page)
        if n < CASES - 1:
            settled(page, "j")
    assert len(set(worked)) >= CASES - 4, (
        worked
    )  # a hold undone, or a note alone, leaves its call on the list
    page.keyboard.press("/")
    page.keyboard.type("nordlicht 1")
    page.locator("#answers a").first.wait_for()
    settled(page, "Enter")
    somebody.look("search", widths=(1440,))


def test_the_supervisors_pages(installation: Installation, person: Callable[..., Person]) -> None:
    somebody = person("supervisor")
    somebody.sign_in(EMAIL["supervisor"], PASSWORD)
    for path in (
        "/desk/",
        "/desk/board/",
        "/desk/supervision/",
        "/desk/supervision/silent/",
        "/desk/visits/",
    ):
        somebody.go(path)
        somebody.look(path.strip("/").replace("/", " "), widths=(1440, 390), languages=("zh-hant",))
    somebody.go("/desk/board/")
    somebody.page.locator("[data-row]").first.click()
    somebody.look("profile", widths=(1440, 390))
