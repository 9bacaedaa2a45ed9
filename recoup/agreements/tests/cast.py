"""A client of the house, its card and its agreement, made through the operations."""

from recoup.agreements.models import Agreement
from recoup.agreements.operations import prepare_agreement
from recoup.agreements.standard_card import publish_standard_card
from recoup.kernel.ids import new_id
from recoup.parties.models import Client
from recoup.parties.operations import register_client
from tests.cast import NOW, House

SWEDISH = {
    "name": "Norrland Timber AB", "country": "SE", "registration_number": "556016-0680",
    "vat_number": "SE556016068001", "address": ["Sågvägen 3"], "postcode": "352 45", "city": "Växjö",
    "email": "ekonomi@norrland.example", "phone": "+46 470 12 34 56", "signatory": "Åsa Lindström",
    "authority": "Managing director", "payout_iban": "SE45 5000 0000 0583 9825 7466",
}  # fmt: skip


def client_of(house: House, **other: object) -> Client:
    values = SWEDISH | {"by": house.actor("administrator"), "at": NOW, "id": new_id()} | other
    return register_client(agency=house.agency, **values)  # type: ignore[arg-type]


def agreement_of(house: House, client: Client, **other: object) -> Agreement:
    from recoup.agreements.models import RateCard

    card = RateCard.objects.filter(agency=house.agency).first() or publish_standard_card(
        agency=house.id, by=house.actor("administrator"), at=NOW
    )
    values = {"language": client.language, "by": house.actor("administrator"), "at": NOW} | other
    return prepare_agreement(agency=house.agency, client=client, rate_card=card, **values)  # type: ignore[arg-type]
