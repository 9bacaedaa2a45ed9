"""Two at once: one effect, one answer (HOSTILE AP11)."""

import threading
from typing import Any

import psycopg
from django.db import connections

from recoup.cases.models import Case
from recoup.cases.tests.cast import sign_up
from recoup.config.database import conninfo, parameters
from recoup.kernel.ids import new_id
from recoup.keys.models import Answer
from recoup.tenancy.context import scope
from recoup.web.api.tests.cast import Caller, asked
from tests.cast import NOW, House


def ready(house: House) -> tuple[Any, Caller]:
    with scope(house.id):  # type: ignore[arg-type]
        standing = sign_up(house)
    ask = caller_of(house, standing)
    return standing, ask


def caller_of(house: House, standing: Any) -> Caller:
    from django.test import Client as Browser

    from recoup.keys.operations import make_key
    from recoup.keys.rules import HOUSE_ONLY, Scope

    with scope(house.id):  # type: ignore[arg-type]
        token = make_key(agency=house.agency, client=standing.client.id, name="k", scopes=set(Scope) - HOUSE_ONLY,  # type: ignore[arg-type]
                         expires_on=None, by=house.actor("administrator"), at=NOW)[1]  # fmt: skip
    return Caller(token, Browser())


def send(ask: Caller, body: Any, key: str, answers: list[Any]) -> None:
    from django.test import Client as Browser

    headers = {"authorization": f"Bearer {ask.token}", "idempotency-key": key}
    answers.append(
        Browser().post("/api/v1/cases", body, content_type="application/json", headers=headers)
    )
    connections.close_all()


def test_eight_at_once_make_one_case_and_get_one_answer(committed_house: House) -> None:
    _, ask = ready(committed_house)
    body, answers = asked(), []
    threads = [threading.Thread(target=send, args=(ask, body, "same", answers)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    done = [a for a in answers if a.status_code == 201]
    assert len(answers) == 8 and done and {a.status_code for a in answers} <= {201, 409}
    assert len({a.content for a in done}) == 1
    assert sum("Idempotent-Replayed" not in a for a in done) == 1
    with scope(committed_house.id):  # type: ignore[arg-type]
        assert Case.objects.count() == 1 and Answer.objects.count() == 1
    connections.close_all()


def test_while_the_first_is_at_work_the_second_is_told_to_come_back(committed_house: House) -> None:
    standing, ask = ready(committed_house)
    agency, client = committed_house.id, standing.client.id
    with psycopg.connect(conninfo(parameters("app"))) as other:
        other.execute("SELECT set_config('app.agency_id', %s, true)", [str(agency)])
        other.execute(
            """INSERT INTO keys_answer (id, agency_id, owner, client_id, name, route, body_hash, made_at, status,
                                        media_type, headers, body)
               VALUES (%s, %s, %s, %s, 'busy', 'x', 'x', now(), 0, '', '{}', '')""",
            [new_id(), agency, client, client],
        )
        answers: list[Any] = []
        send(ask, asked(), "busy", answers)
        assert (answers[0].status_code, answers[0].json()["code"]) == (409, "request_running")
        assert answers[0]["Retry-After"] == "1"
        other.rollback()
    send(ask, asked(), "busy", answers)
    assert answers[1].status_code == 201


def test_the_same_key_of_another_client_is_another(committed_house: House) -> None:
    _, ask = ready(committed_house)
    with scope(committed_house.id):  # type: ignore[arg-type]
        second = sign_up(committed_house, "Nordan Papper AB", "5560360793")
    other, answers = caller_of(committed_house, second), []
    body, another = asked(), asked()
    send(ask, body, "one", answers)
    send(other, another, "one", answers)
    assert [a.status_code for a in answers] == [201, 201]
    assert answers[0].json()["number"] != answers[1].json()["number"]
