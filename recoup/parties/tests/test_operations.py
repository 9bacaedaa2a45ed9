"""Clients and debtors are known once, and only companies."""

import pytest

from recoup.kernel.refusal import Refusal
from recoup.parties.models import Contact, Debtor
from recoup.parties.operations import add_contact, find_or_add_debtor
from recoup.tenancy.context import scope
from tests.cast import NOW, House

MEIER = {"name": "Meier & Söhne GmbH", "country": "DE", "postcode": "70565", "city": "Stuttgart"}


def debtor(house: House, **other: object) -> Debtor:
    values = MEIER | {"by": house.actor("administrator"), "at": NOW} | other
    return find_or_add_debtor(agency=house.id, **values)  # type: ignore[arg-type]


def test_a_debtor_is_found_again_by_number_or_by_name_at_its_place(house: House) -> None:
    first = debtor(house, vat_number="DE136695976")
    assert debtor(house, name="Ganz anders GmbH", vat_number="DE 136 695 976") == first
    assert debtor(house, name="MEIER + SOEHNE GMBH") == first
    assert (first.language, first.time_zone) == ("de", "Europe/Berlin")


def test_the_same_name_elsewhere_or_with_another_number_is_another(house: House) -> None:
    first = debtor(house, vat_number="DE136695976")
    assert debtor(house, postcode="10115", city="Berlin") != first
    assert debtor(house, vat_number="DE129273398") != first
    assert debtor(house, country="AT") != first


def test_a_person_is_no_debtor(house: House) -> None:
    with pytest.raises(Refusal) as refused:
        debtor(house, name="Hans Meier")
    assert refused.value.code == "consumer_suspected" and not Debtor.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("vat_number", "DE136695970"),
        ("vat_number", "SE556016068001"),
        ("registration_number", "1e3"),
    ],
)
def test_a_wrong_number_is_named(house: House, field: str, value: str) -> None:
    with pytest.raises(Refusal) as refused:
        debtor(house, **{field: value})
    assert refused.value.code == "number_invalid" and value in refused.value.sentence()


def test_a_contact_is_added_once(house: House) -> None:
    owner = debtor(house)
    by = house.actor("collector")
    first = add_contact(debtor=owner, name="Frau Vogel", email="vogel@meier.example", by=by, at=NOW)
    again = add_contact(debtor=owner, name="Vogel", email="vogel@meier.example", by=by, at=NOW)
    assert again == first and first.language == "de" and Contact.objects.count() == 1


def test_the_stranger_does_not_find_it(house: House, stranger: House) -> None:
    mine = debtor(house, vat_number="DE136695976")
    with scope(stranger.id):
        theirs = debtor(stranger, vat_number="DE136695976")
        assert theirs != mine and Debtor.objects.count() == 1
