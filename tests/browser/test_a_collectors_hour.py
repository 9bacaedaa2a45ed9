"""A collector's hour: twenty cases worked with the keyboard alone. The mouse is never touched; every key is one
that the page itself lists under `?`."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Keyboard, Page, expect

from recoup.console.demo.people import PASSWORD
from tests.browser.installation import Installation
from tests.browser.looking import PATIENCE, Person

CASES = 20
BOTH = (1440, 390)
# In contact, each with a call for Sabine on today's list.
TWENTY = f"""
import django; django.setup()
from datetime import timedelta
from decimal import Decimal
from django.utils import timezone
from recoup.agreements.models import Agreement
from recoup.cases.operations import NewLine, accept_case, add_task, assign_case, submit_case
from recoup.kernel.actor import SYSTEM
from recoup.parties.models import Client
from recoup.parties.operations import add_contact, find_or_add_debtor
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency, Member
now = timezone.now()
agency = Agency.objects.get(slug="nordlys")
with scope(agency.id):
    client = Client.objects.filter(country="DE").first()
    agreement = Agreement.objects.get(client=client)
    sabine = Member.objects.get(user__email="sabine@nordlys.example")
    for n in range({CASES}):
        debtor = find_or_add_debtor(
            agency=agency.id, name=f"Stundenwerk {{n:02}} GmbH", country="DE", address=["Hauptstraße 1"],
            postcode=f"{{10115 + n}}", city="Berlin", language="de", time_zone="Europe/Berlin",
            email="", phone="+49 30 900 100", by=SYSTEM, at=now)
        add_contact(debtor=debtor, name="Frau Maurer", phone="+49 30 900 101",
                    email=f"maurer{{n}}@stundenwerk.example", by=SYSTEM, at=now)
        day = now.date() - timedelta(days=60 + n)
        case = submit_case(
            agency=agency.id, client=client, agreement=agreement, debtor=debtor, currency="EUR", jurisdiction="DE",
            lines=[NewLine("invoice", f"ST-{{n}}", day - timedelta(days=30), day, Decimal(1000 + 10 * n))],
            submission_key=f"hour{{n}}", by=SYSTEM, at=now)
        accept_case(case=case, by=SYSTEM, at=now)
        assign_case(case=case, collector=sabine, because={{}}, by=SYSTEM, at=now)
        add_task(agency=agency.id, key=f"call:{{case.number}}", kind="call", sentence="Call %(debtor)s",
                 params={{"debtor": debtor.name}}, role="collector", owner=sabine, due_on=now.date(),
                 default="", case=case, by=SYSTEM, at=now)
"""


def test_twenty_cases_with_the_keyboard_alone(
    installation: Installation, person: Callable[..., Person]
) -> None:
    expect.set_options(timeout=PATIENCE)
    installation.python(TWENTY)
    sabine = person("Sabine")
    sabine.sign_in("sabine@nordlys.example", PASSWORD)
    page, keys = sabine.page, sabine.page.keyboard
    expect(page.locator("[data-rows] [data-row]")).to_have_count(CASES)
    sabine.look("list of calls", widths=BOTH, languages=("zh-hant",))
    keys.press("j")
    keys.press("j")
    expect(page.locator("[data-row]").nth(1)).to_be_focused()
    keys.press("k")
    press_and_load(page, "Enter")
    seen = []
    for n in range(CASES):
        expect(page).to_have_url(re.compile(r"/desk/cases/R-[0-9-]+/"))
        seen.append(page.locator("h1").inner_text())
        ACTS[n % len(ACTS)](sabine, page, keys)
        expect(page.locator("main")).to_contain_text("The call is kept.")
        if n == 1:
            sabine.look("case with a promise", widths=BOTH, languages=("zh-hant",))
        press_and_load(page, "j")
    assert len(set(seen)) == CASES, "every case once"
    expect(page.locator("main")).to_contain_text("Nothing to do here")


def press_and_load(page: Page, key: str) -> None:
    """A key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def call_ended(page: Page, keys: Keyboard, word: str) -> None:
    """c, the first letters of the outcome, and away."""
    keys.press("c")
    expect(page.locator('[name="call-outcome"]')).to_be_focused()
    keys.type(word)
    press_and_load(page, "Control+Enter")


def nobody_there(_who: Person, page: Page, keys: Keyboard) -> None:
    call_ended(page, keys, "No answer")


def promise(_who: Person, page: Page, keys: Keyboard) -> None:
    """p leads to the day; no other field of the call is in the way."""
    keys.press("p")
    field = page.locator('[name="call-promised_on"]')
    expect(field).to_be_focused()
    expect(page.locator('[name="call-back_on"]')).to_be_hidden()
    day = datetime.now(UTC).date() + timedelta(days=9)
    keys.type(f"{day:%m%d%Y}")
    if field.input_value() != day.isoformat():  # a browser that writes the day first
        for _ in range(2):
            keys.press("Shift+Tab")
        field.focus()
        keys.type(f"{day:%d%m%Y}")
    assert field.input_value() == day.isoformat()
    tab_to(page, keys, "call-note")
    keys.type("Pays with the next run.")
    press_and_load(page, "Control+Enter")


def note_then_message(_who: Person, page: Page, keys: Keyboard) -> None:
    keys.press("n")
    expect(page.locator('[name="note-text"]')).to_be_focused()
    keys.type("Ask for Frau Maurer.")
    press_and_load(page, "Control+Enter")
    expect(page.locator("#timeline")).to_contain_text("Ask for Frau Maurer.")
    call_ended(page, keys, "Left")


def hold_and_undo(_who: Person, page: Page, keys: Keyboard) -> None:
    keys.press("h")
    expect(page.locator('[name="hold-kind"]')).to_be_focused()
    keys.type("The client")
    tab_to(page, keys, "hold-because")
    keys.type("The client asks us to wait.")
    press_and_load(page, "Control+Enter")
    expect(page.locator("#d-holds")).to_be_visible()
    press_and_load(page, "u")
    expect(page.locator("main")).to_contain_text("Undone.")
    expect(page.locator("#d-holds")).to_have_count(0)
    call_ended(page, keys, "Will answer")


def dispute(_who: Person, page: Page, keys: Keyboard) -> None:
    """d: the only invoice is chosen already; what is wrong, and the words for it."""
    keys.press("d")
    expect(page.locator('[name="call-disputed"]').first).to_be_focused()
    expect(page.locator('[name="call-disputed"]').first).to_be_checked()
    tab_to(page, keys, "call-note")
    keys.type("Half of the goods were broken.")
    press_and_load(page, "Control+Enter")
    expect(page.locator("#d-disputes + *")).to_contain_text("ST-")


def write(_who: Person, page: Page, keys: Keyboard) -> None:
    press_and_load(page, "e")
    expect(page.locator("h1")).to_contain_text("Write to")
    press_and_load(page, "s")
    expect(page.locator("main")).to_contain_text("On its way")
    call_ended(page, keys, "Left")


def by_the_guide(who: Person, page: Page, keys: Keyboard) -> None:
    """w says what to say; the answer one hears chooses outcome and note."""
    keys.press("c")
    expect(page.locator('[name="call-outcome"]')).to_be_focused()
    keys.press("Escape")
    keys.press("w")
    expect(page.locator(".d-guide")).to_have_attribute("open", "")
    answer = page.locator("[data-outcome=wants_copy]").first
    for _ in range(40):
        keys.press("Tab")
        if answer.evaluate("el => el === document.activeElement"):
            break
    keys.press("Enter")
    expect(page.locator('[name="call-outcome"]')).to_have_value("wants_copy")
    assert page.locator('[name="call-note"]').input_value(), "nothing is typed twice"
    press_and_load(page, "Control+Enter")


def telephone(_who: Person, page: Page, keys: Keyboard) -> None:
    """t asks the gate: a number to ring, or its sentence where the button is not to be pressed at this hour."""
    if page.locator('[data-key="t"]').is_visible():
        press_and_load(page, "t")
        expect(page.locator("#composer a[href^='tel:']")).to_be_visible()
        keys.press("Escape")
    else:
        expect(page.locator(".d-gate")).to_contain_text("there")
    keys.press("?")
    expect(page.locator("dialog#keys")).to_contain_text("Next case")
    keys.press("Escape")
    refuses(page, keys)


def refuses(page: Page, keys: Keyboard) -> None:
    keys.press("c")
    expect(page.locator('[name="call-outcome"]')).to_be_focused()
    keys.type("Refuses")
    tab_to(page, keys, "call-note")
    keys.type("Not before spring.")
    press_and_load(page, "Control+Enter")


def tab_to(page: Page, keys: Keyboard, name: str) -> None:
    field = page.locator(f'[name="{name}"]')
    for _ in range(12):
        keys.press("Tab")
        if field.evaluate("el => el === document.activeElement"):
            return
    pytest.fail(f"Tab does not lead to {name}")


ACTS = (nobody_there, promise, note_then_message, hold_and_undo, dispute, write, by_the_guide, telephone)  # fmt: skip
