"""The door: keys, scopes, limits, strict reading (HOSTILE, REST API)."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from recoup.keys.models import ApiKey
from recoup.keys.operations import make_key, revoke_key
from recoup.keys.rules import Scope
from recoup.tenancy.context import apply, scope
from recoup.web.api import door
from recoup.web.api.tests.cast import Caller, World, asked, caller
from tests.cast import NOW


def code(response) -> tuple[int, str]:
    assert response["Content-Type"] == "application/problem+json", response.content
    said = response.json()
    assert said["status"] == response.status_code and said["detail"] and said["type"].endswith(said["code"])  # fmt: skip
    return response.status_code, said["code"]


def test_without_a_key_nothing_but_prices(world: World) -> None:
    nobody = Caller("", Browser())
    assert code(nobody.get("/cases")) == (401, "key_missing")
    assert nobody.get("/cases")["WWW-Authenticate"].startswith("Bearer")
    price = nobody.get("/quote?creditor=SE&debtor=DE&amount=8400.00&currency=EUR&due=2026-08-01")
    assert price.status_code == 200 and price.json()["commission"]["rate"]


def test_ap18_a_dead_or_foreign_or_narrow_key_does_not_open(world: World) -> None:
    house, ask = world.house, world.ask
    assert code(Caller("rk_live_" + "0" * 12 + "_" + "x" * 43, Browser()).get("/cases")) == (401, "key_unknown")  # fmt: skip
    assert code(Caller("x", Browser()).get("/cases")) == (401, "key_unknown")
    narrow = caller(house, world.standing.client.id, [Scope.CASES_READ])
    assert narrow.get("/cases").status_code == 200
    assert code(narrow.post("/cases", asked())) == (403, "scope_not_given")
    with scope(house.id):  # type: ignore[arg-type]
        key, token = make_key(agency=house.agency, client=None, name="Old", scopes=["cases:read"],  # type: ignore[arg-type]
                              expires_on=NOW.date() + timedelta(days=1), by=house.actor("administrator"), at=NOW)  # fmt: skip
        ApiKey.objects.filter(id=key.id).update(expires_on=NOW.date())
    assert code(Caller(token, Browser()).get("/cases")) == (401, "key_expired")
    with scope(house.id):  # type: ignore[arg-type]
        mine = ApiKey.objects.filter(client_id=world.standing.client.id).order_by("id").first()
        assert mine is not None
        revoke_key(key=mine, by=house.actor("administrator"), at=NOW)
    assert code(ask.get("/cases")) == (401, "key_revoked")


def test_ap18_a_key_in_an_address_is_refused_and_marked_as_leaked(world: World) -> None:
    found = world.ask.get(f"/cases?api_key={world.ask.token}")
    assert code(found) == (400, "parameter_wrong")
    with scope(world.house.id):  # type: ignore[arg-type]
        assert ApiKey.objects.get(client_id=world.standing.client.id).leaked_at is not None


def test_a_key_is_kept_as_a_hash_and_shown_once(world: World) -> None:
    with scope(world.house.id):  # type: ignore[arg-type]
        key = ApiKey.objects.get(client_id=world.standing.client.id)
    secret = world.ask.token.rsplit("_", 1)[1]
    assert all(secret not in str(value) for value in vars(key).values())
    assert world.ask.token.startswith(key.shown)


BODIES = {
    b'{"amount": 1, "amount": 999}': "json_wrong", b"NaN": "json_wrong", b'{"a": Infinity}': "json_wrong",
    b'{"a": 1e400}': "json_wrong", b'{"a": ' + b"9" * 5000 + b"}": "json_wrong", b"[" * 200_000: "json_wrong",
    b"{": "json_wrong", b'"\\ud800"': "json_wrong", b'{"a": "\\u0000"}': "json_wrong", b"\xff": "json_wrong",
}  # fmt: skip


@pytest.mark.parametrize("body", BODIES, ids=lambda b: b[:18].decode("latin-1"))
def test_ap02_to_ap06_json_that_two_readers_read_differently_is_refused(world: World, body: bytes) -> None:  # fmt: skip
    assert code(world.ask.post("/cases", body)) == (400, BODIES[body])


@pytest.mark.parametrize(
    "more",
    [{"tenant_id": "x"}, {"stage": "closed"}, {"is_staff": True}, {"balance": "0"}, {"currency": 1}, {"lines": {}},
     {"known_dispute": "true"}, {"known_dispute": 1}, {"client_reference": 12}, {"client_reference": []}, {"currency": "eur"}],
    ids=str,
)  # fmt: skip
def test_ap08_ap09_unknown_fields_and_other_types_are_refused(world: World, more) -> None:
    said = world.ask.post("/cases", asked(**more))
    assert code(said) == (422, "body_wrong")
    assert said.json()["errors"][0]["field"].endswith(next(iter(more)))


def test_ap11_the_idempotency_key_itself(world: World) -> None:
    browser = Browser(headers={"authorization": f"Bearer {world.ask.token}"})
    bare = browser.post("/api/v1/cases", asked(), content_type="application/json")
    assert code(bare) == (400, "idempotency_key_missing")
    for name in ("x" * 300, "å", "a\tb"):
        assert code(world.ask.post("/cases", asked(), Idempotency_Key=name)) == (400, "idempotency_key_wrong")  # fmt: skip
    empty = browser.post("/api/v1/cases", asked(), content_type="application/json", headers={"idempotency-key": ""})  # fmt: skip
    assert code(empty) == (400, "idempotency_key_wrong")


@pytest.mark.parametrize(
    "query", ["ordering=password", "case__client__name=x", "_connector=OR", "filter=1"]
)
def test_ap14_only_named_parameters_are_read(world: World, query: str) -> None:
    assert code(world.ask.get(f"/cases?{query}")) == (400, "parameter_unknown")


@pytest.mark.parametrize("query", ["limit=1000000000", "limit=-1", "limit=x", "limit=1&limit=2", "stage=x", "client_reference=%00"])  # fmt: skip
def test_ap15_parameters_are_bounded(world: World, query: str) -> None:
    assert code(world.ask.get(f"/cases?{query}")) == (400, "parameter_wrong")


def test_ap15_a_cursor_is_ours_for_this_list_and_this_owner(world: World) -> None:
    world.ask.post("/placements", {"cases": [asked(), asked()]})
    cursor = world.ask.get("/cases?limit=1").json()["next"]
    other = caller(world.house)
    for ask, path in ((world.ask, f"/cases?cursor={cursor}x"), (world.ask, "/cases?cursor=x"),
                      (world.ask, f"/tasks?cursor={cursor}"), (other, f"/cases?cursor={cursor}")):  # fmt: skip
        assert code(ask.get(path)) == (400, "cursor_wrong")


def test_ap17_forged_headers_change_nothing(world: World) -> None:
    other = {"X_Tenant_ID": "x", "X_Forwarded_For": "127.0.0.1", "X_HTTP_Method_Override": "DELETE"}
    said = world.ask.get("/me", **other)
    assert said.status_code == 200 and said.json()["client"] == world.standing.client.reference


def test_ap20_a_key_has_so_many_requests_a_minute(world: World) -> None:
    other = caller(world.house)
    with patch.object(door, "PER_MINUTE", 3):
        answers = [world.ask.get("/me") for _ in range(5)]
        assert [a.status_code for a in answers] == [200, 200, 200, 429, 429]
        assert [a["RateLimit-Remaining"] for a in answers] == ["2", "1", "0", "0", "0"]
        assert code(answers[-1]) == (429, "too_many_requests") and 0 < int(answers[-1]["Retry-After"]) <= 60  # fmt: skip
        assert other.get("/me").status_code == 200


@pytest.mark.parametrize(
    "day", ["2026-02-29", "2026-W09-7", "20260228", "2026-02-28T24:00", "28.02.2026"]
)
def test_ap21_days_are_written_in_one_way(world: World, day: str) -> None:
    line = {"ref": "F-1", "due_on": day, "amount": "1.00"}
    said = world.ask.post("/cases", asked(lines=[line]))
    assert said.status_code == 422 and "due_on" in str(said.json())


def test_too_much_and_of_another_kind(world: World) -> None:
    assert code(world.ask.post("/cases", b" " * 1_100_000)) == (413, "too_large")
    browser = Browser(
        headers={"authorization": f"Bearer {world.ask.token}", "idempotency-key": "a"}
    )
    assert code(browser.post("/api/v1/cases", {"a": 1})) == (415, "media_type_wrong")
    wrong = world.ask("PUT", "/cases", {})
    assert code(wrong) == (405, "method_not_allowed") and wrong["Allow"] == "GET, POST"


def test_what_breaks_leaves_nothing_and_says_so(world: World) -> None:
    with patch("recoup.web.api.routes.cases.shown.case_whole", side_effect=ZeroDivisionError):
        said = world.ask.post("/cases", asked(), Idempotency_Key="a")
    assert code(said) == (500, "broke")
    assert "ZeroDivision" not in said.content.decode()
    with scope(world.house.id):  # type: ignore[arg-type]
        from recoup.cases.models import Case

        assert Case.objects.count() == 1


def test_up21_five_gigabytes_are_refused_by_what_is_declared_before_a_byte_is_read(
    world: World,
) -> None:
    body = Unread()
    answer = world.ask.browser.generic(
        "POST", "/api/v1/cases", b"", "application/json", CONTENT_LENGTH=str(5 * 2**30), **{"wsgi.input": body},
        headers={"Authorization": f"Bearer {world.ask.token}", "Idempotency-Key": "large"},
    )  # fmt: skip
    apply({"agency_id": "", "client_id": "", "case_id": "", "user_id": ""})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


class Unread:
    def read(self, *size: int) -> bytes:
        raise AssertionError("nothing of it is read")

    readline = read


def test_op03_a_deadlock_is_tried_again_and_a_busy_database_says_when_to_come_back(
    world: World,
) -> None:
    from django.db import connection

    asked_for: list[int] = []

    def busy(*_args: object, **_named: object) -> object:
        asked_for.append(1)
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$")

    with patch("recoup.web.api.routes.cases.shown.case_whole", side_effect=busy):
        said = world.ask.post("/cases", asked(), Idempotency_Key="busy")
    assert code(said) == (503, "too_busy") and said["Retry-After"] == "5" and len(asked_for) == 3
    with scope(world.house.id):  # type: ignore[arg-type]
        from recoup.cases.models import Case

        before = Case.objects.count()
    again = world.ask.post("/cases", asked(), Idempotency_Key="busy")
    assert again.status_code == 201
    with scope(world.house.id):  # type: ignore[arg-type]
        assert Case.objects.count() == before + 1


def test_up21_a_body_that_is_cut_off_is_said_so_and_has_no_effect(world: World) -> None:
    from recoup.config.patience import TooSlow

    class Cut:
        def read(self, *size: int) -> bytes:
            raise TooSlow

        readline = read

    answer = world.ask.browser.generic(
        "POST", "/api/v1/cases", CONTENT_TYPE="application/json", CONTENT_LENGTH="500", **{"wsgi.input": Cut()},
        headers={"Authorization": f"Bearer {world.ask.token}", "Idempotency-Key": "cut"},
    )  # fmt: skip
    apply({"agency_id": "", "client_id": "", "case_id": "", "user_id": ""})
    assert (answer.status_code, answer.json()["code"]) == (408, "request_cut")


def test_ap20_a_request_beyond_the_limit_costs_next_to_nothing_and_waits_for_nobody(
    world: World,
) -> None:
    """What a thousand a second would cost the others: a few reads of the key, no case, no lock of theirs."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with patch.object(door, "PER_MINUTE", 1):
        world.ask.get("/cases")
        with CaptureQueriesContext(connection) as asked_for:
            said = world.ask.get("/cases")
    assert said.status_code == 429
    done = [
        q["sql"] for q in asked_for if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))
    ]
    assert len(done) <= 6, done
    assert not any("cases_case" in q or "FOR UPDATE" in q or "advisory" in q for q in done), done


def test_every_file_of_a_form_counts_for_what_was_sent(world: World) -> None:
    """Three files under one name: another first one is another request, the same three are the same."""

    def send(*contents: bytes) -> Any:
        files = [
            SimpleUploadedFile(f"{n}.pdf", b"%PDF-1.4 " + each) for n, each in enumerate(contents)
        ]
        answer = world.ask.browser.post(
            f"/api/v1/cases/{world.case.number}/documents", {"files": files},
            headers={"Authorization": f"Bearer {world.ask.token}", "Idempotency-Key": "three"},
        )  # fmt: skip
        apply({"agency_id": "", "client_id": "", "case_id": "", "user_id": ""})
        return answer

    first = send(b"one", b"two", b"three")
    assert (first.status_code, len(first.json())) == (201, 3), first.content
    again = send(b"one", b"two", b"three")
    assert again.headers["Idempotent-Replayed"] == "true" and again.content == first.content
    for changed in ((b"other", b"two", b"three"), (b"one", b"other", b"three"), (b"three",)):
        answer = send(*changed)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused"), (
            changed
        )
