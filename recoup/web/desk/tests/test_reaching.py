"""Calls and letters from the desk: the gate is asked, its answer kept, and only then something goes out."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from recoup.cases.models import Case, CollectorProfile
from recoup.cases.operations import put_on_hold
from recoup.contact.models import ContactAttempt, Denial, Permit
from recoup.contact.queries import permits_by_channel
from recoup.jobs.dispatch import work_outbox
from recoup.journeys.asking_to_call import ask_to_call
from recoup.journeys.call import call_made
from recoup.journeys.day import run_day
from recoup.journeys.dial import dial
from recoup.journeys.write_now import write_now
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.outbox.models import Message
from recoup.parties.operations import add_contact
from recoup.payments.tests.cast import trust_account
from recoup.strategy.operations import release_plan, save_draft
from recoup.strategy.plans import STANDARD
from recoup.strategy.reading import as_kept
from recoup.web.desk.tests.cast import AT, at_work, logged_in, sign_up

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)  # 10:00 in Germany
NIGHT = datetime(2026, 11, 23, 22, tzinfo=UTC)


class Taken:
    """A channel with memory."""

    def __init__(self) -> None:
        self.messages: list[UUID] = []

    def look_up(self, message: Any) -> str | bool | None:
        return message.id.hex if message.id in self.messages else False

    def hand_over(self, message: Any) -> str:
        self.messages.append(message.id)
        return str(message.id.hex)


@pytest.fixture
def case(house: Any) -> Case:
    trust_account(house.agency)
    case = at_work(sign_up(house))
    add_contact(debtor=case.debtor, name="Jan Vogel", phone="+49 151 23456789", by=SYSTEM, at=AT)
    return case


def test_a_permit_is_kept_once_until_it_is_used(house: Any, case: Case) -> None:
    first = ask_to_call(agency=house.agency, case=case, by=SYSTEM, at=MONDAY)
    again = ask_to_call(agency=house.agency, case=case, by=SYSTEM, at=MONDAY)
    assert first.permit == again.permit == Permit.objects.get(channel="call").id
    call_made(agency=house.agency, case=case, contact=None, outcome="no_answer", note="", key=new_id(), by=SYSTEM, at=MONDAY)  # fmt: skip
    assert Permit.objects.filter(channel="call").count() == 1, "the call used the permit there was"
    ask_to_call(agency=house.agency, case=case, by=SYSTEM, at=MONDAY.replace(hour=10))
    assert Permit.objects.filter(channel="call").count() == 2


def test_at_night_the_denial_is_kept_with_its_reason_and_nothing_rings(
    house: Any, case: Case
) -> None:
    answer, rings = dial(
        agency=house.agency, case=case, contact=None, member=None, by=SYSTEM, at=NIGHT
    )
    assert (answer.permit, rings) == (None, False)
    denial = Denial.objects.get(case=case)
    assert (denial.channel, denial.code) == ("call", "outside_hours") and denial.earliest_at


def test_a_call_kept_without_having_asked_leaves_the_gate_s_answer_all_the_same(
    house: Any, case: Case
) -> None:
    call_made(agency=house.agency, case=case, contact=None, outcome="no_answer", note="", key=new_id(), by=SYSTEM, at=NIGHT)  # fmt: skip
    assert Denial.objects.get(case=case).code == "outside_hours"
    assert ContactAttempt.objects.filter(case=case, channel="call").count() == 1, "it was made"


def test_the_dialler_rings_once_through_the_outbox_and_asks_the_gate_again(
    house: Any, case: Case, settings: Any
) -> None:
    settings.DIALLER_URL = "https://call.example"
    member = house.members["collector"]
    CollectorProfile.objects.update_or_create(
        agency_id=house.id, member=member, defaults={"phone": "+46701112233"}
    )
    for _ in range(2):
        _answer, rings = dial(agency=house.agency, case=case, contact=None, member=member, by=SYSTEM, at=MONDAY)  # fmt: skip
        assert rings
    message = Message.objects.get(channel="call")
    assert message.recipient == "+4915123456789"
    way = Taken()
    assert work_outbox(agency=house.id, now=MONDAY, channels={"call": way}) == {"sent": 1}
    assert Permit.objects.filter(message_id=message.id).exists()
    counted = permits_by_channel(house.id, MONDAY, MONDAY.replace(hour=10))
    assert counted == {"call": 1}, "asked for and dialled: one call"


def test_a_hold_that_comes_before_the_ring_stops_it(house: Any, case: Case, settings: Any) -> None:
    settings.DIALLER_URL = "https://call.example"
    member = house.members["collector"]
    CollectorProfile.objects.update_or_create(
        agency_id=house.id, member=member, defaults={"phone": "+46701112233"}
    )
    dial(agency=house.agency, case=case, contact=None, member=member, by=SYSTEM, at=MONDAY)
    put_on_hold(case=case, kind="disputed", because="x", until=None, by=SYSTEM, at=MONDAY)
    way = Taken()
    assert work_outbox(agency=house.id, now=MONDAY, channels={"call": way}) == {"denied": 1}
    assert way.messages == []


def test_the_call_button_posts_and_the_page_dials_only_with_a_permit(
    house: Any, case: Case
) -> None:
    browser = logged_in(house, "collector")
    answer = browser.post(reverse("desk:dial", args=[case.number]), follow=True)
    kept = Permit.objects.filter(channel="call").count() + Denial.objects.filter(case=case).count()
    assert answer.status_code == 200 and kept == 1
    page = browser.get(reverse("desk:case", args=[case.number])).content.decode()
    assert 'href="tel:' not in page and "mailto:" not in page


def test_a_letter_by_hand_is_the_plan_s_step_and_the_day_run_does_not_send_it_again(
    house: Any, case: Case
) -> None:
    done = write_now(agency=house.agency, case=case, step="first_demand", by=SYSTEM, at=AT)
    assert set(done.channels) >= {"letter"}
    again = write_now(agency=house.agency, case=case, step="first_demand", by=SYSTEM, at=AT)
    count = Message.objects.filter(gated=True).count()
    assert count == len(done.channels) and again.channels
    run_day(agency=house.agency, on=AT.date(), by=SYSTEM, at=AT, typeset=False)
    assert Message.objects.filter(gated=True).count() == count
    attempt = ContactAttempt.objects.filter(case=case)[0]
    assert (attempt.step, attempt.plan) == ("first_demand", "standard 1")


def test_a_letter_by_hand_is_denied_as_the_day_run_s_would_be(house: Any, case: Case) -> None:
    put_on_hold(case=case, kind="disputed", because="x", until=None, by=SYSTEM, at=AT)
    done = write_now(agency=house.agency, case=case, step="first_demand", by=SYSTEM, at=AT)
    assert done.denied is not None and done.denied.code == "disputed"
    assert Denial.objects.filter(case=case).exists() and not Message.objects.exists()
    page = logged_in(house, "collector").get(reverse("desk:write", args=[case.number]))
    assert "on hold" in page.content.decode()


def test_lt15_the_parts_of_a_text_message_and_their_price_are_shown_before_it_is_sent(
    house: Any, case: Case, settings: Any
) -> None:
    settings.SMS_PRICE = "0.0650 EUR a part"
    steps = {s.name for s in STANDARD.steps if "sms" in s.written}
    plan = as_kept(STANDARD)
    if not steps:
        plan[0] = plan[0] | {"channels": [*plan[0]["channels"], "sms"]}
        draft = save_draft(
            agency=house.id, client=None, name="with text messages", steps=plan, by=SYSTEM, at=AT
        )
        release_plan(plan=draft, valid_from=AT.date(), by=SYSTEM, at=AT)
    page = (
        logged_in(house, "collector")
        .get(reverse("desk:write", args=[case.number]))
        .content.decode()
    )
    assert "0.0650 EUR a part" in page
    assert re.search(r"takes about [1-9] parts? \((?:GSM-7|UCS-2)\)", page)
