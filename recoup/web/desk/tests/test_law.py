"""The law at the desk: what is stale, entering a value, and that another person confirms it."""

import re
from datetime import date

import pytest
from django.test import Client as Browser
from django.urls import reverse

from recoup.kernel.ids import new_id
from recoup.lawbook.models import Confirmation, PublishedRate
from recoup.lawbook.queries import overlay_of
from recoup.tenancy.context import scope
from recoup.web.desk.tests.cast import logged_in

pytestmark = pytest.mark.django_db
VALUE = {
    "rate-series": "DE_BASISZINSSATZ", "rate-first": "2027-01-01", "rate-value": "1.77",
    "rate-source": "Bundesanzeiger", "rate-link": "https://www.bundesbank.de/x",
}  # fmt: skip


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def enter(browser: Browser, **other: str):
    return browser.post(reverse("desk:law_enter"), VALUE | {"rate-key": str(new_id())} | other)


def test_the_page_names_each_series_once_with_its_countries(house):
    page = logged_in(house, "collector").get(reverse("desk:law"))
    assert "DE_BASISZINSSATZ" in text(page)
    assert page.content.decode().count('<span class="d-mono">ECB_MRO_HALFYEAR</span>') == 1


def test_one_enters_and_another_confirms(house):
    finance, supervisor = logged_in(house, "finance_officer"), logged_in(house, "supervisor")
    assert enter(finance).status_code == 302
    with scope(house.id):
        rate = PublishedRate.objects.get()
        assert rate.last == date(2027, 6, 30) and not overlay_of(house.id)
    url = reverse("desk:law_confirm", args=[rate.id])
    assert "You entered this value yourself" in text(finance.get(reverse("desk:law")))
    finance.post(url)
    with scope(house.id):
        assert not Confirmation.objects.exists()
    supervisor.post(url)
    with scope(house.id):
        assert len(overlay_of(house.id).rows) == 1
    assert "2027-H1" in text(finance.get(reverse("desk:law")))


def test_who_may_not_do_it_gets_nothing(house):
    collector = logged_in(house, "collector")
    assert enter(collector).status_code == 404
    with scope(house.id):
        assert not PublishedRate.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"rate-value": "1,77"}, "Value: “1,77” is not a plain figure such as 1.27."),
        ({"rate-value": "NaN"}, "Value: “NaN” is not a plain figure such as 1.27."),
        ({"rate-link": "javascript:1"}, "Enter a valid URL."),
        ({"rate-first": "2026-07-01"}, "Valid from: DE_BASISZINSSATZ has a value from"),
        ({"rate-first": "0026-01-01"}, "Valid from: 0026-01-01 is before DE_BASISZINSSATZ begins"),
        ({"rate-series": "X"}, "X is not one of the available choices"),
    ],
)
def test_a_wrong_entry_comes_back_with_its_reason(house, wrong, reason):
    response = enter(logged_in(house, "finance_officer"), **wrong)
    assert response.status_code == 422
    assert "k-error" in response.content.decode() and reason in text(response)
    with scope(house.id):
        assert not PublishedRate.objects.exists()
