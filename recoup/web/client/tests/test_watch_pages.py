"""A client's receivables in the portal: its ladder on and off, what each item waits for, orders beside the items."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from recoup.cases.tests.cast import profile, sign_up
from recoup.contact.models import Reminder
from recoup.journeys.reminders import remind
from recoup.kernel.actor import SYSTEM
from recoup.parties.divisions import add_division
from recoup.tenancy.context import scope
from recoup.tenancy.models import User
from recoup.tenancy.operations import add_member
from recoup.tenancy.roles import Role
from recoup.watch.models import Item, Trade
from recoup.watch.operations.items import standing_ladder
from recoup.web.client.tests.test_pages import logged_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def standing(house: Any) -> Any:
    profile(house)
    return sign_up(house)


@pytest.fixture
def browser(standing: Any) -> Browser:
    found = logged_in(standing.member.user)
    late = (timezone.now() - timedelta(days=8)).date()
    text = f"Company;Country;Street;City;E-mail;Invoice number;Due date;Open amount;Currency\nKaufhaus Köln GmbH;DE;Domstr. 1;Köln;r@kaufhaus.example;A-1;{late};1200.00;EUR\n"  # fmt: skip
    found.post(
        reverse("client:watch"),
        {"file": SimpleUploadedFile("open.csv", text.encode()), "whole": "on"},
    )
    return found


def page(browser: Browser) -> str:
    return browser.get(reverse("client:watch")).content.decode()


def test_sending_is_asked_for_and_stopped_and_shown(
    house: Any, standing: Any, browser: Browser
) -> None:
    shown = page(browser)
    assert "Send them for me" in shown and "mailto:r%40kaufhaus.example" in shown.replace(
        "mailto:r@", "mailto:r%40"
    )
    assert (
        "A-1" in shown
        and "Last reminder" in shown
        and "client's own" not in shown.replace("&#x27;", "'")
    )
    browser.post(reverse("client:watch_ladder"), {"act": "begin"})
    assert standing_ladder(standing.client.id) and "mailto:" not in page(browser)
    now = timezone.now()
    remind(agency=house.agency, on=now.date(), by=SYSTEM, at=now)
    assert Reminder.objects.count() == 2
    assert "waiting" in page(browser) or "ready" in page(browser)
    browser.post(reverse("client:watch_ladder"), {"act": "end"})
    assert standing_ladder(standing.client.id) is None


def test_an_item_is_left_alone_through_a_day(browser: Browser) -> None:
    until = (timezone.now() + timedelta(days=5)).date()
    item = Item.objects.get()
    browser.post(
        reverse("client:watch_item", args=[item.id]), {"act": "rest", "on": until.isoformat()}
    )
    item.refresh_from_db()
    assert item.rests_until == until
    assert "It is on hold (the client asks for it) until" in page(browser)


def test_orders_are_taken_beside_the_items_and_a_wrong_file_is_named(browser: Browser) -> None:
    text = "Company;Country;City;Order number;Order date;Amount;Currency\nKaufhaus Köln GmbH;DE;Köln;O-1;2026-01-05;900.00;EUR\n"
    answer = browser.post(
        reverse("client:watch_orders"),
        {"orders-file": SimpleUploadedFile("orders.csv", text.encode())},
    )
    assert answer.status_code == 302 and Trade.objects.get().key == "O-1"
    wrong = browser.post(
        reverse("client:watch_orders"), {"orders-file": SimpleUploadedFile("x.csv", b"a;b\n1;2\n")}
    )
    assert wrong.status_code == 422 and "Order number" in wrong.content.decode()


def test_somebody_limited_to_a_division_says_nothing_of_the_whole_company(
    house: Any, standing: Any, browser: Browser
) -> None:
    """Its list, taken as the whole, would tell of every item that it cannot see that it was paid."""
    north = add_division(client=standing.client, name="North", by=SYSTEM, at=timezone.now())
    user = User.objects.create_user("lena@north.example", "x" * 20, name="Lena")
    add_member(
        agency=house.agency, user=user, role=Role.CLIENT_SUBMITTER, client_id=standing.client.id,
        divisions=[north.id],
    )  # fmt: skip
    limited = logged_in(user)
    shown = page(limited)
    assert "limited to some of its divisions" in shown and "A-1" not in shown
    text = f"Company;Country;Invoice number;Due date;Open amount;Currency\nLindenhof GmbH;DE;L-1;{timezone.now().date()};1.00;EUR\n"
    for name, field in (("watch", "file"), ("watch_orders", "orders-file")):
        sent = {field: SimpleUploadedFile("all.csv", text.encode()), "whole": "on"}
        assert limited.post(reverse(f"client:{name}"), sent).status_code == 302
    refused = limited.post(reverse("client:watch_ladder"), {"act": "begin"}, follow=True)
    assert refused.content.decode().count("limited to some of its divisions") >= 3, (
        "each is told why"
    )
    assert standing_ladder(standing.client.id) is None and not Trade.objects.exists()
    with scope(house.agency.id):
        assert [(i.ref, i.open > 0) for i in Item.objects.all()] == [("A-1", True)]


def test_a_row_that_cannot_be_read_is_told_by_its_number_and_nothing_counts_as_paid(
    browser: Browser,
) -> None:
    text = "Company;Country;Invoice number;Due date;Open amount;Currency\nLindenhof GmbH;DE;L-1;2026-11-01;1.00;EUR\nOkänd AB;SE;L-2;2026-11-01;abc;SEK\n"
    sent = {"file": SimpleUploadedFile("open.csv", text.encode()), "whole": "on"}
    shown = browser.post(reverse("client:watch"), sent, follow=True).content.decode()
    assert "Row 3: Amount still open, with VAT: “abc” is no amount" in shown
    assert "nothing was counted as paid" in shown
    assert Item.objects.get(ref="A-1").open > 0
