"""The open pages over an agency with a rate card."""

import pytest

from recoup.agreements.standard_card import publish_standard_card
from tests.cast import NOW, House


@pytest.fixture
def shop(house: House) -> House:
    publish_standard_card(agency=house.id, by=house.actor("administrator"), at=NOW)
    return house
