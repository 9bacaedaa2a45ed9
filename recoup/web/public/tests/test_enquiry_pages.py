"""A visitor asks; what was agreed to is kept with its words; one press stops it everywhere."""

import email
import email.policy
import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.test import Client as Browser
from django.utils import timezone

from recoup.agreements.tests.cast import client_of
from recoup.cases.models import Task
from recoup.consent.models import Consent, Subscriber
from recoup.consent.operations import subscriber_of
from recoup.consent.rules import WORDING_VERSION
from recoup.enquiries.models import Enquiry
from recoup.jobs.dispatch import work_outbox
from recoup.jobs.tests.mail import caught, post_office
from recoup.journeys.mail import mail_client
from recoup.kernel.ids import new_id
from recoup.outbox.models import Message
from recoup.tenancy.context import scope
from recoup.web.desk.tests.cast import logged_in
from tests.cast import House

FORM = {
    "quote": "", "name": "Åsa {{7*7}} O'Brien", "company": "Norrland <b>AB</b>", "email": "Asa@Norrland.example",
    "phone": "+46 470 12 34 56", "message": "Can you collect in Brazil?\r\nBcc: x@example.com", "time_zone": "Asia/Hong_Kong",
    "follow_up": "on",
}  # fmt: skip


def next_monday() -> str:
    today = timezone.now().date()
    return (today + timedelta(days=7 - today.weekday())).isoformat()


def send(browser: Browser, **other: str):
    data = {"key": str(new_id()), "call_on": next_monday(), "call_time": "14:30"} | FORM | other
    return browser.post("/enquiry/", {k: v for k, v in data.items() if v is not None})


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_asked_agreed_called_back(shop: House, client: Browser) -> None:
    key = str(new_id())
    assert send(client, key=key)["Location"] == "/enquiry/thanks/"
    assert send(client, key=key).status_code == 302, "a double click"
    assert client.get("/enquiry/thanks/").status_code == 200
    with scope(shop.id):
        row = Enquiry.objects.get()
        consent = Consent.objects.get()
        task = Task.objects.get()
        assert (
            row.call_at is not None
            and row.call_at.hour == 6
            and row.email == "Asa@Norrland.example"
        )
        assert (consent.purpose, consent.given, consent.wording_version) == (
            "follow_up",
            True,
            WORDING_VERSION,
        )
        assert (
            consent.wording.startswith("Nordic Inkasso AB may call and write to me") and consent.ip
        )
        assert (
            task.kind == "enquiry"
            and "07:30" in task.params["here"]
            and "14:30" in task.params["there"]
        )
        mail = Message.objects.get()
        assert (
            mail.recipient == "Asa@Norrland.example"
            and "14:30 (Asia/Hong_Kong)" in mail.payload["text"]
        )
    desk = logged_in(shop, "account_manager")
    page = desk.get("/desk/enquiries/")
    assert (
        "07:30" in text(page) and "{{7*7}}" in text(page) and "<b>AB" not in page.content.decode()
    )
    assert logged_in(shop, "collector").post(f"/desk/enquiries/{row.id}/").status_code == 404
    assert (
        desk.post(
            f"/desk/enquiries/{row.id}/", {"answer-key": str(new_id()), "answer-outcome": ""}
        ).status_code
        == 422
    )
    desk.post(
        f"/desk/enquiries/{row.id}/",
        {"answer-key": str(new_id()), "answer-outcome": "Called: yes we can."},
    )
    with scope(shop.id):
        assert (
            Enquiry.objects.get().outcome == "Called: yes we can."
            and Task.objects.get().done_at is not None
        )


@pytest.mark.parametrize(
    "wrong",
    [{"follow_up": None}, {"email": "no"}, {"email": "a@b.example\r\nBcc: x@y.example"}, {"name": ""}, {"phone": ""},
     {"time_zone": "Mars/X"}, {"call_time": "03:00"}, {"call_on": "1999-01-01"}, {"call_on": ""}, {"key": "1"},
     {"message": "x" * 5000}, {"name": "a\x00b"}],
)  # fmt: skip
def test_a_wrong_enquiry_is_said_and_nothing_is_kept(
    shop: House, client: Browser, wrong: dict[str, str | None]
) -> None:
    page = send(client, **wrong)  # type: ignore[arg-type]
    assert page.status_code == 422 and ("k-error" in page.content.decode() or "key" in wrong)
    with scope(shop.id):
        assert (
            not Enquiry.objects.exists()
            and not Consent.objects.exists()
            and not Message.objects.exists()
        )


def test_without_a_call_no_number_is_needed_and_a_quote_is_remembered(
    shop: House, client: Browser
) -> None:
    asked = {
        "creditor": "SE",
        "debtor": "DE",
        "amount": "1190.00",
        "currency": "EUR",
        "due": "2026-08-01",
    }
    token = client.post("/quote/", asked)["Location"].strip("/").split("/")[-1]
    page = client.get(f"/enquiry/?quote={token}").content.decode()
    assert "Q-" in page and token in page
    assert send(client, quote=token, phone="", call_on="", call_time="").status_code == 302
    with scope(shop.id):
        row = Enquiry.objects.get()
        assert row.quote is not None and row.call_at is None


def mails(house: House, settings, root) -> list[EmailMessage]:
    office = post_office(root)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.MAIL_ROOT = "127.0.0.1", office.port, root
    try:
        work_outbox(agency=house.id, now=timezone.now() + timedelta(minutes=1))  # type: ignore[arg-type]
    finally:
        office.stop()
    return [
        email.message_from_bytes(f.read_bytes(), policy=email.policy.default) for f in caught(root)
    ]  # type: ignore[misc]


def test_one_press_stops_a_kind_everywhere(
    shop: House, client: Browser, settings, tmp_path
) -> None:
    """RFC 8058: the headers, a POST without a cookie, and nothing of that kind leaves afterwards."""
    send(client, news="on")
    [mail] = mails(shop, settings, tmp_path / "a")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = re.fullmatch(
        r"<http://localhost:\d+(/mail/\S+/stop/follow_up/)>", mail["List-Unsubscribe"].strip()
    )[1]  # type: ignore[index]
    assert link in mail.get_body().get_content()  # type: ignore[union-attr]
    strict = Browser(enforce_csrf_checks=True)
    assert strict.get(link).status_code == 200
    with scope(shop.id):
        assert Consent.objects.filter(given=False).count() == 0, "reading the link changes nothing"
    pressed = {
        "content_type": "application/x-www-form-urlencoded",
        "data": "List-Unsubscribe=One-Click",
    }
    assert [strict.post(link, **pressed).status_code for _ in range(2)] == [200, 200]
    with scope(shop.id):
        assert (
            Consent.objects.filter(given=False, purpose="follow_up", source="one press").count()
            == 1
        )
    send(client, key=str(new_id()), follow_up="on")  # agrees anew: may be written to again
    assert len(mails(shop, settings, tmp_path / "b")) == 1


def test_a_client_stops_updates_and_still_gets_the_letters_of_its_contract(
    shop: House, settings, tmp_path
) -> None:
    with scope(shop.id):
        customer = client_of(shop)
        who = subscriber_of(agency=shop.id, address=customer.email.upper(), at=timezone.now())  # type: ignore[arg-type]

        def write(purpose: str, key: str) -> None:
            mail_client(agency=shop.agency, client=customer, key=key, template="t", subject="s", paragraphs=["p"],
                        params={}, purpose=purpose, at=timezone.now())  # type: ignore[arg-type]  # fmt: skip

        write("updates", "first")
    assert len(mails(shop, settings, tmp_path / "a")) == 1
    with scope(shop.id):
        write("updates", "queued before")
    Browser().post(f"/mail/{who.token}/stop/updates/")
    with scope(shop.id):
        write("updates", "queued after")
        write("", "contract")
    [left] = mails(shop, settings, tmp_path / "b")
    assert left["List-Unsubscribe"] is None
    with scope(shop.id):
        stopped = Message.objects.filter(state="cancelled", outcome__code="unsubscribed")
        assert set(stopped.values_list("key", flat=True)) == {"queued before", "queued after"}


def test_preferences(shop: House, client: Browser) -> None:
    send(client)
    with scope(shop.id):
        who = Subscriber.objects.get()
    page = client.get(f"/mail/{who.token}/")
    assert "a…@norrland.example" in text(page) and "asa@" not in page.content.decode().casefold()
    client.post(f"/mail/{who.token}/", {"news": "on"})
    with scope(shop.id):
        said = {c.purpose: c.given for c in Consent.objects.order_by("at", "id")}
        assert said == {"follow_up": False, "news": True, "updates": False}
    for wrong in (
        f"/mail/{who.token[:-1]}/",
        "/mail/x/",
        f"/mail/{who.token}x/",
        f"/mail/{who.token}/stop/all/",
    ):
        assert client.get(wrong).status_code == 404 and client.post(wrong).status_code == 404
