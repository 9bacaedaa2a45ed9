"""The debtor's pages as a browser asks for them: the way in, what is seen, what can be said."""

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recoup.cases.models import Case, DebtorLink, Hold, Task
from recoup.cases.operations import make_debtor_link, revoke_debtor_link
from recoup.cases.tests.cast import add_debtor, at_work, line, sign_up
from recoup.disputes.models import Dispute
from recoup.eventlog.models import Event
from recoup.files.models import Document
from recoup.files.operations import keep
from recoup.insolvency.models import Match
from recoup.journeys.day import run_day
from recoup.journeys.insolvency.take import decide
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.payments.operations.allocate import report_direct_payment
from recoup.payments.tests.cast import trust_account
from recoup.strategy.facts import best_email
from recoup.tenancy.context import scope

LINES = [line("RE-1", "1200.00"), line("RE-2", "300.00")]


@pytest.fixture
def world(db):
    """One agency (the visited one), two cases of different debtors, a link to the first."""
    from tests.cast import make_house

    house = make_house("nordic")
    with scope(house.id):
        trust_account(house.agency)
        standing = sign_up(house)
        case = at_work(standing, lines=LINES)
        other = at_work(
            standing, key="other", lines=[line("OTHER-9", "77.00")],
            debtor=add_debtor(house, "Andere Spedition GmbH", vat="DE129274202"),
        )  # fmt: skip
        token = link(case)
    cache.clear()
    return World(house, standing, case, other, token)


class World:
    def __init__(self, house, standing, case, other, token):
        self.house, self.standing, self.case, self.other, self.token = (
            house,
            standing,
            case,
            other,
            token,
        )

    def inside(self):
        return scope(self.house.id)

    def enter(self, token=None, sure=True):
        """Through the link, and having said one thing more than it, as papers ask for."""
        client = Client()
        client.get(f"/d/{token or self.token}/")
        if sure:
            client.post("/d/sure/", {"said": "20457"})
        return client


def link(case, lasts=timedelta(days=30)):
    now = timezone.now()
    return make_debtor_link(case=case, expires_at=now + lasts, by=SYSTEM, at=now)


def text_of(response):
    """What is read, without markup."""
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", plain)


# The way in ------------------------------------------------------------------------------------


def test_a_link_opens_the_case_and_leaves_the_address_bar(world):
    client = Client()
    response = client.get(f"/d/{world.token}/")
    assert (response.status_code, response["Location"]) == (302, "/d/")
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "no-referrer"
    page = client.get("/d/")
    assert page.status_code == 200
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]
    assert world.token not in page.content.decode()


def test_the_page_speaks_the_letters_language_until_another_is_chosen(world):
    response = Client().get(f"/d/{world.token}/")
    assert response.cookies["django_language"].value == "de"
    client = Client()
    client.cookies["django_language"] = "sv"
    assert "django_language" not in client.get(f"/d/{world.token}/").cookies


def mangled(token):
    flipped = chr(ord(token[0]) ^ 1)
    return {
        "a bit changed": flipped + token[1:], "cut": token[:-1], "longer": token + "A",
        "other case": token.swapcase(), "double encoded": "%2525" + token, "made up": "A" * 43,
        "words": "letters", "quotes": "'--", "null": "a%00b",
    }  # fmt: skip


def test_every_wrong_link_gets_the_same_neutral_page(world):
    with world.inside():
        expired = link(world.case, timedelta(seconds=-1))
        revoked = link(world.case)
        row = DebtorLink.objects.latest("made_at")
        revoke_debtor_link(link=row, by=SYSTEM, at=timezone.now())
    bodies = set()
    for token in [*mangled(world.token).values(), expired, revoked]:
        response = Client().get(f"/d/{token}/")
        assert response.status_code == 404, token
        bodies.add(
            re.sub(
                r'csrf\S+ value="[^"]+"|X-CSRFToken[^}]+|/d/[^"]*"', "", response.content.decode()
            )
        )
    assert len(bodies) == 1
    assert world.case.number not in bodies.pop()


def test_guessing_links_is_limited_per_address(world):
    client = Client()
    answers = [client.get(f"/d/{'A' * 42}{n % 10}/").status_code for n in range(21)]
    assert answers == [404] * 20 + [429]
    assert client.get(f"/d/{world.token}/").status_code == 429, (
        "also for the right one, for this address"
    )
    assert Client(REMOTE_ADDR="192.0.2.7").get(f"/d/{world.token}/").status_code == 302
    forged = client.get(f"/d/{world.token}/", HTTP_X_FORWARDED_FOR="192.0.2.9")
    assert forged.status_code == 429


def test_an_open_link_may_be_used_as_often_as_wanted(world):
    client = Client()
    assert {client.get(f"/d/{world.token}/").status_code for _ in range(25)} == {302}


def enter(client, number, postcode, **more):
    return client.post("/d/enter/", {"number": number, "postcode": postcode}, **more)


@pytest.mark.parametrize(
    "spelling", [str, str.lower, lambda n: n.replace("-", " "), lambda n: f" {n} "]
)
def test_case_number_and_postcode_are_the_second_way(world, spelling):
    client = Client()
    response = enter(client, spelling(world.case.number), " 20457 ")
    assert (response.status_code, response["Location"]) == (302, "/d/")
    assert world.case.number in text_of(client.get("/d/"))


def test_guessing_postcodes_is_limited_per_case_and_says_the_same_for_no_case(world):
    for number in (world.case.number, "R-2026-999999"):
        answers = [enter(Client(REMOTE_ADDR=f"192.0.2.{n}"), number, f"1000{n}") for n in range(6)]
        assert [a.status_code for a in answers] == [422] * 5 + [429]
    right = enter(Client(REMOTE_ADDR="192.0.2.99"), world.case.number, "20457")
    assert right.status_code == 429, "a limited case is limited for all"
    assert Client().get(f"/d/{world.token}/").status_code == 302, "the link still opens"


def test_guessing_postcodes_is_limited_per_address(world):
    client = Client()
    answers = [enter(client, f"R-2026-{n:06d}", "1").status_code for n in range(21)]
    assert answers == [422] * 20 + [429]


def test_a_debtor_without_a_postcode_cannot_be_entered_by_an_empty_one(world):
    with world.inside():
        type(world.case.debtor).objects.filter(id=world.case.debtor_id).update(postcode="")
    for postcode in ("-", "  . ", "20457"):
        assert enter(Client(), world.case.number, postcode).status_code == 422


def test_without_a_link_every_page_leads_to_the_way_in(world):
    for page in ("", "pay/", "promise/", "wrong/", "talk/", f"letters/{uuid4()}/"):
        response = Client().get(f"/d/{page}")
        assert (response.status_code, response["Location"]) == (302, "/d/enter/")


def test_the_session_ends_when_the_link_is_revoked_or_runs_out(world):
    for end in ("revoked_at", "expires_at"):
        with world.inside():
            token = link(world.case)
        client = world.enter(token)
        assert client.get("/d/").status_code == 200
        with world.inside():
            DebtorLink.objects.filter(id=client.session["debtor_link"]).update(
                **{end: timezone.now()}
            )
        for page in ("", "pay/", "talk/"):
            assert client.get(f"/d/{page}").status_code in (302, 404)
        assert "debtor_case" not in client.session
        assert client.post("/d/talk/", {"text": "x", "key": uuid4()}).status_code == 302
    assert not Event.objects.filter(kind="DebtorWrote").exists()


def test_entering_gives_the_session_a_new_id(world):
    client = Client()
    session = client.session
    session["x"] = 1
    session.save()
    before = client.session.session_key
    client.cookies["session"] = before
    client.get(f"/d/{world.token}/")
    assert client.session.session_key != before


def test_a_debtors_link_opens_no_other_door(world):
    """PL03: what is good for the debtor's pages is good for nothing else."""
    client = world.enter()
    for path in (
        "/client/",
        "/desk/",
        f"/agreements/{world.token}/",
        f"/quote/{world.token}/",
        f"/desk/cases/{world.case.number}/",
    ):
        assert client.get(path).status_code in (302, 404)
        assert world.case.number not in client.get(path).content.decode()


def test_leaving_forgets_the_case(world):
    client = world.enter()
    assert client.post("/d/leave/").status_code == 302
    assert client.get("/d/")["Location"] == "/d/enter/"


# What is seen ----------------------------------------------------------------------------------


def test_the_page_says_who_asks_for_what_and_why(world):
    page = world.enter().get("/d/", HTTP_ACCEPT_LANGUAGE="en")
    said = text_of(page)
    for word in ("Fjäll Trä AB", "Nordic Inkasso AB", "RE-1", "RE-2", "Müller Logistik GmbH"):
        assert word in said
    assert "why-panel" in page.content.decode()
    assert len(page.content) < 100_000


def test_a_strangers_case_is_invisible(world):
    with world.inside():
        paper = keep(agency=world.house.id, content=b"%PDF other", name="o.pdf", media_type="application/pdf", kind="letter",
                     by=SYSTEM, at=timezone.now(), client=world.other.client_id, case=world.other.id, audience="debtor")  # fmt: skip
        other_line = str(world.other.lines.get().id)
    client = world.enter()
    for page in ("", "pay/", "promise/", "wrong/", "talk/"):
        body = client.get(f"/d/{page}").content.decode()
        for word in ("OTHER-9", "Andere Spedition", world.other.number, world.other.reference):
            assert word not in body
    assert client.get(f"/d/letters/{paper.id}/").status_code == 404
    assert client.get(f"/d/letters/{uuid4()}/").status_code == 404
    response = client.post(
        "/d/wrong/invoice/", {"line": other_line, "reason": "other", "text": "mine", "key": uuid4()}
    )
    assert response.status_code == 422
    assert not Event.objects.filter(kind="DisputeRaised").exists()


def test_letters_to_the_debtor_can_be_read_and_papers_of_the_client_cannot(world):
    with world.inside():
        now = timezone.now()
        more = {"agency": world.house.id, "media_type": "application/pdf", "kind": "letter", "by": SYSTEM, "at": now,
                "client": world.case.client_id, "case": world.case.id}  # fmt: skip
        mine = keep(content=b"%PDF mine", name="Mahnung.pdf", audience="debtor", **more)
        report = keep(content=b"%PDF report", name="report.pdf", audience="client", **more)
        house = keep(content=b"%PDF note", name="note.pdf", audience="internal", **more)
    client = world.enter()
    got = client.get(f"/d/letters/{mine.id}/")
    assert (got.status_code, got.content) == (200, b"%PDF mine")
    assert got["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in got["Content-Disposition"]
    assert str(mine.id) in client.get("/d/").content.decode()
    for paper in (report, house):
        assert client.get(f"/d/letters/{paper.id}/").status_code == 404
        assert str(paper.id) not in client.get("/d/").content.decode()


def test_payments_are_shown_and_taken_off(world):
    with world.inside():
        report_direct_payment(case=world.case, amount=Money(Decimal("500.00"), "EUR"), on=timezone.now().date(), by=SYSTEM, at=timezone.now())  # fmt: skip
    said = text_of(world.enter().get("/d/"))
    assert re.search(r"500[.,]00", said)


def test_the_way_to_pay_has_account_reference_and_a_code(world):
    body = world.enter().get("/d/pay/").content.decode()
    said = re.sub(r"[\s\u00a0]", "", re.sub(r"<[^>]+>", "", body))
    assert "SE4550000000058398257466" in said
    assert world.case.reference in said
    assert "data:image/svg+xml;base64," in body


def test_without_an_account_it_asks_to_write_first(world):
    with world.inside():
        Case.objects.filter(id=world.case.id).update(currency="GBP")
    body = world.enter().get("/d/pay/")
    assert body.status_code == 200
    assert "data:image" not in body.content.decode()


def test_where_the_law_gives_no_answer_the_page_still_stands(world):
    with world.inside():
        Case.objects.filter(id=world.case.id).update(jurisdiction="KR")
    client = world.enter()
    for page in ("", "pay/", "promise/", "wrong/", "talk/"):
        assert client.get(f"/d/{page}").status_code == 200


def test_a_closed_case_asks_for_nothing(world):
    from recoup.cases.operations import close_case

    with world.inside():
        close_case(
            case=world.case, code="paid", because="paid", report=None, by=SYSTEM, at=timezone.now()
        )
    client = world.enter()
    assert "/d/pay/" not in client.get("/d/").content.decode()
    on = (timezone.now().date() + timedelta(days=3)).isoformat()
    assert client.post("/d/promise/", {"on": on}).status_code == 422


@pytest.mark.parametrize("page", ["", "pay/", "promise/", "wrong/", "talk/"])
def test_a_page_takes_as_many_queries_for_thirty_invoices_as_for_two(world, page):
    with world.inside():
        big = at_work(world.standing, key="big", lines=[line(f"B-{n}") for n in range(30)])
        token = link(big)
    small, large = world.enter(), world.enter(token)
    counts = []
    for client in (small, large):
        client.get(f"/d/{page}")
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/d/{page}").status_code == 200
        counts.append(len([q for q in found if "SAVEPOINT" not in q["sql"]]))
    assert counts[0] == counts[1]
    assert counts[0] <= 40


def test_five_languages(world):
    seen = set()
    for code in ("en", "sv", "de", "zh-hant", "zh-hans"):
        client = world.enter()
        client.cookies["django_language"] = code
        page = client.get("/d/pay/")
        assert page.status_code == 200
        seen.add(re.search(r'<html lang="([^"]+)"', page.content.decode())[1])
    assert len(seen) == 5


# What can be said ------------------------------------------------------------------------------


def promise(client, days=7):
    on = timezone.now().date() + timedelta(days=days)
    return on, client.post("/d/promise/", {"on": on.isoformat()})


def test_a_promise_holds_the_case_at_once(world):
    client = world.enter()
    on, response = promise(client)
    assert response.status_code == 302
    with world.inside():
        hold = Hold.objects.get(case=world.case, kind="promise")
        assert (hold.until, hold.by_name) == (on, "Müller Logistik GmbH")
        event = Event.objects.get(kind="PaymentPromised")
        assert (event.by_kind, event.data) == (
            "debtor",
            {"on": on.isoformat(), "amount": None, "currency": "EUR"},
        )
        now = timezone.now()
        run_day(agency=world.house.agency, on=now.date(), by=SYSTEM, at=now)
        assert not Event.objects.filter(kind="LetterWritten", case_id=world.case.id).exists()
        assert Case.objects.get(id=world.case.id).next_action_on == on + timedelta(days=1)


def test_the_same_promise_twice_is_one(world):
    client = world.enter()
    assert [promise(client)[1].status_code for _ in range(2)] == [302, 302]
    with world.inside():
        assert Hold.objects.filter(case=world.case).count() == 1
        assert Event.objects.filter(kind="PaymentPromised").count() == 1


@pytest.mark.parametrize("days", [-1, 15, 4000])
def test_a_day_out_of_reach_is_refused_in_words(world, days):
    _, response = promise(world.enter(), days)
    assert response.status_code == 422
    with world.inside():
        assert not Hold.objects.exists()


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "20261130", "2026-02-30", "0001-01-01", "２０２６-12-01"]
)
def test_what_is_no_day_is_refused(world, text):
    assert world.enter().post("/d/promise/", {"on": text}).status_code == 422


def test_a_promise_may_be_moved_but_not_on_and_on(world):
    client = world.enter()
    promise(client, 5)
    assert promise(client, 14)[1].status_code == 302
    with world.inside():
        held = Hold.objects.filter(case=world.case, kind="promise")
        assert held.filter(lifted_at__isnull=True).count() == 1
        held.update(since=timezone.now() - timedelta(days=10))
    assert promise(client, 5)[1].status_code == 422, "fourteen days from the first"
    assert promise(client, 3)[1].status_code == 302


def test_after_a_broken_promise_a_person_decides(world):
    client = world.enter()
    promise(client, 3)
    with world.inside():
        Hold.objects.filter(case=world.case).update(until=timezone.now().date() - timedelta(days=1))
    assert promise(client, 5)[1].status_code == 422


def dispute(client, world, ref="RE-1", text="The goods never came.", **more):
    with world.inside():
        line = str(world.case.lines.get(ref=ref).id)
    sent = {"line": line, "reason": "not_received", "text": text, "key": uuid4()} | more
    return client.post("/d/wrong/invoice/", sent)


def test_a_dispute_of_one_invoice_rests_that_invoice_and_the_rest_goes_on(world):
    client = world.enter()
    assert dispute(client, world).status_code == 302
    with world.inside():
        assert not Hold.objects.exists(), "the case goes on"
        task = Task.objects.get(kind="dispute")
        assert task.owner_id == world.case.collector_id
        assert (task.params["ref"], task.params["text"]) == ("RE-1", "The goods never came.")
        event = Event.objects.get(kind="DisputeRaised")
        assert (event.data["lines"], event.by_kind) == (["RE-1"], "debtor")
    assert "RE-1" in text_of(client.get("/d/"))
    # RE-2 with its interest and the one fixed sum of 40 that is owed for it in any case.
    assert re.search(r"34\d[.,]\d\d", text_of(client.get("/d/pay/")))


def test_the_same_invoice_disputed_twice_is_one_dispute_and_with_the_last_one_all_rests(world):
    """PL13"""
    client = world.enter()
    for ref in ("RE-1", "RE-1", "RE-2"):
        assert dispute(client, world, ref).status_code == 302
    with world.inside():
        assert Dispute.objects.filter(case=world.case).count() == 2
        assert Task.objects.filter(kind="dispute").count() == 2
        assert Hold.objects.filter(case=world.case, kind="disputed").count() == 1
        assert Event.objects.filter(kind="DisputeRaised").count() == 2


def test_a_dispute_with_evidence_is_read_added_to_and_taken_back(world):
    client = world.enter()
    photo = SimpleUploadedFile("broken.png", b"\x89PNG\r\n\x1a\n photo")
    assert dispute(client, world, papers=photo, amount="200,00").status_code == 302
    with world.inside():
        found = Dispute.objects.get()
        assert found.amount == Decimal("200.00")
        paper = found.statements.get().document
        assert (paper.media_type, paper.audience) == ("image/png", "debtor")
    page = client.get(f"/d/disputes/{found.id}/")
    assert "broken.png" in text_of(page)
    sent = {"say-text": "Two pallets of five.", "say-key": uuid4()}
    for _ in range(2):
        assert client.post(f"/d/disputes/{found.id}/", sent).status_code == 302
    assert text_of(client.get(f"/d/disputes/{found.id}/")).count("Two pallets of five.") == 1
    assert client.post(f"/d/disputes/{found.id}/", {"act": "withdraw"}).status_code == 302
    with world.inside():
        assert Dispute.objects.get().state == "withdrawn"
        assert not Task.objects.filter(kind="dispute", done_at=None).exists()
    assert client.post(f"/d/disputes/{found.id}/", {"act": "withdraw"}).status_code == 302
    assert client.get(f"/d/disputes/{uuid4()}/").status_code == 404


@pytest.mark.parametrize(
    "name, content", [("a.html", b"<script>"), ("a.pdf", b""), ("a.exe", b"MZ"), ("a.svg", b"<svg")]
)
def test_only_papers_and_pictures_are_taken_by_what_they_are(world, name, content):
    response = dispute(world.enter(), world, papers=SimpleUploadedFile(name, content))
    assert response.status_code in (302, 422)
    with world.inside():
        assert not Document.objects.filter(kind__startswith="evidence").exists()


def test_dispute_and_payment_at_once_are_both_recorded(world):
    """PL13"""
    client = world.enter()
    dispute(client, world)
    with world.inside():
        report_direct_payment(case=world.case, amount=Money(Decimal("100.00"), "EUR"), on=timezone.now().date(), by=SYSTEM, at=timezone.now())  # fmt: skip
        assert Dispute.objects.get().state == "open"
    said = text_of(client.get("/d/"))
    assert re.search(r"100[.,]00", said) and "RE-1" in said


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
        Case.objects.filter(id=world.other.id).update(next_action_on=None)
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


def test_a_dispute_and_a_promise_stand_side_by_side(world):
    client = world.enter()
    assert dispute(client, world).status_code == 302
    assert promise(client)[1].status_code == 302
    with world.inside():
        assert set(Hold.objects.values_list("kind", flat=True)) == {"promise"}
        assert Dispute.objects.get().state == "open"


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
        Case.objects.filter(id=world.other.id).update(next_action_on=None)
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
