"""Hostile input typed into the street's forms: names, amounts, days, searches, hidden fields."""

import unicodedata
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from recoup.cases.models import Case
from recoup.journeys.tests.cast import nordlicht
from recoup.outbox.models import Message
from recoup.parties.models import Client, Debtor
from recoup.tenancy.context import scope
from recoup.tenancy.models import Member
from recoup.tenancy.roles import Role
from recoup.web.client.tests.test_submit import KEY, filled, opened
from recoup.web.public.tests.test_register_pages import FORM
from tests.cast import House

MARKUP = ["<img src=x onerror=alert(1)>", "{{7*7}}", "${7*7}", "javascript:alert(1)", "[x](javascript:alert(1))",
          "{% include 'x' %}", "\"'><script>alert(1)</script>"]  # fmt: skip
ODD_NAMES = ["Null", "None", "NaN", "True", "N/A", "Test", "1&1", "X", "undefined", "0"]
AS_WRITTEN = [
    "O'Brien",
    "D'Arcy & Söhne <GmbH>",
    "100 %s",
    "{0} {name}",
    "a\\nb",
    "$1 \\1",
    "%(number)s",
    "Ünal İş",
]
SEARCHES = ["%", "_", "\\", "'", '";--', ":*", "& | ! ( )", "'; DROP TABLE cases_case; --", "%%%", "\\'", "🧾",
            "a" * 90, "\u202e", "(", "[", "*", "?q=", "<b>"]  # fmt: skip
AMOUNTS = ["1e3", "1E+400", "1_000", "１２３", "١٢٣", "NaN", "Infinity", "-1", "-0", "0", "0.00", "+5", "0x10", "1 000,00,0",
           "10.005", "10.0050", "1" * 20, ".5", "5.", "1.190", "1,190", "1.190,005", "1,19.00"]  # fmt: skip
DAYS = ["0001-01-01", "1899-12-31", "9999-12-31", "2026-02-29", "2026-11-20T24:00", "24:00", "20260228", "2026-W09-7",
        "03/04/2026", "２０２６-01-01", "2026-1-1"]  # fmt: skip


class Street:
    """A client's person and a clerk, each with a browser."""

    def __init__(self, house: House) -> None:
        self.house, self.standing = house, nordlicht(house)
        self.client, self.clerk = Browser(), Browser()
        self.client.force_login(self.standing.member.user)  # type: ignore[arg-type]
        self.clerk.force_login(house.members["administrator"].user)  # type: ignore[attr-defined]
        self.sent = 0

    def submit(self, **change: str) -> Any:
        self.sent += 1
        change.setdefault("line-0-ref", f"R-{self.sent}")
        address = reverse("client:claim", args=[f"{KEY[:-4]}{self.sent:04d}"])
        response = self.client.post(address, filled(opened=opened(self.client, address), **change))
        if response.status_code == 302:
            self.client.get(response.url)  # where the message that names the case is shown
        return response

    def pages(self, case: Case) -> dict[str, str]:
        """Where a case's words are shown."""
        asked = {
            "portal": self.client.get(reverse("client:case", args=[case.number])),
            "portal's list": self.client.get(reverse("client:cases")),
            "desk": self.clerk.get(reverse("desk:case", args=[case.number])),
            "desk's list": self.clerk.get(reverse("desk:cases")),
            "review": self.clerk.get(reverse("desk:review", args=[case.number])),
        }
        assert {name: page.status_code for name, page in asked.items()} == dict.fromkeys(asked, 200)
        return {name: page.content.decode() for name, page in asked.items()}


@pytest.fixture
def street(house: House) -> Street:
    return Street(house)


def cases(street: Street) -> list[Case]:
    with scope(street.house.id):  # type: ignore[arg-type]
        return list(Case.objects.select_related("debtor").order_by("id"))


def escaped(text: str) -> str:
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;").replace("'", "&#x27;")
    )  # fmt: skip


@pytest.mark.parametrize("odd", MARKUP)
def test_pf04_markup_is_text_on_every_page(street: Street, odd: str) -> None:
    assert street.submit(name=f"{odd} GmbH", client_reference=odd[:60]).status_code == 302
    [case] = cases(street)
    assert case.debtor.name == f"{odd} GmbH"
    for name, page in street.pages(case).items():
        assert escaped(odd) in page, name
        for live in ("<img src=x", "<script>alert", 'href="javascript:', " 49 GmbH"):
            assert live not in page, name


@pytest.mark.parametrize("odd", ODD_NAMES)
def test_en04_words_that_mean_nothing_to_a_program_are_names(street: Street, odd: str) -> None:
    response = street.submit(name=f"{odd} GmbH", contact=odd, client_reference=odd)
    assert response.status_code == 302
    [case] = cases(street)
    assert (case.debtor.name, case.client_reference) == (f"{odd} GmbH", odd)
    assert all(f"{escaped(odd)} GmbH" in page for page in street.pages(case).values())


@pytest.mark.parametrize("odd", AS_WRITTEN)
def test_en05_a_name_is_the_same_on_every_surface(street: Street, odd: str) -> None:
    """Table, portal, desk, e-mail to the client; letters have their own test (paper/tests)."""
    name = f"{odd} Handels GmbH"
    assert street.submit(name=name).status_code == 302
    [case] = cases(street)
    assert case.debtor.name == name
    for where, page in street.pages(case).items():
        assert escaped(name) in page, where
    with scope(street.house.id):  # type: ignore[arg-type]
        mail = Message.objects.get(case_id=case.id)
        assert name not in mail.payload["subject"] and name in mail.payload["text"]


def test_en01_composed_and_decomposed_letters_are_one_company(street: Street) -> None:
    name = "Café Müller Å GmbH"
    for form in ("NFC", "NFD"):
        assert street.submit(name=unicodedata.normalize(form, name)).status_code == 302
    one, other = cases(street)
    assert one.debtor_id == other.debtor_id and one.debtor.name == unicodedata.normalize(
        "NFC", name
    )


@pytest.mark.parametrize("asked", SEARCHES)
def test_se01_a_search_is_literal(street: Street, asked: str) -> None:
    street.submit()
    [case] = cases(street)
    for browser, page in ((street.client, "client:cases"), (street.clerk, "desk:cases")):
        answer = browser.get(reverse(page), {"q": asked})
        assert answer.status_code == 200 and case.number not in answer.content.decode(), page
    for browser, page in ((street.client, "client:cases"), (street.clerk, "desk:cases")):
        assert case.number in browser.get(reverse(page), {"q": "Kaufhaus"}).content.decode()


def test_se01_signs_of_a_pattern_are_found_where_they_are_meant(street: Street) -> None:
    street.submit(name="Fifty_50% Rabatt GmbH")
    street.submit(name="FiftyX500 Rabatt GmbH")
    marked, plain = cases(street)
    page = street.clerk.get(reverse("desk:cases"), {"q": "Fifty_50%"}).content.decode()
    assert marked.number in page and plain.number not in page


@pytest.mark.parametrize("amount", ["1,190.00", "1.190,00", "1 190,00", "1'190.00"])
def test_mo04_thousands_are_read_where_they_cannot_be_meant_otherwise(
    street: Street, amount: str
) -> None:
    assert street.submit(**{"line-0-amount": amount}).status_code == 302
    [case] = cases(street)
    with scope(street.house.id):
        assert [line.amount for line in case.lines.all()] == [1190]


@pytest.mark.parametrize("amount", AMOUNTS)
def test_mo02_mo04_only_plain_amounts_of_the_currency_are_taken(
    street: Street, amount: str
) -> None:
    assert street.submit(**{"line-0-amount": amount}).status_code == 422
    asked = {
        "creditor": "SE",
        "debtor": "DE",
        "currency": "EUR",
        "due": "2026-08-01",
        "amount": amount,
    }
    assert Browser().get("/", asked).status_code == 422
    assert cases(street) == []


@pytest.mark.parametrize("day", DAYS)
def test_dt06_only_days_that_there_are_in_reach(street: Street, day: str) -> None:
    assert street.submit(**{"line-0-due_on": day, "line-0-issued_on": day}).status_code == 422
    asked = {"creditor": "SE", "debtor": "DE", "currency": "EUR", "due": day, "amount": "900.00"}
    assert Browser().get("/", asked).status_code == 422
    assert cases(street) == []


def test_pf07_what_was_added_to_a_form_changes_nothing(street: Street, stranger: House) -> None:
    more = {"client": str(stranger.id), "client_id": "1", "agency": str(stranger.id), "agency_id": str(stranger.id),
            "stage": "closed", "number": "R-2026-999999", "reference": "RF00", "debtor_id": "1", "at": "2001-01-01",
            "line-0-id": "1", "line-0-posted": "0.01", "role": "administrator"}  # fmt: skip
    assert street.submit(**more).status_code == 302
    [case] = cases(street)
    assert (case.agency_id, case.client_id) == (street.house.id, street.standing.client.id)
    assert (case.stage, case.number) == ("submitted", "R-2026-000001")
    with scope(street.house.id):  # type: ignore[arg-type]
        assert str(case.lines.get().amount) == "1190.0000"
        assert Member.objects.get(id=street.standing.member.id).role == Role.CLIENT_ADMINISTRATOR  # type: ignore[attr-defined]


def test_pf07_a_registration_makes_a_clients_person_whatever_it_asks_for(house: House) -> None:
    from recoup.agreements.standard_card import publish_standard_card
    from recoup.kernel.ids import new_id
    from tests.cast import NOW

    publish_standard_card(agency=house.id, by=house.actor("administrator"), at=NOW)  # type: ignore[arg-type]
    browser = Browser()
    more = {
        "role": "administrator",
        "is_staff": "1",
        "is_superuser": "1",
        "stage": "active",
        "agency": "x",
    }
    assert browser.post("/register/", FORM | more | {"key": str(new_id())}).status_code == 302
    with scope(house.id):  # type: ignore[arg-type]
        member = Member.objects.select_related("user").get(user__email=FORM["email"])
        assert member.role == Role.CLIENT_ADMINISTRATOR
        assert not member.user.is_staff and not member.user.is_superuser
        assert Client.objects.get(id=member.client_id).stage == "registered"
    assert browser.get("/desk/").status_code == 404


def test_pf01_a_debtor_is_not_doubled_by_a_double_click(street: Street) -> None:
    address = reverse("client:claim", args=[KEY])
    form = filled(opened=opened(street.client, address))
    first, second = (street.client.post(address, form) for _ in range(2))
    assert first.url == second.url and len(cases(street)) == 1
    assert "already saved" in street.client.get(second.url).content.decode()
    with scope(street.house.id):  # type: ignore[arg-type]
        assert Debtor.objects.filter(name="Kaufhaus Müller GmbH").count() == 1
        assert Message.objects.count() == 1
