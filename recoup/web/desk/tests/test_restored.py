"""The page of a restored database: seen by the heads of the house, said on every page, released with a reason."""

from typing import Any

import pytest
from django.test import Client

from recoup.journeys.restored import mark_restored
from recoup.outbox.operations import queue
from recoup.tenancy.context import scope
from recoup.tenancy.models import Restore
from tests.cast import NOW

STANDS_STILL = "nothing leaves the house until an administrator"


def as_(house: Any, role: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(house.members[role].user)
    return client


@pytest.fixture
def restored(house: Any) -> Any:
    with scope(house.id):
        queue(agency=house.id, channel="email", key="k", recipient="a@client.example", payload={}, at=NOW, gated=False)  # fmt: skip
    return mark_restored(agency=house.agency, why="the snapshot of the night", who="Anna", at=NOW)


def test_all_is_well_until_it_is_not(house: Any) -> None:
    page = as_(house, "administrator").get("/desk/restored/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "Nothing was restored" in text
    assert STANDS_STILL not in text


def test_everybody_is_told_and_the_heads_of_the_house_see_what_waits(
    house: Any, restored: Any
) -> None:
    assert STANDS_STILL in as_(house, "collector").get("/desk/").content.decode()
    assert as_(house, "collector").get("/desk/restored/").status_code == 404
    text = as_(house, "administrator").get("/desk/restored/").content.decode()
    assert "the snapshot of the night" in text
    assert 'value="email"' in text


def test_it_is_released_with_what_was_compared(house: Any, restored: Any) -> None:
    boss = as_(house, "administrator")
    refused = boss.post("/desk/restored/release/", {"note": ""}, follow=True).content.decode()
    assert "say what was compared" in refused
    assert STANDS_STILL in refused
    done = boss.post("/desk/restored/release/", {"note": "mail log of the night", "compared": ["email", "x"]}, follow=True)  # fmt: skip
    assert STANDS_STILL not in done.content.decode()
    assert "mail log of the night" in done.content.decode()
    with scope(house.id):
        assert Restore.objects.get(id=restored.id).released_by_name
    again = boss.post("/desk/restored/release/", {"note": "once more"}, follow=True)
    assert "Nothing was restored" in again.content.decode()
