"""A promise to pay on its day: kept, kept in part, broken, over; each with what follows."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from recoup.cases.models import Case, Hold, Promise, Task
from recoup.cases.operations import move_case
from recoup.cases.rules.promises import what_came
from recoup.cases.states import PromiseState
from recoup.cases.tests.cast import AT, at_work, profile, sign_up
from recoup.journeys.call import call_made
from recoup.journeys.day import run_day
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.payments.operations.allocate import report_direct_payment
from recoup.payments.tests.cast import trust_account
from recoup.strategy.oversight import broken_promises

DAY = AT.date() + timedelta(days=5)


def day(on: date) -> datetime:
    return datetime.combine(on, AT.time(), AT.tzinfo)


@pytest.fixture
def case(house: Any) -> Case:
    profile(house)
    trust_account(house.agency)
    return at_work(sign_up(house))


def promised(house: Any, case: Case, amount: Decimal | None = None, on: date = DAY) -> Promise:
    call_made(
        agency=house.agency, case=case, contact=None, outcome="promised", note="on the 25th", promised_on=on,
        promised_amount=amount, key=new_id(), by=SYSTEM, at=AT,
    )  # fmt: skip
    return Promise.objects.get(case=case, state="open")


def lived(house: Any, on: date) -> None:
    run_day(agency=house.agency, on=on, by=SYSTEM, at=day(on), typeset=False)


def paid(case: Case, amount: str, on: date) -> None:
    report_direct_payment(
        case=case, amount=Money(Decimal(amount), "EUR"), on=on, by=SYSTEM, at=day(on)
    )


@pytest.mark.parametrize(
    ("amount", "came", "left", "days", "state"),
    [
        (None, "900", "0", 0, "kept"), ("100", "100", "800", 0, "kept"), ("100", "99", "801", 3, None),
        ("100", "99", "801", 4, "part_kept"), (None, "0", "900", 3, None), (None, "0", "900", 4, "broken"),
        (None, "0", "0", 0, "over"),
    ],
)  # fmt: skip
def test_what_came_of_a_promise(
    amount: str | None, came: str, left: str, days: int, state: str | None
) -> None:
    found = what_came(
        on=DAY, amount=Decimal(amount) if amount else None, owed=Decimal(900), paid=Decimal(came),
        left=Decimal(left), today=DAY + timedelta(days=days),
    )  # fmt: skip
    assert found == (PromiseState(state) if state else None)


def test_a_broken_promise_is_waited_for_and_then_called_about(house: Any, case: Case) -> None:
    promise = promised(house, case)
    for after in range(1, 5):
        lived(house, DAY + timedelta(days=after))
        promise.refresh_from_db()
        assert promise.state == ("broken" if after == 4 else "open"), after
        assert case.attempts.filter(channel="letter").count() == 0
    task = Task.objects.get(case=case, kind="call", done_at=None)
    assert task.due_on > DAY and "was not kept" in task.sentence
    assert not Hold.objects.filter(case=case, lifted_at=None).exists()
    assert list(broken_promises(house.id, DAY + timedelta(days=5))) == [case]
    lived(house, DAY + timedelta(days=4))
    assert Task.objects.filter(case=case, kind="call").count() == 1


def test_a_part_is_named_and_the_rest_asked_for(house: Any, case: Case) -> None:
    promise = promised(house, case, Decimal("500.00"))
    paid(case, "120.00", DAY)
    lived(house, DAY + timedelta(days=4))
    promise.refresh_from_db()
    assert (promise.state, promise.paid) == ("part_kept", Decimal("120.00"))
    task = Task.objects.get(case=case, kind="call", done_at=None)
    assert "120.00" in task.params["paid"]


def test_a_kept_promise_lets_the_case_go_on_with_the_rest(house: Any, case: Case) -> None:
    promise = promised(house, case, Decimal("120.00"))
    paid(case, "120.00", AT.date() + timedelta(days=1))
    lived(house, AT.date() + timedelta(days=2))
    promise.refresh_from_db()
    assert promise.state == "kept"
    assert not Hold.objects.filter(case=case, lifted_at=None).exists()
    assert not Task.objects.filter(case=case, kind="call", done_at=None).exists()


def test_a_later_promise_and_the_end_of_a_case_make_it_over(house: Any, case: Case) -> None:
    first = promised(house, case)
    second = promised(house, case, on=DAY + timedelta(days=3))
    first.refresh_from_db()
    assert first.state == "over" and second.state == "open"
    move_case(case=case, was="contact", now="closed", because="withdrawn", by=SYSTEM, at=AT)
    lived(house, AT.date() + timedelta(days=1))
    second.refresh_from_db()
    assert second.state == "over"
