"""What needs the client: one list, one click, and a mandate that asks less."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from recoup.approvals.models import Authority
from recoup.cases.models import Case, Hold, Task
from recoup.cases.operations import add_task
from recoup.cases.tests.cast import AT, TODAY, at_work, line, sign_up
from recoup.cases.tests.cast import submit as submit_case_of
from recoup.journeys.accept_and_assign import decline_and_tell
from recoup.journeys.approve import ask
from recoup.journeys.review import ask_client
from recoup.journeys.talk import talk
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.talks.models import Said
from recoup.talks.rules import Side
from recoup.tenancy.context import scope
from recoup.tenancy.models import User
from recoup.tenancy.operations import add_member
from recoup.web.client.tests.test_pages import logged_in, text


@pytest.fixture
def standing(house):
    return sign_up(house)


@pytest.fixture
def case(standing):
    return at_work(standing)


@pytest.fixture
def browser(standing):
    return logged_in(standing.member.user)


def asked(house, case, key="court", cost="250.00", at=AT):
    return ask(
        agency=house.agency, case=case, kind="legal_step", key=key, sentence="Apply for an order for payment against %(debtor)s?",
        params={"debtor": case.debtor.name}, cost=Money(Decimal(cost), "EUR"), odds_percent=72,
        duration_days=45, by=SYSTEM, at=at,
    )  # fmt: skip


def wanted(house, case, key="note"):
    return add_task(
        agency=house.id, key=key, kind="ask", sentence="Send the delivery note of %(ref)s.", params={"ref": "RE-1"},
        role="client_submitter", due_on=TODAY, default="We go on without it.", case=case, client=case.client_id,
        by=SYSTEM, at=AT,
    )  # fmt: skip


def test_everything_that_waits_is_in_one_list_with_day_and_default(house, case, browser):
    asked(house, case)
    wanted(house, case)
    talk(case=case, side=Side.HOUSE, text="Please look.", key=new_id(), by=SYSTEM, at=AT)
    shown = text(browser.get(reverse("client:needs")))
    for part in ("order for payment", "250.00", "72%", "45 days", "Without your answer it is declined.",
                 "delivery note of RE-1", "We go on without it.", "has written about"):  # fmt: skip
        assert part in shown, part


def test_one_click_decides_and_the_desk_knows_at_once(house, case, browser):
    made = asked(house, case)
    browser.post(
        reverse("client:decide", args=[made.id]), {"answer": "yes", "next": "/client/needs/"}
    )
    made.refresh_from_db()
    assert (made.state, made.decided_by) == ("approved", "Eva Lind")
    with scope(house.id):
        assert Task.objects.get(kind="approved_step").role == "legal_officer"
    again = browser.post(reverse("client:decide", args=[made.id]), {"answer": "no"}, follow=True)
    assert "already decided" in text(again)


def test_the_answer_leads_back_only_into_the_portal(house, case, browser):
    made = asked(house, case)
    response = browser.post(reverse("client:decide", args=[made.id]), {"answer": "no", "next": "//evil.example/client/"})  # fmt: skip
    assert response["Location"] == reverse("client:approvals")


def test_a_task_is_done_by_one_click_and_the_collector_looks(house, case, browser):
    browser.post(reverse("client:task_done", args=[wanted(house, case).id]))
    with scope(house.id):
        assert Task.objects.get(kind="done_by_client").owner_id == case.collector_id


def test_who_may_not_decide_reads_why_and_gets_404(house, case, standing):
    user = User.objects.create_user("s@x.example", "x" * 20, name="S")
    add_member(
        agency=house.agency, user=user, role="client_submitter", client_id=standing.client.id
    )
    browser, made = logged_in(user), asked(house, case)
    assert "Only approvers" in text(browser.get(reverse("client:approvals")))
    assert (
        browser.post(reverse("client:decide", args=[made.id]), {"answer": "yes"}).status_code == 404
    )


def test_decided_in_advance_it_is_not_asked(house, case, browser):
    url = reverse("client:authorities")
    wrong = browser.post(
        url, {"kind": "legal_step", "limit": "a lot", "currency": "EUR", "per": "month"}
    )
    assert wrong.status_code == 422 and not Authority.objects.exists()
    browser.post(
        url,
        {
            "kind": "legal_step",
            "limit": "300",
            "currency": "EUR",
            "budget": "600",
            "per": "month",
            "least_odds": "60",
        },
    )
    # The budget is a month's: asked today, since the page counts this month's.
    assert asked(house, case, at=timezone.now()).state == "approved"
    shown = text(browser.get(url))
    assert "600.00" in shown and "250.00" in shown and "in force" in shown
    browser.post(url, {"kind": "legal_step", "act": "withdraw"})
    assert asked(house, case, key="later").state == "asked"
    assert "covers up to 300.00" in text(browser.get(reverse("client:approvals")))


def test_the_number_of_queries_does_not_grow_with_what_waits(house, standing, browser):
    def count(url):
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(url).status_code == 200
        return len(seen)

    case = at_work(standing)
    asked(house, case)
    wanted(house, case)
    pages = [reverse("client:needs"), reverse("client:approvals"), reverse("client:inbox")]
    before = [count(url) for url in pages]
    for n in range(6):
        more = at_work(standing, lines=[line(f"RE-{n}")], key=f"k{n}")
        asked(house, more, key=f"a{n}")
        wanted(house, more, key=f"w{n}")
        talk(case=more, side=Side.HOUSE, text="x", key=new_id(), by=SYSTEM, at=AT)
    assert [count(url) for url in pages] == before


def test_a_message_with_a_file_goes_to_the_collector_and_back(case, browser, house):
    from django.core.files.uploadedfile import SimpleUploadedFile

    url = reverse("client:talk", args=[case.number])
    key = new_id()
    for _ in range(2):
        sent = browser.post(
            url,
            {
                "key": key,
                "text": "See enclosed",
                "enclosed": SimpleUploadedFile("o.pdf", b"%PDF-1"),
            },
        )
    assert Said.objects.count() == 1, text(sent)
    desk = logged_in(house.members["collector"].user)
    page = desk.get(reverse("desk:talk", args=[case.number]))
    assert "See enclosed" in text(page) and "o.pdf" in text(page)
    desk.post(reverse("desk:talk_seen", args=[case.number]))
    assert "read" in text(browser.get(url))
    desk.post(reverse("desk:talk", args=[case.number]), {"key": new_id(), "text": "Thank you"})
    assert "has written about" in text(browser.get(reverse("client:needs")))
    browser.post(reverse("client:talk_seen", args=[case.number]))
    assert "has written about" not in text(browser.get(reverse("client:needs")))


def test_pause_and_go_on_and_take_back(case, browser):
    url = reverse("client:act", args=[case.number])
    far = browser.post(url, {"act": "pause", "until": "2036-01-01", "because": "Talks"})
    assert far.status_code == 422 and "90 days" in text(far)
    from django.utils import timezone

    until = timezone.now().date().isoformat()
    browser.post(url, {"act": "pause", "until": until, "because": "Talks"})
    hold = Hold.objects.get(case=case)
    assert (hold.kind, hold.lifted_at) == ("client_asks", None)
    browser.post(url, {"act": "go_on"})
    hold.refresh_from_db()
    assert hold.lifted_at is not None
    assert browser.post(url, {"act": "withdraw", "because": "Paid"}).status_code == 422
    browser.post(url, {"act": "withdraw", "because": "Paid", "sure": "on"})
    assert Case.objects.get().closure.code == "withdrawn"
    assert "has ended" in text(browser.get(url))


@pytest.mark.parametrize("language", ["sv", "de", "zh-hant", "zh-hans"])
def test_each_new_page_is_there_in_each_language(house, case, browser, language):
    asked(house, case)
    browser.cookies["django_language"] = language
    for name in ("needs", "needs_list", "approvals", "authorities", "inbox", "notices"):
        assert browser.get(reverse(f"client:{name}")).status_code == 200
    for name in ("talk", "talk_lines", "case_decisions", "act"):
        assert browser.get(reverse(f"client:{name}", args=[case.number])).status_code == 200


def test_how_often_is_ones_own_choice(browser, standing):
    browser.post(reverse("client:notices"), {"how": "weekly"})
    standing.member.notice.refresh_from_db()
    assert standing.member.notice.how == "weekly"
    assert "Please choose" in text(
        browser.post(reverse("client:notices"), {"how": "hourly"}, follow=True)
    )


def test_a_question_of_the_review_is_answered_where_it_stands_not_ticked_off(house, standing):
    case = submit_case_of(standing)
    who = house.actor("account_manager")
    ask_client(agency=house.agency, case=case, what="The delivery note, please.", until=TODAY + timedelta(days=7), by=who, at=AT)  # fmt: skip
    shown = logged_in(standing.member.user).get(reverse("client:needs")).content.decode()
    assert f"/client/cases/{case.number}/#question" in shown
    assert "/client/tasks/" not in shown, "no “Done” beside what must be answered"


def test_a_declined_case_says_what_would_change_it(house, standing):
    case = submit_case_of(standing)
    decline_and_tell(
        agency=house.agency, case=case, because="The order is not signed.", change="A signed delivery note.",
        by=house.actor("account_manager"), at=AT,
    )  # fmt: skip
    shown = text(logged_in(standing.member.user).get(reverse("client:case", args=[case.number])))
    assert "Declined: The order is not signed." in shown
    assert "What would change this: A signed delivery note." in shown
