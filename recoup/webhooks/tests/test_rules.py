"""Which addresses may be told, when again, and how it is signed. Without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from recoup.kernel.refusal import Refusal
from recoup.webhooks.rules import (
    WINDOW,
    body_of,
    headers,
    is_public,
    new_secret,
    next_try,
    read_url,
    refuse_private,
    rest_after,
)

PRIVATE = [
    "https://169.254.169.254/latest/meta-data", "https://localhost/", "https://10.1.2.3/", "https://[::1]/",
    "https://0.0.0.0/", "https://2130706433/", "https://0177.0.0.1/", "https://127.1/", "https://0x7f.1/",
    "https://192.168.1.1/", "https://172.16.0.1/", "https://100.64.0.1/", "https://[fe80::1]/", "https://[fd00::1]/",
    "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://224.0.0.1/",
    "https://metadata.google.internal/", "https://printer.local/", "https://intranet/", "https://127.0.0.1./",
]  # fmt: skip
TRICKS = [
    "http://example.com/", "https://user:pass@example.com/", "https://evil\\@good.example.com/", "https://good.example.com@evil.com/",
    "https://example.com:22/", "https://example.com:25/", "https://example.com:6379/", "https://example.com:99999/",
    "https://exämple.com/", "https://example.com/ x", "https://example.com/\n", "ftp://example.com/", "//example.com/", "https:///x",
    "https://example.com/#x", "https://our.example.org/api/v1/", "javascript:alert(1)", "https://-a.example.com/", "https://[::1/",
    "https://example.com/" + "x" * 500,
]  # fmt: skip


@pytest.mark.parametrize("url", PRIVATE + TRICKS)
def test_wh01_wh04_only_plain_addresses_of_the_public_internet(url: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_url(url, own=["our.example.org"])
    assert refused.value.code == "webhook_url_wrong" and refused.value.sentence()


@pytest.mark.parametrize("url", ["https://example.com/hook", "https://a.b-c.example.co.uk:8443/x?y=1", "https://93.184.215.14/", "https://xn--exmple-cua.com/"])  # fmt: skip
def test_public_addresses_are_taken(url: str) -> None:
    assert read_url(url).scheme == "https"


def test_what_the_operator_names_is_exempt_and_nothing_beside_it() -> None:
    exempt = ["127.0.0.1:9000"]
    assert read_url("http://127.0.0.1:9000/x", exempt=exempt).exempt
    for url in ("http://127.0.0.1:9001/x", "http://127.0.0.2:9000/x", "http://127.0.0.1/x"):
        with pytest.raises(Refusal):
            read_url(url, exempt=exempt)


def test_wh03_one_private_address_among_public_ones_is_refused_and_none_too() -> None:
    refuse_private("a.example.com", ["93.184.215.14", "2606:2800:21f:cb07::1"])
    for addresses in (["93.184.215.14", "10.0.0.1"], ["::1"], ["fe80::1%eth0"], []):
        with pytest.raises(Refusal):
            refuse_private("a.example.com", addresses)


@given(st.ip_addresses(v=4))
def test_every_private_address_carried_in_ipv6_is_private(inner) -> None:
    if not is_public(str(inner)):
        assert not is_public(f"::ffff:{inner}") and not is_public(f"64:ff9b::{inner}")


def test_wh06_tried_for_seventy_two_hours_with_growing_pauses() -> None:
    now = first = datetime(2026, 11, 22, tzinfo=UTC)
    pauses, tries = [], 1
    while (again := next_try(tries=tries, first=first, now=now)) is not None:
        pauses.append(again - now)
        now, tries = again, tries + 1
    assert now - first == WINDOW and 9 <= tries <= 12
    assert pauses[:3] == [timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=5)]
    assert pauses[:-1] == sorted(pauses[:-1])
    assert next_try(tries=1, first=first, now=first, after=3600) == first + timedelta(hours=1)
    assert rest_after(50) == timedelta(minutes=10)


@given(st.dictionaries(st.text(), st.text() | st.integers()), st.text("abc_-", min_size=1))
def test_the_independent_library_verifies_what_we_sign(document, id: str) -> None:
    old, new, body = new_secret(), new_secret(), body_of(document)
    signed = headers([new, old], id=id, at=datetime.now(UTC), body=body)
    assert Webhook(new).verify(body.decode(), signed) == Webhook(old).verify(body.decode(), signed)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(body.decode(), signed)
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(body.decode() + " ", signed)
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(body.decode(), signed | {"webhook-id": id + "x"})


def test_a_signature_is_worth_nothing_five_minutes_later() -> None:
    secret, body = new_secret(), b"{}"
    late = headers([secret], id="m", at=datetime.now(UTC) - timedelta(minutes=6), body=body)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.decode(), late)
