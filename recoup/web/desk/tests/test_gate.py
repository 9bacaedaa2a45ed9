"""The call button: pressed only when the gate says yes, at any hour with its reason."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils.translation import override

from recoup.cases.models import Case
from recoup.cases.operations import put_on_hold
from recoup.kernel.actor import SYSTEM
from recoup.parties.operations import add_contact
from recoup.web.desk.call_button import Gate, gate_of
from recoup.web.desk.case_page import facts_of
from recoup.web.desk.tests.cast import AT, at_work, sign_up
from recoup.web.kit.middleware import Place

pytestmark = pytest.mark.django_db
MONDAY_TEN = datetime(2026, 11, 23, 9, tzinfo=UTC)  # 10:00 in Germany
MONDAY_NIGHT = datetime(2026, 11, 23, 22, tzinfo=UTC)


@pytest.fixture
def case(house: Any) -> Case:
    return at_work(sign_up(house))


def asked(house: Any, case: Case, now: datetime, role: str = "collector") -> Gate:
    place = Place(house.agency, house.actor(role), now, house.members[role])
    contacts = list(case.debtor.contacts.order_by("made_at"))
    with override("en"):
        return gate_of(place, facts_of(place, case), contacts)


def with_phone(case: Case) -> Case:
    add_contact(debtor=case.debtor, name="Jan Vogel", phone="+49 (40) 123-45", by=SYSTEM, at=AT)
    return case


def test_within_hours_the_button_dials_and_says_until_when(house: Any, case: Case) -> None:
    gate = asked(house, with_phone(case), MONDAY_TEN)
    assert (gate.refused, gate.tel) == ("", "tel:+494012345")
    assert gate.hint == "May call until 18:00 there."


def test_at_night_it_says_the_time_there_and_when_again(house: Any, case: Case) -> None:
    gate = asked(house, with_phone(case), MONDAY_NIGHT)
    assert gate.tel == ""
    assert "It is 23:00 there: it is after business hours there" in gate.refused
    assert "Tue 08:00 there" in gate.hint


def test_without_a_number_there_is_nothing_to_dial(house: Any, case: Case) -> None:
    gate = asked(house, case, MONDAY_TEN)
    assert gate.refused == "There is no address for this way of contact (call)."


def test_a_hold_wins_over_the_hour(house: Any, case: Case) -> None:
    put_on_hold(case=case, kind="promise", because="x", until=MONDAY_TEN.date(), by=SYSTEM, at=AT)
    gate = asked(house, with_phone(case), MONDAY_TEN)
    assert gate.refused == "The case is on hold (promise to pay) until 23 Nov 2026."


def test_it_is_not_everybody_s_button(house: Any, case: Case) -> None:
    gate = asked(house, with_phone(case), MONDAY_TEN, role="finance_officer")
    assert gate.refused.startswith("Only these may do this:")
    assert gate.tel == ""
