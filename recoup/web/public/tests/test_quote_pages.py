"""The price page: beside the form as one types, and whole without a script."""

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils.html import escape

from recoup.agreements.models import Quote
from recoup.tenancy.context import scope
from tests.cast import House

DAY = datetime(
    2026, 11, 21, 9, tzinfo=UTC
)  # rates are held for it, whatever the machine's clock says
DUE = (DAY - timedelta(days=83)).date().isoformat()
ASKED = {"creditor": "SE", "debtor": "DE", "amount": "18400.00", "currency": "EUR", "due": DUE}


@pytest.fixture(autouse=True)
def the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recoup.web.kit.middleware.now_of", lambda agency, now: DAY)


def test_the_front_page_stands_without_anything_asked(
    shop: House, client: Browser, django_assert_num_queries: Any
) -> None:
    client.get("/")
    with django_assert_num_queries(5):
        page = client.get("/")
    text = page.content.decode()
    assert page.status_code == 200 and "Your price appears here" in text and "<h1>" in text


def test_the_answer_is_on_the_page_and_can_be_bookmarked(
    shop: House, client: Browser, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(7):
        page = client.get("/", ASKED)
    text = page.content.decode()
    assert (
        page.status_code == 200
        and "12.5%" in text
        and "2,300.00" in text
        and "Start with this" in text
    )
    assert "Not established" not in text and not Quote.objects.exists()


def test_a_script_gets_the_answer_alone_and_the_address_to_show(
    shop: House, client: Browser
) -> None:
    part = client.get("/quote/", ASKED, headers={"HX-Request": "true"})
    text = part.content.decode()
    assert (
        text.strip().startswith('<section id="answer"') and "12.5%" in text and "<html" not in text
    )
    assert part["HX-Replace-Url"].startswith("/?creditor=SE")


def test_while_typing_what_is_blank_is_asked_for_not_blamed(shop: House, client: Browser) -> None:
    part = client.get(
        "/quote/", ASKED | {"due": "", "amount": "1e3"}, headers={"HX-Request": "true"}
    )
    text = part.content.decode()
    assert part.status_code == 200 and "Still needed:" in text and "Due date" in text
    assert "“1e3” is not a plain amount" in text and "Please fill this in" not in text


def test_without_a_script_the_fragments_address_leads_to_the_page(
    shop: House, client: Browser
) -> None:
    page = client.get("/quote/", ASKED)
    assert page.status_code == 302 and page["Location"].startswith("/?creditor=SE")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"amount": "1e3"}, "“1e3” is not a plain amount"), ({"amount": "10.005"}, "more decimals than EUR"),
     ({"amount": "１２３"}, "is not a plain amount"), ({"amount": "1_000"}, "is not a plain amount"),
     ({"amount": "0"}, "more than nothing"), ({"amount": "-5"}, "more than nothing"),
     ({"due": "9999-12-31"}, "9999-12-31"), ({"due": "0001-01-01"}, "0001-01-01"), ({"due": "2026-02-30"}, "no day 2026-02-30"),
     ({"due": "x" * 300}, "20"), ({"amount": "9" * 500}, "30"), ({"debtor": "XX"}, "not on the list"),
     ({"currency": "KWD"}, "not on the list"), ({"disputed": "perhaps"}, "not on the list"), ({"debtor": ""}, "Please fill this in")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(
    shop: House, client: Browser, wrong: dict[str, str], words: str
) -> None:
    page = client.get("/", ASKED | wrong)
    text = page.content.decode()
    assert page.status_code == 422 and words in text and "Start with this" not in text


@pytest.mark.parametrize("typed", ["18 400,00", "18400,00", "18\u00a0400.00", "18400"])
def test_amounts_as_people_type_them(shop: House, client: Browser, typed: str) -> None:
    assert "2,300.00" in client.get("/", ASKED | {"amount": typed}).content.decode()


@pytest.mark.parametrize(
    "odd", ["<img src=x onerror=alert(1)>", "{{7*7}}", "${7*7}", "javascript:alert(1)"]
)
def test_what_is_typed_is_only_text(shop: House, client: Browser, odd: str) -> None:
    for page in (
        client.get("/", ASKED | {"amount": odd}),
        client.get("/quote/", ASKED | {"amount": odd}, headers={"HX-Request": "true"}),
    ):
        text = page.content.decode()
        assert "<img src=x" not in text and escape(odd) in text


def test_a_country_whose_law_is_not_held_is_said_plainly(shop: House, client: Browser) -> None:
    assert "Not established" in client.get("/", ASKED | {"debtor": "BM"}).content.decode()


def test_keeping_twice_keeps_one(shop: House, client: Browser) -> None:
    first, second = client.post("/quote/", ASKED), client.post("/quote/", ASKED | {"start": "1"})
    with scope(shop.id):
        quote = Quote.objects.get()
    assert (
        first["Location"] == f"/quote/{quote.token}/"
        and second["Location"] == f"/register/?quote={quote.token}"
    )


def test_a_kept_quote_can_be_read_by_its_link_only(
    shop: House, client: Browser, django_assert_num_queries: Any
) -> None:
    link = client.post("/quote/", ASKED)["Location"]
    with django_assert_num_queries(5):
        page = Browser().get(link)
    assert (
        page.status_code == 200
        and "Q-" in page.content.decode()
        and "It holds until" in page.content.decode()
    )
    for other in (
        "/quote/x/",
        f"/quote/{'%00' * 24}/",
        f"/quote/{'A' * 32}/",
        link[:-2] + "/",
        link.upper(),
    ):
        assert Browser().get(other).status_code == 404


def test_a_quote_that_has_ended_says_so(shop: House, client: Browser) -> None:
    link = client.post("/quote/", ASKED)["Location"]
    with scope(shop.id):
        Quote.objects.update(valid_until=DAY.date() - timedelta(days=2))
    text = client.get(link).content.decode()
    assert "It held until" in text and "Ask for today's price" in unescape(text)
    assert "Start with this" not in text


def test_a_wrong_form_is_not_kept(shop: House, client: Browser) -> None:
    assert client.post("/quote/", ASKED | {"amount": "0"}).status_code == 422
    with scope(shop.id):
        assert not Quote.objects.exists()


def test_without_a_rate_card_the_page_says_so(house: House, client: Browser) -> None:
    page = client.get("/")
    assert page.status_code == 200 and "No rate card is in force" in page.content.decode()


def test_without_an_agency_there_is_no_page(db: None, client: Browser) -> None:
    assert client.get("/").status_code == 503


@pytest.mark.parametrize("language", ["sv", "de", "zh-hant", "zh-hans"])
def test_every_language_answers(shop: House, client: Browser, language: str) -> None:
    client.cookies["django_language"] = language
    page = client.get("/", ASKED | {"documents": "no", "disputed": "yes"})
    assert page.status_code == 200 and page["Content-Language"] == language
