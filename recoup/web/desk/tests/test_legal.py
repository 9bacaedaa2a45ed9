"""A proceeding's page at the desk: each form does its verb, and the page costs the same however much is on it."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recoup.journeys.tests.test_legal import case_of, open_one
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.legal.models import Proceeding
from recoup.legal.operations import add_party
from recoup.tenancy.context import scope
from recoup.web.desk.tests.cast import AT, TODAY, logged_in, sign_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def one(house):
    standing = sign_up(house)
    return open_one(standing, case_of(standing))


@pytest.fixture
def officer(house):
    return logged_in(house, "legal_officer")


def press(browser, one, verb, **said):
    data = {f"{verb}-{name}": value for name, value in said.items()}
    url = reverse("desk:legal_act", args=[one.number, verb])
    answer = browser.post(url, data | {f"{verb}-key": str(new_id())}, follow=True)
    return answer.status_code, answer.content.decode()


def again(house, one):
    with scope(house.id):
        return Proceeding.objects.get(id=one.id)


def test_court_party_deadline_and_step_are_entered_on_the_page(house, one, officer):
    page = reverse("desk:proceeding", args=[one.number])
    assert one.number in officer.get(page).content.decode()
    day = date.today() + timedelta(days=40)
    for verb, said in {
        "court": {"court": "Kronofogdemyndigheten", "reference": "01-2026-7", "lawyer": ""},
        "party": {"role": "witness", "name": "Lars Holm", "reference": ""},
        "deadline": {"kind": "hearing", "on": day.isoformat(), "source": "letter of the court"},
        "move": {"now": "filed_at_court", "on": TODAY.isoformat(), "because": "by post"},
    }.items():
        status, shown = press(officer, one, verb, **said)
        assert status == 200 and "Done." in shown, verb
    now = again(house, one)
    assert (now.court, now.court_reference, now.stage) == (
        "Kronofogdemyndigheten", "01-2026-7", "filed_at_court",
    )  # fmt: skip
    with scope(house.id):
        assert now.parties.filter(name="Lars Holm").exists()
        assert now.deadlines.filter(kind="hearing", source="letter of the court").exists()
    shown = officer.get(page).content.decode()
    assert "Lars Holm" in shown and "01-2026-7" in shown


def test_what_is_missing_is_said_and_changes_nothing(house, one, officer):
    status, shown = press(officer, one, "party", role="witness", name="", reference="")
    assert status == 200 and "Done." not in shown
    with scope(house.id):
        assert not again(house, one).parties.exists()


def test_the_page_asks_as_often_with_many_parties_as_with_none(house, one, officer):
    page = reverse("desk:proceeding", args=[one.number])

    def asked():
        with CaptureQueriesContext(connection) as found:
            assert officer.get(page).status_code == 200
        return len(found)

    before = asked()
    with scope(house.id):
        for n in range(10):
            add_party(proceeding=one, role="witness", name=f"W {n}", reference="", by=SYSTEM, at=AT)
    assert asked() == before
