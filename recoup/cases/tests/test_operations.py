"""The verbs of a case on a real database, as the unprivileged role."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from recoup.cases.models import Assignment, Case, Charge, Move, Task
from recoup.cases.operations import (
    accept_case,
    add_task,
    assign_case,
    best_collector,
    charge_cost,
    close_case,
    debtor_link,
    decline_case,
    finish_task,
    lift_hold,
    make_debtor_link,
    plan_next_look,
    put_on_hold,
    revoke_debtor_link,
)  # fmt: skip
from recoup.cases.queries import principal_of, review_facts, standing_holds
from recoup.cases.rules import review
from recoup.cases.tests.cast import AT, TODAY, at_work, line, profile, sign_up, submit
from recoup.eventlog.models import Event
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.kernel.refs import is_rf
from recoup.kernel.refusal import Refusal
from recoup.ledger.models import Book, Entry
from recoup.ledger.queries import balance
from recoup.tenancy.context import scope


@pytest.fixture
def standing(house):
    return sign_up(house)


def test_a_case_is_numbered_referenced_and_posted(standing):
    case = submit(standing, line(), line("GS-7", "200.00", "credit_note"))
    assert case.number == "R-2026-000001"
    assert is_rf(case.reference) and case.reference.endswith("R2026000001")
    book = Book.objects.get(subject_id=case.id)
    assert balance(book=book.id, account="principal", currency="EUR") == Money(
        Decimal("1000.00"), "EUR"
    )
    assert balance(book=book.id, account="claimed", currency="EUR") == Money(
        Decimal("-1000.00"), "EUR"
    )
    assert set(Entry.objects.values_list("source", flat=True)) == {
        f"claim:{row.id}" for row in case.lines.all()
    }
    assert principal_of([case.id]) == {case.id: Money(Decimal("1000.00"), "EUR")}
    event = Event.objects.get(case_id=case.id, kind="CaseSubmitted")
    assert event.data["amount"] == "1000.00"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_same_submission_is_one_case(standing):
    assert submit(standing).id == submit(standing).id
    assert Case.objects.count() == 1 and Entry.objects.count() == 1


def test_numbers_run_without_gaps(standing):
    numbers = [submit(standing, line(f"RE-{n}"), key=str(n)).number for n in range(3)]
    assert numbers == ["R-2026-000001", "R-2026-000002", "R-2026-000003"]


def test_the_same_invoice_again_names_the_case_that_has_it(standing):
    first = submit(standing)
    with pytest.raises(
        Refusal, match="RE-1001 against Müller Logistik GmbH is already in case R-2026-000001"
    ) as refused:
        submit(standing, key="two")
    assert refused.value.code == "invoice_already_placed"
    decline_case(case=first, because="wrong debtor", by=SYSTEM, at=AT)
    assert submit(standing, key="three").number == "R-2026-000002"


@pytest.mark.parametrize(("lines", "code"), [
    ([line(kind="credit_note")], "claim_empty"),
    ([line(amount="0")], "claim_line_amount"),
    ([line(amount="-5.00")], "claim_line_amount"),
    ([line(amount="5.001")], "claim_line_amount"),
    ([line(), line()], "claim_line_twice"),
    ([line(), line("GS", "1200.00", "credit_note")], "claim_nothing_left"),
])  # fmt: skip
def test_an_unfit_claim_is_refused_and_leaves_nothing(standing, lines, code):
    with pytest.raises(Refusal) as refused:
        submit(standing, *lines)
    assert refused.value.code == code
    assert refused.value.sentence()
    assert not Case.objects.exists()


def test_a_client_submits_within_its_own_view(standing):
    with scope(standing.house.id, client=standing.client.id):
        case = submit(standing)
        assert not Task.objects.exists()
    task = Task.objects.get(case=case)
    assert (task.kind, task.role, task.client_id) == ("review", "account_manager", None)
    assert "R-2026-000001" in task.sentence % task.params


def test_accepting_ends_the_review_and_happens_once(standing):
    case = submit(standing)
    accept_case(case=case, by=SYSTEM, at=AT)
    assert Task.objects.get(case=case).outcome == "accepted"
    other = Case.objects.get(id=case.id)
    other.stage = "submitted"
    with pytest.raises(Refusal, match="no longer “submitted”, but “accepted”"):
        accept_case(case=other, by=SYSTEM, at=AT)
    assert Move.objects.count() == 1


def test_declining_wants_a_reason(standing):
    case = submit(standing)
    with pytest.raises(Refusal, match="reason"):
        decline_case(case=case, because="  ", by=SYSTEM, at=AT)
    decline_case(case=case, because="Time-barred", by=SYSTEM, at=AT)
    assert Event.objects.get(kind="CaseDeclined").data["because"] == "Time-barred"


def test_the_collector_who_fits_gets_the_case_with_the_reasons(standing):
    profile(standing.house)
    profile(standing.house, "legal_officer", ("SE",), ("sv",))
    case = submit(standing)
    accept_case(case=case, by=SYSTEM, at=AT)
    found = best_collector(agency=standing.house.id, case=case, on=TODAY)
    assert found.member == standing.house.members["collector"].id
    assert (found.score.total, found.compared) == (85, 1)
    assign_case(
        case=case,
        collector=standing.house.members["collector"],
        because=found.because,
        by=SYSTEM,
        at=AT,
    )
    case.refresh_from_db()
    assert (case.stage, case.next_action_on) == ("contact", TODAY)
    assert Assignment.objects.get(case=case).because["parts"]["language"] == "25/25"
    assert [m.now for m in Move.objects.order_by("id")] == ["accepted", "contact"]


def test_only_collectors_take_cases_and_only_open_ones(standing):
    case = submit(standing)
    with pytest.raises(Refusal, match="cannot be assigned"):
        assign_case(
            case=case, collector=standing.house.members["collector"], because={}, by=SYSTEM, at=AT
        )
    accept_case(case=case, by=SYSTEM, at=AT)
    with pytest.raises(Refusal, match="does not take cases"):
        assign_case(
            case=case,
            collector=standing.house.members["finance_officer"],
            because={},
            by=SYSTEM,
            at=AT,
        )


def test_reassigning_keeps_the_history(standing):
    case = at_work(standing)
    assign_case(
        case=case, collector=standing.house.members["supervisor"], because={}, by=SYSTEM, at=AT
    )
    assert Assignment.objects.filter(case=case).count() == 2
    assert Move.objects.filter(case=case).count() == 2


def test_a_hold_stands_once_per_kind_until_lifted(standing):
    case = at_work(standing)
    hold = put_on_hold(
        case=case, kind="disputed", because="Goods broken", until=None, by=SYSTEM, at=AT
    )
    with pytest.raises(Refusal, match="already on hold"):
        put_on_hold(case=case, kind="disputed", because="Again", until=None, by=SYSTEM, at=AT)
    put_on_hold(case=case, kind="promise", because="Pays Friday", until=TODAY, by=SYSTEM, at=AT)
    assert standing_holds(case.id, TODAY).count() == 2
    assert standing_holds(case.id, TODAY + timedelta(days=1)).count() == 1
    lift_hold(hold=hold, because="settled", by=SYSTEM, at=AT)
    with pytest.raises(Refusal, match="already been lifted"):
        lift_hold(hold=hold, because="settled", by=SYSTEM, at=AT)
    put_on_hold(case=case, kind="disputed", because="New", until=None, by=SYSTEM, at=AT)


def test_a_cost_is_charged_once_and_posted(standing):
    case = at_work(standing)
    fee = Money(Decimal("40.00"), "EUR")
    asked = {
        "case": case,
        "kind": "reminder",
        "on": TODAY,
        "amount": fee,
        "key": "letter:1",
        "because": "§ 288(5) BGB",
        "by": SYSTEM,
        "at": AT,
    }
    assert charge_cost(**asked).id == charge_cost(**asked).id
    book = Book.objects.get(subject_id=case.id)
    assert balance(book=book.id, account="costs", currency="EUR") == fee
    assert Charge.objects.count() == 1
    with pytest.raises(Refusal, match="cannot be charged"):
        charge_cost(**asked | {"amount": Money(Decimal("1.00"), "SEK"), "key": "x"})


def test_a_task_is_made_once_and_done_once(standing):
    asked = {"agency": standing.house.id, "key": "k", "kind": "call", "sentence": "Call %(who)s.", "params": {"who": "Jo"},
             "role": "collector", "due_on": TODAY, "default": "Tomorrow again.", "by": SYSTEM, "at": AT}  # fmt: skip
    task = add_task(**asked)
    assert add_task(**asked).id == task.id
    finish_task(task=task, outcome="called", by=SYSTEM, at=AT)
    with pytest.raises(Refusal, match="already done by Recoup"):
        finish_task(task=task, outcome="called", by=SYSTEM, at=AT)
    assert [e.kind for e in Event.objects.filter(kind__startswith="Task").order_by("id")] == [
        "TaskAdded",
        "TaskFinished",
    ]


def test_closing_ends_tasks_and_looks_with_a_code(standing):
    case = at_work(standing)
    plan_next_look(case=case, on=TODAY)
    add_task(agency=standing.house.id, key="k", kind="call", sentence="Call.", params={}, role="collector",
             due_on=TODAY, default="", case=case, by=SYSTEM, at=AT)  # fmt: skip
    with pytest.raises(Refusal, match="no way to close"):
        close_case(case=case, code="vanished", because="x", report=None, by=SYSTEM, at=AT)
    close_case(case=case, code="paid", because="paid in full", report=None, by=SYSTEM, at=AT)
    case.refresh_from_db()
    assert (case.stage, case.next_action_on, case.closure.code) == ("closed", None, "paid")
    assert not Task.objects.filter(done_at__isnull=True).exists()
    with pytest.raises(Refusal, match="cannot go"):
        close_case(case=case, code="paid", because="again", report=None, by=SYSTEM, at=AT)


def test_a_debtor_link_opens_until_it_expires_or_is_revoked(standing):
    case = at_work(standing)
    token = make_debtor_link(case=case, expires_at=AT + timedelta(days=90), by=SYSTEM, at=AT)
    link = debtor_link(token, at=AT)
    assert link.case_id == case.id and token not in link.token_hash
    assert debtor_link(token, at=AT + timedelta(days=90)) is None
    assert debtor_link(token[:-1] + "x", at=AT) is None and debtor_link("' OR 1=1", at=AT) is None
    revoke_debtor_link(link=link, by=SYSTEM, at=AT)
    assert debtor_link(token, at=AT) is None


def test_the_review_reads_the_case(standing):
    findings = {f.code: f for f in review(review_facts(submit(standing)), TODAY)}
    assert {
        "documents_missing",
        "within_limitation",
        "debtor_number_right",
        "business_debtor",
    } <= set(findings)


def test_every_event_of_a_case_can_be_said_in_json(standing):
    case = at_work(standing)
    close_case(case=case, code="paid", because="done", report=None, by=SYSTEM, at=AT)
    kinds = list(
        Event.objects.filter(case_id=case.id).order_by("id").values_list("kind", flat=True)
    )
    assert kinds == [
        "CaseSubmitted",
        "TaskAdded",
        "TaskFinished",
        "CaseAccepted",
        "CaseAssigned",
        "CaseClosed",
    ]
