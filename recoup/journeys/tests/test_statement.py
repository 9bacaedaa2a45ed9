"""The statement as a page and on paper, for each of its three readers."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from recoup.cases.operations import make_debtor_link
from recoup.cases.tests.cast import at_work, line, sign_up
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.paper.tests.reading import squeezed, text_of
from recoup.payments.operations.allocate import report_direct_payment
from recoup.payments.queries import owed
from recoup.tenancy.context import scope

LANGUAGES = ["en", "sv", "de", "zh-hant", "zh-hans"]


@pytest.fixture
def world(db):
    """A case with two invoices, one part payment, and a way in for each reader."""
    from tests.cast import make_house

    house = make_house("nordic")
    with scope(house.id):
        standing = sign_up(house)
        case = at_work(standing, lines=[line("RE-1", "1200.00"), line("RE-2", "300.00")])
        now = timezone.now()
        report_direct_payment(
            case=case, amount=Money(Decimal("250.00"), "EUR"), on=now.date() - timedelta(days=9),
            by=SYSTEM, at=now,
        )  # fmt: skip
        token = make_debtor_link(case=case, expires_at=now + timedelta(days=9), by=SYSTEM, at=now)
    cache.clear()
    return house, standing, case, token


def browsers(world):
    house, standing, case, token = world
    desk, client, debtor = Browser(), Browser(), Browser()
    desk.force_login(house.members["collector"].user)
    client.force_login(standing.member.user)
    debtor.get(f"/d/{token}/")
    # A paper asks for one thing more than the link.
    debtor.post("/d/sure/", {"said": case.debtor.postcode})
    return {
        "desk": (desk, reverse("desk:statement", args=[case.number])),
        "client": (client, reverse("client:statement", args=[case.number])),
        "debtor": (debtor, reverse("debtor:statement")),
    }


def plain(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_reader_sees_the_page_in_each_language(world, language):
    house, _, case, _ = world
    with scope(house.id):
        total = owed(case=case, on=timezone.now().date()).total
    for who, (browser, url) in browsers(world).items():
        browser.cookies["django_language"] = language
        response = browser.get(url)
        assert response.status_code == 200, who
        digits = re.sub(r"[^0-9]", "", plain(response))
        assert re.sub(r"[^0-9]", "", f"{total:.2f}") in digits, who
        assert "RE-2" in plain(response)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_paper_is_a_pdf_in_the_language_asked_for(world, language):
    titles = {"en": "Thisstatementshowswhatisowed", "de": "DieseAufstellungzeigt"}
    for who, (browser, url) in browsers(world).items():
        response = browser.get(url.rstrip("/") + f".pdf?language={language}")
        assert response.status_code == 200, who
        assert response["Content-Type"] == "application/pdf"
        assert response["Cache-Control"] == "private, no-store"
        read = squeezed(text_of(response.content))
        assert "RE-1" in read and titles.get(language, "RE-2") in read


def test_the_debtors_paper_is_in_the_debtors_language_unless_asked(world):
    browser, url = browsers(world)["desk"]
    _, _, case, _ = world
    assert case.debtor.language == "de"
    assert "DieseAufstellungzeigt" in squeezed(
        text_of(browser.get(url.rstrip("/") + ".pdf").content)
    )
    silly = browser.get(url.rstrip("/") + ".pdf?language=tlh")
    assert "DieseAufstellungzeigt" in squeezed(text_of(silly.content))


def test_the_page_asks_as_often_for_many_payments(world):
    house, _, case, _ = world
    ways = browsers(world)

    def count(who):
        browser, url = ways[who]
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(url).status_code == 200
        return len(seen)

    before = {who: count(who) for who in ways}
    with scope(house.id):
        now = timezone.now()
        for n in range(1, 5):
            report_direct_payment(
                case=case, amount=Money(Decimal("10.00"), "EUR"), on=now.date() - timedelta(days=n),
                by=SYSTEM, at=now,
            )  # fmt: skip
    assert {who: count(who) for who in ways} == before


def test_where_the_rate_is_not_known_the_page_says_which_and_no_paper_is_made(world, monkeypatch):
    """A case due long before the first known rate."""
    house, standing, _, _ = world
    with scope(house.id):
        from recoup.cases.models import Case

        case = at_work(standing, key="old", lines=[line("RE-9", "10.00")])
        Case.objects.filter(id=case.id).update(interest={"kind": "over_base", "margin": "5"})
        Case.objects.filter(id=case.id).update(jurisdiction="US-NY")
    desk = browsers(world)["desk"][0]
    page = desk.get(reverse("desk:statement", args=[case.number]))
    assert page.status_code == 200 and "US-NY" in plain(page)
    assert desk.get(reverse("desk:statement_pdf", args=[case.number])).status_code == 409
    with scope(house.id), pytest.raises(Refusal):
        owed(case=Case.objects.get(id=case.id), on=timezone.now().date())
