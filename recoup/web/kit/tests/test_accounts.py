"""Signing in, out and a forgotten password: nobody learns who has an account, nothing outlives its end."""

import re
import statistics
import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client as Browser
from django.utils import timezone

from recoup.cases.models import Task
from recoup.jobs.dispatch import work_outbox
from recoup.jobs.tests.mail import caught, post_office
from recoup.journeys.people import give_role
from recoup.outbox.models import Message
from recoup.tenancy.context import scope
from recoup.tenancy.models import Member, User
from recoup.tenancy.roles import Role
from recoup.web.kit.limits import Limit
from tests.cast import House

PASSWORD = "correct horse battery staple"
KNOWN, UNKNOWN = "collector@nordic.example", "nobody@nordic.example"


def sign_in(browser: Browser, email: str = KNOWN, password: str = PASSWORD, **query: str) -> Any:
    return browser.post("/accounts/login/", {"login": email, "password": password} | query)


def is_in(browser: Browser) -> bool:
    return browser.get("/desk/").status_code == 200


def words(response: Any) -> str:
    """The page without what differs from one asking to the next: tokens, and the address typed."""
    text = re.sub(r'"[A-Za-z0-9]{32,}"', "", response.content.decode())
    return text.replace(KNOWN, "…").replace(UNKNOWN, "…")


def messages_of(house: House) -> list[Message]:
    with scope(house.id):  # type: ignore[arg-type]
        return list(Message.objects.order_by("id"))


def ask_for_link(house: House, browser: Browser, email: str = KNOWN) -> str:
    """Ask for a new password; the link in the mail."""
    browser.post("/accounts/password/reset/", {"email": email})
    text = messages_of(house)[-1].payload["text"]
    return str(re.search(r"http://localhost:\d+(/accounts/password/reset/key/\S+)", text)[1])  # type: ignore[index]


def choose(browser: Browser, link: str, password: str) -> Any:
    form = browser.get(link, follow=True)
    if "password1" not in form.content.decode():
        return form
    return browser.post(form.request["PATH_INFO"], {"password1": password, "password2": password})


def test_known_and_unknown_addresses_get_the_same_answer(house: House, monkeypatch: Any) -> None:
    """HOSTILE LG02: the same text, the same code, and the same work (one hash)."""
    hashed: list[int] = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda *a, **k: hashed.append(1) or encode(*a, **k)
    )  # type: ignore[func-returns-value]
    answers, work = [], []
    for email in (KNOWN, UNKNOWN):
        hashed.clear()
        answers.append(sign_in(Browser(), email, "wrong horse battery staple"))
        work.append(len(hashed))
    assert answers[0].status_code == answers[1].status_code and words(answers[0]) == words(
        answers[1]
    )
    assert work == [1, 1]
    asked = [Browser().post("/accounts/password/reset/", {"email": e}) for e in (KNOWN, UNKNOWN)]
    assert {(a.status_code, a["Location"]) for a in asked} == {
        (302, "/accounts/password/reset/done/")
    }
    assert [m.payload["template"] for m in messages_of(house)] == [
        "account/email/password_reset_key", "account/email/unknown_account",
    ]  # fmt: skip


def test_a_session_set_beforehand_is_not_the_one_signed_in_with(house: House) -> None:
    """HOSTILE LG04."""
    browser = Browser()
    browser.post("/quote/", {"creditor": "SE"})
    browser.cookies["session"] = "attackerchosen0000000000000000000"
    sign_in(browser)
    fresh = browser.cookies["session"].value
    assert is_in(browser) and fresh != "attackerchosen0000000000000000000"
    other = Browser()
    other.cookies["session"] = "attackerchosen0000000000000000000"
    assert not is_in(other)


def test_an_anonymous_session_gets_a_new_id_at_sign_in(house: House) -> None:
    browser = Browser()
    session = browser.session
    session["quote"] = "x"
    session.save()
    before = browser.cookies["session"].value
    sign_in(browser)
    assert browser.cookies["session"].value != before and is_in(browser)


def log_out(browser: Browser, house: House) -> None:
    browser.post("/accounts/logout/")


def disable_member(browser: Browser, house: House) -> None:
    Member.objects.filter(user__email=KNOWN).update(active=False)


def disable_user(browser: Browser, house: House) -> None:
    User.objects.filter(email=KNOWN).update(is_active=False)


def change_password(browser: Browser, house: House) -> None:
    user = User.objects.get(email=KNOWN)
    user.set_password("another horse battery staple")
    user.save()


@pytest.mark.parametrize("end", [log_out, disable_member, disable_user, change_password])
def test_a_kept_cookie_is_worth_nothing_afterwards(house: House, end: Any) -> None:
    """HOSTILE LG05."""
    browser, thief = Browser(), Browser()
    sign_in(browser)
    thief.cookies["session"] = browser.cookies["session"].value
    assert is_in(thief)
    with scope(house.id):  # type: ignore[arg-type]
        end(browser, house)
    assert not is_in(thief)


def test_a_changed_role_counts_from_the_next_request(house: House) -> None:
    browser = Browser()
    sign_in(browser, "finance_officer@nordic.example")
    assert browser.get("/desk/money/").status_code == 200
    with scope(house.id):  # type: ignore[arg-type]
        Member.objects.filter(user__email="finance_officer@nordic.example").update(role="collector")
    assert browser.get("/desk/money/").status_code == 404


@pytest.mark.parametrize("next", [
    "//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "http:evil.example",
    "///evil.example", "\t//evil.example", "https:/\\evil.example",
])  # fmt: skip
def test_nobody_is_led_away_after_signing_in(house: House, next: str) -> None:
    """HOSTILE LG08."""
    assert sign_in(Browser(), next=next)["Location"] == "/home/"


def test_one_is_led_back_to_where_one_was(house: House) -> None:
    assert sign_in(Browser(), next="/desk/cases/?q=a")["Location"] == "/desk/cases/?q=a"


def test_a_forgotten_password_is_chosen_anew_by_a_mail_from_the_outbox(
    house: House, settings: Any, tmp_path: Any
) -> None:
    """The whole way: asked, queued, handed to a mail server, link followed, signed in."""
    settings.MAIL_ROOT = tmp_path
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    office, browser = post_office(tmp_path), Browser()
    settings.EMAIL_PORT = office.port
    try:
        link = ask_for_link(house, browser)
        assert not caught(tmp_path), "nothing leaves inside the request"
        [message] = messages_of(house)
        assert (message.channel, message.gated, message.recipient) == ("email", False, KNOWN)
        with scope(house.id):  # type: ignore[arg-type]
            assert work_outbox(agency=house.id, now=timezone.now()) == {"sent": 1}  # type: ignore[arg-type]
    finally:
        office.stop()
    [file] = caught(tmp_path)
    assert link.encode() in file.read_bytes().replace(b"=\r\n", b"").replace(b"=\n", b"")
    assert choose(browser, link, "a quite new horse").status_code == 302
    assert sign_in(Browser(), password=PASSWORD).status_code != 302
    again = Browser()
    assert sign_in(again, password="a quite new horse").status_code == 302 and is_in(again)
    assert "has been" in messages_of(house)[-1].payload["text"], "and the owner is told"


def test_a_link_works_once_and_not_for_long_and_stays_on_our_address(
    house: House, settings: Any, monkeypatch: Any
) -> None:
    """HOSTILE LG07."""
    settings.ALLOWED_HOSTS = ["testserver", "evil.example"]
    browser = Browser(HTTP_HOST="evil.example")
    link = ask_for_link(house, browser)
    assert "evil" not in messages_of(house)[-1].payload["text"]
    assert choose(Browser(), link, "a quite new horse").status_code == 302
    assert choose(Browser(), link, "yet another horse").status_code == 200
    assert sign_in(Browser(), password="yet another horse").status_code != 302
    late = ask_for_link(house, Browser())
    from django.contrib.auth.tokens import PasswordResetTokenGenerator

    now = PasswordResetTokenGenerator._now
    monkeypatch.setattr(
        PasswordResetTokenGenerator, "_now", lambda self: now(self) + timedelta(minutes=31)
    )
    assert choose(Browser(), late, "yet another horse").status_code == 200
    assert sign_in(Browser(), password="yet another horse").status_code != 302


def test_a_link_dies_with_the_address_it_was_asked_for(house: House) -> None:
    """HOSTILE LG07."""
    stale = ask_for_link(house, Browser())
    User.objects.filter(email=KNOWN).update(email="moved@nordic.example")
    assert choose(Browser(), stale, "a quite new horse").status_code == 200
    assert sign_in(Browser(), "moved@nordic.example", "a quite new horse").status_code != 302


def test_one_password_on_many_accounts_is_stopped_for_the_address_and_nobody_else(
    house: House, settings: Any
) -> None:
    """HOSTILE LG01."""
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key,4/h/ip"}
    for n in range(5):
        sign_in(Browser(REMOTE_ADDR="198.51.100.7"), f"nobody{n}@nordic.example", "correct horse 1")
    assert sign_in(Browser(REMOTE_ADDR="198.51.100.7")).status_code != 302
    assert sign_in(Browser(REMOTE_ADDR="198.51.100.8")).status_code == 302


def test_guessing_is_slowed_per_account_and_address_and_forged_headers_do_not_help(
    house: House,
) -> None:
    """HOSTILE LG01, AP17."""
    for n in range(6):
        browser = Browser(HTTP_X_FORWARDED_FOR=f"192.0.2.{n}")
        sign_in(browser, password=f"wrong horse battery {n}")
    assert sign_in(Browser(HTTP_X_FORWARDED_FOR="192.0.2.99")).status_code != 302, "too often"
    other = Browser()
    assert sign_in(other, "finance_officer@nordic.example").status_code == 302


def test_ten_thousand_accounts_with_one_password_are_noticed_wherever_they_come_from(
    house: House, monkeypatch: Any
) -> None:
    """HOSTILE LG01: each guess from an address of its own, none of them slowed; the house gets one task."""
    monkeypatch.setattr("recoup.web.kit.guessing.MANY", 8)
    for n in range(12):
        sign_in(Browser(REMOTE_ADDR=f"198.51.{n}.7"), f"nobody{n}@nordic.example", "Summer 2026!")
    with scope(house.id):  # type: ignore[arg-type]
        [task] = Task.objects.filter(kind="guessing")
        assert (task.role, task.params) == ("administrator", {"n": "9"})
    for n in range(12):
        sign_in(Browser(REMOTE_ADDR=f"198.51.{n}.7"), f"nobody{n}@nordic.example", "Winter 2026!")
    with scope(house.id):  # type: ignore[arg-type]
        assert Task.objects.filter(kind="guessing").count() == 1, "once an hour"


def test_a_mistyping_house_is_no_attack(house: House) -> None:
    for n in range(3):
        sign_in(Browser(), password=f"wrong {n}")
    with scope(house.id):  # type: ignore[arg-type]
        assert not Task.objects.filter(kind="guessing").exists()


def test_one_account_guessed_from_everywhere_stops_and_its_owner_gets_in_from_a_known_device(
    house: House, monkeypatch: Any
) -> None:
    """HOSTILE LG01: at most so many guesses an hour on one account from all addresses together; the device it
    has signed in from before is not locked out, another's cookie opens nothing."""
    owner, colleague = Browser(), Browser()
    assert sign_in(owner).status_code == 302
    sign_in(colleague, "finance_officer@nordic.example")
    log_out(owner, house)
    log_out(colleague, house)
    small = Limit("login-account", 6, timedelta(hours=1))
    monkeypatch.setattr("recoup.web.kit.accounts.GUESSES", small)
    for n in range(8):
        sign_in(Browser(REMOTE_ADDR=f"203.0.{n}.9"), password=f"wrong horse {n}")
    assert sign_in(Browser(REMOTE_ADDR="203.0.77.9")).status_code != 302, "the right word, too late"
    assert sign_in(colleague).status_code != 302, "a device of somebody else"
    assert sign_in(owner).status_code == 302 and is_in(owner)


def test_lg02_known_and_unknown_addresses_take_the_same_time(house: House) -> None:
    """HOSTILE LG02: medians of the processor's time, so that a busy machine says nothing."""
    medians = []
    for email in (KNOWN, UNKNOWN):
        took = []
        for n in range(9):
            browser, before = Browser(REMOTE_ADDR=f"192.0.{n}.{len(medians)}"), time.process_time()
            sign_in(browser, email, "wrong horse battery staple")
            took.append(time.process_time() - before)
        medians.append(statistics.median(took))
    assert abs(medians[0] - medians[1]) < 0.010


def test_lg13_who_moves_to_another_desk_is_signed_out_and_has_that_desks_rights(
    house: House,
) -> None:
    """HOSTILE LG13: sessions end at once; rights are those of the new role, not of the old one."""
    browser = Browser()
    sign_in(browser)
    assert is_in(browser) and browser.get("/desk/money/").status_code == 404
    with scope(house.id):  # type: ignore[arg-type]
        member = Member.objects.select_related("user").get(user__email=KNOWN)
        give_role(
            member=member,
            role=Role.FINANCE_OFFICER,
            by=house.actor("administrator"),
            at=timezone.now(),
        )
    assert not is_in(browser), "the old session is dead"
    sign_in(browser)
    assert browser.get("/desk/money/").status_code == 200
    assert browser.post("/desk/cases/R-2026-000001/call/", {}).status_code == 404
