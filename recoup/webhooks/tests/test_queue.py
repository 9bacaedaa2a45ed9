"""Deliveries: written with the event, in order, tried, expired, replayed."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from recoup.cases.models import Case
from recoup.cases.operations import put_on_hold
from recoup.cases.tests.cast import Standing, sign_up, submit
from recoup.eventlog.operations import record
from recoup.jobs.webhooks import document_of, message_id, work_webhooks
from recoup.kernel.actor import SYSTEM
from recoup.kernel.refusal import Refusal
from recoup.outbox.models import Message
from recoup.tenancy.context import apply, scope
from recoup.webhooks.models import Attempt, Delivery, Endpoint, Secret
from recoup.webhooks.operations import (
    add_endpoint,
    claim_next,
    delete_endpoint,
    forget_old,
    place_waiting,
    replay,
    replay_expired,
    rotate_secret,
    secret_of,
    secrets_of,
    send_test,
    settle,
    switch_off,
    switch_on,
)
from recoup.webhooks.rules import OVERLAP
from recoup.webhooks.wire import Reply
from tests.cast import NOW


def look_up(host: str, port: int) -> list[str]:
    return ["93.184.215.14"]


@pytest.fixture
def standing(house) -> Standing:
    return sign_up(house)


@pytest.fixture
def endpoint(standing) -> Endpoint:
    return endpoint_of(standing)


def endpoint_of(
    standing: Standing, url: str = "https://books.example.com/hook", **more: Any
) -> Endpoint:
    return add_endpoint(agency=standing.house.id, client=standing.client.id, url=url, by=standing.by, at=NOW,
                        look_up=look_up, **more)  # fmt: skip


def happen(case: Case, kind: str = "NoteTold", audience: str = "client", **data: Any) -> Any:
    return record(agency=case.agency_id, kind=kind, by=SYSTEM, at=NOW, case=case.id, client=case.client_id,
                  audience=audience, **data)  # fmt: skip


def kinds() -> list[str]:
    return list(Delivery.objects.order_by("event_id").values_list("kind", flat=True))


def told(house: Any, at: Any, answers: list[int | None]) -> list[str]:
    """Work once with a receiver that answers so; the kinds it was told."""
    seen: list[str] = []

    def send(target: Any, headers: dict[str, str], body: bytes) -> Reply:
        import json

        seen.append(json.loads(body)["type"])
        return Reply(answers.pop(0) if answers else 204, "", 3)

    work_webhooks(agency=house.agency, clock=lambda: at, send=send)
    return seen


def test_an_event_and_its_delivery_are_kept_or_lost_together(standing, endpoint) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        submit(standing)
        assert "CaseSubmitted" in kinds()
        raise ZeroDivisionError
    assert kinds() == []
    submit(standing)
    assert kinds() == ["CaseSubmitted"]


def test_only_what_the_client_may_see_is_told_and_only_to_it(house, standing, endpoint) -> None:
    other = sign_up(house, "Nordan Papper AB", "5560360793")
    foreign = endpoint_of(other, "https://other.example.com/")
    case = submit(standing)
    happen(case, "Secret", audience="internal")
    happen(case, "Told", audience="debtor")
    assert kinds() == ["CaseSubmitted", "Told"]
    assert not Delivery.objects.filter(endpoint=foreign).exists()


def test_only_the_kinds_asked_for(standing) -> None:
    endpoint_of(standing, kinds=["CaseHeld"])
    case = submit(standing)
    put_on_hold(case=case, kind="client_asks", because="x", until=None, by=SYSTEM, at=NOW)
    assert kinds() == ["CaseHeld"]


def test_what_a_debtor_does_is_told_though_the_debtor_sees_no_webhook(
    house, standing, endpoint
) -> None:
    case = submit(standing)
    with scope(house.id, case=case.id):
        happen(case, "DebtorWrote", audience="debtor")
        assert not Delivery.objects.exists() and not Secret.objects.exists()
    assert "DebtorWrote" in kinds()


def test_a_client_does_not_see_anothers(house, standing, endpoint) -> None:
    other = sign_up(house, "Nordan Papper AB", "5560360793")
    submit(standing)
    with scope(house.id, client=other.client.id):
        assert not any(m.objects.exists() for m in (Endpoint, Secret, Delivery, Attempt))
    apply({"agency_id": str(house.id), "client_id": "", "case_id": "", "user_id": ""})


def test_of_one_case_the_next_waits_for_the_one_before(house, standing, endpoint) -> None:
    case = submit(standing)
    happen(case, "First")
    happen(case, "Second")
    assert told(house, NOW, [500]) == ["CaseSubmitted"]
    assert told(house, NOW + timedelta(seconds=1), []) == []
    assert told(house, NOW + timedelta(hours=1), []) == ["CaseSubmitted", "First", "Second"]
    assert [d.seq for d in Delivery.objects.order_by("seq")] == [1, 2, 3]


def test_an_event_that_commits_later_comes_later_whatever_its_id(house, standing, endpoint) -> None:
    case = submit(standing)
    place_waiting(agency=house.id, at=NOW)
    early = happen(case, "Early")
    Delivery.objects.filter(event_id=early).update(event_id=None)  # not visible yet: not committed
    happen(case, "Late")
    place_waiting(agency=house.id, at=NOW)
    Delivery.objects.filter(kind="Early").update(event_id=early)
    place_waiting(agency=house.id, at=NOW)
    assert dict(Delivery.objects.values_list("kind", "seq")) == {
        "CaseSubmitted": 1,
        "Late": 2,
        "Early": 3,
    }


def test_a_settled_delivery_stays_settled_against_a_slower_worker(
    house, standing, endpoint
) -> None:
    submit(standing)
    place_waiting(agency=house.id, at=NOW)
    slow = claim_next(endpoint=endpoint.id, at=NOW)
    assert slow is not None and claim_next(endpoint=endpoint.id, at=NOW) is None
    later = NOW + timedelta(minutes=2)
    quick = claim_next(endpoint=endpoint.id, at=later)
    assert quick is not None and quick.fence == slow.fence + 1
    assert settle(delivery=quick, status=200, said="", took_ms=1, at=later) == "delivered"
    assert settle(delivery=slow, status=500, said="", took_ms=1, at=later) == ""
    assert Delivery.objects.get().state == "delivered"


def test_wh06_three_days_in_vain_switch_it_off_with_a_notice_and_lose_nothing(
    house, standing, endpoint
) -> None:
    case, at = submit(standing), NOW
    happen(case, "Second")
    for _ in range(40):
        told(house, at, [503] * 9)
        at += timedelta(hours=4)
    endpoint.refresh_from_db()
    first = Delivery.objects.get(kind="CaseSubmitted")
    assert (endpoint.state, first.state) == ("off", "expired") and 8 <= first.tries <= 20
    assert Message.objects.filter(key__startswith="webhook-off:").count() == 1
    happen(case, "Third")
    assert told(house, at, []) == []
    switch_on(endpoint=endpoint, by=SYSTEM, at=at, look_up=look_up)
    assert [k for k in told(house, at, []) if not k.startswith("Webhook")] == ["Second", "Third"]
    assert replay_expired(endpoint=endpoint, at=at) == 1
    assert told(house, at, []) == ["CaseSubmitted"]


def test_wh06_gone_is_gone_at_once(house, standing, endpoint) -> None:
    submit(standing)
    told(house, NOW, [410])
    endpoint.refresh_from_db()
    assert endpoint.state == "off" and "410" in endpoint.off_because


def test_wh07_a_replay_has_the_same_id_and_body(house, standing, endpoint) -> None:
    submit(standing)
    told(house, NOW, [])
    delivered = Delivery.objects.get()
    before = message_id(delivered), document_of(delivered)
    replay(delivery=delivered, at=NOW)
    with pytest.raises(Refusal):
        replay(delivery=delivered, at=NOW)
    assert told(house, NOW, []) == ["CaseSubmitted"]
    delivered.refresh_from_db()
    assert (message_id(delivered), document_of(delivered)) == before
    assert Attempt.objects.count() == 2


def test_wh09_what_waited_for_a_deleted_endpoint_is_dropped(house, standing, endpoint) -> None:
    submit(standing)
    delete_endpoint(endpoint=endpoint, by=SYSTEM, at=NOW)
    assert told(house, NOW, []) == []
    happen(Case.objects.get(), "Later")
    assert "Later" not in kinds()


def test_both_secrets_sign_for_a_day_after_a_rotation(standing, endpoint) -> None:
    old = secret_of(endpoint)
    rotate_secret(endpoint=endpoint, by=SYSTEM, at=NOW)
    new = secret_of(endpoint)
    assert secrets_of(endpoint.id, NOW) == [new, old] and new != old
    assert secrets_of(endpoint.id, NOW + OVERLAP) == [new]
    assert all(old not in row.sealed and new not in row.sealed for row in Secret.objects.all())


def test_a_test_event_waits_for_nobody(house, standing, endpoint) -> None:
    submit(standing)
    told(house, NOW, [500])
    first = send_test(endpoint=endpoint, at=NOW)
    assert send_test(endpoint=endpoint, at=NOW).id == first.id
    assert told(house, NOW, []) == ["Test"]
    switch_off(endpoint=endpoint, because="x", by=SYSTEM, at=NOW)
    endpoint.refresh_from_db()
    with pytest.raises(Refusal):
        send_test(endpoint=endpoint, at=NOW)


def test_an_address_is_checked_before_it_is_kept(standing) -> None:
    with pytest.raises(Refusal) as refused:
        add_endpoint(agency=standing.house.id, client=standing.client.id, url="https://a.example.com/",
                     by=SYSTEM, at=NOW, look_up=lambda h, p: ["10.0.0.1"])  # fmt: skip
    assert refused.value.code == "webhook_url_wrong"
    endpoint_of(standing)
    with pytest.raises(Refusal):
        endpoint_of(standing)
    assert Endpoint.objects.count() == 1


def test_after_thirty_days_only_the_last_of_each_line_is_kept(house, standing, endpoint) -> None:
    case = submit(standing)
    happen(case, "Second")
    told(house, NOW, [])
    assert forget_old(agency=house.id, at=NOW + timedelta(days=29)) == 0
    assert forget_old(agency=house.id, at=NOW + timedelta(days=31)) == 1
    happen(case, "Third")
    place_waiting(agency=house.id, at=NOW)
    assert Delivery.objects.get(kind="Third").seq == 3


def test_an_alert_of_danger_signals_is_told_to_the_watchers_server_and_no_other(
    standing, house
) -> None:
    from recoup.journeys.signals import observe
    from recoup.kernel.ids import new_id
    from recoup.watch.operations import watch_debtor
    from recoup.watch.states import Band

    other = sign_up(house, "Nordlicht AB", "5560360793")
    for who in (standing, other):
        endpoint_of(who, kinds=["DebtorAlert"], url=f"https://{who.client.id.hex}.example.com/hook")
    case = submit(standing)
    watch_debtor(debtor=case.debtor, client=standing.client.id, band=Band.WATCH, now=Band.CALM, by=SYSTEM, at=NOW)  # fmt: skip
    bodies: list[Any] = []

    def send(target: Any, headers: dict[str, str], body: bytes) -> Reply:
        import json

        bodies.append(json.loads(body))
        return Reply(204, "", 3)

    observe(
        agency=house.agency, debtor=case.debtor, kind="sued", on=NOW.date(), note="Two suppliers claim.",
        client=standing.client.id, key=new_id(), by=SYSTEM, at=NOW,
    )  # fmt: skip
    work_webhooks(agency=house.agency, clock=lambda: NOW, send=send)
    (told_,) = bodies
    assert told_["type"] == "DebtorAlert"
    assert told_["data"]["data"]["now_band"] == "warning" and told_["data"]["data"]["signals"] == ["sued"]  # fmt: skip
