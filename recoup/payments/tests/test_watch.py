"""Alarms: a missing statement, a client who waits too long."""

from datetime import date, timedelta

import pytest

from recoup.cases.models import Task
from recoup.kernel.actor import SYSTEM
from recoup.payments.operations.watch import watch_the_money, working_days_before
from recoup.payments.tests.cast import AT, case_of, trust_account
from recoup.payments.tests.test_remit import ON, Bank, run


@pytest.fixture
def bank(house):
    trust_account(house.agency)
    return Bank(house)


def watched(house, on):
    return watch_the_money(agency=house.id, on=on, by=SYSTEM, at=AT)


def test_a_missing_statement_and_a_waiting_client_become_one_task_each(house, bank):
    bank.pays(case_of(house.agency, "1000.00"), "300.00")
    assert watched(house, ON) == {"statements": 0, "clients": 0}
    for _ in range(2):
        assert watched(house, ON + timedelta(days=14)) == {"statements": 1, "clients": 1}
    kinds = set(Task.objects.values_list("kind", flat=True))
    assert {"statement_missing", "remit_late"} <= kinds
    assert Task.objects.filter(kind__in=["statement_missing", "remit_late"]).count() == 2


def test_a_paid_client_does_not_wait(house, bank):
    bank.pays(case_of(house.agency, "1000.00"), "300.00")
    run(house)
    assert watched(house, ON + timedelta(days=14))["clients"] == 0


def test_working_days():
    monday = date(2026, 11, 23)
    assert working_days_before(monday, 1) == date(2026, 11, 20)
    assert working_days_before(monday, 2) == date(2026, 11, 19)
