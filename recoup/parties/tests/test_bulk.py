"""A list that names debtors known already: whom it names there is added, nobody twice, nothing overwritten."""

from typing import Any

import pytest

from recoup.kernel.actor import SYSTEM
from recoup.parties.bulk import DebtorSaid, find_or_add_debtors
from recoup.parties.models import Contact, Debtor
from recoup.parties.operations import add_contact, find_or_add_debtor
from tests.cast import NOW


@pytest.fixture
def debtor(house: Any) -> Debtor:
    found = find_or_add_debtor(
        agency=house.id, name="Kieler Werft GmbH", country="DE", vat_number="DE129273398", city="Kiel",
        email="ap@werft.example", phone="+49 431 100", by=SYSTEM, at=NOW,
    )  # fmt: skip
    add_contact(debtor=found, name="Jan Vogel", role="buys", email="jan@werft.example", phone="+49 431 101", by=SYSTEM, at=NOW)  # fmt: skip
    return found


def said(contact: str = "", email: str = "", phone: str = "", more: Any = ()) -> DebtorSaid:
    return DebtorSaid(
        "Kieler Werft GmbH", "kieler werft", "DE", vat_number="DE129273398", city="Kiel", email=email, phone=phone,
        contact=contact, more=list(more),
    )  # fmt: skip


def listed(house: Any, *wanted: DebtorSaid) -> list[Any]:
    return find_or_add_debtors(agency=house.id, wanted=wanted, by=SYSTEM, at=NOW)


def people() -> set[tuple[str, str, str]]:
    return set(Contact.objects.values_list("name", "email", "phone"))


def test_somebody_new_at_a_known_debtor_is_added_once(house: Any, debtor: Debtor) -> None:
    one = said("Eva Kern", "eva@werft.example", "+49 431 102", [("Ola Ek", "", "+49 431 103")])
    assert listed(house, one, said("Eva Kern", "EVA@werft.example")) == [debtor.id, debtor.id]
    listed(house, one)
    assert Contact.objects.filter(name="Eva Kern").count() == 1
    assert Contact.objects.get(name="Ola Ek").phone == "+49 431 103"
    assert Contact.objects.count() == 4, "the office, Jan, Eva, Ola"


def test_who_is_known_is_neither_doubled_nor_overwritten(house: Any, debtor: Debtor) -> None:
    before = people()
    listed(
        house, said("Somebody Else", "jan@werft.example", "+49 999"), said("", "", "+49 431 101"),
        said("", "ap@werft.example"), said("jan vogel", "", "0049 431 101".replace("00", "+", 1)), said(),
    )  # fmt: skip
    assert people() == before
    assert Contact.objects.get(name="Jan Vogel").role == "buys"


def test_a_new_debtor_keeps_all_of_its_people(house: Any) -> None:
    listed(house, said("Eva Kern", "eva@werft.example", "", [("Ola Ek", "ola@werft.example", "")]))
    assert {name for name, _, _ in people()} == {"Eva Kern", "Ola Ek"}
