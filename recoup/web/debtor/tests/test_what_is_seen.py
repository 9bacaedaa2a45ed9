"""The debtor's pages: what is asked for and why, letters, payments, ways to pay, five languages."""

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recoup.cases.models import Case
from recoup.cases.tests.cast import at_work, line
from recoup.eventlog.models import Event
from recoup.files.operations import keep
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.payments.operations.allocate import report_direct_payment
from recoup.web.debtor.tests.cast import link, text_of


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
