"""A sandbox lives its days when told to, through the real day run, and nothing leaves it."""

from datetime import timedelta

import pytest
from django.conf import settings

from recoup.cases.models import Case
from recoup.cases.tests.cast import profile, sign_up, submit
from recoup.jobs.dispatch import work_outbox
from recoup.journeys.sandbox import advance
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import Refusal
from recoup.outbox.models import Message
from recoup.payments.tests.cast import trust_account
from recoup.tenancy.models import Agency
from tests.cast import NOW


@pytest.fixture
def sandbox(house):
    Agency.objects.filter(id=house.id).update(sandbox=True, sandbox_on=NOW.date())
    house.agency.refresh_from_db()
    profile(house)
    trust_account(house.agency)
    return house


def left() -> list[str]:
    return [
        str(p)
        for root in (settings.LETTERS_ROOT, settings.MAIL_ROOT)
        for p in root.rglob("*")
        if p.is_file()
    ]


def test_days_pass_and_letters_are_written_that_never_leave(sandbox):
    before = left()
    case = submit(sign_up(sandbox))
    lived = advance(agency=sandbox.agency, days=5, by=SYSTEM, at=NOW)
    assert (lived.days, lived.accepted, lived.on) == (5, 1, NOW.date() + timedelta(days=5))
    assert lived.actions["first_demand"] == 1 and lived.sent["letter:sent"] == 1
    assert Case.objects.get(id=case.id).stage == "contact"
    assert not Message.objects.filter(state="ready", due_at__lte=NOW + timedelta(days=5)).exists()
    assert work_outbox(agency=sandbox.id, now=NOW + timedelta(days=99)) == {}
    assert left() == before
    assert Agency.objects.get(id=sandbox.id).sandbox_on == lived.on


def test_a_real_agency_has_no_days_to_give_away(house):
    with pytest.raises(Refusal) as refused:
        advance(agency=house.agency, days=1, by=SYSTEM, at=NOW)
    assert refused.value.code == "sandbox_only"


@pytest.mark.parametrize("days", [0, -1, 32])
def test_so_many_days_at_once(sandbox, days):
    with pytest.raises(Refusal):
        advance(agency=sandbox.agency, days=days, by=SYSTEM, at=NOW)
