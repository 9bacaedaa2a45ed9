"""The client's mandate, and a plan that goes beyond it."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client as Browser

from recoup.cases.tests.cast import AT, at_work, line, sign_up
from recoup.journeys.plans import offer
from recoup.kernel.actor import SYSTEM
from recoup.payments.tests.cast import trust_account
from recoup.plans.models import Mandate, Plan
from recoup.plans.rules import Terms
from recoup.plans.states import PlanKind
from recoup.tenancy.models import User
from recoup.tenancy.operations import add_member

GOOD = {
    "months": 6,
    "first_percent": "10",
    "first_days": 30,
    "discount": "15",
    "accelerates": "on",
    "answer_days": 3,
}


@pytest.fixture
def standing(house):
    trust_account(house.agency)
    return sign_up(house)


@pytest.fixture
def asked(house, standing):
    case = at_work(standing, lines=[line()])
    terms = Terms(kind=PlanKind.INSTALMENTS, first_on=date(2027, 11, 1), count=3)
    return offer(agency=house.agency, case=case, terms=terms, by=SYSTEM, at=AT)


def as_(standing, role="client_administrator"):
    browser = Browser()
    user = standing.member.user
    if role != "client_administrator":
        user = User.objects.create_user(f"{role}@x.example", "x" * 20, name=role)
        add_member(agency=standing.house.agency, user=user, role=role, client_id=standing.client.id)
    browser.force_login(user)
    return browser


def test_the_mandate_is_put_in_force_and_its_history_kept(standing):
    browser = as_(standing)
    assert browser.post("/client/mandate/", GOOD).status_code == 302
    assert browser.post("/client/mandate/", GOOD | {"discount": "20"}).status_code == 302
    assert browser.post("/client/mandate/", GOOD | {"discount": "20"}).status_code == 302
    assert [m.discount for m in Mandate.objects.order_by("id")] == [15, 20]
    assert b"Eva Lind" in browser.get("/client/mandate/").content


@pytest.mark.parametrize(
    "bad",
    [
        {"months": "61"},
        {"discount": "-1"},
        {"discount": "NaN"},
        {"first_percent": "101"},
        {"answer_days": "0"},
        {"months": ""},
    ],
)
def test_a_mandate_that_makes_no_sense_is_not_kept(standing, bad):
    assert as_(standing).post("/client/mandate/", GOOD | bad).status_code == 422
    assert not Mandate.objects.exists()


@pytest.mark.parametrize("role", ["client_submitter", "client_finance"])
def test_only_those_who_decide_may(standing, asked, role):
    browser = as_(standing, role)
    assert browser.get("/client/mandate/").status_code == 200
    assert browser.post("/client/mandate/", GOOD).status_code == 404
    place = f"/client/cases/{asked.case.number}/plan/"
    assert browser.get(place).status_code == 200
    assert browser.post(place, {"answer": "yes"}).status_code == 404
    assert Plan.objects.get().state == "asked"


@pytest.mark.parametrize(("said", "state"), [("yes", "offered"), ("no", "declined")])
def test_an_approver_decides_from_the_task(standing, asked, said, state):
    browser = as_(standing, "client_approver")
    place = f"/client/cases/{asked.case.number}/plan/"
    assert place in browser.get("/client/").content.decode()
    assert browser.post(place, {"answer": said, "because": "fine"}).status_code == 302
    assert Plan.objects.get().state == state
    assert place not in browser.get("/client/").content.decode()
    assert Decimal(Plan.objects.get().figures["to_pay"]) > 0
