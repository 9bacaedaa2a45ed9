"""Cards, quotes and agreements: written once, signed once, seen only by their own."""

from datetime import timedelta

import pytest
from django.conf import settings

from recoup.agreements.models import Agreement, Quote
from recoup.agreements.operations import (
    BOXES,
    countersign_agreement,
    give_quote,
    publish_rate_card,
    sign_agreement,
)
from recoup.agreements.queries import card_on, quote_by, standing_agreement
from recoup.agreements.rules import Asked
from recoup.agreements.standard_card import TERMS, publish_standard_card
from recoup.agreements.tests.cast import agreement_of, client_of
from recoup.eventlog.models import Event
from recoup.files.operations import content_of
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.paper.seal import ensure_seal_keys, verify_seal
from recoup.parties.models import Client
from recoup.tenancy.context import scope
from tests.cast import NOW, House, cleared

ASKED = Asked("SE", "DE", Money.parse("18400.00", "EUR"), NOW.date() - timedelta(days=83))


def sign(house: House, row: Agreement, **other: object) -> Agreement:
    values = {"signatory": "Åsa Lindström", "ticked": list(BOXES), "ip": "203.0.113.7",
              "browser": "Firefox\r\n130", "by": house.actor("administrator"), "at": NOW}  # fmt: skip
    return sign_agreement(agreement=row, **(values | other))  # type: ignore[arg-type]


def kinds(house: House) -> list[str]:
    return list(
        Event.objects.filter(agency=house.agency).order_by("id").values_list("kind", flat=True)
    )


def test_a_card_is_published_once(house: House) -> None:
    by = house.actor("administrator")
    card = publish_standard_card(agency=house.id, by=by, at=NOW)
    assert card_on(house.id, NOW.date()) == card
    with pytest.raises(Refusal, match="already"):
        publish_standard_card(agency=house.id, by=by, at=NOW)
    with pytest.raises(Refusal) as none:
        card_on(house.id, card.valid_from - timedelta(days=1))
    assert none.value.code == "no_rate_card"


def test_the_newest_card_in_force_is_the_one(house: House) -> None:
    by = house.actor("administrator")
    publish_standard_card(agency=house.id, by=by, at=NOW)
    later = NOW.date() + timedelta(days=10)
    publish_rate_card(
        agency=house.id,
        version="2026-2",
        valid_from=later,
        currency="EUR",
        terms=TERMS,
        by=by,
        at=NOW,
    )
    assert card_on(house.id, NOW.date()).version == "2026-1"
    assert card_on(house.id, later).version == "2026-2"


def test_a_quote_has_a_number_a_link_and_an_end(house: House, stranger: House) -> None:
    by = house.actor("administrator")
    publish_standard_card(agency=house.id, by=by, at=NOW)
    quote = give_quote(agency=house.agency, asked=ASKED, by=by, at=NOW)
    assert quote.number == "Q-2026-000001" and quote.valid_until == NOW.date() + timedelta(days=30)
    earned = quote.answer["commission"]
    assert (earned["rate"], earned["amount"], earned["clause"]) == ("12.5", "2300.00", "1.6, 2")
    assert Asked.from_json(quote.asked) == ASKED and quote_by(house.id, quote.token) == quote
    with scope(stranger.id):
        assert quote_by(house.id, quote.token) is None and not Quote.objects.exists()


def test_sign_countersign_and_the_seal_holds(house: House) -> None:
    client = client_of(house)
    row = agreement_of(house, client)
    assert content_of(row.agreement_document).startswith(b"%PDF") and row.number == "A-000001"
    assert standing_agreement(client) is None
    signed = sign(house, row)
    assert signed.trail["shown"]["agreement"] == row.agreement_document.sha256
    assert signed.trail["ip"] == "203.0.113.7" and signed.trail["browser"] == "Firefox 130"
    trust = ensure_seal_keys(settings.SECRETS_ROOT, organisation=house.agency.name, at=NOW).trust
    for document in (signed.sealed_agreement, signed.sealed_power):
        assert document is not None and verify_seal(content_of(document), trust=trust).ok
    with pytest.raises(Refusal) as unknown:
        countersign_agreement(agreement=signed, by=house.actor("account_manager"), at=NOW)
    assert unknown.value.code == "client_not_cleared"
    cleared(client, house.actor("account_manager"))
    done = countersign_agreement(agreement=signed, by=house.actor("account_manager"), at=NOW)
    assert done.sealed_agreement != signed.sealed_agreement and standing_agreement(client) == done
    assert verify_seal(content_of(done.sealed_agreement), trust=trust).ok  # type: ignore[arg-type]
    assert Client.objects.get(id=client.id).stage == "active"
    assert kinds(house)[-4:] == [
        "AgreementPrepared",
        "AgreementSigned",
        "ClientDecided",
        "AgreementCountersigned",
    ]


def test_signing_twice_is_signing_once(house: House) -> None:
    row = agreement_of(house, client_of(house))
    first = sign(house, row)
    again = sign(house, row, at=NOW + timedelta(seconds=1))
    assert again.signed_at == first.signed_at and kinds(house).count("AgreementSigned") == 1
    cleared(row.client, house.actor("account_manager"))
    once = countersign_agreement(agreement=row, by=house.actor("account_manager"), at=NOW)
    twice = countersign_agreement(agreement=row, by=house.actor("supervisor"), at=NOW)
    assert (
        twice.countersigned_by == once.countersigned_by
        and kinds(house).count("AgreementCountersigned") == 1
    )


@pytest.mark.parametrize(
    ("how", "code"),
    [({"signatory": "Somebody Else"}, "name_differs"), ({"signatory": ""}, "name_differs"),
     ({"ticked": ["authority", "terms"]}, "box_not_ticked"), ({"ticked": []}, "box_not_ticked")],
)  # fmt: skip
def test_what_is_not_signed_in_full_is_not_signed(
    house: House, how: dict[str, object], code: str
) -> None:
    row = agreement_of(house, client_of(house))
    with pytest.raises(Refusal) as refused:
        sign(house, row, **how)
    assert refused.value.code == code and Agreement.objects.get(id=row.id).signed_at is None


def test_a_name_is_the_same_in_small_letters_and_without_accents(house: House) -> None:
    assert sign(
        house, agreement_of(house, client_of(house)), signatory=" åsa  LINDSTROM "
    ).signed_at


def test_an_agreement_that_changed_since_it_was_shown_is_not_signed(house: House) -> None:
    client = client_of(house)
    row = agreement_of(house, client)
    Client.objects.filter(id=client.id).update(name="Norrland Holz AB")
    with pytest.raises(Refusal) as refused:
        sign(house, row)
    assert refused.value.code == "agreement_changed"


def test_only_the_newest_version_is_signed(house: House) -> None:
    client = client_of(house)
    old, new = agreement_of(house, client), agreement_of(house, client, language="de")
    assert (new.number, new.version) == ("A-000001/2", 2)
    with pytest.raises(Refusal, match="newer version"):
        sign(house, old)
    with pytest.raises(Refusal) as early:
        countersign_agreement(agreement=new, by=house.actor("account_manager"), at=NOW)
    assert early.value.code == "not_signed_yet"


def test_the_stranger_and_the_other_client_see_nothing(house: House, stranger: House) -> None:
    mine = client_of(house)
    other = client_of(house, name="Annan AB", registration_number="556036-0793", vat_number="")
    agreement_of(house, mine)
    with scope(house.id, client=other.id):
        assert not Agreement.objects.exists() and not Client.objects.filter(id=mine.id).exists()
    with scope(stranger.id):
        assert not Agreement.objects.exists() and not Client.objects.exists()
