"""What a client is asked, says and decides in advance, by program: the same operations as the pages."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from recoup.approvals.models import Approval
from recoup.approvals.operations import ask_approval
from recoup.cases.models import Task
from recoup.cases.tests.cast import at_work, line
from recoup.files.operations import keep
from recoup.journeys.plans import offer
from recoup.journeys.talk import talk
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.keys.rules import Scope
from recoup.payments.tests.cast import trust_account
from recoup.plans.models import Plan
from recoup.plans.rules import Terms
from recoup.plans.states import PlanKind
from recoup.talks.rules import Side
from recoup.tenancy.context import scope
from recoup.web.api.tests.cast import World, caller
from tests.cast import NOW


@pytest.fixture
def worked(world: World) -> Any:
    with scope(world.house.id):  # type: ignore[arg-type]
        trust_account(world.house.agency)
        return at_work(world.standing, key="worked", lines=[line("W-1", "1200.00")])


def ask(world: World, case: Any, key: str = "q") -> Approval:
    with scope(world.house.id):  # type: ignore[arg-type]
        return ask_approval(
            case=case, kind="settlement", key=key, sentence="Take %(amount)s for all of it?", params={"amount": "900.00", "currency": "EUR"},
            cost=Money(Decimal(300), "EUR"), odds_percent=60, duration_days=10, answer_days=5, default="decline",
            by=SYSTEM, at=timezone.now(),
        )  # fmt: skip


def test_a_question_is_read_answered_once_and_shows_what_became_of_it(world: World, worked: Any) -> None:  # fmt: skip
    question = ask(world, worked)
    row = world.ask.get("/approvals?state=asked").json()["items"][0]
    assert (row["id"], row["cost"], row["default"]) == (str(question.id), {"amount": "300.00", "currency": "EUR"}, "decline")  # fmt: skip
    read = world.ask.get(f"/approvals/{question.id}")
    path, yes = f"/approvals/{question.id}/answer", {"answer": "approve", "because": "Fine."}
    assert world.ask.post(path, yes, If_Match='"another"').status_code == 412
    done = world.ask.post(path, yes, If_Match=read.headers["ETag"], Idempotency_Key="yes")
    assert (done.status_code, done.json()["state"], done.json()["because"]) == (200, "approved", "Fine.")  # fmt: skip
    again = world.ask.post(path, yes, If_Match=read.headers["ETag"], Idempotency_Key="yes")
    assert again.headers["Idempotent-Replayed"] == "true" and again.json() == done.json()
    late = world.ask.post(path, {"answer": "decline"})
    assert (late.status_code, late.json()["code"]) == (409, "approval_decided")
    assert world.ask.get("/approvals?state=asked").json()["items"] == []


def test_the_house_does_not_decide_for_its_client(world: World, worked: Any) -> None:
    question, house = ask(world, worked), caller(world.house)
    refused = house.post(f"/approvals/{question.id}/answer", {"answer": "approve"})
    assert (refused.status_code, refused.json()["code"]) == (403, "clients_only")
    assert house.get(f"/approvals/{question.id}").status_code == 200


def test_what_is_decided_in_advance_is_not_asked_any_more(world: World, worked: Any) -> None:
    wanted = {"limit": "500.00", "currency": "EUR", "budget": "400.00", "per": "total"}
    said = world.ask("PUT", "/mandate/authorities/settlement", wanted).json()["authorities"]
    assert (said[0]["limit"]["amount"], said[0]["spent"]["amount"]) == ("500.00", "0.00")
    assert ask(world, worked).state == "approved"
    assert world.ask.get("/mandate").json()["authorities"][0]["spent"]["amount"] == "300.00"
    assert ask(world, worked, "over budget").state == "asked"
    assert world.ask("DELETE", "/mandate/authorities/settlement").json()["authorities"] == []
    plans = {"months": 6, "first_percent": "12.5", "discount": "15"}
    assert world.ask("PUT", "/mandate/plans", plans).json()["plans"]["first_percent"] == "12.50"
    assert world.ask("PUT", "/mandate/plans", {"months": 99}).status_code == 422


def test_a_plan_is_answered_at_its_case_and_not_as_a_task(world: World, worked: Any) -> None:
    assert world.ask.get(f"/cases/{worked.number}/plan").status_code == 404
    with scope(world.house.id):  # type: ignore[arg-type]
        terms = Terms(kind=PlanKind.INSTALMENTS, first_on=date(2027, 11, 1), count=3)
        offer(agency=world.house.agency, case=worked, terms=terms, by=SYSTEM, at=NOW)
    read = world.ask.get(f"/cases/{worked.number}/plan").json()
    assert (read["state"], len(read["instalments"])) == ("asked", 3) and read["outside"]
    task = world.ask.get("/tasks").json()["items"][0]
    wrong = world.ask.post(f"/tasks/{task['id']}/answer", {"outcome": "done"})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "task_elsewhere")
    done = world.ask.post(f"/cases/{worked.number}/plan/answer", {"answer": "decline", "because": "Too long."})  # fmt: skip
    assert (done.status_code, done.json()["because"]) == (200, "Too long.")
    with scope(world.house.id):  # type: ignore[arg-type]
        assert Plan.objects.get().state == "declined"
        assert Task.objects.get(kind="approve_plan").outcome == "declined"


def test_messages_go_both_ways_with_files_and_say_whether_they_were_read(world: World, worked: Any) -> None:  # fmt: skip
    with scope(world.house.id):  # type: ignore[arg-type]
        order = keep(
            agency=world.house.id, content=b"%PDF-1.4 order", name="order.pdf", media_type="application/pdf",  # type: ignore[arg-type]
            kind="upload", client=worked.client_id, by=SYSTEM, at=NOW,
        )  # fmt: skip
    body = {"text": "Here is the order.", "documents": [str(order.id)]}
    made = world.ask.post(f"/cases/{worked.number}/messages", body)
    assert made.status_code == 201, made.content
    assert (made.json()["side"], made.json()["enclosed"][0]["name"], made.json()["read_at"]) == ("client", "order.pdf", None)  # fmt: skip
    with scope(world.house.id):  # type: ignore[arg-type]
        assert Task.objects.get(kind="client_wrote").role == "collector"
        talk(case=worked, side=Side.HOUSE, text="Thank you.", key=new_id(), by=SYSTEM, at=NOW)
    for path in ("/messages", f"/cases/{worked.number}/messages"):
        assert {m["text"] for m in world.ask.get(path).json()["items"]} == {"Here is the order.", "Thank you."}  # fmt: skip
    assert world.ask.post(f"/cases/{worked.number}/messages", {"text": " "}).status_code == 422
    assert caller(world.house).get(f"/cases/{world.case.number}/messages").json()["items"] == []


def test_how_somebody_is_told_is_read_and_chosen(world: World) -> None:
    person = world.ask.get("/users").json()["items"][0]["id"]
    path = f"/users/{person}/notifications"
    assert world.ask.get(path).json() == {"how": "daily"}
    assert world.ask("PUT", path, {"how": "weekly"}).json() == {"how": "weekly"}
    assert world.ask("PUT", path, {"how": "hourly"}).status_code == 422
    reader = caller(world.house, world.standing.client.id, [Scope.USERS_READ])
    assert reader.get(path).json() == {"how": "weekly"}
    assert reader("PUT", path, {"how": "none"}).status_code == 403


def test_what_a_client_has_done_by_program_its_collector_looks_at(world: World, worked: Any) -> None:  # fmt: skip
    from recoup.cases.operations import add_task

    with scope(world.house.id):  # type: ignore[arg-type]
        task = add_task(
            agency=world.house.id, key="t", kind="ask", sentence="Send the order.", params={}, role="client_submitter",  # type: ignore[arg-type]
            due_on=NOW.date(), default="Nothing.", case=worked, client=worked.client_id, by=SYSTEM, at=NOW,
        )  # fmt: skip
    assert world.ask.post(f"/tasks/{task.id}/answer", {"outcome": "sent"}).status_code == 200
    with scope(world.house.id):  # type: ignore[arg-type]
        assert Task.objects.get(key=f"done_by_client:{task.id}").role == "collector"


def test_an_empty_idempotency_key_is_no_key(world):
    """It says of itself that there is one: without characters nothing could be repeated under it."""
    headers = {"Authorization": f"Bearer {world.ask.token}", "Idempotency-Key": ""}
    answer = world.ask.browser.delete("/api/v1/mandate/authorities/settlement", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_wrong")
