"""The client decides, or its authority, or the deadline; what follows is done with it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from recoup.approvals.models import Approval
from recoup.approvals.operations import set_authority
from recoup.approvals.rules import Bounds
from recoup.cases.models import Case, Task
from recoup.cases.tests.cast import AT, at_work, sign_up
from recoup.journeys.approve import answer, ask, let_lapse
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.outbox.models import Message


@pytest.fixture
def case(house):
    return at_work(sign_up(house))


def asked(house, case, kind="write_off", **more):
    return ask(
        agency=house.agency, case=case, kind=kind, key=f"{kind}:1", sentence="Give up on %(debtor)s?",
        params={"debtor": case.debtor.name}, cost=Money(Decimal("300.00"), "EUR"), by=SYSTEM, at=AT, **more,
    )  # fmt: skip


def test_the_client_is_written_to_once_with_neither_debtor_nor_amount_in_the_subject(house, case):
    asked(house, case)
    asked(house, case)
    message = Message.objects.get(key__startswith="approval-asked")
    assert case.number in message.payload["subject"]
    assert case.debtor.name not in message.payload["subject"]
    assert "300" not in message.payload["subject"]


def test_a_yes_to_a_write_off_closes_the_case(house, case):
    answer(agency=house.agency, approval=asked(house, case), yes=True, by=SYSTEM, at=AT)
    closed = Case.objects.get()
    assert (closed.stage, closed.closure.code) == ("closed", "uncollectable")


def test_a_no_goes_to_the_collector(house, case):
    answer(agency=house.agency, approval=asked(house, case), yes=False, by=SYSTEM, at=AT)
    assert Task.objects.get(kind="approved_step").owner_id == case.collector_id
    assert Case.objects.get().stage == "contact"


def test_an_authority_has_it_done_without_asking(house, case):
    set_authority(client=case.client, kind="write_off", bounds=Bounds(Money(Decimal(500), "EUR")), by=SYSTEM, at=AT)  # fmt: skip
    asked(house, case)
    assert Case.objects.get().stage == "closed"
    assert not Message.objects.filter(key__startswith="approval-asked").exists()


def test_silence_does_what_the_question_said_once(house, case):
    asked(house, case, kind="legal_step", default="approve")
    later = AT + timedelta(days=30)
    assert let_lapse(agency=house.agency, on=later.date(), at=later) == 1
    assert let_lapse(agency=house.agency, on=later.date(), at=later) == 0
    assert Task.objects.get(kind="approved_step").role == "legal_officer"


def test_a_question_falls_away_with_its_case(house, case):
    from recoup.journeys.close import close_with_report

    made = asked(house, case)
    close_with_report(agency=house.agency, case=case, code="withdrawn", because="x", by=SYSTEM, at=AT)  # fmt: skip
    assert Approval.objects.get(id=made.id).state == "dropped"
