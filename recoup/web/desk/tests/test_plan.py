"""Composing a plan at the desk."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recoup.payments.tests.cast import trust_account
from recoup.plans.models import Plan
from recoup.web.desk.tests.cast import at_work, line, logged_in, sign_up


@pytest.fixture
def case(house):
    trust_account(house.agency)
    return at_work(sign_up(house), lines=[line("RE-1", "900.00")])


def asked(**more):
    day = (timezone.now().date() + timedelta(days=10)).isoformat()
    return {"kind": "instalments", "first_on": day, "count": "3", "every": "week", "first": "", "discount": "",
            "penalty": "", "grace_days": "3", "accelerates": "on"} | more  # fmt: skip


def test_it_is_worked_out_before_it_is_offered(house, case):
    browser = logged_in(house, "collector")
    page = browser.get(f"/desk/cases/{case.number}/plan/", asked())
    assert page.status_code == 200 and len(page.context["draft"].rows) == 3
    assert page.context["draft"].outside, "no mandate: the client is asked"
    assert not Plan.objects.exists()
    assert browser.post(f"/desk/cases/{case.number}/plan/", asked()).status_code == 302
    assert Plan.objects.get().state == "asked"
    assert b"P1" in browser.get(f"/desk/cases/{case.number}/plan/").content
    assert browser.get(f"/desk/cases/{case.number}/").status_code == 200


def test_a_discount_belongs_to_a_settlement(house, case):
    browser = logged_in(house, "collector")
    assert browser.get(f"/desk/cases/{case.number}/plan/", asked(discount="10")).status_code == 422
    page = browser.get(
        f"/desk/cases/{case.number}/plan/", asked(discount="10", kind="settlement", count="1")
    )
    assert page.status_code == 200 and page.context["draft"].given_up.amount > 0


def test_it_can_be_taken_back(house, case):
    browser = logged_in(house, "collector")
    browser.post(f"/desk/cases/{case.number}/plan/", asked())
    browser.post(f"/desk/cases/{case.number}/plan/end/", {"because": ""})
    assert Plan.objects.get().state == "asked"
    browser.post(f"/desk/cases/{case.number}/plan/end/", {"because": "typed wrongly"})
    assert Plan.objects.get().state == "ended"


def test_finance_looks_and_offers_nothing(house, case):
    browser = logged_in(house, "finance_officer")
    assert browser.get(f"/desk/cases/{case.number}/plan/").status_code == 200
    assert browser.post(f"/desk/cases/{case.number}/plan/", asked()).status_code == 404


def test_the_page_takes_a_constant_number_of_queries(house, case):
    browser = logged_in(house, "collector")
    browser.post(f"/desk/cases/{case.number}/plan/", asked(count="12"))
    with CaptureQueriesContext(connection) as found:
        browser.get(f"/desk/cases/{case.number}/plan/")
    assert len(found) <= 25
