"""Plans killed at each fault point while they are made and signed: all of it or nothing, never twice.

`ROUNDS` (environment) says how often each point is killed; one by default.
"""

import os
import signal

import pytest

from recoup.cases.models import Charge, Hold
from recoup.cases.tests.cast import AT, at_work, line, sign_up
from recoup.eventlog.models import Event
from recoup.files.models import Document
from recoup.journeys.plans import offer, sign
from recoup.kernel.actor import SYSTEM
from recoup.outbox.models import Message
from recoup.payments.tests.cast import trust_account
from recoup.plans.models import Instalment, Plan
from recoup.plans.operations import set_mandate
from recoup.plans.operations.sign import BOXES
from recoup.plans.rules import Limits, Terms
from recoup.plans.states import PlanKind
from recoup.tenancy.context import scope

pytestmark = pytest.mark.kills
ROUNDS = int(os.environ.get("ROUNDS", "1"))
OFFERING = ("plan.made", "plan.paper_kept", "files.stored")
SIGNING = ("plan.before_seal", "plan.sealed", "plan.signed", "plan.in_force", "files.stored")


def killed_in_a_child(work, point):
    """Run `work` in a forked process that is killed at `point`; whether it was."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child == 0:
        os.environ["RECOUP_FAULT"] = f"{point}:kill"
        try:
            work()
        except BaseException:
            os._exit(3)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


@pytest.fixture
def made(committed_house):
    from datetime import date

    house = committed_house
    with scope(house.id):
        trust_account(house.agency)
        standing = sign_up(house)
        set_mandate(client=standing.client, limits=Limits(months=6), by=SYSTEM, at=AT)
        cases = [
            at_work(standing, key=f"k{n}", lines=[line(f"RE-{n}", "900.00")])
            for n in range(ROUNDS * (len(OFFERING) + len(SIGNING)))
        ]
    return house, iter(cases), Terms(kind=PlanKind.INSTALMENTS, first_on=date(2026, 12, 1), count=3)


@pytest.mark.parametrize("point", OFFERING)
def test_an_offer_killed_anywhere_is_made_once_by_asking_again(made, point):
    house, cases, terms = made
    for _ in range(ROUNDS):
        case = next(cases)

        def work(case=case):
            offer(agency=house.agency, case=case, terms=terms, by=SYSTEM, at=AT)

        assert killed_in_a_child(work, point)
        with scope(house.id):
            assert not Plan.objects.filter(case=case).exists(), "nothing half made"
            assert not Hold.objects.filter(case=case).exists()
            assert not Message.objects.filter(case_id=case.id, key__startswith="plan").exists()
        work()
        with scope(house.id):
            assert Plan.objects.filter(case=case, state="offered").count() == 1
            assert Instalment.objects.filter(case=case).count() == 3


@pytest.mark.parametrize("point", SIGNING)
def test_a_signature_killed_anywhere_is_given_once_by_signing_again(made, point):
    house, cases, terms = made
    for _ in range(ROUNDS):
        case = next(cases)
        plan = offer(agency=house.agency, case=case, terms=terms, by_debtor=True, by=SYSTEM, at=AT)

        def work(plan=plan):
            sign(
                agency=house.agency, plan=plan, signatory="Max Müller", ticked=BOXES, ip="192.0.2.1",
                browser="t", by=SYSTEM, at=AT,
            )  # fmt: skip

        assert killed_in_a_child(work, point)
        with scope(house.id):
            assert Plan.objects.get(id=plan.id).state == "offered", "not signed by halves"
            assert not Event.objects.filter(case_id=case.id, kind="PlanAgreed").exists()
        work()
        work()
        with scope(house.id):
            assert Plan.objects.get(id=plan.id).state == "agreed"
            assert Document.objects.filter(case_id=case.id, kind="plan_signed").count() == 1
            assert Event.objects.filter(case_id=case.id, kind="PlanAgreed").count() == 1
            assert Charge.objects.filter(case=case, kind="instalment_plan").count() == 1
            assert Hold.objects.filter(case=case, kind="plan", lifted_at=None).count() == 1
