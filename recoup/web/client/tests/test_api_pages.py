"""Keys and webhooks in the portal: for the administrator, the token once, a constant number of queries."""

import re
import socket

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from recoup.cases.tests.cast import AT, sign_up, submit
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.keys.models import ApiKey
from recoup.keys.operations import make_key
from recoup.tenancy.context import scope
from recoup.webhooks.models import Delivery, Endpoint
from recoup.webhooks.operations import add_endpoint, place_waiting, secret_of


@pytest.fixture
def standing(house):
    return sign_up(house)


@pytest.fixture
def browser(standing):
    browser = Browser()
    browser.force_login(standing.member.user)
    return browser


def hook(standing, url: str = "https://books.example.com/hook") -> Endpoint:
    return add_endpoint(agency=standing.house.id, client=standing.client.id, url=url, by=SYSTEM, at=AT,
                        look_up=lambda h, p: ["93.184.215.14"])  # fmt: skip


def asked(**more):
    return {
        "name": "Accounting",
        "scopes": ["cases:read", "money:read"],
        "once": str(new_id()),
    } | more


def test_a_key_is_made_shown_once_used_and_revoked(house, standing, browser):
    form = asked()
    answer = browser.post(reverse("client:api"), form)
    token = re.search(r"rk_live_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", answer.content.decode())
    assert token and "no-store" in answer["Cache-Control"]
    assert token[0] not in browser.get(reverse("client:api")).content.decode()
    ask = Browser(headers={"authorization": f"Bearer {token[0]}"})
    assert ask.get("/api/v1/cases").status_code == 200
    again = browser.post(reverse("client:api"), form)
    assert again.status_code == 422 and "already" in again.content.decode()
    with scope(house.id):
        key = ApiKey.objects.get()
        assert key.last_used_at is not None and key.made_by == "Eva Lind"
    browser.post(reverse("client:key_revoke", args=[key.id]))
    assert ask.get("/api/v1/cases").status_code == 401


@pytest.mark.parametrize("wrong", [{"name": ""}, {"scopes": []}, {"scopes": ["everything"]}, {"scopes": ["sandbox"]}, {"expires_on": "2020-01-01"}])  # fmt: skip
def test_a_key_that_cannot_be_is_refused(standing, browser, wrong):
    answer = browser.post(reverse("client:api"), asked(**wrong))
    assert answer.status_code == 422 and not ApiKey.objects.exists()


def test_a_webhook_is_added_tested_switched_rotated_replayed_and_deleted(
    house, standing, browser, monkeypatch
):
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("93.184.215.14", 443))]
    )
    added = browser.post(
        reverse("client:webhook_add"),
        {"url": "https://books.example.com/x", "kinds": "CaseSubmitted"},
    )
    assert added.status_code == 302
    with scope(house.id):
        found = Endpoint.objects.get()
        submit(standing)
        place_waiting(agency=house.id, at=AT)
        before = secret_of(found)
    at = [found.id]
    assert before in browser.get(reverse("client:webhook", args=at)).content.decode()
    for act, data in (
        ("test", {}),
        ("switch", {"to": "off"}),
        ("switch", {"to": "on"}),
        ("rotate", {}),
        ("replay_expired", {}),
    ):
        assert browser.post(reverse(f"client:webhook_{act}", args=at), data).status_code == 302
    with scope(house.id):
        assert sorted(Delivery.objects.values_list("kind", flat=True)) == ["CaseSubmitted", "Test"]
        assert secret_of(found) != before
        Delivery.objects.update(state="delivered")
        delivery = Delivery.objects.get(kind="Test")
    browser.post(reverse("client:webhook_replay", args=[found.id, delivery.id]))
    with scope(house.id):
        assert Delivery.objects.get(kind="Test").state == "waiting"
    browser.post(reverse("client:webhook_delete", args=at))
    assert browser.get(reverse("client:webhook", args=at)).status_code == 404


@pytest.mark.parametrize("url", ["https://127.0.0.1/", "http://books.example.com/", "https://169.254.169.254/", "https://books.example.com/"])  # fmt: skip
def test_wh01_a_private_address_is_refused_at_the_form(standing, browser, monkeypatch, url):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("10.0.0.7", 443))])
    answer = browser.post(reverse("client:webhook_add"), {"url": url})
    assert answer.status_code == 422 and not Endpoint.objects.exists()


@pytest.mark.parametrize("many", [1, 8])
def test_the_number_of_queries_does_not_grow(house, standing, browser, many):
    hooks = [hook(standing, f"https://a{n}.example.com/") for n in range(many)]
    found = hooks[0]
    for n in range(many):
        make_key(agency=house.agency, client=standing.client.id, name=f"k{n}", scopes=["cases:read"], expires_on=None, by=SYSTEM, at=AT)  # fmt: skip
        submit(standing, key=f"k{n}", debtor=standing.debtor, lines=[_line(n)])
    for name, args, most in (("client:api", [], 12), ("client:webhook", [found.id], 17)):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert browser.get(reverse(name, args=args)).status_code == 200
        assert len(seen) <= most, "\n".join(q["sql"][:300] for q in seen)


def _line(n):
    from recoup.cases.tests.cast import line

    return line(f"F-{n}")
