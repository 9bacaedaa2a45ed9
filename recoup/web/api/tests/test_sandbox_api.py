"""A stranger's first hour: found a sandbox, submit by its key, let days pass, read what came of it."""

import re

from django.test import Client as Browser

from recoup.console.found import run
from recoup.tenancy.models import Agency
from recoup.web.api.tests.cast import Caller, asked


def test_a_sandbox_is_founded_and_its_case_lives_through_the_api(db, capsys) -> None:
    assert (
        run(
            [
                "Try",
                "--slug",
                "try",
                "--country",
                "SE",
                "--email",
                "a@try.example",
                "--administrator",
                "b@try.example",
                "--sandbox",
            ]
        )
        == 0
    )
    token = re.search(r"rk_test_\S+", capsys.readouterr().out)
    assert token is not None
    ask = Caller(token[0], Browser())
    before = ask.get("/me").json()
    assert before["sandbox"] and before["client"] == "K-000001"
    number = ask.post("/cases", asked()).json()["number"]
    lived = ask.post("/sandbox/advance", {"days": 6}).json()
    assert lived["accepted"] == 1 and lived["actions"]["first_demand"] == 1
    assert ask.get("/me").json()["today"] == lived["today"] > before["today"]
    case = ask.get(f"/cases/{number}").json()
    assert case["stage"] == "contact" and case["collector"] == "Collector"
    kinds = [e["kind"] for e in ask.get(f"/cases/{number}/timeline").json()["items"]]
    assert "LetterWritten" in kinds and "MessageSent" in kinds
    assert ask.get(f"/cases/{number}/owed").json()["as_of"] == lived["today"]
    assert Agency.objects.get(slug="try").sandbox
