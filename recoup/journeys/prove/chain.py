"""Is the hash chain of an agency's events whole?"""

from uuid import UUID

from recoup.eventlog.heads import missed
from recoup.eventlog.models import Event, Seal
from recoup.eventlog.operations import link
from recoup.eventlog.rules import GENESIS


def chain_unbroken(agency: UUID) -> tuple[int, list[str]]:
    """(seals looked at, what is wrong): a gap, a fork, a changed, lost or swapped event,
    another chain than was published."""
    wrong: list[str] = []
    seq, previous = 0, GENESIS
    for seal in (
        Seal.objects.filter(agency_id=agency).select_related("event").order_by("seq").iterator(2000)
    ):
        seq += 1
        if seal.seq != seq:
            wrong.append(f"place {seq} is missing before {seal.seq}")
            seq = seal.seq
        if seal.previous != previous:
            wrong.append(f"place {seal.seq} does not follow the one before")
        if seal.hash != link(seal.previous, seal.event):
            wrong.append(f"event {seal.event_id} at place {seal.seq} has been changed")
        previous = seal.hash
    wrong += published_otherwise(agency)
    sealed, events = seq, Event.objects.filter(agency_id=agency).count()
    waiting = Event.objects.filter(agency_id=agency, seal__isnull=True).count()
    if sealed + waiting != events:
        wrong.append(f"{events} events, of which {sealed} are sealed and {waiting} wait")
    return sealed, wrong


def published_otherwise(agency: UUID) -> list[str]:
    """Where the chain differs from the heads published outside the database: without these, whoever
    may write everything could cut the chain's end off, or write it anew from any place on."""
    gone, otherwise = missed(agency)
    return [
        *(f"place {head.seq} was published on {head.at} with another hash" for head in otherwise),
        *(f"place {head.seq}, published on {head.at}, is gone" for head in gone),
    ]
