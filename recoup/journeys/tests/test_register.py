"""A company registers, once; what is no company is refused in one sentence."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connections

from recoup.agreements.models import Agreement, Quote
from recoup.agreements.operations import BOXES, give_quote
from recoup.agreements.rules import Asked
from recoup.agreements.standard_card import publish_standard_card
from recoup.eventlog.models import Event
from recoup.journeys.register import Registered, Registration, countersign, register, sign
from recoup.kernel.actor import Actor, ActorKind
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.outbox.models import Message
from recoup.parties.models import Client
from recoup.tenancy.context import scope
from recoup.tenancy.models import Member, User
from tests.cast import NOW, House, cleared

VISITOR = Actor(ActorKind.VISITOR, "visitor")
FORM = Registration(
    id=new_id(), business=True, name="D'Arcy & Söhne <GmbH>", country="DE", registration_number="",
    vat_number="DE136695976", address=["Industriestraße 7"], postcode="70565", city="Stuttgart",
    language="de", email="Buchhaltung@darcy.example", phone="", signatory="Zoë O'Brien",
    authority="Geschäftsführerin", password="vier wörter sind genug",
)  # fmt: skip


def go(house: House, form: Registration = FORM) -> Registered:
    return register(agency=house.agency, form=form, by=VISITOR, at=NOW)


@pytest.fixture
def shop(house: House) -> House:
    publish_standard_card(agency=house.id, by=house.actor("administrator"), at=NOW)
    return house


def test_a_company_registers_and_can_sign(shop: House) -> None:
    made = go(shop)
    assert made.client.name == "D'Arcy & Söhne <GmbH>" and made.client.reference == "K-000001"
    assert made.user.email == "buchhaltung@darcy.example" and made.user.check_password(
        FORM.password
    )
    member = Member.objects.get(user=made.user)
    assert (member.role, member.client_id) == ("client_administrator", made.client.id)
    row = sign(agreement=made.agreement, agency=shop.agency, signatory="Zoë O'Brien", ticked=list(BOXES),
               ip="203.0.113.7", browser="x", by=made.user.actor(), at=NOW)  # fmt: skip
    cleared(made.client, shop.actor("account_manager"))
    countersign(agreement=row, agency=shop.agency, by=shop.actor("account_manager"), at=NOW)
    assert Client.objects.get(id=made.client.id).stage == "active"
    kinds = list(
        Event.objects.filter(client_id=made.client.id).order_by("id").values_list("kind", flat=True)
    )
    assert kinds == [
        "ClientRegistered",
        "AgreementPrepared",
        "AgreementSigned",
        "ClientDecided",
        "AgreementCountersigned",
    ]
    assert Message.objects.filter(client_id=made.client.id, channel="email").count() == 2


def test_the_same_registration_twice_makes_one_client(shop: House) -> None:
    first, again = go(shop), go(shop, replace(FORM, id=new_id()))
    assert (again.client, again.user, again.agreement) == (
        first.client,
        first.user,
        first.agreement,
    )
    assert Client.objects.count() == 1 and Agreement.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [({"business": False}, "consumer"), ({"vat_number": ""}, "company_number_missing"),
     ({"vat_number": "DE136695970"}, "number_invalid"), ({"vat_number": "SE556016068001"}, "number_invalid"),
     ({"password": "short"}, "password_weak"),
     ({"password": "buchhaltung@darcy.example"}, "password_weak"),
     ({"payout_iban": "DE00 3704 0044 0532 0130 00"}, "iban_invalid"),
     ({"name": "  "}, "missing"), ({"name": "A\ud800"}, "text_broken"), ({"email": "none"}, "email_invalid")],
)  # fmt: skip
def test_what_cannot_be_registered_leaves_nothing(
    shop: House, change: dict[str, object], code: str
) -> None:
    form = replace(FORM, **change)  # type: ignore[arg-type]
    with pytest.raises(Refusal) as refused:
        go(shop, form)
    assert refused.value.code == code and refused.value.sentence()
    assert (
        not Client.objects.exists() and not User.objects.filter(email=FORM.email.lower()).exists()
    )


def test_another_person_cannot_take_over_a_known_company_or_address(shop: House) -> None:
    go(shop)
    with pytest.raises(Refusal) as known:
        go(shop, replace(FORM, id=new_id(), email="other@darcy.example"))
    assert known.value.code == "client_known"
    with pytest.raises(Refusal) as taken:
        go(shop, replace(FORM, id=new_id(), password="ein anderes langes kennwort"))
    assert taken.value.code == "email_known"


def test_the_quote_goes_with_its_company_and_its_card(shop: House) -> None:
    asked = Asked("DE", "SE", Money.parse("9000.00", "SEK"), NOW.date() - timedelta(days=20))
    quote = give_quote(agency=shop.agency, asked=asked, by=VISITOR, at=NOW)
    made = go(shop, replace(FORM, quote=quote.token))
    assert made.agreement.quote == quote and made.agreement.rate_card == quote.rate_card
    assert Quote.objects.get(id=quote.id).client_id == made.client.id


def test_the_stranger_sees_none_of_it(shop: House, stranger: House) -> None:
    go(shop)
    with scope(stranger.id):
        assert not Client.objects.exists() and not Agreement.objects.exists()


def test_eight_at_once_are_one(committed_house: House) -> None:
    house = committed_house
    with scope(house.id):
        publish_standard_card(agency=house.id, by=house.actor("administrator"), at=NOW)
    found: list[object] = []

    def press() -> None:
        try:
            found.append(go(house, replace(FORM, id=new_id())).client.id)
        except Exception as error:
            found.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1, found
    with scope(house.id):
        assert Client.objects.count() == 1 and Agreement.objects.count() == 1
