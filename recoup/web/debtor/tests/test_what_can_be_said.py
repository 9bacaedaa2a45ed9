"""The debtor's pages: paid already, not us, insolvent, call me, own data, messages."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from recoup.cases.models import Case, Hold, Look, Task
from recoup.eventlog.models import Event
from recoup.files.operations import keep
from recoup.insolvency.models import Match
from recoup.journeys.day import run_day
from recoup.journeys.insolvency.take import decide
from recoup.kernel.actor import SYSTEM
from recoup.strategy.facts import best_email
from recoup.web.debtor.tests.cast import text_of


def paid(client, **more):
    sent = {"amount": "300,00", "paid_on": timezone.now().date().isoformat(), "to": "creditor", "text": "", "key": uuid4()}  # fmt: skip
    return client.post("/d/paid/", sent | more)


def test_paid_already_with_proof_rests_once_and_asks_both_finance_and_the_creditor(world):
    client = world.enter()
    proof = SimpleUploadedFile("proof.pdf", b"%PDF-1.7 proof")
    assert paid(client, papers=proof).status_code == 302
    with world.inside():
        hold = Hold.objects.get(kind="paid_said")
        assert hold.until > timezone.now().date()
        assert {t.role for t in Task.objects.filter(kind="payment")} == {
            "finance_officer",
            "client_finance",
        }
        assert Event.objects.get(kind="PaymentClaimed").data["amount"] == "300.00"
        Hold.objects.update(until=timezone.now().date() - timedelta(days=1))
    assert paid(client).status_code == 302
    with world.inside():
        assert Hold.objects.filter(kind="paid_said").count() == 1, (
            "a second claim makes no second rest"
        )
        assert Task.objects.filter(kind="payment", role="finance_officer").count() == 2


@pytest.mark.parametrize(
    "wrong", [{"amount": "0"}, {"amount": "x"}, {"paid_on": "2999-01-01"}, {"to": "me"}]
)
def test_a_payment_that_cannot_be_is_refused_in_words(world, wrong):
    assert paid(world.enter(), **wrong).status_code == 422
    with world.inside():
        assert not Hold.objects.exists()


def test_the_wrong_one_is_believed_until_somebody_has_looked(world):
    client = world.enter()
    assert (
        client.post("/d/not-us/", {"text": "Another company.", "key": uuid4()}).status_code == 302
    )
    with world.inside():
        assert Task.objects.get(kind="reply").params["text"] == "Another company."
        now = timezone.now()
        Look.objects.filter(case_id=world.other.id).update(day=None)
        assert run_day(agency=world.house.agency, on=now.date(), by=SYSTEM, at=now).letters == 0


def test_a_notice_of_insolvency_stays_everything_at_once(world):
    client = world.enter()
    sent = {"court": "AG Hamburg", "number": "67g IN 12/26", "administrator": "", "key": uuid4()}
    assert [client.post("/d/insolvent/", sent).status_code for _ in range(2)] == [302, 302]
    with world.inside():
        assert Hold.objects.get(case=world.case, kind="notice").until is None
        assert Task.objects.get(kind="insolvency_notice").role == "legal_officer"
        assert Event.objects.filter(kind="InsolvencyNotified").count() == 1
        waiting = Match.objects.select_related("notice", "debtor").get()
        assert (waiting.notice.source, waiting.notice.reference) == ("debtor", "67g IN 12/26")
        estate = decide(agency=world.house.agency, match=waiting, is_it=True, because="The court confirms it.",
                        by=SYSTEM, at=timezone.now())  # fmt: skip
        assert (estate.court, estate.reference) == ("AG Hamburg", "67g IN 12/26")
        assert Case.objects.get(id=world.case.id).stage == "legal"


def test_a_call_is_agreed_in_the_debtors_own_time_and_at_an_hour_at_which_one_may_call(world):
    client, day = world.enter(), next_monday()
    sent = {
        "day": day.isoformat(),
        "time": "10:00",
        "phone": "+49 40 123456",
        "name": "Frau Ott",
        "key": uuid4(),
    }
    assert client.post("/d/call/", sent).status_code == 302
    with world.inside():
        task = Task.objects.get(kind="call")
        assert task.due_at.astimezone(ZoneInfo("Europe/Berlin")).strftime("%H:%M") == "10:00"
        assert task.due_on == day
    assert client.post("/d/call/", sent | {"time": "03:00", "key": uuid4()}).status_code == 422
    assert client.post("/d/call/", sent | {"phone": "none", "key": uuid4()}).status_code == 422


def next_monday():
    today = timezone.now().date()
    return today + timedelta(days=7 - today.weekday())


def test_own_data_are_corrected_at_once_and_looked_at(world):
    client = world.enter()
    sent = {"contact": "Ines Ott", "email": "ott@mueller.example", "phone": "", "address": "Neue Str. 2\nHof 3",
            "postcode": "20459", "city": "Hamburg", "language": "sv"}  # fmt: skip
    assert client.post("/d/details/", sent).status_code == 302
    with world.inside():
        debtor = type(world.case.debtor).objects.get(id=world.case.debtor_id)
        assert (debtor.address, debtor.postcode, debtor.language) == (
            ["Neue Str. 2", "Hof 3"],
            "20459",
            "sv",
        )
        assert best_email(list(debtor.contacts.order_by("made_at"))).email == "ott@mueller.example"
        assert Event.objects.get(kind="DebtorCorrected").by_kind == "debtor"
        assert Task.objects.filter(kind="ask").count() == 1
    assert client.post("/d/details/", sent | {"email": "no address"}).status_code == 422
    assert client.post("/d/details/", sent | {"address": " "}).status_code == 422


def test_an_answer_of_the_house_is_read_on_the_page(world):
    client, key = world.enter(), uuid4()
    client.post("/d/talk/", {"text": "When did you send it?", "key": uuid4()})
    desk = Client()
    desk.force_login(world.house.members["collector"].user)
    for _ in range(2):
        desk.post(
            f"/desk/cases/{world.case.number}/answer/", {"text": "On the first of May.", "key": key}
        )
    said = text_of(client.get("/d/talk/"))
    assert said.count("On the first of May.") == 1 and "When did you send it?" in said
    with world.inside():
        assert not Task.objects.filter(kind="reply", done_at=None).exists()


def test_a_link_that_was_passed_on_shows_no_papers_and_no_personal_data(world):
    """PL04"""
    with world.inside():
        now = timezone.now()
        paper = keep(agency=world.house.id, content=b"%PDF mine", name="M.pdf", media_type="application/pdf", kind="letter",
                     by=SYSTEM, at=now, client=world.case.client_id, case=world.case.id, audience="debtor")  # fmt: skip
    client = world.enter(sure=False)
    for page in (f"letters/{paper.id}/", "statement.pdf", "details/"):
        assert client.get(f"/d/{page}")["Location"].startswith("/d/sure/?next=")
    client.post("/d/talk/", {"text": "A word in confidence.", "key": uuid4()})
    assert "in confidence" not in text_of(client.get("/d/talk/"))
    body = client.get("/d/").content.decode()
    assert "Hafenstr" not in body and "buchhaltung@" not in body
    assert client.post("/d/sure/", {"said": "99999"}).status_code == 422
    found = client.post("/d/sure/", {"said": "re-1", "next": f"/d/letters/{paper.id}/"})
    assert found["Location"] == f"/d/letters/{paper.id}/"
    assert client.get(found["Location"]).content == b"%PDF mine"
    for evil in ("https://evil.example/d/", "//evil.example", "/desk/"):
        assert client.post("/d/sure/", {"said": "20457", "next": evil})["Location"] == "/d/"


def test_guessing_the_one_thing_more_is_limited(world):
    client = world.enter(sure=False)
    answers = [client.post("/d/sure/", {"said": f"1000{n}"}).status_code for n in range(6)]
    assert answers == [422] * 5 + [429]


def test_a_message_reaches_the_collector_and_stops_what_would_be_sent_past_it(world):
    client, key = world.enter(), uuid4()
    sent = {
        "text": "Our lawyer will write.\n<script>alert(1)</script>",
        "key": key,
    }
    assert [client.post("/d/talk/", sent).status_code for _ in range(2)] == [302, 302]
    with world.inside():
        task = Task.objects.get(kind="reply")
        assert task.owner_id == world.case.collector_id
        event = Event.objects.get(kind="DebtorWrote")
        assert event.data["text"].startswith("Our lawyer")
        now = timezone.now()
        Look.objects.filter(case_id=world.other.id).update(day=None)
        assert run_day(agency=world.house.agency, on=now.date(), by=SYSTEM, at=now).actions == {
            "wait": 1
        }


@pytest.mark.parametrize(
    "path", ["wrong/invoice/", "talk/", "promise/", "paid/", "not-us/", "call/"]
)
def test_empty_forms_say_what_is_missing(world, path):
    response = world.enter().post(f"/d/{path}", {})
    assert response.status_code == 422
    assert "k-error" in response.content.decode()


def test_what_is_said_is_limited_in_length(world):
    response = world.enter().post("/d/talk/", {"text": "x" * 2001, "key": uuid4()})
    assert response.status_code == 422


def test_forms_need_their_token(world):
    strict = Client(enforce_csrf_checks=True)
    strict.get(f"/d/{world.token}/")
    assert strict.post("/d/talk/", {"text": "x", "key": uuid4()}).status_code == 403


def test_somebody_logged_in_sees_the_page_but_says_nothing_in_the_debtors_name(world):
    for member in (world.house.members["collector"], world.standing.member):
        client = Client()
        client.force_login(member.user)
        client.get(f"/d/{world.token}/")
        assert client.get("/d/").status_code == 200
        assert client.post("/d/talk/", {"text": "as if", "key": uuid4()}).status_code == 302
    assert not Event.objects.filter(kind="DebtorWrote").exists()
