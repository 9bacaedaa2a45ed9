"""Every page of the portal: with data and none, with a constant number of queries."""

import re

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recoup.cases.operations import accept_case, add_task, close_case, put_on_hold
from recoup.cases.tests.cast import AT, TODAY, at_work, line, sign_up, submit
from recoup.files.operations import keep
from recoup.kernel.actor import SYSTEM
from recoup.tenancy.models import User
from recoup.tenancy.operations import add_member


@pytest.fixture
def standing(house):
    return sign_up(house)


@pytest.fixture
def browser(standing):
    return logged_in(standing.member.user)


def logged_in(user) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


PAGES = ["dashboard", "latest", "cases", "submit", "money"]
OF_CASE = ["case", "case_story", "case_money", "case_documents"]


@pytest.mark.parametrize("name", PAGES)
def test_each_page_has_an_empty_state(browser, name):
    response = browser.get(reverse(f"client:{name}"))
    assert response.status_code == 200


@pytest.mark.parametrize("language", ["en", "sv", "de", "zh-hant", "zh-hans"])
def test_each_page_of_a_case_is_there_in_each_language(standing, browser, language):
    case = at_work(standing)
    browser.cookies["django_language"] = language
    for name in OF_CASE:
        response = browser.get(reverse(f"client:{name}", args=[case.number]))
        assert response.status_code == 200
    for name in PAGES:
        assert browser.get(reverse(f"client:{name}")).status_code == 200


def test_a_case_shows_debtor_amount_stage_and_next_step(standing, browser):
    case = at_work(standing)
    shown = text(browser.get(reverse("client:case", args=[case.number])))
    for part in (
        "Müller Logistik GmbH",
        "1,200.00",
        "in contact",
        "Next:",
        "First demand",
        "Assigned to Collector",
    ):
        assert part in shown, part
    assert "Task:" not in shown


def test_the_money_tab_opens_each_figure(standing, browser):
    case = at_work(standing)
    shown = text(browser.get(reverse("client:case_money", args=[case.number])))
    for part in (
        "Principal",
        "Interest",
        "BGB",
        "How the interest was worked out",
        "RE-1001",
        "Nothing has been paid yet",
    ):
        assert part in shown, part


def test_a_figure_of_zero_is_a_figure(standing, browser):
    case = at_work(standing)
    shown = text(browser.get(reverse("client:case_money", args=[case.number])))
    assert "Costs 0.00" in shown


def test_a_hold_shows_in_the_next_step(standing, browser):
    case = at_work(standing)
    put_on_hold(case=case, kind="disputed", because="Goods broken", until=None, by=SYSTEM, at=AT)
    assert "lifts the hold (disputed)" in text(
        browser.get(reverse("client:case", args=[case.number]))
    )


def test_an_ended_case_says_how(standing, browser):
    case = at_work(standing)
    close_case(case=case, code="paid", because="paid in full", report=None, by=SYSTEM, at=AT)
    assert "Closed: paid in full" in text(browser.get(reverse("client:case", args=[case.number])))


def test_what_needs_the_client_is_listed_with_its_default(standing, browser):
    case = submit(standing)
    add_task(agency=standing.house.id, key="ask", kind="ask", sentence="Send the delivery note of %(ref)s.",
             params={"ref": "RE-1001"}, role="client_administrator", due_on=TODAY, default="We go on without it.",
             case=case, client=standing.client.id, by=SYSTEM, at=AT)  # fmt: skip
    shown = text(browser.get(reverse("client:dashboard")))
    assert "Send the delivery note of RE-1001." in shown and "We go on without it." in shown


@pytest.mark.parametrize("q", ["R-2026-000001", "RE-1001", "müller", "DE136695976", "rf", "1001"])
def test_a_case_is_found_by_any_reference(standing, browser, q):
    case = submit(standing)
    q = case.reference if q == "rf" else q
    shown = text(browser.get(reverse("client:cases"), {"q": q}))
    assert "Müller Logistik GmbH" in shown
    assert "No case found" in text(browser.get(reverse("client:cases"), {"q": "zzz"}))


@pytest.mark.parametrize(
    "name", ["dashboard", "latest", "cases", "money", "case", "case_money", "case_documents"]
)
def test_the_number_of_queries_does_not_grow(standing, browser, name):
    def count() -> int:
        args = ["R-2026-000001"] if name.startswith("case_") or name == "case" else []
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert browser.get(reverse(f"client:{name}", args=args)).status_code == 200
        return len(queries)

    at_work(standing)
    before = count()
    for n in range(4):
        case = submit(standing, line(f"RE-{n}"), key=f"more {n}")
        accept_case(case=case, by=SYSTEM, at=AT)
    assert count() == before
    assert before < 45


def test_a_download_is_an_attachment_of_its_own_kind(standing, browser):
    name = 'faktura "é".xml'
    document = keep(agency=standing.house.id, content=b"<script>alert(1)</script>", name=name, media_type="application/xml",
                    kind="claim", by=SYSTEM, at=AT, client=standing.client.id)  # fmt: skip
    response = browser.get(reverse("client:document", args=[document.id]))
    assert response.content == b"<script>alert(1)</script>"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert (response["X-Content-Type-Options"], response["Content-Type"]) == (
        "nosniff",
        "application/xml",
    )


def test_an_internal_document_does_not_exist_for_the_client(standing, browser):
    document = keep(agency=standing.house.id, content=b"x", name="a.pdf", media_type="application/pdf", kind="note",
                    by=SYSTEM, at=AT, client=standing.client.id, audience="internal")  # fmt: skip
    assert browser.get(reverse("client:document", args=[document.id])).status_code == 404


def addresses(case, document) -> list[str]:
    found = [reverse(f"client:{name}", args=[case.number]) for name in OF_CASE]
    return [*found, reverse("client:document", args=[document.id])]


def test_strangers_get_404_for_everything(standing, stranger):
    from recoup.tenancy.context import scope

    case = at_work(standing)
    document = keep(agency=standing.house.id, content=b"x", name="a.pdf", media_type="application/pdf", kind="claim",
                    by=SYSTEM, at=AT, client=standing.client.id, case=case.id)  # fmt: skip
    other_client = sign_up(standing.house, "Annan AB", "5560160680").member.user
    with scope(stranger.id):
        other_agency = sign_up(stranger, "Fremd AB", "5567037485").member.user
    for user in (other_client, other_agency, standing.house.members["collector"].user):
        for address in addresses(case, document):
            assert logged_in(user).get(address).status_code == 404, address
    for address in addresses(case, document):
        assert Browser().get(address).status_code in (302, 404)


def test_other_roles_see_but_do_not_submit(standing):
    user = User.objects.create_user("fin@x.example", "correct horse battery staple", name="Fin")
    add_member(
        agency=standing.house.agency, user=user, role="client_finance", client_id=standing.client.id
    )
    browser = logged_in(user)
    assert browser.get(reverse("client:money")).status_code == 200
    assert "Only submitters and administrators" in text(browser.get(reverse("client:submit")))
    key = "00000000-0000-4000-8000-000000000001"
    assert browser.post(reverse("client:claim", args=[key])).status_code == 403
