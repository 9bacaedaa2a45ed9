"""Registering and signing in the browser: each wrong thing in words, each right thing once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from recoup.agreements.models import Agreement
from recoup.agreements.operations import BOXES
from recoup.agreements.tests.cast import agreement_of, client_of
from recoup.kernel.ids import new_id
from recoup.parties.models import Client
from recoup.tenancy.context import scope
from recoup.tenancy.models import User
from recoup.tenancy.operations import add_member
from tests.cast import House

FORM = {
    "quote": "", "business": "on", "country": "SE", "name": "O'Brien <img src=x onerror=alert(1)> AB",
    "registration_number": "556016-0680", "vat_number": "", "street": "Sågvägen 3", "postcode": "352 45",
    "city": "Växjö", "payout_iban": "", "signatory": "Åsa {{7*7}} O'Brien", "authority": "director",
    "email": "asa@norrland.example", "phone": "", "language": "sv", "password": "fyra ord räcker bra",
}  # fmt: skip


def send(browser: Browser, **change: str) -> Any:
    return browser.post("/register/", {"key": str(new_id())} | FORM | change)


def signed_in(
    house: House, client: Client, role: str, name: str, called: str = "Åsa Lindström"
) -> Browser:
    """`called` is by default the signatory's name: nobody else signs from an account."""
    with scope(house.id):
        user = User.objects.create_user(
            f"{name}@norrland.example", "fyra ord räcker bra", name=called
        )
        add_member(agency=house.agency, user=user, role=role, client_id=client.id)  # type: ignore[arg-type]
    browser = Browser()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


@pytest.fixture
def prepared(shop: House) -> tuple[Client, Agreement]:
    client = client_of(shop)
    return client, agreement_of(shop, client)


def test_register_read_sign_download(shop: House, client: Browser) -> None:
    made = send(client)
    assert made.status_code == 302 and made["Location"].startswith("/agreements/")
    page = client.get(made["Location"]).content.decode()
    assert "<img src=x" not in page and "O&#x27;Brien &lt;img src=x" in page and "{{7*7}}" in page
    signed = client.post(
        made["Location"], dict.fromkeys(BOXES, "on") | {"signatory": "åsa {{7*7}} o'brien"}
    )
    assert signed.status_code == 302
    page = client.get(made["Location"]).content.decode()
    assert "has signed" in page and "SHA-256" in page
    for paper in ("agreement", "power"):
        file = client.get(f"{made['Location']}{paper}.pdf")
        assert file["Content-Type"] == "application/pdf" and b"/ByteRange" in file.content
        assert file["Content-Disposition"].startswith("attachment;")
    assert client.get(f"{made['Location']}other.pdf").status_code == 404


def test_registering_twice_leads_to_the_same_agreement(shop: House, client: Browser) -> None:
    first, second = send(client), send(Browser())
    assert first["Location"] == second["Location"]
    assert send(client)["Location"] == first["Location"]  # signed in already: back to what waits
    with scope(shop.id):
        assert Client.objects.count() == 1


def test_a_name_our_fonts_cannot_write_is_said_and_nothing_is_made(
    shop: House, client: Browser
) -> None:
    page = send(client, name="شركة النور AB")
    assert page.status_code == 422 and "k-summary" in page.content.decode()
    with scope(shop.id):
        assert not Client.objects.exists() and not User.objects.filter(email=FORM["email"]).exists()


@pytest.mark.parametrize(
    "path",
    [
        "/register/?quote=%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00",
        "/register/?quote=%F0%9F%A6%8A",
    ],
)
def test_a_broken_link_to_a_quote_is_no_quote(shop: House, client: Browser, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"business": ""}, "between companies only"), ({"registration_number": ""}, "We work for companies only"),
     ({"registration_number": "556016-0681"}, "“556016-0681” is not a valid number for Sweden. The check digit is wrong."),
     ({"vat_number": "DE136695976"}, "It belongs to another country"), ({"password": "kort"}, "four or five words"),
     ({"payout_iban": "SE00"}, "is not a valid IBAN"), ({"email": "x"}, "not an e-mail address"),
     ({"name": ""}, "Please fill this in"), ({"country": "EU"}, "Select a valid choice"), ({"authority": "boss"}, "Select a valid choice"),
     ({"key": "x"}, "Enter a valid UUID"), ({"name": "x" * 300}, "200"), ({"name": "\ue000 AB"}, "characters that stand for nothing")],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_made(
    shop: House, client: Browser, wrong: dict[str, str], words: str
) -> None:
    page = send(client, **wrong)
    assert page.status_code == 422 and words in page.content.decode(), re.findall(
        r"k-error.*?</div>", page.content.decode()
    )
    assert FORM["password"] not in page.content.decode()
    with scope(shop.id):
        assert not Client.objects.exists()


def test_all_that_is_wrong_is_said_at_once(shop: House, client: Browser) -> None:
    text = send(client, business="", registration_number="1", password="kort").content.decode()
    assert (
        "between companies only" in text
        and "is not a valid number" in text
        and "four or five words" in text
    )


def test_a_company_that_is_known_is_not_registered_by_another(shop: House, client: Browser) -> None:
    send(client)
    page = send(Browser(), email="other@norrland.example")
    assert page.status_code == 422 and "is registered already" in page.content.decode()


def test_the_quote_is_shown_beside_the_form(
    shop: House,
    client: Browser,
    django_assert_num_queries: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from recoup.web.public.tests.test_quote_pages import ASKED, DAY

    monkeypatch.setattr("recoup.web.kit.middleware.now_of", lambda agency, now: DAY)
    kept = client.post("/quote/", ASKED | {"start": "1"})["Location"]
    with django_assert_num_queries(7):
        text = client.get(kept).content.decode()
    assert "12.5% commission" in text and 'value="SE" selected' in text


def test_the_agreement_is_read_with_few_questions(
    shop: House, prepared: tuple[Client, Agreement], django_assert_num_queries: Callable[..., Any]
) -> None:
    client, row = prepared
    browser = signed_in(shop, client, "client_administrator", "eva")
    with django_assert_num_queries(9):
        page = browser.get(f"/agreements/{row.token}/")
    assert page.status_code == 200 and "1.20" in page.content.decode()


@pytest.mark.parametrize(
    ("given", "words"),
    [({"signatory": "Fel Person"} | dict.fromkeys(BOXES, "on"), "exactly as given at registration"),
     ({"signatory": "Åsa Lindström", "terms": "on"}, "Tick this box to sign."), ({}, "Type your name to sign.")],
)  # fmt: skip
def test_half_a_signature_is_none(
    shop: House, prepared: tuple[Client, Agreement], given: dict[str, str], words: str
) -> None:
    client, row = prepared
    page = signed_in(shop, client, "client_administrator", "eva").post(
        f"/agreements/{row.token}/", given
    )
    assert page.status_code == 422 and words in page.content.decode()
    with scope(shop.id):
        assert Agreement.objects.get(id=row.id).signed_at is None


def test_who_sees_an_agreement_and_who_signs(
    shop: House, stranger: House, prepared: tuple[Client, Agreement]
) -> None:
    client, row = prepared
    link, whole = (
        f"/agreements/{row.token}/",
        {"signatory": "Åsa Lindström"} | dict.fromkeys(BOXES, "on"),
    )
    submitter = signed_in(shop, client, "client_submitter", "bo")
    assert (
        submitter.get(link).status_code == 200
        and "Only the administrator of" in submitter.get(link).content.decode()
    )
    assert submitter.post(link, whole).status_code == 422
    with scope(shop.id):
        other = client_of(shop, name="Annan AB", registration_number="556036-0793", vat_number="")
    assert submitter.get(f"/agreements/{'%00' * 24}/").status_code == 404
    for path in (link, f"{link}agreement.pdf", f"{link}power.pdf"):
        assert (
            signed_in(shop, other, "client_administrator", f"x{len(path)}").get(path).status_code
            == 404
        )
        assert Browser().get(path)["Location"].startswith("/accounts/login/")
        staff = Browser()
        staff.force_login(
            stranger.members["administrator"].user,
            backend="allauth.account.auth_backends.AuthenticationBackend",
        )  # type: ignore[attr-defined]
        assert staff.get(path).status_code == 404
    with scope(shop.id):
        assert Agreement.objects.get(id=row.id).signed_at is None
