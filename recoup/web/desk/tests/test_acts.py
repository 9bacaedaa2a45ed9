"""What is done at the desk: each act once, refused in words, with what was typed kept."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from recoup.agreements.models import Agreement
from recoup.cases.models import Case, Hold, Task
from recoup.cases.operations import add_task, move_case, put_on_hold
from recoup.contact.models import ContactAttempt
from recoup.disputes.models import Dispute
from recoup.eventlog.models import Event
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.web.desk.tests.cast import AT, TODAY, at_work, called, logged_in, sign_up, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def standing(house: Any) -> Any:
    return sign_up(house)


@pytest.fixture
def case(standing: Any) -> Case:
    return called(at_work(standing))


@pytest.fixture
def browser(house: Any) -> Browser:
    return logged_in(house, "collector")


def posted(browser: Browser, act: str, case: Case, **fields: Any) -> Any:
    prefix = {"decline": "decline"}.get(act, act)
    data = {f"{prefix}-{k}": v for k, v in ({"key": new_id()} | fields).items()}
    return browser.post(reverse(f"desk:{act}", args=[case.number]), data, follow=True)


def text(response: Any) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", response.content.decode())


def test_a_call_is_kept_once_however_often_it_is_sent(browser: Browser, case: Case) -> None:
    key = new_id()
    for _ in range(3):
        response = posted(browser, "call", case, key=key, outcome="no_answer")
        assert response.redirect_chain
    assert ContactAttempt.objects.filter(case=case).count() == 1
    assert "Called: No answer" in text(response)


def test_a_promise_without_a_day_is_refused_and_the_note_is_kept(
    browser: Browser, case: Case
) -> None:
    response = posted(browser, "call", case, outcome="promised", note="will pay soon")
    assert response.status_code == 422
    assert "Please give the day for which payment was promised." in text(response)
    assert "will pay soon" in response.content.decode()
    assert not ContactAttempt.objects.exists()


def test_a_promise_with_its_day_rests_the_case(browser: Browser, case: Case) -> None:
    day = timezone.now().date() + timedelta(days=9)
    shown = text(posted(browser, "call", case, outcome="promised", note="by bank", promised_on=day))
    assert "Called: Promised to pay" in shown
    assert Hold.objects.get(case=case).until == day


def test_the_only_invoice_is_chosen_beforehand_and_its_dispute_opens(
    browser: Browser, case: Case
) -> None:
    line = case.lines.get()
    page = browser.get(reverse("desk:case", args=[case.number])).content.decode()
    assert re.search(rf'value="{line.id}"[^>]* checked', page)
    posted(browser, "call", case, outcome="disputes", note="never ordered", disputed=[str(line.id)], reason="not_ours")  # fmt: skip
    dispute = Dispute.objects.get(case=case)
    assert (dispute.line, dispute.reason) == (line, "not_ours")
    stranger = posted(browser, "call", case, outcome="disputes", note="x", disputed=[str(new_id())])
    assert stranger.status_code == 422 and Dispute.objects.count() == 1


def test_no_key_leads_to_two_places(house: Any, browser: Browser, case: Case) -> None:
    supervisor = logged_in(house, "supervisor")
    pages = [reverse("desk:work"), reverse("desk:case", args=[case.number])]
    for page in pages:
        found = KEY.findall(supervisor.get(page).content.decode())
        assert sorted(found) == sorted(set(found)), page


KEY = re.compile(r'data-key="([^"]+)"')


def test_a_note_is_internal_and_written_once(browser: Browser, case: Case) -> None:
    key = new_id()
    for _ in range(2):
        posted(browser, "note", case, key=key, text="ask for Ms Vogel")
    note = Event.objects.get(case_id=case.id, kind="NoteAdded")
    assert (note.audience, note.data["text"]) == ("internal", "ask for Ms Vogel")


def test_holding_twice_for_the_same_reason_is_said_in_words(browser: Browser, case: Case) -> None:
    posted(browser, "hold", case, kind="client_asks", because="asked by phone")
    again = posted(browser, "hold", case, kind="client_asks", because="asked again")
    assert again.status_code == 422
    assert "already on hold for this reason" in text(again)
    hold = Hold.objects.get(case=case)
    lift = reverse("desk:lift", args=[case.number, hold.id])
    assert "The hold is lifted." in text(browser.post(lift, follow=True))
    assert "already been lifted" in text(browser.post(lift, follow=True))


def test_a_task_done_by_one_is_told_to_the_other(house: Any, browser: Browser, case: Case) -> None:
    task = add_task(
        agency=case.agency_id, key="x", kind="ask", sentence="Ask", params={}, role="collector",
        due_on=TODAY, default="", case=case, by=SYSTEM, at=AT,
    )  # fmt: skip
    done = reverse("desk:task_done", args=[task.id])
    assert "Done." in text(browser.post(done, follow=True))
    second = logged_in(house, "supervisor").post(done, follow=True)
    assert "already done by Collector" in text(second)


def test_going_back_after_a_task_never_leaves_the_house(browser: Browser, case: Case) -> None:
    task = Task.objects.filter(case=case, kind="call").get()
    done = reverse("desk:task_done", args=[task.id])
    response = browser.post(done, {"next": "https://evil.example/"})
    assert response["Location"] == reverse("desk:case", args=[case.number])


# Review ------------------------------------------------------------------------------------------------


def test_accepting_assigns_at_once_and_a_second_clerk_is_told(standing: Any, house: Any) -> None:
    from recoup.cases.tests.cast import profile

    profile(house)
    waiting = submit(standing)
    browser = logged_in(house, "account_manager")
    accept = reverse("desk:accept", args=[waiting.number])
    first = browser.post(accept, follow=True)
    assert "Accepted, and the client is told." in text(first)
    waiting.refresh_from_db()
    assert (waiting.stage, waiting.collector_id) == ("contact", house.members["collector"].id)
    second = text(logged_in(house, "supervisor").post(accept, follow=True))
    assert "is no longer “submitted”, but “in contact”" in second
    assert Event.objects.filter(case_id=waiting.id, kind="CaseAccepted").count() == 1


def test_declining_needs_a_reason_and_gives_it_to_the_client(standing: Any, house: Any) -> None:
    waiting = submit(standing)
    browser = logged_in(house, "account_manager")
    silent = posted(browser, "decline", waiting, because="")
    assert silent.status_code == 422
    response = posted(browser, "decline", waiting, because="the invoice is paid")
    assert "Declined, and the client is told why." in text(response)
    again = posted(browser, "decline", waiting, because="the invoice is paid")
    assert "is no longer “submitted”" in text(again)


def test_a_collector_sees_the_review_but_whose_button_it_is(
    standing: Any, browser: Browser
) -> None:
    waiting = submit(standing)
    shown = text(browser.get(reverse("desk:review", args=[waiting.number])))
    assert "Only these may do this: administrator, supervisor" in shown


# Stages ------------------------------------------------------------------------------------------------


def test_a_move_from_a_page_grown_old_is_refused_in_words(browser: Browser, case: Case) -> None:
    move_case(case=case, was="contact", now="evaluation", because="x", by=SYSTEM, at=AT)
    response = posted(browser, "move", case, was="contact", now="legal", because="sue")
    assert response.status_code == 422
    assert "is no longer “in contact”, but “evaluation”" in text(response)
    assert Case.objects.get(id=case.id).stage == "evaluation"


def test_giving_up_all_that_is_left_closes_the_case(browser: Browser, case: Case) -> None:
    response = posted(browser, "waive", case, amount="", because="small rest")
    assert response.status_code == 200, text(response)
    case.refresh_from_db()
    assert case.stage == "closed"
    assert case.closure.code == "paid_and_rest_waived"


@pytest.mark.parametrize("amount", ["1e3", "-5", "1,5,0", "1,234", "٣", "NaN", "1_000"])
def test_an_amount_is_plain_digits(browser: Browser, case: Case, amount: str) -> None:
    response = posted(browser, "waive", case, amount=amount, because="x")
    assert response.status_code == 422
    assert "An amount such as" in text(response)


def test_more_than_is_owed_cannot_be_given_up(browser: Browser, case: Case) -> None:
    response = posted(browser, "waive", case, amount="999999.00", because="x")
    assert response.status_code == 422
    assert "more than is owed" in text(response)


def test_a_withdrawn_case_is_closed_with_its_report(browser: Browser, case: Case) -> None:
    response = posted(browser, "close", case, code="withdrawn", because="the client asks")
    assert "Closed, and the client has the report." in text(response)
    case.refresh_from_db()
    assert case.closure.report is not None
    again = posted(browser, "close", case, code="withdrawn", because="the client asks")
    assert again.status_code == 422


def test_assigning_needs_somebody_who_takes_cases(house: Any, case: Case) -> None:
    browser = logged_in(house, "supervisor")
    posted(browser, "assign", case, collector=house.members["supervisor"].id)
    case.refresh_from_db()
    assert case.collector_id == house.members["supervisor"].id
    wrong = posted(browser, "assign", case, collector=house.members["field_agent"].id)
    assert "Select a valid choice" in text(wrong)


# Clients and documents ---------------------------------------------------------------------------------


def test_countersigning_refuses_an_unsigned_agreement(standing: Any, house: Any) -> None:
    agreement = Agreement.objects.get(client=standing.client)
    Agreement.objects.filter(id=agreement.id).update(
        countersigned_at=None, countersigned_by="", signed_at=None, signed_by=""
    )
    browser = logged_in(house, "account_manager")
    shown = text(browser.get(reverse("desk:client", args=[standing.client.id])))
    assert "The client has not signed this agreement yet." in shown
    response = browser.post(reverse("desk:countersign", args=[agreement.id]), follow=True)
    assert "The client has not signed this agreement yet." in text(response)


def test_a_document_is_downloaded_never_run(standing: Any, browser: Browser) -> None:
    agreement = Agreement.objects.get(client=standing.client)
    response = browser.get(reverse("desk:document", args=[agreement.agreement_document_id]))
    assert response.content == b"agreement"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_hold_that_stands_is_told_on_the_work_list(house: Any, case: Case) -> None:
    put_on_hold(case=case, kind="insolvency", because="court", until=None, by=SYSTEM, at=AT)
    shown = text(logged_in(house, "collector").get(reverse("desk:work_view", args=["waiting"])))
    assert case.number in shown
    assert "insolvency" in shown
