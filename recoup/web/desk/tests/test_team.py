"""The list's filters and views, many at once, undo, the team's pages, visits, supervision."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from recoup.cases.models import Absence, Case, Hold, SavedView, Task
from recoup.cases.operations import assign_case, put_on_hold
from recoup.cases.tests.cast import profile
from recoup.contact.models import ContactAttempt, Denial, QualityCheck, Visit, VisitPhoto
from recoup.contact.operations.quality import QUESTIONS
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.parties.models import Partner
from recoup.web.desk.tests.cast import AT, at_work, called, line, logged_in, many, sign_up

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def standing(house: Any) -> Any:
    return sign_up(house)


@pytest.fixture
def case(standing: Any) -> Case:
    return called(at_work(standing))


@pytest.fixture
def browser(house: Any) -> Browser:
    return logged_in(house, "supervisor")


def text(response: Any) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", response.content.decode())


# The list ----------------------------------------------------------------------------------------------


def test_the_list_says_why_each_stands_there_and_what_it_is_worth(
    case: Case, browser: Browser
) -> None:
    shown = text(browser.get(reverse("desk:work")))
    assert "Expected value" in shown or "Worth" in shown
    assert "The first call" in shown or "It should have been done by" in shown


@pytest.mark.parametrize("query", [
    "only=nothing", "sort=amount", "country=de", "least=-1", "least=1e3", "owner=x", "page=0", "page=10000", "hidden=1",
    "only=now&only=late", "page=1;drop", "country=%27", "page=%D9%A3",
])  # fmt: skip
def test_what_is_no_filter_is_no_request(browser: Browser, query: str) -> None:
    assert browser.get(f"{reverse('desk:work')}?{query}").status_code == 400


def test_a_filter_and_a_sort_narrow_the_list(standing: Any, browser: Browser) -> None:
    first, second = many(standing, 2)
    for query, there in (("country=DE", True), ("country=SE", False), ("least=100", True),
                         ("least=99999", False), ("only=promise", False), ("sort=-open&currency=EUR", True)):  # fmt: skip
        shown = text(browser.get(f"{reverse('desk:work')}?{query}"))
        assert (first.number in shown and second.number in shown) == there, query


def test_a_view_is_kept_replaced_and_asked_anew_when_rights_are_lost(
    house: Any, case: Case
) -> None:
    mine = logged_in(house, "supervisor")
    owner = house.members["collector"].id
    keep = reverse("desk:view_keep", args=["calls"])
    mine.post(keep, {"name": " Big  ones ", "query": f"owner={owner}&least=10"})
    mine.post(keep, {"name": "Big ones", "query": f"owner={owner}&least=20"})
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Big ones", f"calls?least=20&owner={owner}")
    assert case.number in text(mine.get(f"{reverse('desk:work')}?least=20&owner={owner}"))
    other = logged_in(house, "account_manager")
    shown = text(other.get(f"{reverse('desk:work')}?least=20&owner={owner}"))
    assert "you see your own" in shown and case.number not in shown
    assert other.post(reverse("desk:view_remove", args=[view.id])).status_code == 404
    mine.post(reverse("desk:view_remove", args=[view.id]))
    assert not SavedView.objects.exists()


def test_a_view_without_a_filter_or_a_name_is_refused(house: Any, browser: Browser) -> None:
    keep = reverse("desk:view_keep", args=["calls"])
    assert "Set a filter first" in text(browser.post(keep, {"name": "x"}, follow=True))
    assert "a name" in text(browser.post(keep, {"name": " ", "query": "only=now"}, follow=True))


def test_one_act_on_many_is_looked_at_first_and_lists_what_it_leaves(
    standing: Any, browser: Browser
) -> None:
    cases = many(standing, 3)
    put_on_hold(case=cases[1], kind="client_asks", because="x", until=None, by=SYSTEM, at=AT)
    asked = {"bulk-act": "hold", "bulk-because": "holiday", "case": [c.number for c in cases]}
    look = browser.post(reverse("desk:bulk"), asked)
    assert "1 case is left alone" in text(look) and Hold.objects.count() == 1
    done = browser.post(reverse("desk:bulk"), asked | {"confirm": "1"})
    assert "Done on 2 cases." in text(done) and "already on hold" in text(done)
    assert Hold.objects.count() == 3


def test_many_are_postponed_given_away_and_noted(
    standing: Any, house: Any, browser: Browser
) -> None:
    cases = many(standing, 2)
    numbers = [c.number for c in cases]
    day = timezone.now().date() + timedelta(days=3)
    bulk = reverse("desk:bulk")
    browser.post(
        bulk,
        {
            "bulk-act": "postpone",
            "bulk-because": "fair",
            "bulk-until": day,
            "case": numbers,
            "confirm": "1",
        },
    )
    assert set(Task.objects.filter(kind="call").values_list("due_on", flat=True)) == {day}
    chief = house.members["supervisor"]
    browser.post(
        bulk,
        {
            "bulk-act": "assign",
            "bulk-because": "x",
            "bulk-collector": chief.id,
            "case": numbers,
            "confirm": "1",
        },
    )
    assert Case.objects.filter(collector=chief).count() == 2
    refused = browser.post(bulk, {"bulk-act": "postpone", "bulk-because": "x", "case": numbers})
    assert refused.status_code == 422 and "give the day" in text(refused)
    collector = logged_in(house, "collector")
    assert collector.post(bulk, {"bulk-act": "assign", "case": numbers}).status_code == 404


def test_a_hold_and_a_task_are_undone_once_and_only_by_who_did_it(house: Any, case: Case) -> None:
    mine = logged_in(house, "collector")
    page = reverse("desk:case", args=[case.number])
    shown = mine.post(reverse("desk:hold", args=[case.number]), {
        "hold-key": new_id(), "hold-kind": "client_asks", "hold-because": "x"}, follow=True)  # fmt: skip
    assert reverse("desk:undo") in shown.content.decode()
    assert reverse("desk:undo") not in mine.get(page).content.decode()
    assert "Undone" in text(mine.post(reverse("desk:undo"), follow=True))
    assert not Hold.objects.filter(lifted_at=None).exists()
    assert "nothing to undo" in text(mine.post(reverse("desk:undo"), follow=True))
    task = Task.objects.get(kind="call")
    mine.post(reverse("desk:task_done", args=[task.id]))
    logged_in(house, "supervisor").post(reverse("desk:undo"))
    assert Task.objects.get(id=task.id).done_at is not None
    mine.post(reverse("desk:undo"))
    assert Task.objects.get(id=task.id).done_at is None


def test_the_next_case_is_the_most_worth_after_this_one(standing: Any, house: Any) -> None:
    cases = many(standing, 3)
    mine = logged_in(house, "collector")
    seen, number = [], cases[0].number
    for _ in range(3):
        number = mine.get(reverse("desk:next_case", args=[number]))["Location"].split("/")[-2]
        seen.append(number)
    assert set(seen) == {c.number for c in cases}


# Calls -------------------------------------------------------------------------------------------------


def test_a_call_back_is_kept_in_the_debtors_own_time(house: Any, case: Case) -> None:
    mine = logged_in(house, "collector")
    day = next_weekday()
    asked = {"call-key": new_id(), "call-outcome": "call_back", "call-back_on": day}
    refused = mine.post(reverse("desk:call", args=[case.number]), asked)
    assert refused.status_code == 422 and "as it is there" in text(refused)
    night = mine.post(reverse("desk:call", args=[case.number]), asked | {"call-back_time": "03:00"})
    assert night.status_code == 422 and "Nobody may be called then" in text(night)
    mine.post(reverse("desk:call", args=[case.number]), asked | {"call-back_time": "14:30"})
    task = Task.objects.get(key__startswith="call_back")
    offset = task.due_at.astimezone(__import__("zoneinfo").ZoneInfo(case.debtor.time_zone))  # type: ignore[union-attr]
    assert (offset.hour, offset.minute, task.due_on) == (14, 30, day)


def next_weekday() -> Any:
    day = timezone.now().date() + timedelta(days=2)
    while day.weekday() > 3:
        day += timedelta(days=1)
    return day


def test_the_guide_speaks_the_debtors_language(case: Case, browser: Browser) -> None:
    shown = browser.get(reverse("desk:case", args=[case.number])).content.decode()
    assert "Der Scheck ist in der Post." in shown and 'data-outcome="wants_copy"' in shown


# The team ----------------------------------------------------------------------------------------------


def test_the_board_the_profile_and_an_absence(house: Any, case: Case, browser: Browser) -> None:
    member = house.members["collector"]
    assert "Collector" in text(browser.get(reverse("desk:board")))
    said = {"profile-key": new_id(), "profile-countries": "de, at", "profile-languages": "de en",
            "profile-laws": "DE", "profile-experience_years": "4", "profile-capacity": "50",
            "profile-permissions": ["legal"], "profile-phone": "+46 8 123 456"}  # fmt: skip
    browser.post(reverse("desk:profile", args=[member.id]), said)
    member.refresh_from_db()
    assert member.profile.countries == ["DE", "AT"] and member.profile.permissions == ["legal"]
    wrong = browser.post(
        reverse("desk:profile", args=[member.id]), said | {"profile-countries": "<b>"}
    )
    assert wrong.status_code == 422
    day = timezone.now().date()
    away = {
        "absence-key": new_id(),
        "absence-first_on": day,
        "absence-last_on": day + timedelta(days=3),
    }
    browser.post(reverse("desk:absence", args=[member.id]), away)
    again = browser.post(reverse("desk:absence", args=[member.id]), away)
    assert again.status_code == 422 and "already away" in text(again)
    assert "until" in text(browser.get(reverse("desk:board")))
    browser.post(reverse("desk:absence_end", args=[Absence.objects.get().id]))
    assert Absence.objects.get().cancelled_at


def test_who_fits_is_shown_with_the_parts_and_a_partner_takes_over(house: Any, case: Case, browser: Browser) -> None:  # fmt: skip
    profile(house)
    browser.post(reverse("desk:partner"), {"partner-key": new_id(), "partner-name": "Hafen Inkasso",
                 "partner-countries": "DE", "partner-email": "a@hafen.example", "partner-share": "30"})  # fmt: skip
    shown = text(browser.get(reverse("desk:fits", args=[case.number])))
    assert "40 / 40" in shown and "Hafen Inkasso" in shown and "cross-border" in shown
    partner = Partner.objects.get()
    give = {"reason-key": new_id(), "reason-because": "local", "partner": partner.id}
    browser.post(reverse("desk:refer", args=[case.number]), give)
    assert Hold.objects.get(lifted_at=None).kind == "partner"
    browser.post(reverse("desk:refer", args=[case.number]), give)
    assert not Hold.objects.filter(lifted_at=None).exists()


def test_invoices_are_split_off_and_cases_without_a_collector_shared_out(
    house: Any, standing: Any, browser: Browser
) -> None:
    profile(house)
    case = at_work(standing, lines=[line("A-1"), line("A-2", "300.00")])
    one = case.lines.get(ref="A-2")
    response = browser.post(reverse("desk:split", args=[case.number]), {
        "reason-key": new_id(), "reason-because": "other site", "line": [one.id]}, follow=True)  # fmt: skip
    made = Case.objects.get(split_from=case)
    assert f"Split off from case {case.number}" in text(response)
    Case.objects.filter(id=made.id).update(collector=None)
    assert "Given away: Collector: 1." in text(browser.post(reverse("desk:share_out"), follow=True))


# Visits ------------------------------------------------------------------------------------------------


def planned(house: Any, case: Case, **more: Any) -> Any:
    asked = {"visit-key": new_id(), "visit-agent": house.members["field_agent"].id, "visit-day": next_weekday(),
             "visit-time": "10:00", "visit-place": "Hafenstr. 1, Hamburg", "visit-purpose": "see the goods"}  # fmt: skip
    return logged_in(house, "collector").post(
        reverse("desk:visit_plan", args=[case.number]), asked | more, follow=True
    )


def test_a_visit_goes_through_the_gate_like_every_contact(house: Any, case: Case) -> None:
    night = planned(house, case, **{"visit-time": "04:00"})
    assert night.status_code == 422 and Denial.objects.get().channel == "visit"
    assert "The visit is planned." in text(planned(house, case))
    put_on_hold(case=case, kind="disputed", because="x", until=None, by=SYSTEM, at=AT)
    assert "on hold" in text(planned(house, case))
    assert Visit.objects.count() == 1


def test_the_agent_reports_once_with_photographs_whose_hashes_are_kept(
    house: Any, case: Case
) -> None:
    planned(house, case)
    visit = Visit.objects.get()
    agent = logged_in(house, "field_agent")
    shown_route = text(agent.get(reverse("desk:route")))
    assert "Hafenstr. 1" in shown_route and "10:00" in shown_route, "the debtor's own time"
    report = reverse("desk:visit_report", args=[visit.id])
    said = {"report-key": new_id(), "report-outcome": "promised", "report-met": "Frau Thomsen", "report-said": "pays Friday",
            "report-promised_on": next_weekday(), "report-latitude": "53.545000", "report-longitude": "9.966000", "report-accuracy_m": "12"}  # fmt: skip

    def photo(content: bytes = PNG) -> SimpleUploadedFile:
        return SimpleUploadedFile("<b>.png", content, content_type="image/png")

    bad = agent.post(report, said | {"report-photos": [photo(b"MZ" + PNG)]})
    assert bad.status_code == 422 and "neither a JPEG nor a PNG" in text(bad)
    for _ in range(2):
        shown = text(agent.post(report, said | {"report-photos": [photo()]}, follow=True))
    assert ContactAttempt.objects.filter(channel="visit").count() == 1
    kept = VisitPhoto.objects.get()
    assert Hold.objects.get(case=case, kind="promise").until.isoformat() == str(next_weekday())
    assert kept.sha256 in shown and "Frau Thomsen" in shown and kept.sha256 == kept.document.sha256
    late = agent.post(report, said | {"report-key": new_id()})
    assert late.status_code == 422 and "over already" in text(late)


def test_another_agents_visit_is_not_found(house: Any, case: Case, standing: Any) -> None:
    planned(house, case)
    visit = Visit.objects.get()
    Visit.objects.update(agent=house.members["collector"])
    assert (
        logged_in(house, "field_agent").get(reverse("desk:visit", args=[visit.id])).status_code
        == 404
    )


# Supervision -------------------------------------------------------------------------------------------


def test_each_figure_opens_into_its_cases(house: Any, case: Case, browser: Browser) -> None:
    put_on_hold(case=case, kind="promise", because="x", until=AT.date(), by=SYSTEM, at=AT)
    Case.objects.filter(id=case.id).update(submitted_at=AT - timedelta(days=60))
    Hold.objects.update(until=timezone.now().date() - timedelta(days=9))
    shown = text(browser.get(reverse("desk:supervision")))
    assert "Promises not kept" in shown and "Silent cases" in shown
    assert case.number in text(browser.get(reverse("desk:figure", args=["broken"])))
    for name in ("silent", "denied", "late", "unassigned"):
        assert browser.get(reverse("desk:figure", args=[name])).status_code == 200
    assert browser.get(reverse("desk:figure", args=["nothing"])).status_code == 404
    assert logged_in(house, "collector").get(reverse("desk:supervision")).status_code == 404


def test_contact_rate_stands_beside_recovery_and_a_contact_is_looked_at_once(
    house: Any, case: Case, browser: Browser
) -> None:
    mine = logged_in(house, "collector")
    for outcome in ("no_answer", "will_answer"):
        mine.post(
            reverse("desk:call", args=[case.number]),
            {"call-key": new_id(), "call-outcome": outcome},
        )
    assert re.search(r"50(\.0)?\s*%", text(browser.get(reverse("desk:supervision"))))
    attempt = ContactAttempt.objects.filter(outcome="will_answer").get()
    check = reverse("desk:check", args=[attempt.id])
    marks = dict.fromkeys(QUESTIONS, "2")
    assert "each question" in text(browser.post(check, {"identified": "2"}, follow=True))
    assert "Kept." in text(browser.post(check, marks, follow=True))
    assert "already looked" in text(browser.post(check, marks, follow=True))
    assert QualityCheck.objects.count() == 1
    assign_case(case=case, collector=house.members["supervisor"], because={}, by=SYSTEM, at=AT)
