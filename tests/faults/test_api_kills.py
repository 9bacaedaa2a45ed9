"""The web process dies around the commit of a request (OP01): the client asks again and gets the one answer.

`ROUNDS` (environment) says how often each point is killed; two by default.
"""

import json
import os

import pytest
from django.db import connections
from django.test import Client as Browser

from recoup.cases.models import Case
from recoup.cases.tests.cast import profile, sign_up
from recoup.eventlog.models import Event
from recoup.kernel.actor import SYSTEM
from recoup.keys.operations import make_key
from recoup.keys.rules import Scope
from recoup.tenancy.context import scope
from recoup.web.api.tests.test_cases import asked
from tests.cast import NOW
from tests.faults.zygote import KILLED, zygote

pytestmark = pytest.mark.kills
ROUNDS = int(os.environ.get("ROUNDS", "2"))
POINTS = ("api.answered_uncommitted", "api.committed")


@pytest.mark.parametrize("point", POINTS)
def test_op01_killed_around_the_commit_the_request_asked_again_has_one_effect(
    committed_house, tmp_path, point
):
    house = committed_house
    with scope(house.id):
        profile(house)
        standing = sign_up(house)
        _, token = make_key(
            agency=house.agency, client=standing.client.id, name="k", scopes=[Scope.CASES_WRITE],
            expires_on=None, by=SYSTEM, at=NOW,
        )  # fmt: skip
    connections.close_all()
    with zygote(tmp_path / "mail", tmp_path / "letters", 9) as do:
        for n in range(ROUNDS):
            body = asked(
                lines=[
                    {
                        "ref": f"F-{n}",
                        "issued_on": "2026-08-01",
                        "due_on": "2026-08-31",
                        "amount": "1250.00",
                    }
                ]
            )
            order = {"token": token, "key": f"again-{n}", "body": body}
            (tmp_path / "order.json").write_text(json.dumps(order))
            died = do("api", house.id, NOW, f"{point}:kill", None, tmp_path / "order.json")
            assert died == KILLED
            with scope(house.id):
                assert Case.objects.count() == n + (point == "api.committed")
            connections.close_all()
            head = {"authorization": f"Bearer {token}", "idempotency-key": f"again-{n}"}
            browser = Browser(headers=head)
            answers = [
                browser.post("/api/v1/cases", body, content_type="application/json")
                for _ in range(2)
            ]
            assert {a.status_code for a in answers} == {201}, answers[0].content
            assert answers[0].json()["number"] == answers[1].json()["number"]
            replayed = [a.headers.get("Idempotent-Replayed") for a in answers]
            assert replayed == ["true" if point == "api.committed" else None, "true"]
            with scope(house.id):
                assert Case.objects.count() == n + 1
                assert Event.objects.filter(kind="CaseSubmitted").count() == n + 1
            connections.close_all()
