"""What was said for a price is not asked again: the quote goes through registration into the case."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from recoup.agreements.models import Quote
from recoup.agreements.operations import give_quote
from recoup.agreements.rules import Asked
from recoup.agreements.standard_card import publish_standard_card
from recoup.cases.models import Case
from recoup.eventlog.models import Event
from recoup.journeys.register import countersign
from recoup.journeys.tests.cast import nordlicht, pdf, ubl
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.parties.models import Client
from recoup.tenancy.context import scope
from recoup.tenancy.models import User
from recoup.web.client.tests.test_pages import logged_in, text
from recoup.web.client.tests.test_submit import KEY, drop, send
from recoup.web.public.tests.test_register_pages import FORM
from recoup.web.public.tests.test_register_pages import send as register
from tests.cast import NOW, cleared

TODAY = timezone.now().date()
DUE = TODAY - timedelta(days=70)


def asked(amount: str = "1190.00", debtor: str = "DE") -> Asked:
    return Asked("SE", debtor, Money(Decimal(amount), "EUR"), DUE)


@pytest.fixture
def standing(house):
    publish_standard_card(agency=house.id, by=SYSTEM, at=NOW)
    return nordlicht(house)


@pytest.fixture
def browser(standing):
    return logged_in(standing.member.user)


def quoted(standing, client=None, **how) -> Quote:
    at = timezone.now()
    with scope(standing.house.id):
        quote = give_quote(agency=standing.house.agency, asked=asked(**how), by=SYSTEM, at=at)
        quote.client_id = (client or standing.client).id
        quote.save()
    return quote


def test_the_quote_travels_from_the_price_through_registration_into_the_case(house):
    publish_standard_card(agency=house.id, by=SYSTEM, at=NOW)
    visitor = Browser()
    start = visitor.post("/quote/", {"creditor": "SE", "debtor": "DE", "amount": "1190.00",
                                     "currency": "EUR", "due": DUE.isoformat(), "start": "1"})  # fmt: skip
    token = start["Location"].split("quote=")[1]
    page = visitor.get(start["Location"]).content.decode()
    assert f'name="quote" value="{token}"' in page
    signing = register(visitor, quote=token)["Location"]
    visitor.post(
        signing, {"authority": "on", "terms": "on", "power": "on", "signatory": FORM["signatory"]}
    )
    with scope(house.id):
        client, quote = Client.objects.get(), Quote.objects.get()
        assert quote.client_id == client.id
        cleared(client, house.actor("account_manager"))
        countersign(
            agreement=client.agreements.get(), agency=house.agency, by=SYSTEM, at=timezone.now()
        )
        user = User.objects.get(email=FORM["email"])
    browser = logged_in(user)
    shown = browser.get(reverse("client:submit")).content.decode()
    assert quote.number in shown
    link = (
        shown.split(f"?quote={quote.number}")[0].rpartition('href="')[2] + f"?quote={quote.number}"
    )
    form = browser.get(link).content.decode()
    for value in ('value="1190.00"', f'value="{DUE.isoformat()}"', '<option value="DE" selected>',
                  '<option value="EUR" selected>', f'<option value="{quote.id}" selected>'):  # fmt: skip
        assert value in form, value
    send(browser, **{"quote": str(quote.id), "line-0-due_on": DUE.isoformat()})
    with scope(house.id):
        assert Case.objects.get().quote_id == quote.id
    assert quote.number not in text(browser.get(reverse("client:submit"))), "used"


def test_a_dropped_invoice_finds_the_quote_that_was_asked_for_it(standing, browser):
    quoted(standing, amount="900.00")
    meant = quoted(standing)
    page = browser.get(drop(browser, ("faktura.pdf", pdf({"factur-x.xml": ubl()}))).url)
    assert f'<option value="{meant.id}" selected>' in page.content.decode()
    assert "Kaufhaus Müller GmbH" in page.content.decode()


def test_only_ones_own_quotes_that_hold_are_offered_or_taken(standing, browser):
    old, used = quoted(standing), quoted(standing)
    Quote.objects.filter(id=old.id).update(valid_until=TODAY - timedelta(days=3))
    send(browser, quote=str(used.id))
    assert Case.objects.get().quote_id == used.id
    other = quoted(standing, Client(id=KEY))
    fresh = quoted(standing)
    shown = text(browser.get(reverse("client:submit")))
    assert fresh.number in shown and other.number not in shown
    assert used.number not in shown and old.number not in shown
    for wrong in (old, used, other):
        more = {"quote": str(wrong.id), "line-0-ref": f"R-{wrong.number}"}
        assert send(browser, key=KEY[:-1] + "c", **more).status_code == 422
    with scope(standing.house.id):
        assert Case.objects.count() == 1


def test_without_a_quote_nothing_is_asked(browser):
    assert "Your quote for this claim" not in text(browser.get(reverse("client:claim", args=[KEY])))
    assert send(browser).status_code == 302
    assert Case.objects.get().quote is None


def test_a_client_who_asks_for_another_price_finds_it_when_submitting(standing, browser):
    asking = {
        "creditor": "SE",
        "debtor": "DE",
        "amount": "2500.00",
        "currency": "EUR",
        "due": DUE.isoformat(),
    }
    answers = [browser.post("/quote/", asking | {"start": "1"}) for _ in range(2)]
    assert [a["Location"] for a in answers] == [reverse("client:submit")] * 2
    with scope(standing.house.id):
        quote = Quote.objects.get()
        assert quote.client_id == standing.client.id
        assert Event.objects.filter(kind="QuoteTaken").count() == 1
    assert quote.number in text(browser.get(reverse("client:submit")))
