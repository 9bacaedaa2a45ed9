"""Plans across rooms: offered, asked, signed, kept and broken, through the real operations."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from recoup.cases.models import Case, Charge, Hold, Task
from recoup.cases.tests.cast import AT, TODAY, at_work, line, sign_up
from recoup.eventlog.models import Event
from recoup.files.operations import content_of
from recoup.journeys import collect
from recoup.journeys.close import close_with_report
from recoup.journeys.plans import answer, course_of, end, look_at_plans, offer, sign, worked_out
from recoup.kernel.actor import SYSTEM, Actor, ActorKind
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.outbox.models import Message
from recoup.paper.seal import SealKeys, verify_seal
from recoup.parties.operations import add_contact
from recoup.payments.models import Allocation
from recoup.payments.queries import owed
from recoup.payments.tests.cast import trust_account
from recoup.plans.models import Plan
from recoup.plans.operations import set_mandate
from recoup.plans.operations.sign import BOXES
from recoup.plans.rules import Limits, Terms
from recoup.plans.states import Every, PlanKind

DEBTOR = Actor(ActorKind.DEBTOR, "Müller Logistik GmbH")
LIMITS = Limits(months=6, first_percent=Decimal(10), discount=Decimal(15), first_days=30)


@pytest.fixture
def case(house):
    trust_account(house.agency)
    standing = sign_up(house)
    set_mandate(client=standing.client, limits=LIMITS, by=standing.by, at=AT)
    made = at_work(standing, lines=[line("RE-1", "1200.00"), line("RE-2", "600.00")])
    add_contact(debtor=made.debtor, email="chef@mueller.example", name="Chef", by=SYSTEM, at=AT)
    return made


def terms(**more):
    return Terms(
        **({"kind": PlanKind.INSTALMENTS, "first_on": date(2026, 12, 1), "count": 3} | more)
    )


def on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=AT.tzinfo)


def offered(house, case, at=AT, **more):
    return offer(agency=house.agency, case=case, terms=terms(**more), by=SYSTEM, at=at)


def signed(house, plan, at=AT, name="Max Müller", ticked=BOXES):
    return sign(
        agency=house.agency, plan=plan, signatory=name, ticked=ticked, ip="192.0.2.1", browser="t", by=DEBTOR, at=at
    )  # fmt: skip


def pay(house, case, amount, day):
    return collect.report_direct_payment(
        agency=house.agency, case=case, amount=Money(Decimal(amount), "EUR"), on=day, by=SYSTEM, at=on(day)
    )  # fmt: skip


def look(house, day):
    return look_at_plans(agency=house.agency, on=day, by=SYSTEM, at=on(day))


def test_inside_the_mandate_the_debtor_gets_it_at_once(house, case):
    plan = offered(house, case)
    assert (plan.state, plan.outside) == ("offered", [])
    message = Message.objects.get(key__startswith="plan_offer")
    assert message.gated and "/d/" in message.payload["text"]
    assert message.payload["attachments"] == [str(plan.document_id)]
    hold = Hold.objects.get(case=case, lifted_at=None)
    assert (hold.kind, hold.until) == ("plan", plan.until)
    assert content_of(plan.document).startswith(b"%PDF")


def test_outside_it_the_client_is_asked_and_the_debtor_hears_nothing(house, case):
    plan = offered(house, case, discount=Decimal(30), kind=PlanKind.SETTLEMENT, count=1)
    assert plan.state == "asked"
    assert {reason["code"] for reason in plan.outside} == {"discount_too_large"}
    task = Task.objects.get(kind="approve_plan")
    assert (task.client_id, task.due_on, task.role) == (
        case.client_id,
        plan.until,
        "client_approver",
    )
    assert not Message.objects.filter(key__startswith="plan_offer").exists()


@pytest.mark.parametrize("yes", [True, False])
def test_the_client_answers_once(house, case, yes):
    plan = offered(house, case, count=9)
    after = answer(agency=house.agency, plan=plan, yes=yes, by=SYSTEM, at=AT)
    assert after.state == ("offered" if yes else "declined")
    assert Message.objects.filter(key__startswith="plan_offer").exists() == yes
    assert Hold.objects.filter(case=case, lifted_at=None).exists() == yes
    assert Task.objects.get(kind="approve_plan").done_at is not None
    with pytest.raises(Refusal) as caught:
        answer(agency=house.agency, plan=plan, yes=not yes, by=SYSTEM, at=AT)
    assert caught.value.code in ("plan_over", "plan_moved_meanwhile")


def test_silence_is_no(house, case):
    plan = offered(house, case, count=9)
    assert look(house, plan.until).lapsed == 0
    assert look(house, plan.until + timedelta(days=1)).lapsed == 1
    assert Plan.objects.get().state == "declined"
    assert look(house, plan.until + timedelta(days=1)).lapsed == 0


def test_signing_seals_holds_charges_and_tells(house, case, settings):
    plan = signed(house, offered(house, case))
    assert (plan.state, plan.signed_by) == ("agreed", "Max Müller")
    assert plan.trail["ip"] == "192.0.2.1" and len(plan.trail["shown"]) == 64
    keys = SealKeys(settings.SECRETS_ROOT / "seal")
    assert verify_seal(content_of(plan.sealed), trust=keys.trust).ok
    hold = Hold.objects.get(case=case, lifted_at=None)
    assert (hold.kind, hold.until) == ("plan", None)
    assert Charge.objects.get(case=case).kind == "instalment_plan"
    assert {"PlanAgreed", "DebtAcknowledged"} <= set(Event.objects.values_list("kind", flat=True))
    assert Message.objects.filter(key__startswith="plan-agreed").exists()


def test_signing_twice_is_signing_once(house, case):
    plan = offered(house, case)
    first, second = signed(house, plan), signed(house, plan, name="Somebody Else")
    assert (first.signed_by, second.signed_by) == ("Max Müller", "Max Müller")
    assert Event.objects.filter(kind="PlanAgreed").count() == 1


@pytest.mark.parametrize(
    ("more", "code"),
    [({"name": " 12 "}, "name_missing"), ({"ticked": ["owes"]}, "box_not_ticked"),
     ({"at": on(date(2026, 12, 2))}, "offer_over")],
)  # fmt: skip
def test_what_is_not_signed_properly_is_not_signed(house, case, more, code):
    plan = offered(house, case)
    with pytest.raises(Refusal) as caught:
        signed(house, plan, **more)
    assert caught.value.code == code
    assert Plan.objects.get().state == "offered"


def test_a_payment_before_the_signature_makes_a_new_offer(house, case):
    plan = offered(house, case)
    pay(house, case, "500.00", TODAY)
    again = signed(house, plan)
    assert (again.state, again.id != plan.id) == ("offered", True)
    assert Plan.objects.get(id=plan.id).state == "lapsed"
    assert Decimal(again.figures["owed"]) < Decimal(plan.figures["owed"])
    assert signed(house, again).state == "agreed"


def test_one_offer_at_a_time(house, case):
    offered(house, case)
    with pytest.raises(Refusal) as caught:
        offered(house, case)
    assert caught.value.code == "plan_stands_already"


def test_a_plan_that_is_kept_closes_the_case_owing_nothing(house, case):
    plan = signed(house, offered(house, case, every=Every.WEEK))
    for one in plan.instalments.all():
        pay(house, case, one.amount, one.due_on)
    assert Plan.objects.get().state == "kept"
    closed = Case.objects.get(id=case.id)
    assert closed.stage == "closed"
    assert closed.closure.code in ("plan_completed", "paid_and_rest_waived")
    assert owed(case=closed, on=date(2027, 3, 1)).total == 0
    assert not Hold.objects.filter(lifted_at=None).exists()


def test_a_missed_instalment_breaks_it_and_the_track_goes_on(house, case):
    plan = signed(house, offered(house, case, penalty=Decimal(12)))
    first = plan.instalments.first()
    assert look(house, first.due_on + timedelta(days=3)).broken == 0
    day = first.due_on + timedelta(days=4)
    assert look(house, day).broken == 1
    assert look(house, day).broken == 0
    assert Plan.objects.get().state == "broken"
    assert not Hold.objects.filter(lifted_at=None).exists()
    assert Case.objects.get(id=case.id).next_action_on == day
    assert Task.objects.filter(kind="plan_over").count() == 1
    penalty = Charge.objects.get(key__startswith="penalty")
    assert penalty.amount == (first.amount * 12 * 4 / 36500).quantize(
        Decimal("0.01"), "ROUND_HALF_UP"
    )
    told = Message.objects.get(key__startswith="plan-broken")
    assert "payment in advance" in told.payload["text"] or told.payload["language"] != "en"


def test_late_but_within_its_grace_breaks_nothing(house, case):
    plan = signed(house, offered(house, case))
    first = plan.instalments.first()
    pay(house, case, first.amount, first.due_on + timedelta(days=3))
    assert look(house, first.due_on + timedelta(days=10)).broken == 0
    assert [one.state for one in course_of(plan, on=first.due_on + timedelta(days=10)).instalments][:2] == ["paid", "open"]  # fmt: skip


def test_a_reminder_goes_out_once_before_each_instalment(house, case):
    plan = signed(house, offered(house, case))
    first, second, _ = plan.instalments.all()
    for day in range(12, 0, -1):
        look(house, first.due_on - timedelta(days=day))
    assert Message.objects.filter(key__startswith="plan_reminder").count() == 1
    pay(house, case, first.amount, first.due_on)
    look(house, second.due_on)
    assert Message.objects.filter(key__startswith="plan_reminder").count() == 2


def test_a_settlement_paid_in_time_gives_up_the_rest(house, case):
    plan = offered(house, case, kind=PlanKind.SETTLEMENT, count=1, discount=Decimal(15))
    pay(house, case, plan.figures["to_pay"], date(2026, 12, 1))
    assert Plan.objects.get().state == "kept"
    closed = Case.objects.get(id=case.id)
    assert (closed.stage, closed.closure.code) == ("closed", "settled")
    given_up = Allocation.objects.get(waived=True)
    assert given_up.amount >= Decimal(plan.figures["given_up"])
    assert owed(case=closed, on=date(2026, 12, 1)).total == 0


def test_a_settlement_paid_late_gives_up_nothing(house, case):
    plan = offered(house, case, kind=PlanKind.SETTLEMENT, count=1, discount=Decimal(15))
    look(house, date(2026, 12, 2))
    assert Plan.objects.get().state == "lapsed"
    pay(house, case, plan.figures["to_pay"], date(2026, 12, 3))
    assert Case.objects.get(id=case.id).stage == "contact"
    assert not Allocation.objects.filter(waived=True).exists()


def test_a_plan_can_be_taken_back_with_a_reason(house, case):
    plan = offered(house, case)
    with pytest.raises(Refusal):
        end(agency=house.agency, plan=plan, because=" ", by=SYSTEM, at=AT)
    assert (
        end(agency=house.agency, plan=plan, because="typed wrongly", by=SYSTEM, at=AT).state
        == "ended"
    )


def test_worked_out_writes_nothing(house, case):
    draft = worked_out(case=case, terms=terms(count=12), on=TODAY)
    assert {reason.code for reason in draft.outside} == {"too_long", "first_too_small"}
    assert not Plan.objects.exists()


def test_a_plan_cannot_be_signed_after_its_case_was_withdrawn(house, case):
    """PF15: the offer ends with the case; signing later says so and leaves nothing behind."""
    plan = offered(house, case)
    loaded = Case.objects.select_related("client", "debtor", "agreement__rate_card").get(id=case.id)
    close_with_report(
        agency=house.agency, case=loaded, code="withdrawn", because="withdrawn", by=SYSTEM, at=AT
    )
    assert Plan.objects.get().state == "ended"
    assert not Hold.objects.filter(lifted_at=None).exists()
    with pytest.raises(Refusal) as caught:
        signed(house, plan)
    assert caught.value.code == "plan_not_offered"
    assert not Charge.objects.filter(kind="instalment_plan").exists()
