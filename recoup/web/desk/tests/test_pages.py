"""Every page of the desk: with data and none, with a constant number of queries, for nobody else."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recoup.agreements.models import Agreement
from recoup.cases.models import Task
from recoup.cases.operations import put_on_hold
from recoup.kernel.actor import SYSTEM
from recoup.parties.divisions import add_division
from recoup.parties.operations import add_contact
from recoup.tenancy.models import User
from recoup.tenancy.operations import add_member
from recoup.tenancy.roles import STAFF_ROLES
from recoup.web.desk.tests.cast import AT, at_work, called, line, logged_in, many, sign_up, submit
from recoup.web.desk.worklist import VIEWS

pytestmark = pytest.mark.django_db
LANGUAGES = ["en", "sv", "de", "zh-hant", "zh-hans"]


@pytest.fixture
def standing(house: Any) -> Any:
    return sign_up(house)


@pytest.fixture
def browser(house: Any) -> Browser:
    return logged_in(house, "supervisor")


def text(response: Any) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", response.content.decode())


def queries(browser: Browser, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(path).status_code == 200
    return len(captured)


def list_pages() -> list[str]:
    views = [reverse("desk:work_view", args=[name]) for name in VIEWS]
    return [
        reverse("desk:work"),
        *views,
        reverse("desk:cases"),
        reverse("desk:clients"),
        reverse("desk:law"),
    ]


def pages_of(case: Any) -> list[str]:
    names = ("review", "preview") if case.stage == "submitted" else ("case", "timeline", "preview")
    return [reverse(f"desk:{name}", args=[case.number]) for name in names]


@pytest.mark.parametrize("path", list_pages())
def test_each_list_has_an_empty_state(browser: Browser, path: str) -> None:
    response = browser.get(path)
    assert response.status_code == 200
    assert "law" in path or "k-empty" in response.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_is_there_in_each_language(
    standing: Any, browser: Browser, language: str
) -> None:
    case, waiting = called(at_work(standing)), submit(standing, line("RE-2"), key="two")
    browser.cookies["django_language"] = language
    client = reverse("desk:client", args=[standing.client.id])
    for path in [*list_pages(), *pages_of(case), *pages_of(waiting), client]:
        assert browser.get(path).status_code == 200, path


def test_a_list_asks_as_often_for_forty_cases_as_for_ten(standing: Any, browser: Browser) -> None:
    many(standing, 10)
    paths = [*list_pages(), reverse("desk:client", args=[standing.client.id])]
    few = {path: queries(browser, path) for path in paths}
    many(standing, 30, start=10)
    lots = {path: queries(browser, path) for path in paths}
    assert lots == few
    assert max(few.values()) <= 60, few


def test_a_case_asks_as_often_with_a_long_story_as_with_a_short_one(
    standing: Any, browser: Browser
) -> None:
    case = called(at_work(standing))
    before = [queries(browser, path) for path in pages_of(case)]
    for n in range(12):
        add_contact(debtor=case.debtor, name=f"P{n}", phone=f"+49 40 {n}", by=SYSTEM, at=AT)
    put_on_hold(case=case, kind="plan", because="asked", until=None, by=SYSTEM, at=AT)
    assert [queries(browser, path) for path in pages_of(case)] == before
    assert max(before) <= 50, before


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_all_staff_read_the_desk(standing: Any, house: Any, role: str) -> None:
    case = called(at_work(standing))
    browser = logged_in(house, role)
    for path in [*list_pages(), *pages_of(case)]:
        assert browser.get(path).status_code == 200, (role, path)


def every_address(case: Any, standing: Any) -> list[tuple[str, str]]:
    """(method, path) of the whole desk."""
    number = [case.number]
    agreement = Agreement.objects.get(client=standing.client)
    task = Task.objects.filter(case=case).first()
    assert task is not None
    gets = [*list_pages(), *pages_of(case), reverse("desk:client", args=[standing.client.id]),
            reverse("desk:review", args=number),
            reverse("desk:document", args=[agreement.agreement_document_id])]  # fmt: skip
    acts = ("accept", "decline", "call", "note", "hold", "assign", "move", "waive", "close")
    posts = [reverse(f"desk:{act}", args=number) for act in acts]
    posts += [
        reverse("desk:task_done", args=[task.id]),
        reverse("desk:countersign", args=[agreement.id]),
    ]
    return [("get", p) for p in gets] + [("post", p) for p in posts]


def test_nobody_outside_the_agency_finds_anything(standing: Any, stranger: Any, house: Any) -> None:
    case = called(at_work(standing))
    # Asked for before any request, which narrows what the test itself may see.
    addresses = every_address(case, standing)
    visitors = [Browser(), Browser()]
    visitors[1].force_login(standing.member.user)
    for browser in visitors:
        for method, path in addresses:
            assert getattr(browser, method)(path).status_code == 404, path
    others = logged_in(stranger, "administrator")
    for method, path in addresses:
        if path in list_pages():
            response = others.get(path)
            assert case.number not in response.content.decode(), path
            assert "Müller" not in response.content.decode(), path
        else:
            assert getattr(others, method)(path).status_code == 404, path


def test_a_role_s_acts_are_not_found_by_others(standing: Any, house: Any) -> None:
    case = called(at_work(standing))
    browser = logged_in(house, "finance_officer")
    for act in ("accept", "decline", "call", "hold", "assign", "move", "waive", "close"):
        assert browser.post(reverse(f"desk:{act}", args=[case.number])).status_code == 404, act
    shown = text(browser.get(reverse("desk:case", args=[case.number])))
    assert "Only these may do this" in shown


def test_no_state_changes_by_a_link(standing: Any, browser: Browser) -> None:
    case = called(at_work(standing))
    for method, path in every_address(case, standing):
        if method == "post":
            assert browser.get(path).status_code == 405, path


def test_the_case_shows_what_is_owed_and_why_and_what_comes_next(
    standing: Any, browser: Browser
) -> None:
    case = at_work(standing)
    shown = text(browser.get(reverse("desk:case", args=[case.number])))
    for part in (
        "Müller Logistik GmbH", case.reference, "1,200.00", "Principal", "Compensation", "base rate",
        "Each further day", "Next:", "First demand on", "Assigned to Collector", "Costs 0.00",
    ):  # fmt: skip
        assert part in re.sub(r"\s+", " ", shown), part


def test_the_gate_s_own_sentence_stands_at_the_call_button(standing: Any, browser: Browser) -> None:
    case = at_work(standing)
    put_on_hold(case=case, kind="disputed", because="broken", until=None, by=SYSTEM, at=AT)
    shown = text(browser.get(reverse("desk:case", args=[case.number])))
    assert "The case is on hold (disputed)." in shown
    assert "nothing until somebody lifts the hold" in shown.lower()


def test_a_case_in_a_country_without_an_answer_says_so(standing: Any, browser: Browser) -> None:
    case = at_work(standing, jurisdiction="XX")
    response = browser.get(reverse("desk:case", args=[case.number]))
    assert response.status_code == 200
    assert "a person decides" in text(response).lower()


def test_a_collector_s_list_holds_their_own(standing: Any, house: Any) -> None:
    case = called(at_work(standing))
    other = User.objects.create_user(
        "o@nordic.example", "correct horse battery staple", name="Other"
    )
    add_member(agency=house.agency, user=other, role="collector")
    mine = text(logged_in(house, "collector").get(reverse("desk:work")))
    assert case.number in mine
    theirs = Browser()
    theirs.force_login(other)
    assert case.number not in text(theirs.get(reverse("desk:work")))


@pytest.mark.parametrize(
    "asked", ["number", "reference", "mueller", "Fjäll", "RE-1001", "DE136695976"]
)
def test_a_case_is_found_by_any_reference(standing: Any, browser: Browser, asked: str) -> None:
    case = at_work(standing)
    submit(standing, line("RE-9"), key="two", debtor=other_debtor(standing))
    q = getattr(case, asked, asked)
    response = browser.get(reverse("desk:cases"), {"q": q})
    if asked in ("number", "reference"):
        assert response["Location"] == reverse("desk:case", args=[case.number])
    else:
        assert case.number in text(response)
        assert asked == "Fjäll" or "R-2026-000002" not in text(response)


def other_debtor(standing: Any) -> Any:
    from recoup.parties.operations import find_or_add_debtor

    return find_or_add_debtor(
        agency=standing.house.id, name="Anders AB", country="SE", by=SYSTEM, at=AT
    )


def test_nothing_found_says_how_to_search(standing: Any, browser: Browser) -> None:
    at_work(standing)
    shown = text(browser.get(reverse("desk:cases"), {"q": "no such thing"}))
    assert "No case fits" in shown


def test_a_search_too_long_finds_nothing(standing: Any, browser: Browser) -> None:
    case = at_work(standing)
    assert case.number not in text(browser.get(reverse("desk:cases"), {"q": "x" * 5000}))


def test_a_case_is_found_by_an_amount(standing: Any, browser: Browser) -> None:
    case = at_work(standing)
    amount = str(case.lines.get().amount.quantize(Decimal("0.01"))).replace(".", ",")
    assert case.number in text(browser.get(reverse("desk:cases"), {"q": amount}))
    assert case.number not in text(browser.get(reverse("desk:cases"), {"q": "0,37"}))


def test_user_text_is_never_markup(standing: Any, browser: Browser) -> None:
    case = at_work(standing, lines=[line("<b>x</b>")])
    put_on_hold(case=case, kind="plan", because="<script>x</script>", until=None, by=SYSTEM, at=AT)
    html = browser.get(reverse("desk:case", args=[case.number])).content.decode()
    assert "<script>x" not in html
    assert "<b>x</b>" not in html


def test_a_client_s_divisions_stand_on_its_page_and_beside_its_cases(
    standing: Any, browser: Browser
) -> None:
    north = add_division(client=standing.client, name="North", reference="KST-1", by=SYSTEM, at=AT)
    add_division(client=standing.client, name="South", by=SYSTEM, at=AT)
    submit(standing, division=north)
    shown = text(browser.get(reverse("desk:client", args=[standing.client.id])))
    assert "Divisions" in shown and "KST-1" in shown and "South" in shown
    assert shown.count("North") == 2, "once in the list of divisions, once beside its case"
