"""The debtor's pages: an invoice disputed, with evidence."""

import re
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from recoup.cases.models import Hold, Task
from recoup.disputes.models import Dispute
from recoup.eventlog.models import Event
from recoup.files.models import Document
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.payments.operations.allocate import report_direct_payment
from recoup.web.debtor.tests.cast import text_of
from recoup.web.debtor.tests.test_promises import promise


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
        assert (task.params["ref"], task.params["text"]) == ("RE-1", "The goods never came")
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


def test_a_dispute_and_a_promise_stand_side_by_side(world):
    client = world.enter()
    assert dispute(client, world).status_code == 302
    assert promise(client)[1].status_code == 302
    with world.inside():
        assert set(Hold.objects.values_list("kind", flat=True)) == {"promise"}
        assert Dispute.objects.get().state == "open"
