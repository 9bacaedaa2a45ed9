"""Every route of the API with every kind of key: one's own object, another client's, another agency's,
one that does not exist. What you may not see does not exist: the answers are the same to the byte.

`ROUNDS` sets how many foreign requests are made beyond one of each."""

import json
import os
import random
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from recoup.approvals.operations import ask_approval
from recoup.cases.operations import add_task, change_division, put_on_hold
from recoup.cases.tests.cast import sign_up, submit
from recoup.disputes.operations import raise_dispute
from recoup.files.operations import keep
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.keys.operations import make_key
from recoup.keys.rules import HOUSE_ONLY, WHOLE, Scope
from recoup.parties.divisions import add_division
from recoup.tenancy.context import apply, scope
from recoup.web.api.api import operations, rules_of
from recoup.webhooks.operations import add_endpoint, send_test
from tests.architecture.matrix import API_MATRIX, ApiRow
from tests.cast import NOW, House

ROUNDS = int(os.environ.get("ROUNDS", "1"))


@dataclass
class Owner:
    """A client's objects, by what a route needs, all in its division North; and its keys: one that may
    everything, one per scope, by name of a division one that is limited to it; and a key of its agency for what is
    the house's alone."""

    objects: dict[str, dict[str, Any]]
    token: str
    without: dict[str, str]
    limited: dict[str, str]
    house: str

    def token_for(self, row: ApiRow) -> str:
        return self.house if row.scope in HOUSE_ONLY else self.token


def populate(house: House, name: str, number: str) -> Owner:
    standing = sign_up(house, name, number)
    north, south = (
        add_division(client=standing.client, name=n, by=SYSTEM, at=NOW) for n in ("North", "South")
    )
    case = submit(standing)
    change_division(case=case, division=north, by=SYSTEM, at=NOW)
    common = {"agency": house.id, "by": SYSTEM, "at": NOW, "client": standing.client.id}
    hold = put_on_hold(
        case=case, kind="client_asks", because="asked", until=None, by=SYSTEM, at=NOW
    )
    document = keep(**common, content=name.encode(), name="a.pdf", media_type="application/pdf",  # type: ignore[arg-type]
                    kind="upload", case=case.id)  # fmt: skip
    task = add_task(**common, key=f"t:{case.id}", kind="ask", sentence="Say something.", params={},  # type: ignore[arg-type]
                    role="client_administrator", due_on=date(2026, 12, 1), default="Nothing.", case=case)  # fmt: skip
    hook = add_endpoint(
        **common, url=f"https://{number}.example.com/hook", look_up=lambda h, p: ["93.184.215.14"]
    )  # type: ignore[arg-type]
    delivery = send_test(endpoint=hook, at=NOW)
    quarrel = raise_dispute(
        case=case, line=case.lines.get(), reason="faulty", amount=None, text="broken", side="debtor",
        answer_by=date(2026, 12, 1), by=SYSTEM, at=NOW,
    )[0]  # fmt: skip
    question = ask_approval(
        case=case, kind="settlement", key=f"q:{case.id}", sentence="Agree?", params={}, cost=Money(Decimal(5), case.currency),
        odds_percent=None, duration_days=None, answer_days=5, default="decline", by=SYSTEM, at=NOW,
    )  # fmt: skip
    here = {"number": case.number}
    objects = {
        "": {}, "division": {"id": north.id}, "case": here, "hold": here | {"id": hold.id}, "document": {"id": document.id},
        "approval": {"id": question.id}, "user": {"id": standing.member.user_id}, "kind": {"kind": "settlement"},
        "dispute": {"id": quarrel.id}, "task": {"id": task.id}, "webhook": {"id": hook.id}, "delivery": {"id": hook.id, "delivery": delivery.id},
    }  # fmt: skip
    offered = [s for s in Scope if s not in HOUSE_ONLY]
    token, without = key(house, standing.client.id, offered), {}
    for one in Scope:
        without[one.value] = key(house, standing.client.id, [s for s in offered if s != one])
    some = [s for s in offered if s not in WHOLE]
    limited = {
        one.name.lower(): key(house, standing.client.id, some, [one.id]) for one in (north, south)
    }
    return Owner(objects, token, without, limited, key(house, None, list(Scope)))


def key(house: House, client: Any, scopes: list[Scope], divisions: Any = ()) -> str:
    return make_key(agency=house.agency, client=client, name="k", scopes=scopes, expires_on=None,  # type: ignore[arg-type]
                    divisions=divisions, by=SYSTEM, at=NOW)[1]  # fmt: skip


@pytest.fixture
def owners(house: House, stranger: House) -> tuple[Owner, Owner, Owner]:
    one = populate(house, "Fjäll Trä AB", "5560125790")
    other = populate(house, "Nordan Papper AB", "5560360793")
    with scope(stranger.id):  # type: ignore[arg-type]
        from recoup.tenancy.operations import next_numbers

        next_numbers(agency=stranger.id, series="case-2026", count=500)  # type: ignore[arg-type]
        foreign = populate(stranger, "Syd Stål AB", "5565475489")
    return one, other, foreign


# For a sandbox only; there is no plan in a case that has just been submitted.
NOT_FOR_ALL = ("advance_sandbox", "read_plan", "answer_case_plan")
UNKNOWN = {"number": "R-2026-999999", "id": uuid4(), "delivery": uuid4()}


def ask(token: str, name: str, row: ApiRow, objects: dict[str, Any]) -> Any:
    url = reverse(f"api:{name}", kwargs=objects)
    headers = {"authorization": f"Bearer {token}"} if token else {}
    if row.method != "GET":
        headers["idempotency-key"] = str(uuid4())
    if row.body == "files":
        sent: dict[str, Any] = {"data": {"files": SimpleUploadedFile("a.pdf", b"%PDF-1.4 x")}}
        response = Browser().post(url, **sent, headers=headers)
    else:
        sent = {} if row.method == "GET" else {"data": json.dumps(row.body if row.body is not None else {}), "content_type": "application/json"}  # fmt: skip
        response = Browser().generic(row.method, url, headers=headers, **sent)
    apply({"agency_id": "", "client_id": "", "case_id": "", "user_id": ""})
    return response


def test_every_route_of_the_api_has_its_row_with_its_scope() -> None:
    found = {
        op.view_func.__name__: (m, str(rules_of(op).scope or ""))
        for _, view in operations() for op in view.operations for m in op.methods
    }  # fmt: skip
    assert found == {name: (row.method, row.scope) for name, row in API_MATRIX.items()}


def test_no_route_opens_without_its_scope_or_without_a_key(owners: tuple[Owner, ...]) -> None:
    one, wrong = owners[0], []
    for name, row in API_MATRIX.items():
        if not row.scope:
            continue
        for token, status in (("", 401), ("rk_live_x", 401), (one.without[row.scope], 403)):
            found = ask(token, name, row, one.objects[row.needs]).status_code
            wrong += [f"{name}: {found}, not {status}"] if found != status else []
    assert not wrong, "\n".join(wrong)


def test_one_gets_to_ones_own(owners: tuple[Owner, ...]) -> None:
    one, wrong = owners[0], []
    for name, row in API_MATRIX.items():
        found = ask(one.token_for(row), name, row, one.objects[row.needs])
        if (
            found.status_code in (401, 403, 404) and name not in NOT_FOR_ALL
        ) or found.status_code >= 500:
            wrong.append(f"{name}: {found.status_code} {found.content[:200]!r}")
    assert not wrong, "\n".join(wrong)


def test_foreign_and_unknown_are_the_same_to_the_byte(
    owners: tuple[Owner, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recoup.web.api.door.PER_MINUTE", 10**9)
    one, other, foreign = owners
    rows = [(name, row) for name, row in API_MATRIX.items() if row.needs not in ("", "kind")]
    chance = random.Random(20261122)
    asked = [
        (n, r, o.objects[r.needs])
        for n, r in rows
        for o in ((foreign,) if r.scope in HOUSE_ONLY else (other, foreign))
    ]
    asked += chance.choices(asked, k=len(asked) * (ROUNDS - 1))
    unknown = {}
    for name, row in rows:
        nothing = {k: UNKNOWN[k] for k in one.objects[row.needs]}
        unknown[name] = same(ask(one.token_for(row), name, row, nothing))
        assert unknown[name][0] == 404, name
    wrong = [
        n
        for n, row, objects in asked
        if same(ask(one.token_for(row), n, row, objects)) != unknown[n]
    ]
    assert not wrong, wrong
    print(f"\n{len(asked)} foreign requests, none told apart from an unknown one")


def same(response: Any) -> tuple[int, bytes, dict[str, str]]:
    headers = {k: v for k, v in response.headers.items() if not k.startswith("RateLimit")}
    return response.status_code, response.content, headers


def test_a_key_of_a_division_sees_its_own_cases_and_no_others(
    owners: tuple[Owner, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All objects are in North: North's key gets to them, to South's each is as if it were not there."""
    monkeypatch.setattr("recoup.web.api.door.PER_MINUTE", 10**9)
    one, wrong = owners[0], []
    rows = [
        (n, r)
        for n, r in API_MATRIX.items()
        if r.needs not in ("", "kind") and r.scope not in WHOLE | HOUSE_ONLY
    ]
    for name, row in rows:
        nothing = {k: UNKNOWN[k] for k in one.objects[row.needs]}
        south = one.limited["south"]
        if same(ask(south, name, row, one.objects[row.needs])) != same(
            ask(south, name, row, nothing)
        ):
            wrong.append(f"{name}: South's key sees North's")
        own = ask(one.limited["north"], name, row, one.objects[row.needs])
        refused = own.status_code == 403 and b"limited_to_divisions" in own.content
        if (
            (own.status_code == 404 and name not in NOT_FOR_ALL)
            or own.status_code >= 500
            or (own.status_code == 403 and not refused)
        ):
            wrong.append(f"{name}: North's key gets {own.status_code} {own.content[:200]!r}")
    number, told = str(one.objects["case"]["number"]), []
    for name, row in API_MATRIX.items():
        if (
            row.method == "GET"
            and not row.needs
            and row.scope
            and row.scope not in WHOLE | HOUSE_ONLY
        ):
            found = ask(one.limited["south"], name, row, {})
            told += [name] if number.encode() in found.content or found.status_code >= 400 else []
    assert not wrong and not told, "\n".join([*wrong, *told])
