"""Two clients of one agency and one of another, each with keys, a case, a document; the API asked
through Django's test client."""

import itertools
import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client as Browser

from recoup.cases.models import Case
from recoup.cases.tests.cast import Standing, sign_up, submit
from recoup.keys.operations import make_key
from recoup.keys.rules import HOUSE_ONLY, Scope
from recoup.tenancy.context import apply
from tests.cast import NOW, House

NUMBERS = itertools.count()


@dataclass
class Caller:
    """A key, and how to ask with it."""

    token: str
    browser: Browser

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent: dict[str, Any] = {}
        if body is not None:
            raw = body if isinstance(body, bytes | str) else json.dumps(body)
            sent = {"data": raw, "content_type": "application/json"}
        given = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if method != "GET" and "Idempotency_Key" not in headers:
            given["Idempotency-Key"] = f"key-{next(NUMBERS)}"
        given |= {k.replace("_", "-"): v for k, v in headers.items() if v}
        response = self.browser.generic(method, f"/api/v1{path}", headers=given, **sent)
        apply({"agency_id": "", "client_id": "", "case_id": "", "user_id": ""})
        return response

    def get(self, path: str, **headers: str) -> Any:
        return self("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self("POST", path, {} if body is None else body, **headers)


def caller(house: House, client: Any = None, scopes: Any = None) -> Caller:
    from recoup.tenancy.context import scope

    with scope(house.id):  # type: ignore[arg-type]
        _, token = make_key(
            agency=house.agency, client=client, name="Books", scopes=scopes or (set(Scope) - HOUSE_ONLY if client else list(Scope)),  # type: ignore[arg-type]
            expires_on=None, by=house.actor("administrator"), at=NOW,
        )  # fmt: skip
    return Caller(token, Browser())


@dataclass
class World:
    house: House
    standing: Standing
    case: Case
    ask: Caller


@pytest.fixture
def world(house: House) -> World:
    """A client with a submitted case, and a key that may everything."""
    standing = sign_up(house)
    case = submit(standing)
    return World(house, standing, case, caller(house, standing.client.id))


def asked(**more: Any) -> dict[str, Any]:
    """A case to be submitted."""
    return {
        "debtor": {
            "name": "Kieler Werft GmbH", "country": "DE", "vat_number": "DE129273398", "business": True,
            "address": ["Am Kai 2"], "postcode": "24103", "city": "Kiel", "email": "ap@werft.example",
        },
        "currency": "EUR",
        "lines": [{"ref": f"F-{next(NUMBERS)}", "due_on": "2026-08-31", "issued_on": "2026-08-01", "amount": "1250.00"}],
    } | more  # fmt: skip
