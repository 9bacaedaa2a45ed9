"""The open forms cannot be sent without end; and what is typed is not lost by it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from recoup.agreements.models import Agreement, Quote
from recoup.tenancy.context import scope
from recoup.web.kit.limits import Limit
from recoup.web.public.tests.test_register_pages import send
from recoup.web.public.views import quote, register
from tests.cast import House

ASKED = {"creditor": "SE", "debtor": "DE", "currency": "EUR", "due": "2026-08-01"}


def ask(browser: Browser, amount: str, **more: Any) -> Any:
    return browser.post("/quote/", ASKED | {"amount": amount}, **more)


def test_a_rush_of_quotes_from_one_address_is_told_to_wait(
    shop: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quote, "QUOTES", Limit("test-quotes", 3, timedelta(hours=1)))
    answers = [
        ask(Browser(), f"{100 + n}.00", HTTP_X_FORWARDED_FOR=f"192.0.2.{n}") for n in range(4)
    ]
    assert [a.status_code for a in answers] == [302, 302, 302, 429]
    last = answers[-1]
    assert 0 < int(last["Retry-After"]) <= 3600
    assert (
        "please try again in 60 min." in last.content.decode()
        and 'value="103.00"' in last.content.decode()
    )
    assert ask(Browser(REMOTE_ADDR="192.0.2.77"), "500.00").status_code == 302
    with scope(shop.id):
        assert Quote.objects.count() == 4


def test_registering_is_limited_by_address_and_by_email(
    shop: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "REGISTRATIONS", Limit("test-address", 3, timedelta(hours=1)))
    monkeypatch.setattr(register, "PER_EMAIL", Limit("test-email", 2, timedelta(hours=1)))
    first = [send(Browser(), password="short").status_code for _ in range(3)]
    assert first == [422, 422, 429], "two for the e-mail address"
    elsewhere = Browser(REMOTE_ADDR="192.0.2.77")
    page = send(elsewhere, email="ASA@norrland.example ")
    assert page.status_code == 429, "another address does not help"
    assert int(page["Retry-After"]) > 0 and "please try again in" in page.content.decode()
    assert "352 45" in page.content.decode(), "what was typed stays"
    assert send(Browser(), email="other@norrland.example").status_code == 429, (
        "three for the address"
    )
    with scope(shop.id):
        assert not Agreement.objects.exists()
    assert send(elsewhere, email="other@norrland.example").status_code == 302


def test_the_trail_of_a_signature_holds_the_believed_address(
    shop: House, client: Browser, settings: Any
) -> None:
    from recoup.agreements.operations import BOXES

    settings.TRUSTED_HOPS = 1
    made = send(client)
    signing = dict.fromkeys(BOXES, "on") | {"signatory": "Åsa {{7*7}} O'Brien"}
    client.post(made["Location"], signing, HTTP_X_FORWARDED_FOR="6.6.6.6, 198.51.100.9")
    with scope(shop.id):
        assert Agreement.objects.get().trail["ip"] == "198.51.100.9"
