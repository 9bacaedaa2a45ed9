"""Where other products failed their users, and what holds here: each named for the report it comes from.

Walked through the real operations: a case in contact, the day run, the outbox with a channel that
remembers.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from recoup.cases.models import Charge, Look, Task
from recoup.cases.tests.cast import AT, TODAY, add_debtor, at_work, line, profile, sign_up
from recoup.contact.channels.refused import CannotSend
from recoup.contact.models import ContactAttempt, Denial
from recoup.files.models import Document
from recoup.jobs.dispatch import work_outbox
from recoup.journeys.collect import report_direct_payment
from recoup.journeys.day import run_day
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.outbox.models import Message
from recoup.payments.tests.cast import trust_account


class Post:
    """Takes everything, but for addresses that are blacklisted; remembers what and when."""

    def __init__(self, blacklisted=()):
        self.blacklisted, self.took = blacklisted, []

    def look_up(self, message):
        return message.id.hex if message.id in [m for m, _ in self.took] else False

    def hand_over(self, message):
        if message.recipient in self.blacklisted:
            raise CannotSend("550 blacklisted", "recipient")
        self.took.append((message.id, message.recipient))
        return message.id.hex


@pytest.fixture
def standing(house):
    profile(house)
    trust_account(house.agency)
    return sign_up(house)


def instant(on, hour=9):
    return datetime.combine(on, time(hour), AT.tzinfo)


def live(house, on=TODAY, hour=9, **more):
    return run_day(agency=house.agency, on=on, by=SYSTEM, at=instant(on, hour), **more)


def send(house, on=TODAY, post=None, hour=10):
    post = post or Post()
    return work_outbox(
        agency=house.id, now=instant(on, hour), channels={"email": post, "letter": post}
    )


def again(case):
    case.refresh_from_db()
    return case.next_action_on


def test_reminders_go_on_after_days_of_outage_invoice_ninja_11854(house, standing):
    """One step by today's facts, however many days were missed: no burst, no silence."""
    case = at_work(standing)
    late = TODAY + timedelta(days=12)
    report = live(house, late)
    assert (report.letters, report.actions["first_demand"]) == (1, 1)
    assert send(house, late) == {"sent": 2}
    assert again(case) > late
    assert live(house, again(case)).calls_queued == 1, "and the plan goes on from there"


def test_a_fee_is_charged_once_however_often_the_day_is_run_invoice_ninja_2330(house, standing):
    case = at_work(standing)
    for hour in range(6, 22):
        live(house, TODAY, hour)
        Look.objects.filter(case_id=case.id).update(day=TODAY)
    assert Charge.objects.filter(case=case).count() == 1
    assert Document.objects.filter(case_id=case.id, kind="letter").count() == 1


def test_a_part_payment_skips_no_step_kill_bill_2297(house, standing):
    case = at_work(standing)
    live(house)
    send(house)
    after = again(case)
    report_direct_payment(
        agency=house.agency, case=case, amount=Money(Decimal("100.00"), "EUR"), on=after, by=SYSTEM, at=instant(after, 6)
    )  # fmt: skip
    Look.objects.filter(case_id=case.id).update(day=after)
    assert live(house, after).actions == {"call": 1}, "the call that was next is still next"


def test_nothing_stays_queued_when_an_address_is_blacklisted_oca_447(house, standing):
    case = at_work(standing)
    live(house)
    post = Post(blacklisted=("buchhaltung@mueller.example",))
    send(house, TODAY, post)
    assert not Message.objects.filter(case_id=case.id, state__in=["ready", "attempting"]).exists()
    assert Task.objects.filter(case=case, kind="undelivered", done_at=None).exists()
    assert again(case) > TODAY, "the letter has left and the case goes on"


def test_each_communication_keeps_its_own_paper_oca_116(house, standing):
    case = at_work(standing)
    live(house)
    send(house)
    first = list(
        ContactAttempt.objects.filter(case=case).values_list("id", "document_id", "message_id")
    )
    live(house, again(case))
    assert (
        list(
            ContactAttempt.objects.filter(id__in=[i for i, _, _ in first]).values_list(
                "id", "document_id", "message_id"
            )
        )
        == first
    )


def test_an_empty_selection_sends_nothing_adempiere_2369(house, standing):
    at_work(standing)
    report = live(house, only=[])
    assert (report.cases_looked_at, Message.objects.filter(gated=True).count()) == (0, 0)
    live(house)
    sent = Message.objects.filter(gated=True).count()
    live(house, only=[])
    assert Message.objects.filter(gated=True).count() == sent


def test_nobody_is_dunned_on_the_due_day_idempiere_2064(house, standing):
    """Due on Sunday the 22nd: it may be paid on Monday, so Tuesday is the first day to write."""
    case = at_work(standing, lines=[line("RE-7", due="2026-11-22")])
    for day in (date(2026, 11, 20), date(2026, 11, 22), date(2026, 11, 23)):
        Look.objects.filter(case_id=case.id).update(day=day)
        assert live(house, day).actions == {"wait": 1}
    assert again(case) == date(2026, 11, 24)
    assert live(house, date(2026, 11, 24)).letters == 1


def test_many_invoices_are_one_message_erpnext_12429(house, standing):
    lines = [line(f"RE-{n}", amount=f"{n}00.00") for n in range(1, 9)]
    at_work(standing, lines=lines)
    live(house)
    post = Post()
    send(house, TODAY, post)
    assert sorted(r.partition(",")[0] for _, r in post.took) == [
        "Müller Logistik GmbH",
        "buchhaltung@mueller.example",
    ]


def test_many_cases_of_one_debtor_are_one_message_a_day_erpnext_12429(house, standing):
    for n in range(3):
        at_work(standing, key=f"k{n}", lines=[line(f"RE-{n}")])
    assert live(house).letters == 1
    assert Denial.objects.filter(code="written_today").values("case").distinct().count() == 2
    assert send(house) == {"sent": 2}


def test_a_reminder_for_one_invoice_suppresses_no_other_oca_460(house, standing):
    """The second case of the same debtor gets its own demand, on the next day."""
    cases = [at_work(standing, key=f"k{n}", lines=[line(f"RE-{n}")]) for n in range(2)]
    live(house)
    send(house)
    tomorrow = TODAY + timedelta(days=1)
    live(house, tomorrow)
    send(house, tomorrow)
    assert {a.case_id for a in ContactAttempt.objects.filter(message__state="sent")} == {
        c.id for c in cases
    }


def test_by_hand_and_by_the_clock_it_is_the_same_reminder_invoice_ninja_10263(house, standing):
    other = add_debtor(house, "Kurz & Klein GmbH", "DE811569869")
    by_hand, by_clock = at_work(standing), at_work(standing, key="two", debtor=other)
    live(house, only=[by_hand.id])
    live(house)
    said = [
        [
            (a.step, a.channel, a.answer_by, a.owed["total"], a.message.payload.keys())
            for a in ContactAttempt.objects.filter(case=case).order_by("channel")
        ]
        for case in (by_hand, by_clock)
    ]
    assert said[0] == said[1]


def test_a_very_old_debt_gets_the_first_step_and_neither_ends_nor_jumps_tryton_8835(
    house, standing
):
    case = at_work(standing, lines=[line("RE-1", due="2024-03-01")])
    assert live(house).actions == {"first_demand": 1}
    send(house)
    assert live(house, again(case)).actions == {"call": 1}


def test_a_debtor_is_written_to_in_its_own_language(house, standing):
    """Not in the client's (Swedish), the agency's (English) or the collector's."""
    case = at_work(standing)
    live(house)
    attempt = (
        ContactAttempt.objects.filter(case=case, channel="email").select_related("message").get()
    )
    assert attempt.language == "de"
    assert "wir schreiben im Auftrag von" in attempt.message.payload["text"]
    assert attempt.document.language == "de"
