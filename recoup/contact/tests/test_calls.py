"""A call that was made: each outcome arranges what follows, once."""

from datetime import date, timedelta
from typing import Any

import pytest

from recoup.cases.models import Case, Hold, Task
from recoup.cases.operations import add_task
from recoup.cases.tests.cast import AT, Standing, at_work, line, sign_up, submit
from recoup.contact.models import ContactAttempt
from recoup.contact.outcomes import OUTCOMES
from recoup.disputes.models import Dispute
from recoup.eventlog.models import Event
from recoup.journeys.call import FOLLOWS, call_made
from recoup.journeys.next_step import next_step
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import Refusal
from recoup.parties.models import Contact
from recoup.parties.operations import add_contact
from recoup.strategy.facts import gather

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 20)
MONDAY = date(2026, 11, 23)
PROMISED = date(2026, 11, 30)


@pytest.fixture
def standing(house: Any) -> Standing:
    return sign_up(house)


@pytest.fixture
def case(standing: Standing) -> Case:
    """In contact, with a call waiting for the collector."""
    found = at_work(standing)
    add_task(
        agency=found.agency_id, key=f"call:{found.number}", kind="call", sentence="Call", params={},
        role="collector", owner=found.collector, due_on=FRIDAY, default="", case=found, by=SYSTEM, at=AT,
    )  # fmt: skip
    return found


def made(standing: Standing, case: Case, outcome: str, **more: Any) -> ContactAttempt:
    asked = {
        "agency": standing.house.agency, "case": case, "contact": None, "outcome": outcome,
        "note": "as was said" if OUTCOMES[outcome].needs_note else "", "key": new_id(),
        "promised_on": PROMISED if outcome == "promised" else None,
        "back_at": AT + timedelta(days=3) if outcome == "call_back" else None,
        "by": standing.house.actor("collector"), "at": AT,
    }  # fmt: skip
    return call_made(**(asked | more))


def open_tasks(case: Case) -> dict[str, Task]:
    return {task.kind: task for task in Task.objects.filter(case=case, done_at=None)}


def looked_at_on(case: Case) -> date | None:
    return Case.objects.get(id=case.id).next_action_on


@pytest.mark.parametrize("outcome", sorted(OUTCOMES))
def test_every_outcome_keeps_the_call_finishes_its_task_and_plans_a_look(
    standing: Standing, case: Case, outcome: str
) -> None:
    assert outcome in FOLLOWS
    attempt = made(standing, case, outcome)
    assert attempt.outcome == outcome
    assert attempt.by_name == "Collector"
    assert ("call" in open_tasks(case)) == (outcome == "call_back"), (
        "an appointment is a call to come"
    )
    assert Task.objects.get(case=case, kind="call", done_at__isnull=False).outcome == outcome
    assert Event.objects.filter(case_id=case.id, kind="CallMade").count() == 1
    look = looked_at_on(case)
    assert look is not None
    assert look > FRIDAY


@pytest.mark.parametrize("outcome", ["promised", "disputes", "no_answer"])
def test_the_same_press_of_the_button_is_one_call(
    standing: Standing, case: Case, outcome: str
) -> None:
    key = new_id()
    first = made(standing, case, outcome, key=key)
    again = made(standing, case, outcome, key=key)
    assert first.id == again.id == key
    assert ContactAttempt.objects.filter(case=case).count() == 1
    assert Hold.objects.filter(case=case).count() == (outcome != "no_answer")
    assert Event.objects.filter(case_id=case.id, kind="NoteAdded").count() == (
        outcome != "no_answer"
    )


def test_a_promise_rests_the_case_until_its_day(standing: Standing, case: Case) -> None:
    made(standing, case, "promised")
    hold = Hold.objects.get(case=case)
    assert (hold.kind, hold.until) == ("promise", PROMISED)
    assert looked_at_on(case) == PROMISED + timedelta(days=1)
    assert Event.objects.get(case_id=case.id, kind="PaymentPromised").data["on"] == "2026-11-30"


def test_a_later_promise_takes_the_place_of_the_earlier(standing: Standing, case: Case) -> None:
    made(standing, case, "promised")
    later = PROMISED + timedelta(days=7)
    made(standing, case, "promised", promised_on=later)
    assert Hold.objects.get(case=case, lifted_at=None).until == later
    assert Hold.objects.filter(case=case).count() == 2


@pytest.mark.parametrize(
    ("day", "code"),
    [(None, "promise_day_missing"), (FRIDAY - timedelta(days=1), "promise_day_past"),
     (FRIDAY + timedelta(days=61), "promise_day_far")],
)  # fmt: skip
def test_a_promise_needs_a_day_to_come(
    standing: Standing, case: Case, day: date | None, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        made(standing, case, "promised", promised_on=day)
    assert refused.value.code == code
    assert not ContactAttempt.objects.filter(case=case).exists()
    assert "call" in open_tasks(case)


def test_a_dispute_rests_the_case_and_is_somebody_s_task(standing: Standing, case: Case) -> None:
    made(standing, case, "disputes", note="goods came broken")
    hold = Hold.objects.get(case=case)
    assert (hold.kind, hold.until, hold.because) == ("disputed", None, "goods came broken")
    assert open_tasks(case)["dispute"].owner_id == case.collector_id
    made(standing, case, "disputes")  # said again: the hold stands as it was
    assert Hold.objects.filter(case=case).count() == 1


def test_paid_already_goes_to_finance_and_waits_for_it(standing: Standing, case: Case) -> None:
    attempt = made(standing, case, "paid_already")
    task = open_tasks(case)["payment"]
    assert (task.role, task.owner_id) == ("finance_officer", None)
    assert attempt.answer_by == task.due_on == date(2026, 11, 24)


def test_wanting_a_plan_is_the_collector_s_task(standing: Standing, case: Case) -> None:
    made(standing, case, "wants_plan")
    assert open_tasks(case)["plan"].due_on == date(2026, 11, 25)


def contact(standing: Standing, **more: Any) -> Contact:
    return add_contact(debtor=standing.debtor, by=SYSTEM, at=AT, **more)


def test_a_wrong_number_is_taken_off_and_the_address_stays(standing: Standing, case: Case) -> None:
    person = contact(standing, name="Jan", email="jan@mueller.example", phone="+49 40 1")
    made(standing, case, "wrong_number", contact=person)
    person.refresh_from_db()
    assert (person.phone, person.bad_since) == ("", None)
    assert "ask" in open_tasks(case)
    bad = Event.objects.get(case_id=case.id, kind="ContactMarkedBad")
    assert (bad.audience, bad.data["phone"]) == ("internal", "+49 40 1")


def test_a_wrong_person_is_not_asked_again(standing: Standing, case: Case) -> None:
    person = contact(standing, name="Jan", email="jan@mueller.example", phone="+49 40 1")
    made(standing, case, "wrong_person", contact=person)
    person.refresh_from_db()
    assert person.bad_since == AT


def test_nobody_answered_so_it_is_tried_on_the_next_business_day(
    standing: Standing, case: Case
) -> None:
    made(standing, case, "no_answer")
    assert looked_at_on(case) == MONDAY
    assert not open_tasks(case)


@pytest.mark.parametrize("outcome", ["will_answer", "left_message"])
def test_who_was_reached_has_the_plan_s_time_to_answer(
    standing: Standing, case: Case, outcome: str
) -> None:
    attempt = made(standing, case, outcome)
    assert attempt.answer_by == date(2026, 11, 27)
    assert looked_at_on(case) == date(2026, 11, 28)


def test_nobody_calls_about_a_case_that_is_not_accepted(standing: Standing) -> None:
    waiting = submit(standing)
    with pytest.raises(Refusal) as refused:
        made(standing, waiting, "no_answer")
    assert refused.value.code == "case_not_called"


# The next step -----------------------------------------------------------------------------------------


def step_of(case: Case, on: date = FRIDAY) -> Any:
    fresh = Case.objects.select_related("client", "debtor", "collector__user").get(id=case.id)
    return next_step(gather(case.agency_id, [fresh], on)[case.id], on)


def test_the_first_demand_is_next_in_a_fresh_case(standing: Standing) -> None:
    step = step_of(at_work(standing))
    assert (step.step, step.on) == ("first_demand", FRIDAY)
    assert step.decisions[0].rule == "first_step"


def test_a_promise_is_looked_past_to_what_comes_after_it(standing: Standing, case: Case) -> None:
    made(standing, case, "promised")
    step = step_of(case)
    assert step.on == PROMISED + timedelta(days=1)
    assert step.decisions[0].rule == "on_hold"
    assert "unless" in step.text


def test_a_hold_without_an_end_says_that_somebody_must_lift_it(
    standing: Standing, case: Case
) -> None:
    made(standing, case, "disputes")
    step = step_of(case)
    assert (step.on, step.params["hold"], step.needs_somebody) == (None, "disputed", True)


def test_a_submitted_case_waits_for_its_review(standing: Standing) -> None:
    step = step_of(submit(standing))
    assert step.step == "nothing"
    assert "reviews" in step.text


def test_the_invoice_that_is_disputed_rests_and_the_rest_is_asked_for(standing: Standing) -> None:
    case = at_work(standing, key="two", lines=[line("RE-1"), line("RE-2", amount="300.00")])
    first = case.lines.get(ref="RE-1")
    made(
        standing, case, "disputes", disputed=[first], reason="faulty", note="Two boxes were broken."
    )
    dispute = Dispute.objects.get(case=case)
    assert (dispute.line, dispute.reason, dispute.text) == (
        first,
        "faulty",
        "Two boxes were broken.",
    )
    assert not Hold.objects.filter(case=case).exists(), "RE-2 is not in question"
    made(standing, case, "disputes", disputed=list(case.lines.all()), note="And the other one.")
    assert Dispute.objects.filter(case=case).count() == 2, "the first one stands"
    assert Hold.objects.get(case=case).kind == "disputed"


def test_a_dispute_of_no_invoice_in_particular_rests_the_whole_case(
    standing: Standing, case: Case
) -> None:
    made(standing, case, "disputes")
    assert Hold.objects.get(case=case).kind == "disputed"
    assert not Dispute.objects.exists() and "dispute" in open_tasks(case)
