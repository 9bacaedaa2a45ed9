"""An outside dialler: no number without a permit, one call a permit, and what the outcome calls for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recoup.cases.models import Case, Hold, Task
from recoup.cases.operations import add_task
from recoup.contact.models import ContactAttempt, Denial, Permit
from recoup.disputes.models import Dispute
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import Refusal
from recoup.keys.operations import make_key
from recoup.keys.rules import Scope
from recoup.parties.models import Contact
from recoup.parties.operations import add_contact
from recoup.payments.tests.cast import trust_account
from recoup.tenancy.context import scope
from recoup.web.api.tests.cast import Caller, caller
from recoup.web.desk.tests.cast import AT, at_work, sign_up

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)  # 10:00 in Germany


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = MONDAY
        monkeypatch.setattr("recoup.web.api.door.timezone.now", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def case(house: Any) -> Case:
    trust_account(house.agency)
    case = at_work(sign_up(house))
    add_contact(debtor=case.debtor, name="Jan Vogel", phone="+49 151 23456789", by=SYSTEM, at=AT)
    return case


@pytest.fixture
def dialler(house: Any, case: Case) -> Caller:
    return caller(house)


def permitted(dialler: Caller, case: Case, **body: Any) -> dict[str, Any]:
    answer = dialler.post(f"/cases/{case.number}/permits", body)
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_calls_to_be_made_come_without_numbers(house: Any, case: Case, dialler: Caller, clock: Clock) -> None:  # fmt: skip
    with scope(house.id):
        add_task(agency=house.id, key="call:x", kind="call", sentence="Call %(debtor)s", params={"debtor": "X"},
                 role="collector", due_on=MONDAY.date(), default="", case=case, by=SYSTEM, at=MONDAY)  # fmt: skip
        add_task(agency=house.id, key="call:y", kind="call", sentence="Later", params={}, role="collector",
                 due_on=MONDAY.date() + timedelta(days=1), default="", case=case, by=SYSTEM, at=MONDAY)  # fmt: skip
    answer = dialler.get("/calls")
    (row,) = answer.json()["items"]
    assert (row["case"], row["time_zone"]) == (case.number, "Europe/Berlin")
    assert [p["name"] for p in row["people"]] == ["Jan Vogel"]
    assert b"23456789" not in answer.content, "a number comes with its permit"


def test_the_number_comes_with_the_permit_and_the_same_permit_until_the_call(
    house: Any, case: Case, dialler: Caller, clock: Clock
) -> None:
    first = permitted(dialler, case)
    assert (first["permitted"], first["phone"], first["local_time"]) == (True, "+49 151 23456789", "10:00")  # fmt: skip
    assert first["until"] == "2026-11-23T11:00:00Z"
    clock.now += timedelta(minutes=5)
    assert permitted(dialler, case)["permit"] == first["permit"]
    with scope(house.id):
        assert Permit.objects.filter(channel="call").count() == 1


def test_a_denial_is_kept_and_tells_no_number(house: Any, case: Case, dialler: Caller, clock: Clock) -> None:  # fmt: skip
    clock.now = MONDAY.replace(hour=22)
    found = permitted(dialler, case)
    assert (found["permitted"], found["phone"], found["permit"]) == (False, None, None)
    assert found["code"] == "outside_hours" and found["because"] and found["earliest_at"]
    with scope(house.id):
        assert Denial.objects.get(case=case).code == "outside_hours"


def test_whoever_wants_no_calls_is_not_rung_by_name_either(
    house: Any, case: Case, dialler: Caller, clock: Clock
) -> None:
    with scope(house.id):
        jan = Contact.objects.get(name="Jan Vogel")
        Contact.objects.filter(id=jan.id).update(opted_out_at=AT)
    found = permitted(dialler, case, contact=str(jan.id))
    assert (found["permitted"], found["phone"]) == (False, None)


def test_one_permit_is_one_call_and_a_promise_holds_the_case(
    house: Any, case: Case, dialler: Caller, clock: Clock
) -> None:
    permit = permitted(dialler, case)["permit"]
    told = {"permit": permit, "outcome": "promised", "note": "Friday.", "promised_on": "2026-11-27"}
    first = dialler.post(f"/cases/{case.number}/calls", told)
    assert first.status_code == 201, first.content
    assert (first.json()["id"], first.json()["clock"], first.json()["right_party"]) == (permit, "stands", True)  # fmt: skip
    again = dialler.post(f"/cases/{case.number}/calls", told)
    assert again.json() == first.json(), "under another Idempotency-Key: still one call"
    with scope(house.id):
        assert ContactAttempt.objects.filter(case=case, channel="call").count() == 1
        assert Hold.objects.get(case=case).until.isoformat() == "2026-11-27"
        assert Denial.objects.count() == 0


def test_without_a_permit_of_the_case_nothing_is_kept(
    house: Any, case: Case, dialler: Caller, clock: Clock
) -> None:
    told = {"permit": str(case.id), "outcome": "no_answer"}
    answer = dialler.post(f"/cases/{case.number}/calls", told)
    assert (answer.status_code, answer.json()["code"]) == (422, "permit_unknown")
    permit = permitted(dialler, case)["permit"]
    clock.now += timedelta(hours=2)
    answer = dialler.post(f"/cases/{case.number}/calls", {**told, "permit": permit})
    assert (answer.status_code, answer.json()["code"]) == (409, "permit_over")
    with scope(house.id):
        assert ContactAttempt.objects.filter(case=case, channel="call").count() == 0


def test_a_permit_after_which_somebody_else_called_is_used(
    house: Any, case: Case, dialler: Caller, clock: Clock
) -> None:
    from recoup.journeys.call import call_made
    from recoup.kernel.ids import new_id

    permit = permitted(dialler, case)["permit"]
    with scope(house.id):
        call_made(agency=house.agency, case=case, contact=None, outcome="no_answer", note="", key=new_id(),
                  by=SYSTEM, at=MONDAY + timedelta(minutes=3))  # fmt: skip
    clock.now += timedelta(minutes=5)
    answer = dialler.post(f"/cases/{case.number}/calls", {"permit": permit, "outcome": "no_answer"})
    assert (answer.status_code, answer.json()["code"]) == (409, "permit_used")


def test_a_dispute_told_by_the_dialler_is_opened_on_its_invoice(
    house: Any, case: Case, dialler: Caller, clock: Clock
) -> None:
    ref = case.lines.get().ref
    told = {"permit": permitted(dialler, case)["permit"], "outcome": "disputes", "note": "Broken.", "reason": "faulty"}  # fmt: skip
    wrong = dialler.post(f"/cases/{case.number}/calls", {**told, "invoices": ["nothing"]})
    assert (wrong.json()["code"], wrong.json()["field"]) == ("invoice_unknown", "invoices")
    assert dialler.post(f"/cases/{case.number}/calls", {**told, "invoices": [ref]}).status_code == 201  # fmt: skip
    with scope(house.id):
        assert (Dispute.objects.get(case=case).reason, Task.objects.filter(kind="call", done_at=None).count()) == ("faulty", 0)  # fmt: skip


def test_the_scope_is_for_the_house_alone(house: Any, case: Case) -> None:
    with pytest.raises(Refusal, match="agency's own keys"):
        make_key(agency=house.agency, client=case.client_id, name="k", scopes=[Scope.CALLS], expires_on=None,
                 by=SYSTEM, at=AT)  # fmt: skip
