"""The generated Python client: current, typed, and used."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser

from recoup.tenancy.context import apply
from recoup.web.api.api import description
from recoup.web.api.tests.cast import World, asked

PLACE = Path(__file__).resolve().parents[4] / "clients" / "python"


def module(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, PLACE / f"{name}.py")
    assert spec is not None and spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    sys.modules[name] = found
    spec.loader.exec_module(found)
    return found


def through(browser: Browser, losing: int = 0) -> Any:
    """A transport through Django's test client that loses the first answers."""
    left = [losing]

    def ask(method: str, path: str, headers: dict[str, str], body: bytes | None) -> Any:
        kind = headers.pop("Content-Type", "application/octet-stream")
        response = browser.generic(method, path, body or b"", kind, headers=headers)
        apply({"agency_id": "", "client_id": "", "case_id": "", "user_id": ""})
        headers["Content-Type"] = kind
        if left[0]:
            left[0] -= 1
            raise ConnectionResetError
        return response.status_code, dict(response.headers), response.content

    return ask


def recoup(world: World, losing: int = 0) -> Any:
    transport = through(Browser(), losing)
    return module("recoup_client").Recoup("http://testserver", world.ask.token, transport=transport, pause=lambda s: None)  # fmt: skip


def test_it_is_what_the_generator_writes_today() -> None:
    text = (PLACE / "recoup_client.py").read_text(encoding="utf-8")
    assert module("generate").written(description()) == text, (
        "run: python clients/python/generate.py"
    )


def test_it_is_strictly_typed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--cache-dir", str(tmp_path), str(PLACE / "recoup_client.py")]  # fmt: skip
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout


def test_ap12_an_answer_that_is_lost_is_asked_for_again_and_one_case_is_made(world: World) -> None:
    made = recoup(world, losing=2).submit_case(asked())
    numbers = [row["number"] for row in recoup(world).every(recoup(world).list_cases, limit=1)]
    assert numbers == [made["number"], world.case.number]


def test_a_case_lived_through_the_client(world: World) -> None:
    client = recoup(world)
    price = client.ask_price(
        creditor="SE", debtor="DE", amount="1250.00", currency="EUR", due="2026-08-31"
    )
    assert price["commission"]["rate"]
    body = asked()
    assert client.ask_eligibility(body)["eligible"]
    case = client.submit_case(body)
    attached = client.attach_documents(case["number"], {"proof.pdf": b"%PDF-1.4 proof"})
    assert attached[0]["document"] or attached[0]["problem"]
    owed = client.read_owed(case["number"])
    assert owed["principal"] == "1250.00" and owed["segments"][0]["source"]
    tag = (client.read_case(case["number"]), client.etag)[1]
    assert (
        client.amend_case(case["number"], {"client_reference": "PO 9"}, if_match=tag)[
            "client_reference"
        ]
        == "PO 9"
    )
    assert [e["kind"] for e in client.every(client.read_timeline, case["number"])][
        -1
    ] == "CaseSubmitted"
    assert client.read_statement(case["number"]).startswith(b"%PDF-")
    assert client.list_users()["items"][0]["name"] == "Eva Lind"
    assert client.withdraw_case(case["number"], {"because": "Paid"})["stage"] == "closed"


def test_a_refusal_is_raised_with_the_servers_sentence(world: World) -> None:
    client = recoup(world)
    problem = sys.modules["recoup_client"].Problem
    with pytest.raises(problem) as refused:
        client.read_case("R-2026-999999")
    assert (refused.value.status, refused.value.code) == (404, "not_found")
    with pytest.raises(problem) as refused:
        client.submit_case(asked(currency="KWD"))
    assert refused.value.code == "currency_not_in_card" and "KWD" in refused.value.detail


def test_the_feed_misses_nothing_and_repeats_nothing(world: World) -> None:
    from recoup.eventlog.operations import seal_waiting
    from recoup.tenancy.context import scope

    client, seen, cursor = recoup(world), [], None
    for n in range(3):
        client.submit_case(asked())
        with scope(world.house.id):  # type: ignore[arg-type]
            seal_waiting(agency=world.house.id)  # type: ignore[arg-type]
        while (page := client.list_events(cursor=cursor, limit=2))["items"]:
            seen += [e["kind"] for e in page["items"]]
            cursor = page["next"]
        assert seen.count("CaseSubmitted") == n + 2
    assert not {"TaskAdded", "DebtorAdded"} & set(seen)
