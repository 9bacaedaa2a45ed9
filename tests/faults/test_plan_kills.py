"""Plans killed at each fault point while they are offered and signed: all of it or nothing, never twice.

`ROUNDS` (environment) says how often each point is killed; two by default.
"""

import os
import secrets

import pytest

from recoup.cases.models import Charge, Hold
from recoup.cases.tests.cast import AT, at_work, line, sign_up
from recoup.eventlog.models import Event
from recoup.files.models import Document
from recoup.kernel.actor import SYSTEM
from recoup.outbox.models import Message
from recoup.payments.tests.cast import trust_account
from recoup.plans.models import Instalment, Plan
from recoup.plans.operations import set_mandate
from recoup.plans.rules import Limits
from recoup.tenancy.context import scope
from tests.faults.zygote import KILLED

pytestmark = pytest.mark.kills
ROUNDS = int(os.environ.get("ROUNDS", "2"))
OFFERING = ("plan.made", "files.stored", "plan.paper_kept")
SIGNING = ("plan.before_seal", "files.stored", "plan.sealed", "plan.signed", "plan.in_force")


@pytest.fixture
def house(committed_house):
    with scope(committed_house.id):
        trust_account(committed_house.agency)
        committed_house.standing = sign_up(committed_house)
        set_mandate(
            client=committed_house.standing.client, limits=Limits(months=6), by=SYSTEM, at=AT
        )
    return committed_house


def a_case(house, n):
    with scope(house.id):
        # A reference of its own each time: the same paper as in an earlier run would lie in the store already.
        ref = f"RE-{n}-{secrets.token_hex(4)}"
        return at_work(house.standing, key=f"k{n}", lines=[line(ref, "900.00")])


def test_an_offer_killed_anywhere_is_made_once_by_asking_again(house, do):
    for n in range(ROUNDS * len(OFFERING)):
        point, case = OFFERING[n % len(OFFERING)], a_case(house, n)
        assert do("offer", case.id, point) == KILLED, point
        with scope(house.id):
            assert not Plan.objects.filter(case=case).exists(), "nothing half made"
            assert not Hold.objects.filter(case=case).exists()
            assert not Message.objects.filter(case_id=case.id, key__startswith="plan").exists()
        assert do("offer", case.id) == 0
        assert do("offer", case.id) == 1, "a second one is refused"
        with scope(house.id):
            assert Plan.objects.filter(case=case, state="offered").count() == 1
            assert Instalment.objects.filter(case=case).count() == 3


def test_a_signature_killed_anywhere_is_given_once_by_signing_again(house, do):
    for n in range(ROUNDS * len(SIGNING)):
        point, case = SIGNING[n % len(SIGNING)], a_case(house, n)
        assert do("offer", case.id) == 0
        with scope(house.id):
            plan = Plan.objects.get(case=case)
        assert do("sign", plan.id, point) == KILLED, point
        with scope(house.id):
            assert Plan.objects.get(id=plan.id).state == "offered", "not signed by halves"
            assert not Event.objects.filter(case_id=case.id, kind="PlanAgreed").exists()
        assert do("sign", plan.id) == do("sign", plan.id) == 0
        with scope(house.id):
            assert Plan.objects.get(id=plan.id).state == "agreed"
            assert Document.objects.filter(case_id=case.id, kind="plan_signed").count() == 1
            assert Event.objects.filter(case_id=case.id, kind="PlanAgreed").count() == 1
            assert Charge.objects.filter(case=case, kind="instalment_plan").count() == 1
            assert Hold.objects.filter(case=case, kind="plan", lifted_at=None).count() == 1
