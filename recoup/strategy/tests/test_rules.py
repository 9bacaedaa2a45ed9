"""From facts to a decision: a table, and what must hold for all facts. No database."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recoup.strategy.plans import STANDARD
from recoup.strategy.rules import Contacted, Facts, decide

ON = date(2026, 11, 20)
FRESH = Facts(on=ON, stage="contact", owed=Decimal("100.00"), currency="EUR", has_collector=True)
WROTE = Contacted("first_demand", date(2026, 11, 9), date(2026, 11, 19))
SPOKE = Contacted("call", date(2026, 11, 10))


def after(**changed):
    return decide(replace(FRESH, **changed), STANDARD)


TABLE = [
    ({}, "first_demand", "first_step"),
    ({"owed": Decimal(0)}, "close", "nothing_owed"),
    ({"owed": Decimal("-0.01")}, "close", "nothing_owed"),
    ({"owed": Decimal(0), "holds": (("disputed", None),)}, "close", "nothing_owed"),
    ({"owed": Decimal(0), "stage": "evaluation"}, "close", "nothing_owed"),
    ({"owed": Decimal(0), "stage": "submitted"}, "nothing", "not_in_contact"),
    ({"stage": "evaluation"}, "nothing", "not_in_contact"),
    ({"holds": (("disputed", None),)}, "wait", "on_hold"),
    ({"holds": (("promise", ON),)}, "wait", "on_hold"),
    ({"holds": (("promise", ON - timedelta(days=1)),)}, "first_demand", "first_step"),
    ({"open_tasks": ("reply",)}, "wait", "unread"),
    ({"waiting": ("first_demand",)}, "wait", "going_out"),
    ({"undelivered": 1}, "first_demand", "first_step"),
    ({"undelivered": 2}, "evaluate", "cannot_be_reached"),
    ({"undelivered": 2, "contacts": (WROTE,)}, "call", "no_answer"),
    ({"contacts": (WROTE,)}, "call", "no_answer"),
    ({"contacts": (replace(WROTE, answer_by=ON),)}, "wait", "time_to_answer"),
    ({"contacts": (WROTE,), "open_tasks": ("call",)}, "wait", "with_a_person"),
    ({"contacts": (WROTE,), "fruitless": ("call",) * 4}, "call", "no_answer"),
    ({"contacts": (WROTE,), "fruitless": ("call",) * 5}, "evaluate", "plan_done"),
    ({"contacts": (WROTE, SPOKE)}, "evaluate", "plan_done"),
    ({"contacts": (WROTE, replace(SPOKE, on=ON))}, "evaluate", "plan_done"),
    ({"contacts": (WROTE, replace(SPOKE, answer_by=date(2026, 12, 1)))}, "wait", "time_to_answer"),
]


@pytest.mark.parametrize(("changed", "step", "rule"), TABLE)
def test_facts_lead_to_a_decision(changed, step, rule):
    decision = after(**changed)
    assert (decision.step, decision.rule) == (step, rule)
    assert "%(" not in decision.because % decision.params


def test_a_message_that_never_left_is_no_contact():
    """Denied and failed messages are not in `contacts`: the first step is still to be done."""
    assert after(undelivered=1, contacts=()).step == "first_demand"


def test_delays_count_from_the_last_actual_contact():
    late = Contacted("first_demand", ON - timedelta(days=1), ON - timedelta(days=1))
    decision = after(contacts=(late,))
    assert decision.step == "wait"
    assert decision.look_on == late.on + timedelta(days=11)


def test_a_stated_deadline_after_the_plans_days_is_kept():
    stated = replace(WROTE, answer_by=date(2026, 11, 30))
    assert after(contacts=(stated,)).look_on == date(2026, 12, 1)


def test_the_later_contact_counts_whatever_the_order_of_rows():
    one, two = WROTE, replace(SPOKE, on=ON)
    assert after(contacts=(one, two)) == after(contacts=(two, one))


def test_a_hold_without_end_beats_one_that_ends_and_is_looked_at_weekly():
    decision = after(holds=(("promise", ON + timedelta(days=2)), ("disputed", None)))
    assert decision.params == {"hold": "disputed"}
    assert decision.look_on == ON + timedelta(days=7)


def test_a_promise_is_looked_at_on_the_day_after():
    decision = after(holds=(("promise", ON + timedelta(days=5)),))
    assert decision.look_on == ON + timedelta(days=6)


def lived(first, days):
    """The steps taken when the run looks at the case on each of `days`, everything sent at once."""
    contacts, look_on, taken = (), first, []
    for day in days:
        if day < look_on:
            continue
        decision = decide(replace(FRESH, on=day, contacts=contacts), STANDARD)
        if decision.plan_step is not None:
            taken.append((day, decision.step))
            answer_by = day + timedelta(days=decision.plan_step.answer_days)
            contacts += (Contacted(decision.step, day, answer_by),)
            look_on = answer_by + timedelta(days=1)
        elif decision.step == "evaluate":
            return [*taken, (day, "evaluate")]
        else:
            look_on = decision.look_on
    return taken


def test_a_scheduler_down_for_two_weeks_neither_bursts_nor_falls_silent():
    every = [ON + timedelta(days=n) for n in range(60)]
    usual = lived(ON, every)
    assert [step for _, step in usual] == ["first_demand", "call", "evaluate"]
    gap = [d for d in every if not ON + timedelta(days=3) <= d < ON + timedelta(days=17)]
    late = lived(ON, gap)
    assert [step for _, step in late] == ["first_demand", "call", "evaluate"]
    days = [day for day, _ in late]
    assert len(set(days)) == 3, "two steps on one day"
    assert days[1] == ON + timedelta(days=17), "the step that was due comes at once"
    assert days[2] - days[1] == usual[2][0] - usual[1][0], "and the next keeps its distance"


facts = st.builds(
    Facts,
    on=st.just(ON),
    stage=st.sampled_from(["submitted", "accepted", "contact", "evaluation", "legal", "closed"]),
    owed=st.decimals("-10", "1000", places=2),
    currency=st.just("EUR"),
    has_collector=st.booleans(),
    holds=st.lists(
        st.tuples(
            st.sampled_from(["disputed", "promise"]),
            st.none() | st.dates(ON - timedelta(days=9), ON + timedelta(days=9)),
        ),
        max_size=2,
    ).map(tuple),
    contacts=st.lists(
        st.builds(
            Contacted, st.sampled_from(["first_demand", "call", "letter_by_hand"]),
            st.dates(ON - timedelta(days=60), ON), st.none() | st.dates(ON - timedelta(days=30), ON + timedelta(days=30)),
        ),
        max_size=4,
    ).map(tuple),
    waiting=st.lists(st.sampled_from(["first_demand"]), max_size=1).map(tuple),
    undelivered=st.integers(0, 3),
    fruitless=st.lists(st.just("call"), max_size=7).map(tuple),
    open_tasks=st.lists(st.sampled_from(["call", "evaluate"]), max_size=1).map(tuple),
)  # fmt: skip


@given(facts)
def test_some_rule_always_answers_and_the_next_look_is_never_today(found):
    decision = decide(found, STANDARD)
    assert decision.because % decision.params
    if decision.step == "wait":
        assert decision.look_on is not None
        assert decision.look_on > found.on
    assert (decision.plan_step is not None) == (STANDARD.step(decision.step) is not None)


@given(facts)
def test_nobody_is_contacted_on_hold_out_of_contact_or_for_nothing(found):
    decision = decide(found, STANDARD)
    if decision.plan_step is not None:
        assert found.stage == "contact"
        assert found.owed > 0
        assert not [u for _, u in found.holds if u is None or u >= found.on]
        assert not found.waiting
        assert decision.step not in {c.step for c in found.contacts}


def test_what_is_said_to_follow_is_the_next_step_of_the_plan():
    names = [s.name for s in STANDARD.steps]
    for step, follows in zip(STANDARD.steps, names[1:], strict=False):
        assert step.consequence == follows
