"""Schemathesis with all its checks: made-up requests, right and wrong by the schema, find no server error
and no answer that the document does not tell of. `ROUNDS` raises the number of requests."""

import os
import random
import socket
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from recoup.cases.operations import add_task, put_on_hold
from recoup.files.operations import keep
from recoup.kernel.actor import SYSTEM
from recoup.parties.divisions import add_division
from recoup.tenancy.context import apply
from recoup.web.api import door
from recoup.web.api.tests.cast import World
from recoup.webhooks.operations import add_endpoint, send_test
from tests.cast import NOW

EXAMPLES = max(4, 2 * int(os.environ.get("ROUNDS", "2")))
# What fits the schema may still be refused for what it says (a day ahead, a foreign document): 4xx.
CONFIG = SchemathesisConfig.from_dict(
    {
        "checks": {
            "positive_data_acceptance": {
                "expected-statuses": ["2xx", 304, 400, 401, 403, 404, 409, 412, 422]
            }
        }
    }
)
schema = schemathesis.openapi.from_wsgi(
    "/api/v1/openapi.json", get_wsgi_application(), config=CONFIG
)
CHANCE = random.Random(20261122)


@pytest.fixture
def objects(world: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Something behind every address of the client, so that not all made-up requests end at 404."""
    monkeypatch.setattr("recoup.web.api.door.PER_MINUTE", 10**9)
    # The requests share the test's transaction, as with Django's own test client.
    for signal in (request_started, request_finished):
        monkeypatch.setattr(signal, "send", lambda *args, **more: [])
    monkeypatch.setattr(door, "WITHOUT_KEY", replace(door.WITHOUT_KEY, most=10**9))

    def nowhere(*args: Any, **more: Any) -> Any:
        raise OSError("no names are looked up in tests")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    case, client = world.case, world.standing.client.id
    hook = add_endpoint(agency=world.house.id, client=client, url="https://a.example.com/", by=SYSTEM, at=NOW,  # type: ignore[arg-type]
                        look_up=lambda h, p: ["93.184.215.14"])  # fmt: skip
    task = add_task(agency=world.house.id, key="t", kind="ask", sentence="Say.", params={}, role="client_administrator",  # type: ignore[arg-type]
                    due_on=NOW.date(), default="Nothing.", case=case, client=client, by=SYSTEM, at=NOW)  # fmt: skip
    hold = put_on_hold(case=case, kind="client_asks", because="x", until=None, by=SYSTEM, at=NOW)
    document = keep(agency=world.house.id, content=b"%PDF-1.4", name="a.pdf", media_type="application/pdf",  # type: ignore[arg-type]
                    kind="upload", by=SYSTEM, at=NOW, client=client, case=case.id)  # fmt: skip
    division = add_division(client=world.standing.client, name="North", by=SYSTEM, at=NOW)
    ids = {
        "divisions": division.id,
        "tasks": task.id,
        "documents": document.id,
        "webhooks": hook.id,
        "holds": hold.id,
    }
    return {
        "number": case.number,
        "ids": ids,
        "delivery": send_test(endpoint=hook, at=NOW).id,
        "token": world.ask.token,
    }


@schema.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
def test_no_server_error_and_no_undocumented_answer(case: Any, objects: dict[str, Any]) -> None:
    if CHANCE.random() < 0.7 and case.meta.generation.mode.is_positive:
        aim(case, objects)
    case.call_and_validate(headers={"Authorization": f"Bearer {objects['token']}"})
    apply({"agency_id": "", "client_id": "", "case_id": "", "user_id": ""})


def aim(case: Any, objects: dict[str, Any]) -> None:
    """Put what is there into the address."""
    if "number" in case.path_parameters:
        case.path_parameters["number"] = objects["number"]
    kind = next(
        (
            k
            for k in ("holds", "tasks", "documents", "webhooks", "divisions")
            if f"/{k}/" in case.path
        ),
        None,
    )
    if kind and "id" in case.path_parameters:
        case.path_parameters["id"] = str(objects["ids"][kind])
    if "delivery" in case.path_parameters:
        case.path_parameters["delivery"] = str(objects["delivery"])
