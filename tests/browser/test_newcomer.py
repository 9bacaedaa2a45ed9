"""A newcomer the whole way, from the price to the accepted case, in its own language and in under five minutes."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from recoup.console.demo.people import CLIENTS, PASSWORD, Company
from tests.browser.installation import Installation
from tests.browser.looking import PATIENCE, Person
from tests.browser.test_the_street import EMAIL, OWN_PASSWORD, newcomer

expect.set_options(timeout=PATIENCE)
TODAY = datetime.now(UTC).date()
MOST = 300  # seconds


@dataclass(frozen=True)
class Way:
    """Who comes, in which language, with which claim."""

    language: str
    html: str
    company: Company
    debtor: str
    country: str
    currency: str


def hong_kong() -> Company:
    run = int(time.time()) % 10_000_000
    return replace(
        CLIENTS[3], name="星河電子有限公司", number=f"{run:07}", vat="", person="陳美玲",
        email=f"meiling{run}@galaxy-electronics.example", iban="",
    )  # fmt: skip


WAYS = [
    Way("sv", "sv", newcomer(int(time.time()) % 9000 + 500), "Elbe Yachtbau GmbH", "DE", "EUR"),
    Way("zh-hant", "zh-Hant", hong_kong(), "Tyne Components Ltd", "GB", "GBP"),
]


@pytest.mark.parametrize("way", WAYS, ids=[way.language for way in WAYS])
def test_a_newcomer_from_the_price_to_the_accepted_case(
    way: Way, installation: Installation, person: Callable[..., Person]
) -> None:
    started = time.monotonic()
    me = person(f"newcomer {way.language}")
    me.go("/")
    me.speak(way.language)
    price(me, way)
    register(me, way)
    served(person("account manager"), way.company)
    number = hands_over(me, way)
    accepted(person("reviewer"), number)
    me.go(f"/client/cases/{number}/")
    assert me.page.locator("html").get_attribute("lang", timeout=1000).startswith(way.html)  # type: ignore[union-attr]
    expect(me.page.locator(".k-timeline")).to_be_visible()
    assert time.monotonic() - started < MOST


def price(me: Person, way: Way) -> None:
    me.fill(
        creditor=way.company.country,
        debtor=way.country,
        currency=way.currency,
        due=str(TODAY - timedelta(days=62)),
    )
    me.page.locator('[name="amount"]').press_sequentially("8400")
    start = me.page.locator('#answer button[name="start"]')
    expect(start).to_be_visible()
    assert me.page.locator("#answer .p-bands .p-here").count() == 1, "all rates, one of them ours"
    start.click()
    me.page.wait_for_url("**/register/**")


def register(me: Person, way: Way) -> None:
    one = way.company
    me.tick("business")
    me.fill(
        name=one.name, registration_number=one.number, street=one.address[0], postcode=one.postcode, city=one.city,
        signatory=one.person, authority="director", email=one.email, password=OWN_PASSWORD,
    )  # fmt: skip
    if one.vat:
        me.fill(vat_number=one.vat)
    me.page.locator("main form .k-btn-primary").last.click()
    me.page.wait_for_url("**/agreements/**")
    me.tick("authority", "terms", "power")
    me.fill(signatory=one.person)
    me.page.locator("main form .k-btn-primary").first.click()
    expect(me.page.locator("#trail")).to_be_visible()


def served(manager: Person, one: Company) -> None:
    manager.sign_in(EMAIL["account_manager"], PASSWORD)
    manager.go(f"/desk/clients/?client={one.number}")
    manager.press(one.name)
    manager.tick("know-register_seen", "know-owners_known", "know-authority_shown")
    manager.fill(**{"know-because": "The register's extract of today was seen."})
    manager.press("Clear this client")
    manager.press("Countersign")
    expect(manager.page.locator("main")).to_contain_text("Countersigned")


def hands_over(me: Person, way: Way) -> str:
    """From the quote: amount, currency, due date and country are there already."""
    me.go("/client/submit/")
    me.page.locator('main a[href*="quote="]').first.click()
    me.page.wait_for_url("**/client/submit/*/**")
    for name, value in (("country", way.country), ("currency", way.currency), ("line-0-amount", "8400.00"),
                        ("line-0-due_on", str(TODAY - timedelta(days=62)))):  # fmt: skip
        expect(me.page.locator(f'[name="{name}"]')).to_have_value(value)
    me.fill(name=way.debtor, line__0__ref="F-7001", email="accounts@debtor.example")
    me.tick("business")
    me.page.locator("main form button.k-btn-primary").last.click()
    me.page.wait_for_url("**/client/cases/**")
    return me.page.url.split("/client/cases/")[1].split("/")[0]


def accepted(manager: Person, number: str) -> None:
    manager.sign_in(EMAIL["account_manager"], PASSWORD)
    manager.go(f"/desk/review/{number}/")
    manager.press("Accept and assign")
    expect(manager.page.locator("main")).to_contain_text(number)
