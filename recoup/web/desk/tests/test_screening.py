"""Screening at the desk: a list is loaded, a likeness decided, a client cleared, each by whose it is."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from recoup.agreements.tests.cast import client_of
from recoup.cases.models import Task
from recoup.journeys.screen import ask_to_know
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.screening.models import ClientDecision, Hit, HitReview, SanctionsList
from recoup.screening.rules import CHECKS
from recoup.screening.tests.cast import HAN, NORRLAND, list_file
from recoup.tenancy.context import scope
from recoup.web.desk.tests.cast import logged_in
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def load(browser: Browser, content: bytes, name: str = "targets.simple.csv"):
    file = SimpleUploadedFile(name, content, "text/csv")
    return browser.post(
        reverse("desk:screening_load"), {"list-key": str(new_id()), "list-file": file}
    )


def clear(browser: Browser, client, **more: str):
    data = {f"know-{code}": "on" for code in CHECKS} | {
        "know-key": str(new_id()),
        "know-because": "Extract of today seen.",
    }
    return browser.post(reverse("desk:know", args=[client.id]), data | more, follow=True)


def test_from_the_list_to_a_cleared_client(house):
    with scope(house.id):
        client = client_of(house)
        ask_to_know(agency=house.agency, client=client, by=SYSTEM, at=NOW)
    officer, manager = logged_in(house, "legal_officer"), logged_in(house, "account_manager")
    assert "Nothing has been compared yet" in text(officer.get(reverse("desk:screening")))
    assert load(officer, list_file(NORRLAND, HAN)).status_code == 302
    page = text(officer.get(reverse("desk:screening")))
    assert "Norrland Timber AB" in page and "92 / 100" in page and "another country" in page
    tasks = text(officer.get(reverse("desk:work_view", args=["tasks"])))
    assert "Decide whether Norrland Timber AB is Norrland Timber Trading House" in tasks
    assert "wait for a decision: 1" in text(clear(manager, client))
    with scope(house.id):
        hit = Hit.objects.get()
        assert not ClientDecision.objects.exists()
    url = reverse("desk:screening_decide", args=[hit.id])
    short = officer.post(url, {"hit-key": str(new_id()), "hit-match": "no", "hit-because": "no"})
    assert short.status_code == 422 and "Say why in a sentence" in text(short)
    assert (
        manager.post(url, {"hit-match": "no", "hit-because": "Another company."}).status_code == 404
    )
    officer.post(
        url,
        {"hit-key": str(new_id()), "hit-match": "no", "hit-because": "Another company, a sawmill."},
    )
    with scope(house.id):
        assert HitReview.objects.get().because == "Another company, a sawmill."
    assert "cleared" in text(clear(manager, client))
    with scope(house.id):
        assert ClientDecision.objects.get().verdict == "cleared"
        assert not Task.objects.filter(done_at=None).exists()


def test_a_client_may_be_refused_with_a_reason(house):
    with scope(house.id):
        client = client_of(house)
    page = clear(logged_in(house, "supervisor"), client, refuse="1")
    assert "refused" in text(page)
    with scope(house.id):
        assert ClientDecision.objects.get().verdict == "refused"


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe", b"id,name\n1,2\n", list_file(NORRLAND, NORRLAND), list_file()])  # fmt: skip
def test_a_bad_file_is_said_by_name_and_nothing_is_loaded(house, content):
    response = load(logged_in(house, "legal_officer"), content, "odd <b>.csv")
    assert response.status_code == 422 and "k-error" in response.content.decode()
    assert "<b>" not in response.content.decode()
    with scope(house.id):
        assert not SanctionsList.objects.exists()


def test_the_number_of_queries_is_the_same_for_many_hits(house, django_assert_max_num_queries):
    browser = logged_in(house, "legal_officer")
    with scope(house.id):
        for n in range(3):
            number = ("556016-0680", "556036-0793", "556012-5790")[n]
            ask_to_know(
                agency=house.agency,
                client=client_of(house, registration_number=number, vat_number=""),
                by=SYSTEM,
                at=NOW,
            )
    load(browser, list_file(NORRLAND))
    with django_assert_max_num_queries(14):
        assert text(browser.get(reverse("desk:screening"))).count("92 / 100") == 3
