"""Each page of the portal asks the database as often with twelve cases as with one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recoup.cases.operations import add_task, change_division, put_on_hold
from recoup.cases.tests.cast import AT, TODAY, add_debtor, at_work, line, sign_up
from recoup.kernel.actor import SYSTEM
from recoup.parties.divisions import add_division
from recoup.payments.tests.cast import trust_account
from recoup.tenancy.context import scope
from recoup.web.client.tests.test_pages import logged_in

# page, at most so many queries (`recoup bench portal` lists them as they are)
PAGES = (
    ("/client/", 23), ("/client/cases/", 20), ("/client/cases/?show=disputed", 20), ("/client/cases/?q=RE-1", 20),
    ("/client/cases/NUMBER/", 42), ("/client/cases/NUMBER/money/", 40), ("/client/needs/", 14),
    ("/client/messages/", 13), ("/client/money/", 16), ("/client/approvals/", 14), ("/client/divisions/", 12),
)  # fmt: skip


@pytest.fixture
def standing(house):
    trust_account(house.agency)
    return sign_up(house)


def grow(standing, cases: range) -> str:
    north = add_division(client=standing.client, name=f"Part {cases.start}", by=SYSTEM, at=AT)
    for n in cases:
        case = at_work(
            standing,
            lines=[line(f"RE-{n}", "900.00")],
            key=str(n),
            debtor=add_debtor(standing.house, f"Debtor {n} GmbH", vat=""),
        )
        change_division(case=case, division=north, by=SYSTEM, at=AT)
        if n % 2:
            put_on_hold(case=case, kind="disputed", because="x", until=None, by=SYSTEM, at=AT)
        add_task(
            agency=standing.house.id, key=f"t{n}", kind="ask", sentence="Say.", params={}, role="client_administrator",
            due_on=TODAY, default="Nothing.", case=case, client=standing.client.id, by=SYSTEM, at=AT,
        )  # fmt: skip
    return case.number


def counted(browser, number: str) -> dict[str, int]:
    found = {}
    for page, _most in PAGES:
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(page.replace("NUMBER", number)).status_code == 200
        found[page] = len(asked)
    return found


def test_no_page_asks_more_often_when_there_is_more(standing):
    browser = logged_in(standing.member.user)
    number = grow(standing, range(1, 3))
    counted(browser, number)  # what is asked once in a process
    few = counted(browser, number)
    with scope(standing.house.id):
        grow(standing, range(3, 14))
    many = counted(browser, number)
    assert few == many
    most = dict(PAGES)
    assert {page: n for page, n in many.items() if n > most[page]} == {}
