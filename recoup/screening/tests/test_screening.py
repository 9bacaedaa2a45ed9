"""A list is loaded whole or not at all; likenesses are found once, decided once, and found again when the
entry changes."""

import pytest

from recoup.agreements.tests.cast import client_of
from recoup.kernel.refusal import Refusal
from recoup.parties.operations import find_or_add_debtor
from recoup.screening.models import ClientDecision, Hit, ListedParty, SanctionsList
from recoup.screening.operations import decide_client, review_hit, screen
from recoup.screening.queries import (
    client_parties,
    debtor_party,
    standing_of,
    standings,
    why_not_served,
)
from recoup.screening.rules import CHECKS
from recoup.screening.tests.cast import HAN, NORRLAND, SHIP, list_file, load
from recoup.tenancy.context import scope
from tests.cast import NOW, House


def look(house: House, client: object) -> list[Hit]:
    return screen(
        agency=house.id, parties=client_parties(client), by=house.actor("administrator"), at=NOW
    )  # type: ignore[arg-type]


def test_without_a_list_nothing_is_said(house: House) -> None:
    client = client_of(house)
    assert look(house, client) == [] and standing_of(house.id, client.id).list_number is None


def test_a_likeness_is_found_once_and_a_decision_is_kept(house: House) -> None:
    client = client_of(house)
    load(house, NORRLAND, SHIP)
    [hit] = look(house, client)
    assert (hit.listed.key, hit.score) == ("XX-1", 92) and hit.because[
        "listed_as"
    ] == "Norrland Timber"
    assert look(house, client) == [] and standing_of(house.id, client.id).open_hits == 1
    by = house.actor("legal_officer")
    with pytest.raises(Refusal, match="Say why"):
        review_hit(hit=hit, is_match=False, because="no", by=by, at=NOW)
    review_hit(
        hit=hit, is_match=False, because="Another company: a sawmill in Växjö.", by=by, at=NOW
    )
    with pytest.raises(Refusal) as again:
        review_hit(hit=hit, is_match=True, because="I think otherwise now.", by=by, at=NOW)
    assert again.value.code == "hit_decided"
    # The next version says the same of it: not asked again. Then the entry changes: asked again.
    load(house, content=list_file(NORRLAND, SHIP, seen="2026-11-08"))
    assert look(house, client) == []
    load(house, NORRLAND | {"countries": "ru;se"}, SHIP)
    [changed] = look(house, client)
    assert changed.score == 100 and changed.listed.key == "XX-1"
    assert standing_of(house.id, client.id).open_hits == 1


def test_an_entry_that_leaves_the_list_waits_for_nobody(house: House) -> None:
    client = client_of(house)
    load(house, NORRLAND, HAN)
    look(house, client)
    load(house, HAN)
    look(house, client)
    stand = standing_of(house.id, client.id)
    assert (stand.open_hits, stand.list_number) == (0, 2)
    assert ListedParty.objects.get(key="XX-1").until == 2, "the old wording stays"


def test_chinese_in_either_script_and_numbers(house: House) -> None:
    load(house, HAN)
    by = house.actor("administrator")

    def debtor(name: str, **more: str) -> object:
        return find_or_add_debtor(
            agency=house.id, name=name, country="CN", city="北京", by=by, at=NOW, **more
        )  # type: ignore[arg-type]

    same = debtor("國華國際貿易股份有限公司")
    numbered = debtor("新名字有限公司", registration_number="91110000710926094P")
    other = debtor("国华水泥有限公司")
    parties = [debtor_party(d) for d in (same, numbered, other)]  # type: ignore[arg-type]
    hits = {h.party_id: h for h in screen(agency=house.id, parties=parties, by=by, at=NOW)}
    assert hits[same.id].score == 100 and hits[numbered.id].because["by"] == "number"  # type: ignore[attr-defined]
    assert other.id not in hits  # type: ignore[attr-defined]
    told = standings(house.id, [p.id for p in parties])
    assert [told[p.id].open_hits for p in parties] == [1, 1, 0]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "list_broken"), (list_file(), "list_empty"), (list_file(NORRLAND, NORRLAND), "list_doubled"),
        (list_file(NORRLAND, HAN)[:-60], "list_broken"), (list_file(SHIP), "list_shrunk"),
    ],
)  # fmt: skip
def test_a_bad_file_changes_nothing(house: House, content: bytes, code: str) -> None:
    load(house, NORRLAND, HAN, SHIP | {"id": "XX-9"})
    with pytest.raises(Refusal) as refused:
        load(house, content=content)
    assert refused.value.code == code and refused.value.sentence()
    assert SanctionsList.objects.get().number == 1
    assert ListedParty.objects.filter(until=None).count() == 3


def test_the_same_file_is_the_same_version_and_a_short_one_may_be_meant(house: House) -> None:
    first = load(house, NORRLAND, HAN, SHIP)
    assert load(house, NORRLAND, HAN, SHIP) == first
    short = load(house, NORRLAND, may_shrink=True)
    assert (short.number, short.added, short.gone) == (2, 0, 2)


def test_a_client_is_served_once_an_officer_has_cleared_it(house: House) -> None:
    client, by = client_of(house), house.actor("account_manager")
    load(house, NORRLAND)
    [hit] = look(house, client)

    def decide(cleared: bool = True, ticked: tuple[str, ...] = CHECKS) -> ClientDecision:
        return decide_client(client=client, cleared=cleared, ticked=ticked, because="Register extract of today.", by=by, at=NOW)  # fmt: skip

    assert why_not_served(client).code == "client_not_cleared"  # type: ignore[union-attr]
    with pytest.raises(Refusal) as waiting:
        decide()
    assert waiting.value.code == "hits_open"
    review_hit(hit=hit, is_match=False, because="Another company, by its number.", by=house.actor("legal_officer"), at=NOW)  # fmt: skip
    with pytest.raises(Refusal) as unticked:
        decide(ticked=("register_seen",))
    assert unticked.value.code == "check_open"
    kept = decide()
    assert why_not_served(client) is None and {c["level"] for c in kept.checklist} == {"good"}
    decide(cleared=False)
    assert why_not_served(client).code == "client_refused"  # type: ignore[union-attr]
    assert ClientDecision.objects.count() == 2


def test_a_match_is_never_cleared(house: House) -> None:
    client = client_of(house)
    load(house, NORRLAND)
    [hit] = look(house, client)
    review_hit(hit=hit, is_match=True, because="The same company, by its address.", by=house.actor("legal_officer"), at=NOW)  # fmt: skip
    with pytest.raises(Refusal) as listed:
        decide_client(client=client, cleared=True, ticked=CHECKS, because="It is fine with me.",
                      by=house.actor("account_manager"), at=NOW)  # fmt: skip
    assert listed.value.code == "sanctioned"


def test_neither_a_client_nor_the_stranger_sees_any_of_it(house: House, stranger: House) -> None:
    client = client_of(house)
    load(house, NORRLAND)
    look(house, client)
    for who in ({"agency": house.id, "client": client.id}, {"agency": stranger.id}):
        with scope(**who):  # type: ignore[arg-type]
            assert not Hit.objects.exists() and not ListedParty.objects.exists()
            assert not SanctionsList.objects.exists()
