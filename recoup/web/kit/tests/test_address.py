"""Whose address counts, and what a forged header changes: nothing (HOSTILE AP17)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import RequestFactory

from recoup.web.kit.address import address_of, neighbourhood
from recoup.web.kit.limits import Limit

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(("hops", "header", "found"), [
    (0, None, "10.0.0.1"),
    (0, "198.51.100.9", "10.0.0.1"),
    (1, None, "10.0.0.1"),
    (1, "198.51.100.9", "198.51.100.9"),
    (1, "6.6.6.6, 198.51.100.9", "198.51.100.9"),
    (1, "6.6.6.6,, ,198.51.100.9 ", "198.51.100.9"),
    (2, "6.6.6.6, 198.51.100.9, 10.0.0.2", "198.51.100.9"),
    (2, "198.51.100.9", "10.0.0.1"),
    (1, "not an address", "10.0.0.1"),
    (1, "198.51.100.9\r\nX: y", "10.0.0.1"),
    (1, "2001:DB8::1", "2001:db8::1"),
])  # fmt: skip
def test_only_what_ones_own_proxies_say_is_believed(settings, hops, header, found):
    settings.TRUSTED_HOPS = hops
    more = {} if header is None else {"HTTP_X_FORWARDED_FOR": header}
    asked = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_FORWARDED="for=6.6.6.6",
                                 HTTP_X_REAL_IP="6.6.6.6", **more)  # fmt: skip
    assert address_of(asked) == found


def test_a_limit_counts_an_ipv6_household_as_one():
    assert neighbourhood("2001:db8:0:7::1") == neighbourhood("2001:db8:0:7:ffff::9")
    assert neighbourhood("2001:db8:0:7::1") != neighbourhood("2001:db8:0:8::1")
    assert neighbourhood("192.0.2.1") != neighbourhood("192.0.2.2")
    assert neighbourhood("::ffff:192.0.2.1") == "192.0.2.1"
    assert neighbourhood("") == ""


def test_a_limit_opens_again_after_its_window(db):
    limit = Limit("test", 2, timedelta(minutes=10))
    assert limit.take("a", AT) and limit.take("a", AT + timedelta(minutes=4))
    assert not limit.take("a", AT + timedelta(minutes=5))
    assert limit.take("b", AT), "another subject has tries of its own"
    assert limit.wait("a", AT + timedelta(minutes=5)) == 300
    assert limit.take("a", AT + timedelta(minutes=10))
