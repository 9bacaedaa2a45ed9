"""Print batches at the desk: how far each is, what came back, and stopping one."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from recoup.contact.channels.letterbox import Letterbox
from recoup.contact.models import PrintBatch, PrintedLetter
from recoup.contact.operations.printing import Said, open_batch, settle_letter
from recoup.jobs.dispatch import work_outbox
from recoup.journeys.day import run_day
from recoup.kernel.actor import SYSTEM
from recoup.parties.models import Contact
from recoup.payments.tests.cast import trust_account
from recoup.web.desk.tests.cast import AT, TODAY, at_work, logged_in, sign_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(house: Any, tmp_path: Path, settings: Any) -> PrintBatch:
    settings.LETTERS_ROOT = tmp_path / "letters"
    trust_account(house.agency)
    at_work(sign_up(house))
    Contact.objects.update(email="")
    run_day(agency=house.agency, on=TODAY, by=SYSTEM, at=AT)
    work_outbox(agency=house.id, now=AT, channels={"letter": Letterbox()})
    made = open_batch(agency=house.id, by=SYSTEM, at=AT)
    assert made is not None and made.letters == 1
    return made


def page(browser: Any) -> str:
    return str(browser.get(reverse("desk:print")).content.decode())


def test_without_any_batch_the_page_says_what_will_make_one(house: Any) -> None:
    shown = page(logged_in(house, "collector"))
    assert "No batch yet" in shown and "No print house is set up here" in shown


def test_a_batch_is_stopped_once_and_goes_on(house: Any, batch: PrintBatch) -> None:
    browser, way = logged_in(house, "account_manager"), reverse("desk:print_batch", args=[batch.id])
    assert "being handed over" in page(browser)
    browser.post(way, {"act": "stop"})
    batch.refresh_from_db()
    assert batch.state == "stopped" and "Go on" in page(browser)
    again = browser.post(way, {"act": "stop"}, follow=True)
    assert "in another state by now" in again.content.decode()
    browser.post(way, {"act": "resume"})
    batch.refresh_from_db()
    assert batch.state == "open"
    assert logged_in(house, "collector").post(way, {"act": "stop"}).status_code == 404


def test_a_letter_that_came_back_leads_to_its_case(house: Any, batch: PrintBatch) -> None:
    letter = PrintedLetter.objects.get()
    said = Said(letter.message_id, "returned", "moved away")
    settle_letter(agency=house.id, said=said, by=SYSTEM, at=AT)
    shown = page(logged_in(house, "collector"))
    assert "moved away" in shown and "came back" in shown and "R-2026-" in shown
