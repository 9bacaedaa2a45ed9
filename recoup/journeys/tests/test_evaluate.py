"""A case is weighed at the end of its contacts, somebody decides, and nothing stays behind."""

from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from recoup.approvals.models import Approval
from recoup.cases.models import Case, Task
from recoup.cases.operations import (
    close_case,
    finish_task,
    make_promise,
    move_case,
    put_on_hold,
    reopen_case,
)
from recoup.cases.tests.cast import AT, TODAY, add_debtor, at_work, line, profile, sign_up
from recoup.contact.models import ContactAttempt
from recoup.journeys.approve import answer, ask
from recoup.journeys.day import run_day
from recoup.journeys.dispute import decide as rule
from recoup.journeys.dispute import dispute
from recoup.journeys.evaluate import decide, look_at_evaluations, weigh, weigh_now
from recoup.journeys.signals import observe
from recoup.journeys.weigh_again import weigh_what_changed
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.legal.models import Proceeding
from recoup.legal.operations.proceedings import move_proceeding
from recoup.outbox.models import Message
from recoup.payments.tests.cast import trust_account
from recoup.plans.models import Plan
from recoup.plans.states import PlanKind
from recoup.strategy.models import Counsel, Evaluation
from recoup.strategy.samples import features_of, samples
from recoup.tenancy.context import scope


@pytest.fixture
def standing(house):
    profile(house)
    trust_account(house.agency)
    return sign_up(house)


def moment(on, hour=9):
    return datetime.combine(on, time(hour), AT.tzinfo)


def in_evaluation(standing, **more):
    """Two messages came back and nobody was reached: the day run itself sends it to be weighed."""
    case = at_work(standing, **more)
    for n in range(2):
        message = Message.objects.create(
            agency_id=case.agency_id, channel="email", key=f"m{n}{case.number}", client_id=case.client_id, case_id=case.id,
            recipient="x@y.example", gated=True, state="failed", due_at=AT, made_at=AT, settled_at=AT, content_hash="x",
        )  # fmt: skip
        ContactAttempt.objects.create(
            agency_id=case.agency_id, case=case, client_id=case.client_id, step="first_demand", channel="email",
            message=message, made_at=AT, by_name="t",
        )  # fmt: skip
    run_day(agency=standing.house.agency, on=TODAY, by=SYSTEM, at=AT)
    case.refresh_from_db()
    assert case.stage == "evaluation"
    return case


def the_evaluation():
    return Evaluation.objects.get(state="open")


def test_the_day_run_weighs_what_it_sends_to_a_person(house, standing):
    case = in_evaluation(standing)
    made = the_evaluation()
    assert (made.case_id, made.on, made.version) == (case.id, TODAY, "card 2")
    assert {w["option"] for w in made.answer["ways"]} == {"go_on", "plan", "settle", "visit", "legal", "insolvency", "monitor", "stop"}  # fmt: skip
    assert made.facts["documents"] is False and made.facts["currency"] == "EUR"
    task = Task.objects.get(case=case, kind="evaluate")
    assert task.done_at is None and task.due_on == made.due_on
    assert Counsel.objects.get().recommended == made.recommended


def test_the_facts_of_the_day_stay_as_they_were(house, standing):
    in_evaluation(standing)
    made = the_evaluation()
    with pytest.raises(DatabaseError, match="facts of its day"), transaction.atomic():
        Evaluation.objects.filter(id=made.id).update(facts={})


def test_what_comes_later_is_in_no_sample_that_is_learned_from(house, standing):
    """The debtor promises, disputes, is called and found strong after the weighing; the case then ends."""
    case = in_evaluation(standing)
    made = the_evaluation()
    frozen = features_of(made.facts)
    decide(agency=house.agency, evaluation=made, option="go_on", because="Once more.", by=SYSTEM, at=AT)  # fmt: skip
    case.refresh_from_db()
    later = AT + timedelta(days=9)
    make_promise(case=case, on=later.date(), amount=None, owed=Decimal(100), by=SYSTEM, at=later)
    put_on_hold(case=case, kind="disputed", because="goods", until=None, by=SYSTEM, at=later)
    ContactAttempt.objects.create(
        agency_id=case.agency_id, case=case, client_id=case.client_id, step="call", channel="call", outcome="refuses",
        right_party=True, made_at=later, by_name="t",
    )  # fmt: skip
    weigh_now(agency=house.agency, case=case, because="A dispute.", by=SYSTEM, at=later)
    assert features_of(the_evaluation().facts) != frozen, "weighed today it is another case"
    close_case(case=case, code="withdrawn", because="x", report=None, by=SYSTEM, at=later)
    assert samples(house.id, later.date()) == [], "says nothing of the debtor"
    reopen_case(case=case, because="y", by=SYSTEM, at=later)
    close_case(case=case, code="uncollectable", because="z", report=None, by=SYSTEM, at=later + timedelta(hours=1))  # fmt: skip
    [sample] = samples(house.id, later.date())
    assert (sample.on, sample.features, sample.outcome) == (TODAY, frozen, False)


def test_the_house_decides_what_is_its_own_and_the_case_goes_on(house, standing):
    case = in_evaluation(standing)
    decide(agency=house.agency, evaluation=the_evaluation(), option="go_on", because="They have a new bookkeeper.", by=SYSTEM, at=AT)  # fmt: skip
    case.refresh_from_db()
    assert (case.stage, case.next_action_on) == ("contact", TODAY + timedelta(days=1))
    kept = Evaluation.objects.get()
    assert (kept.state, kept.decided, kept.decided_because) == ("decided", "go_on", "They have a new bookkeeper.")  # fmt: skip
    with pytest.raises(Refusal, match="decided or replaced"):
        decide(agency=house.agency, evaluation=kept, option="stop", because="No.", by=SYSTEM, at=AT)


def test_against_the_recommendation_one_says_why(house, standing):
    in_evaluation(standing)
    made = the_evaluation()
    other = next(o for o in ("go_on", "monitor") if o != made.recommended)
    with pytest.raises(Refusal, match="Say why"):
        decide(agency=house.agency, evaluation=made, option=other, because="", by=SYSTEM, at=AT)


def test_what_the_facts_have_closed_nobody_decides(house, standing):
    in_evaluation(standing)
    with pytest.raises(Refusal, match="Without the invoices"):
        decide(agency=house.agency, evaluation=the_evaluation(), option="legal", because="All the same.", by=SYSTEM, at=AT)  # fmt: skip
    assert the_evaluation().state == "open", "and nothing was changed"


def test_stopping_is_the_clients_word_and_then_closes_with_a_report(house, standing):
    case = in_evaluation(standing)
    made = decide(agency=house.agency, evaluation=the_evaluation(), option="stop", because="Not worth it.", by=SYSTEM, at=AT)  # fmt: skip
    asked = Approval.objects.get()
    assert (made.state, made.approval_id, asked.kind, asked.default) == ("asked", asked.id, "write_off", "decline")  # fmt: skip
    answer(agency=house.agency, approval=asked, yes=True, by=standing.by, at=AT)
    case.refresh_from_db()
    assert (case.stage, case.closure.code) == ("closed", "uncollectable")


def test_a_no_of_the_client_leaves_a_person_with_a_deadline(house, standing):
    case = in_evaluation(standing)
    decide(agency=house.agency, evaluation=the_evaluation(), option="settle", because="They offer most of it.", by=SYSTEM, at=AT)  # fmt: skip
    answer(agency=house.agency, approval=Approval.objects.get(), yes=False, by=standing.by, at=AT)
    left = Task.objects.get(case=case, done_at=None)
    assert left.kind == "approved_step" and left.due_on > TODAY


def test_what_nobody_decides_in_time_goes_as_recommended_once(house, standing):
    in_evaluation(standing)
    made = the_evaluation()
    late = made.due_on + timedelta(days=1)
    assert (
        look_at_evaluations(agency=house.agency, on=made.due_on, by=SYSTEM, at=moment(made.due_on))
        == 0
    )
    assert look_at_evaluations(agency=house.agency, on=late, by=SYSTEM, at=moment(late)) == 1
    made.refresh_from_db()
    assert (made.decided, made.decided_because) == (made.recommended, "nobody decided in time")
    assert look_at_evaluations(agency=house.agency, on=late, by=SYSTEM, at=moment(late)) == 0


def test_no_case_ever_stands_still_in_evaluation(house, standing):
    """Whatever is decided, and if nothing is: a next look, an open question, or a person with a deadline."""
    options = ("go_on", "monitor", "settle", "stop", None)
    cases = [in_evaluation(standing, key=f"k{n}", lines=[line(f"RE-{n}")], debtor=add_debtor(house, name=f"D{n} GmbH", vat="")) for n in range(len(options))]  # fmt: skip
    for case, option in zip(cases, options, strict=True):
        if option:
            decide(agency=house.agency, evaluation=Evaluation.objects.get(case=case), option=option, because="So be it.", by=SYSTEM, at=AT)  # fmt: skip
    on = TODAY
    for _ in range(30):
        on += timedelta(days=1)
        run_day(agency=house.agency, on=on, by=SYSTEM, at=moment(on), typeset=False)
        for case in Case.objects.exclude(stage="closed"):
            with_somebody = Task.objects.filter(case=case, done_at=None).exists()
            asked = Approval.objects.filter(case=case, state="asked").exists()
            assert with_somebody or asked or (case.next_action_on and case.next_action_on > on), (case.number, on)  # fmt: skip


def test_a_case_moved_by_hand_meanwhile_is_not_decided_behind_the_persons_back(house, standing):
    case = in_evaluation(standing)
    move_case(
        case=case,
        was="evaluation",
        now="contact",
        because="by hand",
        by=SYSTEM,
        at=AT + timedelta(hours=1),
    )
    for task in Task.objects.filter(case=case, kind="evaluate"):
        finish_task(task=task, outcome="moved", by=SYSTEM, at=AT)
    late = TODAY + timedelta(days=40)
    assert look_at_evaluations(agency=house.agency, on=late, by=SYSTEM, at=moment(late)) == 0
    assert Evaluation.objects.get().state == "superseded"


def test_on_an_event_it_is_weighed_anew_and_the_former_gives_way(house, standing):
    case = in_evaluation(standing)
    was = the_evaluation()
    put_on_hold(case=case, kind="insolvency", because="opened", until=None, by=SYSTEM, at=AT)
    made = weigh_now(
        agency=house.agency, case=case, because="insolvency", by=SYSTEM, at=AT + timedelta(hours=1)
    )
    was.refresh_from_db()
    assert was.state == "superseded"
    assert (made.recommended, made.answer["because"]) == ("insolvency", "Insolvency proceedings stand: the claim is filed there.")  # fmt: skip


def test_the_client_is_told_only_what_follows_from_its_own_data(house, standing):
    """Other clients' cases and the house's own signals weigh at the desk, never in the client's counsel."""
    other = sign_up(house, "Annan AB", "5560743089")
    for n in range(3):
        at_work(other, key=f"o{n}", lines=[line(f"O-{n}")], debtor=standing.debtor)
    observe(agency=house.agency, debtor=standing.debtor, kind="dishonoured", on=TODAY, note="Another client's cheque.", key=new_id(), by=SYSTEM, at=AT)  # fmt: skip
    in_evaluation(standing)
    made = Evaluation.objects.filter(case__client=standing.client).latest("id")
    factors = {r["factor"] for r in made.answer["reasons"]}
    assert {"owes_many", "signals_warning"} <= factors
    with scope(house.id, client=standing.client.id):
        told = Counsel.objects.latest("id")
        assert not {r["factor"] for r in told.answer["reasons"]} & {
            "owes_many",
            "owes_others",
            "signals_warning",
        }
        assert Evaluation.objects.count() == 0
    with scope(house.id, client=other.client.id):
        assert not Counsel.objects.exclude(case__client=other.client).exists()
    assert Decimal(told.answer["chance"]) > Decimal(made.answer["chance"])


def test_the_number_of_queries_does_not_grow_with_the_cases(house, standing):
    def cost(n):
        cases = [at_work(standing, key=f"q{n}{i}", lines=[line(f"Q-{n}{i}")]) for i in range(n)]
        loaded = list(Case.objects.filter(id__in=[c.id for c in cases]).select_related("client", "debtor", "collector__user", "agreement"))  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            assert (
                len(
                    weigh(
                        agency=house.agency,
                        cases=loaded,
                        on=TODAY,
                        because="x",
                        params={},
                        by=SYSTEM,
                        at=AT,
                    )
                )
                == n
            )
        return len(asked)

    assert cost(8) <= cost(2) + 1


# On events ---------------------------------------------------------------------------------------------


def rumour(standing, case, kind, at=AT):
    return observe(
        agency=standing.house.agency, debtor=case.debtor, kind=kind, on=TODAY, note="Seen by the field agent.", key=new_id(),
        by=SYSTEM, at=at,
    )  # fmt: skip


def changed(standing, on=TODAY, at=AT):
    return weigh_what_changed(agency=standing.house.agency, on=on, by=SYSTEM, at=at)


def test_a_strong_signal_has_the_debtors_cases_weighed_anew_once(house, standing):
    case = at_work(standing)
    rumour(standing, case, "staff_leaving")
    assert changed(standing) == 0, "a weak one changes nothing"
    rumour(standing, case, "sued")
    assert changed(standing, at=AT + timedelta(hours=1)) == 1
    made = the_evaluation()
    assert (made.case_id, made.because) == (case.id, "A danger signal was raised: %(signal)s.")
    assert Task.objects.get(case=case, kind="evaluate", done_at=None).due_on == made.due_on
    assert changed(standing, at=AT + timedelta(hours=2)) == 0, "it is newer than the news"


def test_a_dispute_that_has_ended_has_its_case_weighed_anew(house, standing):
    case = at_work(standing)
    made = dispute(
        case=case, line=case.lines.first(), reason="faulty", text="Half of it was broken.", by=SYSTEM, at=AT
    ).dispute  # fmt: skip
    assert changed(standing) == 0
    rule(dispute=made, state="rejected", side="house", because="The goods were sound.", by=SYSTEM, at=AT + timedelta(hours=1))  # fmt: skip
    assert changed(standing, at=AT + timedelta(hours=2)) == 1
    assert the_evaluation().params == {"number": made.number}


@pytest.mark.parametrize(
    ("option", "kind"), [("plan", PlanKind.INSTALMENTS), ("settle", PlanKind.SETTLEMENT)]
)
def test_a_plan_or_settlement_that_the_client_agrees_to_is_offered_at_once(
    house, standing, option, kind
):
    case = in_evaluation(standing)
    asked = ask(
        agency=house.agency, case=case, kind="plan" if option == "plan" else "settlement", key=option, sentence="May we?",
        params={"option": option, "debtor": case.debtor.name}, cost=Money(Decimal("10.00"), case.currency), by=SYSTEM, at=AT,
    )  # fmt: skip
    answer(agency=house.agency, approval=asked, yes=True, by=standing.by, at=AT)
    case.refresh_from_db()
    assert case.stage == "contact"
    assert Plan.objects.get(case=case).kind == kind
    assert not Task.objects.filter(case=case, kind="approved_step").exists()


# At law --------------------------------------------------------------------------------------------------


def sued(standing, stage="title", **more):
    case = at_work(standing, **more)
    move_case(case=case, was="contact", now="legal", because="x", by=SYSTEM, at=AT)
    Proceeding.objects.create(
        agency_id=case.agency_id, case=case, client_id=case.client_id, number=f"P-{case.number}", jurisdiction="DE", route="claim",
        stage=stage, currency="EUR", opened_at=AT, by_name="t",
    )  # fmt: skip
    return case


@pytest.mark.parametrize(
    ("stage", "suit"),
    [
        ("filed_at_court", "pending"),
        ("title", "title"),
        ("attached", "title"),
        ("watched", "watched"),
    ],
)
def test_a_case_at_law_is_weighed_by_what_is_still_ahead(house, standing, stage, suit):
    case = sued(standing, stage)
    made = weigh_now(agency=house.agency, case=case, because="", by=SYSTEM, at=AT)
    ways = {w["option"]: w["why_not"] for w in made.answer["ways"]}
    assert made.facts["suit"] == suit
    assert ways["go_on"] and ways["visit"] and not ways["legal"] and not ways["settle"]
    assert bool(ways["monitor"]) == (suit == "pending")


def test_a_turn_before_the_court_is_news_once(house, standing):
    case = sued(standing, "filed_at_court")
    proceeding = Proceeding.objects.get()
    for was, now in (("filed_at_court", "served"), ("served", "opposed")):
        move_proceeding(
            proceeding=proceeding, was=was, now=now, on=TODAY, because="", by=SYSTEM, at=AT
        )
        proceeding.refresh_from_db()
    later = AT + timedelta(hours=1)
    assert weigh_what_changed(agency=house.agency, on=TODAY, by=SYSTEM, at=later) == 1
    made = the_evaluation()
    assert made.case_id == case.id and made.params["court_stage"] == "opposed"
    assert (
        weigh_what_changed(agency=house.agency, on=TODAY, by=SYSTEM, at=later + timedelta(hours=1))
        == 0
    )


def test_going_on_at_law_asks_the_client_nothing_and_settling_does(house, standing):
    case = sued(standing)
    made = weigh_now(agency=house.agency, case=case, because="", by=SYSTEM, at=AT)
    decide(
        agency=house.agency,
        evaluation=made,
        option="legal",
        because="It goes well.",
        by=SYSTEM,
        at=AT,
    )
    case.refresh_from_db()
    assert case.stage == "legal" and not Approval.objects.exists()
    assert Task.objects.get(case=case, kind="ask").role == "legal_officer"
    again = weigh_now(
        agency=house.agency, case=case, because="", by=SYSTEM, at=AT + timedelta(hours=1)
    )
    decide(
        agency=house.agency,
        evaluation=again,
        option="settle",
        because="They called.",
        by=SYSTEM,
        at=AT + timedelta(hours=2),
    )
    assert (
        Approval.objects.get().kind == "settlement"
        and Case.objects.get(id=case.id).stage == "legal"
    )
