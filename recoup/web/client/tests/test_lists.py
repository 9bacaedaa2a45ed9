"""A list before it is placed: what was guessed is said and asked, days are shown with their month's name."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from recoup.cases.models import Case
from recoup.intake.models import Placement
from recoup.journeys.place import run_placement, waiting_placements
from recoup.journeys.tests.cast import nordlicht
from recoup.web.client.tests.test_uploads import logged_in

HEAD = "Company;Country;City;Invoice number;Invoice date;Due date;Amount;Currency\n"
ROWS = (
    "Müller Großhandel GmbH;DE;Köln;F-1;{0};{1};1.200,00;EUR\n"
    "Gärtner & Söhne GmbH;DE;München;F-2;{0};{1};300,00;EUR\n"
)


@pytest.fixture
def standing(house: Any) -> Any:
    return nordlicht(house)


def sent(browser: Any, content: bytes) -> str:
    address = browser.post(
        reverse("client:placements"), {"list": SimpleUploadedFile("list.csv", content)}
    ).url
    return str(address)


def test_im05_letters_that_were_guessed_are_shown_and_nothing_is_made_before_somebody_said_yes(house: Any, standing: Any) -> None:  # fmt: skip
    browser = logged_in(standing.member.user)
    content = (HEAD + ROWS.format("2026-03-02", "2026-04-03")).encode("cp1252")
    assert b"\xfc" in content
    address = sent(browser, content)
    page = browser.get(address).content.decode()
    assert "does not say how its letters are written" in page and "cp1252" in page
    assert "Müller Großhandel GmbH" in page and "\ufffd" not in page
    for id in waiting_placements(agency=house.agency):
        run_placement(agency=house.agency, placement=id, at=Placement.objects.get().made_at)
    assert not Case.objects.exists(), "nobody has said that it reads right"
    browser.post(address, {"do": "confirm"})
    for id in waiting_placements(agency=house.agency):
        run_placement(agency=house.agency, placement=id, at=Placement.objects.get().made_at)
    assert set(Case.objects.values_list("debtor__name", flat=True)) == {
        "Müller Großhandel GmbH",
        "Gärtner & Söhne GmbH",
    }


def test_im05_letters_that_nobody_can_tell_are_refused_by_name(standing: Any) -> None:
    browser = logged_in(standing.member.user)
    odd = HEAD.encode() + b"\x81\x8d\x8f\x90\x9d;DE;K;F-1;2026-03-02;2026-04-03;5,00;EUR\n"
    said = browser.post(
        reverse("client:placements"), {"list": SimpleUploadedFile("odd.csv", odd)}, follow=True
    )
    assert "\ufffd" not in said.content.decode() and said.status_code < 500
    assert not Case.objects.exists()


def test_dt05_a_day_that_may_be_two_is_asked_and_shown_with_its_month_s_name(standing: Any) -> None:
    browser = logged_in(standing.member.user)
    address = sent(browser, (HEAD + ROWS.format("01/02/2026", "03/04/2026")).encode())
    page = browser.get(address).content.decode()
    assert "can be read in two ways" in page
    assert browser.post(address, {"do": "confirm"}).status_code == 422, "nobody has said which"
    browser.post(address, {"do": "look", "order": "dmy"})
    page = browser.get(address).content.decode()
    assert "3 Apr 2026" in page and "1 Feb 2026" in page
    browser.post(address, {"do": "look", "order": "mdy"})
    page = browser.get(address).content.decode()
    assert "4 Mar 2026" in page and "2 Jan 2026" in page


def test_dt05_two_digits_of_a_year_are_shown_as_the_year_they_are_read_as(standing: Any) -> None:
    browser = logged_in(standing.member.user)
    page = browser.get(
        sent(browser, (HEAD + ROWS.format("02.03.26", "03.04.26")).encode())
    ).content.decode()
    assert "3 Apr 2026" in page and "2 Mar 2026" in page
