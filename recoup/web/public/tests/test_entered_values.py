"""What the agency has entered and confirmed counts for visitors too: in the quote and in the handbook."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client as Browser

from recoup.agreements.operations import answer
from recoup.agreements.rules import Asked
from recoup.eventlog.models import Event
from recoup.kernel.money import Money
from recoup.lawbook.models import PublishedRate
from recoup.lawbook.operations import confirm_rate, enter_rate
from recoup.lawbook.queries import overlay_of
from recoup.tenancy.context import scope
from recoup.web.kit.middleware import NOBODY
from recoup.web.kit.timeline import entry
from tests.cast import House

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
ASKED = Asked("SE", "DE", Money.parse("1000.00", "EUR"), date(2026, 12, 31))
ON = date(2027, 1, 31)


def enter(house: House) -> PublishedRate:
    return enter_rate(
        agency=house.id, series="DE_BASISZINSSATZ", first=date(2027, 1, 1), value="1.77",
        source="Bundesanzeiger", link="https://www.bundesbank.de/x",
        by=house.actor("finance_officer"), at=AT,
    )  # fmt: skip


def confirm(house: House, rate: PublishedRate) -> None:
    confirm_rate(rate=rate, by=house.actor("supervisor"), at=AT)


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_quote_reads_what_has_been_confirmed_and_nothing_sooner(shop: House) -> None:
    rate = enter(shop)
    _, given = answer(agency=shop.agency, asked=ASKED, on=ON)
    assert given["charged_to_debtor"]["because"]["params"]["found"] == "DE_BASISZINSSATZ 2027-H1"
    confirm(shop, rate)
    _, given = answer(agency=shop.agency, asked=ASKED, on=ON)
    charged = given["charged_to_debtor"]
    # 31 days at 1.77 + 9 = 10.77 %: 9.147…
    assert charged["established"] and charged["interest"] == "9.15"
    assert [why["params"]["value"] for why in charged["why"] if why["code"] == "entered_value"] == [
        "1.77"
    ]


def test_a_visitor_reads_the_agencys_values_and_writes_none(shop: House, stranger: House) -> None:
    confirm(shop, enter(shop))
    with scope(shop.id, client=NOBODY):
        assert [row.value for row in overlay_of(shop.id).rows] == [
            overlay_of(shop.id).rows[0].value
        ]
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            PublishedRate.objects.create(
                agency_id=shop.id, series="DE_BASISZINSSATZ", first=date(2027, 7, 1), last=date(2027, 12, 31),
                value="9", source="x", link="https://x.example", entered_by=shop.actor("collector").id,
                entered_name="x", entered_at=AT,
            )  # fmt: skip
    with scope(stranger.id, client=NOBODY):
        assert not overlay_of(shop.id) and not overlay_of(stranger.id)


def test_the_handbook_shows_it_with_its_source(
    shop: House, client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recoup.web.kit.middleware.now_of", lambda agency, now: AT)
    rate = enter(shop)
    before = text(client.get("/law/de/"))
    assert "2026-H2" in before and "2027-H1" not in before and "entered by the agency" not in before
    with scope(shop.id):
        confirm(shop, rate)
    page = client.get("/law/de/")
    after = text(page)
    assert "2027-H1 entered by the agency" in after and "Bundesanzeiger" in after
    assert 'href="https://www.bundesbank.de/x' in page.content.decode()
    assert "entered by the agency" not in text(client.get("/law/se/"))


def test_both_events_have_their_sentence(shop: House) -> None:
    confirm(shop, enter(shop))
    events = {event.kind: event for event in Event.objects.filter(kind__startswith="Rate")}
    entered, confirmed = entry(events["RateEntered"]), entry(events["RateConfirmed"])
    assert entered.what == "1.77 for DE_BASISZINSSATZ from 1 Jan 2027 entered"
    assert "Bundesanzeiger" in entered.body
    assert confirmed.what == "1.77 for DE_BASISZINSSATZ from 1 Jan 2027 confirmed"
