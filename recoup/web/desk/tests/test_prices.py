"""A price is changed at the desk: its effect seen first, published from a day on, one version everywhere."""

import json
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from recoup.agreements.models import Agreement, Quote, RateCard
from recoup.agreements.operations import day_at
from recoup.agreements.rules.edited import fields_of
from recoup.agreements.standard_card import TERMS, publish_standard_card
from recoup.files.operations import content_of
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.outbox.models import Message
from recoup.tenancy.context import scope
from recoup.web.desk.tests.cast import logged_in
from tests.cast import NOW, House

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def shop(house: House) -> House:
    publish_standard_card(agency=house.id, by=SYSTEM, at=NOW)
    return house


def send(browser: Browser, button: str, **other: str):
    tomorrow = (timezone.now() + timedelta(days=2)).date().isoformat()
    data = {f"card-{name}": value for name, value in fields_of(TERMS).items()}
    data |= {
        "card-key": str(new_id()),
        "card-version": "2026-2",
        "card-valid_from": tomorrow,
        button: "1",
    }
    return browser.post(
        reverse("desk:price_new"), data | {f"card-{k}": v for k, v in other.items()}
    )


def test_the_figures_go_in_and_out_unchanged(shop: House) -> None:
    boss = logged_in(shop, "administrator")
    assert boss.get(reverse("desk:price_new")).status_code == 200
    page = send(boss, "preview")
    assert page.status_code == 200 and "Nothing is changed yet" in text(page)
    assert send(boss, "publish")["Location"] == reverse("desk:prices")
    with scope(shop.id):
        old, new = RateCard.objects.order_by("version")
        assert old.terms == new.terms
    doc = json.loads(boss.get(reverse("desk:price_json", args=["2026-2"])).content)
    assert doc["terms"] == TERMS and doc["version"] == "2026-2"


def test_the_effect_is_shown_and_nothing_published(shop: House) -> None:
    page = send(
        logged_in(shop, "administrator"), "preview", **{"rate.0.0": "13", "EUR.minimum": "90.00"}
    )
    assert "rate.0.0 12 → 13" in text(page) and "EUR.minimum 60.00 → 90.00" in text(page)
    assert "300.00 EUR 12%" in text(page) and "325.00 EUR 13%" in text(page), "2,500 EUR at 60 days"
    assert "No commission was invoiced last month" in text(page)
    with scope(shop.id):
        assert RateCard.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"rate.0.0": "NaN"}, "plain number"), ({"rate.0.0": "1e3"}, "plain number"), ({"rate.0.0": ""}, "required"),
        ({"rate.0.0": "12,5"}, "plain number"), ({"rate.0.0": "99"}, "more than all"), ({"age.0": "200"}, "ages must rise"),
        ({"EUR.limit.0": "30000.00"}, "limits must rise"), ({"EUR.set_up": "-1.00"}, "less than nothing"),
        ({"EUR.set_up": "25.001"}, "decimals"), ({"JPY.minimum": "9800.50"}, "decimals"), ({"version": "2026-1"}, "already"),
        ({"version": "<b>"}, "valid"), ({"valid_from": "2026-01-01"}, "tomorrow at the earliest"), ({"valid_from": "x"}, "valid date"),
    ],
)  # fmt: skip
def test_what_is_no_price_is_not_published(shop: House, wrong: dict[str, str], said: str) -> None:
    page = send(logged_in(shop, "administrator"), "publish", **wrong)
    assert page.status_code == 422 and said in text(page), text(page)[:3000]
    with scope(shop.id):
        assert RateCard.objects.count() == 1


def test_only_administrators_and_supervisors_set_prices(shop: House) -> None:
    manager = logged_in(shop, "account_manager")
    assert (
        manager.get(reverse("desk:price_new")).status_code == 404
        and send(manager, "publish").status_code == 404
    )
    assert "Only these may do this" in text(manager.get(reverse("desk:prices")))


def test_quote_appendix_and_invoice_cite_one_version_and_clause(shop: House, settings) -> None:
    """A standing agreement keeps its price until the new one is signed by both, and then cites the new one."""
    from datetime import datetime

    from recoup.agreements.operations import (
        BOXES,
        answer,
        countersign_agreement,
        sign_agreement,
    )
    from recoup.agreements.queries import card_on, not_on_card, standing_agreement
    from recoup.agreements.rules import Asked
    from recoup.agreements.tests.cast import agreement_of, client_of
    from recoup.journeys.resign import ask_clients
    from recoup.kernel.money import Money
    from tests.cast import cleared

    boss = shop.actor("administrator")
    with scope(shop.id):
        client = client_of(shop)

        def sign(row: Agreement, at: datetime) -> Agreement:
            sign_agreement(
                agreement=row,
                signatory=client.signatory,
                ticked=list(BOXES),
                ip="192.0.2.1",
                browser="t",
                by=SYSTEM,
                at=at,
            )
            return countersign_agreement(agreement=row, by=boss, at=at)

        cleared(client, boss)
        first = sign(agreement_of(shop, client), NOW)
    send(logged_in(shop, "administrator"), "publish", **{"rate.1.1": "13"})
    with scope(shop.id):
        new = RateCard.objects.get(version="2026-2")
        later = timezone.now() + timedelta(days=3)
        on = day_at(shop.agency, later)
        assert card_on(shop.id, on) == new
        asked = Asked("SE", "SE", Money(Decimal("18400.00"), "EUR"), due=on - timedelta(days=100))
        card, given = answer(agency=shop.agency, asked=asked, on=on)
        assert (card.version, given["commission"]["rate"], given["commission"]["clause"]) == (
            "2026-2",
            "13",
            "1.7",
        )
        assert standing_agreement(client) == first and list(not_on_card(new)) == [client]
        assert ask_clients(agency=shop.agency, card=new, most=10, by=boss, at=later) == 1
        assert standing_agreement(client) == first, "the old one stands until both have signed"
        assert (
            not not_on_card(new).exists()
            and ask_clients(agency=shop.agency, card=new, most=10, by=boss, at=later) == 0
        )
        second = Agreement.objects.get(version=2)
        assert (
            second.rate_card == new
            and Message.objects.filter(payload__template="sign_anew").count() == 1
        )
        sign(second, later)
        assert standing_agreement(client) == second
        assert Agreement.objects.get(id=first.id).countersigned_at is not None and content_of(
            first.sealed_agreement
        )
        assert (
            not Quote.objects.exists()
            and date(2026, 1, 1) == RateCard.objects.get(version="2026-1").valid_from
        )
