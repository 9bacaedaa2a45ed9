"""Compare parties with the list in use; a new likeness is kept, a decided one is not asked again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from recoup.eventlog.operations import Happened, record_many
from recoup.kernel.actor import Actor
from recoup.screening.folding import blocks, folded
from recoup.screening.models import Hit, ListedParty, Screening
from recoup.screening.queries import current_list
from recoup.screening.rules import (
    VERSION,
    Likeness,
    Party,
    likeness,
    may_be_alike,
    number_block,
)

BATCH = 200
FIND = """
    SELECT b.place, p.id, array_agg(DISTINCT n.name) FROM unnest(%s::int[], %s::text[]) AS b(place, block)
    JOIN screening_listedname n ON n.agency_id = %s AND n.block = b.block
    JOIN screening_listedparty p ON p.id = n.party_id AND p.until IS NULL
    GROUP BY b.place, p.id"""


@transaction.atomic
def screen(*, agency: UUID, parties: Sequence[Party], by: Actor, at: datetime) -> list[Hit]:
    """Compare each party with the list's version in use; returns the hits that are new. Call where the
    whole agency is visible; without a list nothing is done.

    Two at once find the same hits once (the key of a hit). Nothing is asked about again that was found
    before, unless the entry or the party has changed since.
    """
    version = current_list(agency)
    if version is None or not parties:
        return []
    fresh: list[Hit] = []
    for start in range(0, len(parties), BATCH):
        batch = parties[start : start + BATCH]
        found = [(party, _alike(agency, party, candidates)) for party, candidates in _candidates(agency, batch)]  # fmt: skip
        fresh += _keep(agency, found, at)
        Screening.objects.bulk_create(
            Screening(agency_id=agency, party_kind=party.kind, party_id=party.id, mark=party.mark,
                      list=version, hits=len(alike), at=at)
            for party, alike in found
        )  # fmt: skip
    record_many(agency=agency, events=[
        Happened("SanctionsHitFound", at, by, audience="internal", data={
            "party": hit.party_name, "party_kind": hit.party_kind, "listed": hit.listed.name,
            "listed_key": hit.listed.key, "score": hit.score, "rule": VERSION})
        for hit in fresh
    ])  # fmt: skip
    return fresh


def resembling(*, agency: UUID, names: Iterable[str]) -> dict[str, ListedParty]:
    """Which of some names (of payers, say) resemble an entry of the list in use, and the first such entry. Nothing
    is kept: whoever asks holds back what depends on it. Call where the whole agency is visible."""
    if current_list(agency) is None:
        return {}
    parties = [Party("payer", None, name, "") for name in dict.fromkeys(names) if name]
    found: dict[str, ListedParty] = {}
    for start in range(0, len(parties), BATCH):
        for party, candidates in _candidates(agency, parties[start : start + BATCH]):
            for entry, _ in _alike(agency, party, candidates)[:1]:
                found[party.name] = entry
    return found


def _candidates(
    agency: UUID, parties: Sequence[Party]
) -> list[tuple[Party, dict[UUID, list[str]]]]:
    places: list[int] = []
    pieces: list[str] = []
    for place, party in enumerate(parties):
        asked = blocks(folded(party.name)) | {number_block(n) for n in party.numbers} - {""}
        places += [place] * len(asked)
        pieces += asked
    found: list[dict[UUID, list[str]]] = [{} for _ in parties]
    with connection.cursor() as cursor:
        cursor.execute(FIND, [places, pieces, agency])
        for place, id, names in cursor.fetchall():
            found[place][id] = names
    return list(zip(parties, found, strict=True))


def _alike(agency: UUID, party: Party, candidates: dict[UUID, list[str]]) -> list[tuple[ListedParty, Likeness]]:  # fmt: skip
    """First by the folded names alone; only those that come near are read whole."""
    own = folded(party.name)
    near = [
        id
        for id, names in candidates.items()
        if any(name == "" or may_be_alike(own, name) for name in names)  # "": by a number
    ]
    alike = []
    for entry in ListedParty.objects.filter(agency_id=agency, id__in=near) if near else ():
        how = likeness(party, (entry.name, *entry.aliases), entry.countries, entry.identifiers)
        if how is not None:
            alike.append((entry, how))
    return alike


def _keep(agency: UUID, found: list[tuple[Party, list[tuple[ListedParty, Likeness]]]], at: datetime) -> list[Hit]:  # fmt: skip
    wanted = [
        Hit(
            agency_id=agency, party_kind=party.kind, party_id=party.id, party_name=party.name[:200],
            mark=party.mark, listed=entry, score=how.score, because=_because(how), found_at=at,
        )
        for party, alike in found for entry, how in alike
    ]  # fmt: skip
    if not wanted:
        return []
    Hit.objects.bulk_create(wanted, ignore_conflicts=True)
    new = set(Hit.objects.filter(id__in=[hit.id for hit in wanted]).values_list("id", flat=True))
    return [hit for hit in wanted if hit.id in new]


def _because(how: Likeness) -> dict[str, Any]:
    return {
        "by": how.by,
        "listed_as": how.listed_as[:400],
        "elsewhere": how.elsewhere,
        "rule": VERSION,
    }
