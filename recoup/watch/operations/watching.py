"""Who watches a debtor, and what they were told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Debtor
from recoup.watch.models import Alert, Watching
from recoup.watch.rules import Level
from recoup.watch.states import Band


@transaction.atomic
def watch_debtor(
    *, debtor: Debtor, client: UUID | None, band: str, now: Band, by: Actor, at: datetime
) -> Watching:
    """The house (no client) or a client wants to be told when the level rises to `band`; asked again it
    changes the band. `now`: what it is now, which is no news. Raises `Refusal` `band_unknown`."""
    if band not in (Band.WATCH, Band.WARNING, Band.ALARM):
        raise Refusal("band_unknown", N_("“%(found)s” is no level to be told of."), field="band", found=band)  # fmt: skip
    mine = Watching.objects.filter(
        agency_id=debtor.agency_id, debtor=debtor, client_id=client, ended_at__isnull=True
    )
    if mine.update(band=band):
        return mine.get()
    made = Watching.objects.create(
        agency_id=debtor.agency_id, debtor=debtor, client_id=client, band=band, told=now, since=at, by_name=by.name
    )  # fmt: skip
    record(agency=debtor.agency_id, kind="DebtorWatched", by=by, at=at, client=client,
           audience="client" if client else "internal", debtor=debtor.name, band=band)  # fmt: skip
    return made


@transaction.atomic
def stop_watching(*, watching: Watching, by: Actor, at: datetime) -> bool:
    """Told no more; False when that was done before."""
    ended = Watching.objects.filter(id=watching.id, ended_at__isnull=True).update(ended_at=at)
    if ended:
        record(agency=watching.agency_id, kind="DebtorUnwatched", by=by, at=at, client=watching.client_id,
               audience="client" if watching.client_id else "internal", debtor=watching.debtor.name)  # fmt: skip
    return bool(ended)


@dataclass(frozen=True, slots=True)
class NewAlert:
    """A watched level that rose to `level`, as its watcher may see it."""

    watching: Watching
    level: Level


def keep_alerts(*, agency: UUID, risen: Sequence[NewAlert], on: date, by: Actor, at: datetime) -> list[Alert]:  # fmt: skip
    """Keep what is to be told, once a day and band, with the event that webhooks carry. In the caller's
    transaction. Returns those that are new."""
    made = []
    for one in risen:
        watching, level = one.watching, one.level
        alert, fresh = Alert.objects.get_or_create(
            watching=watching, on=on, now=level.band,
            defaults={
                "agency_id": agency, "debtor_id": watching.debtor_id, "client_id": watching.client_id,
                "was": watching.told, "score": level.score, "kinds": [p.signal.kind for p in level.parts], "at": at,
            },
        )  # fmt: skip
        if fresh:
            record(
                agency=agency, kind="DebtorAlert", by=by, at=at, client=watching.client_id,
                audience="client" if watching.client_id else "internal", debtor=watching.debtor.name,
                was_band=watching.told, now_band=level.band.value, score=str(level.score),
                signals=[p.signal.kind for p in level.parts],
            )  # fmt: skip
            made.append(alert)
    return made


def note_told(*, watchings: dict[UUID, Band]) -> None:
    """What each watcher knows now, also where it has fallen (so that a new rise is news again)."""
    for band in set(watchings.values()):
        ids = [id for id, now in watchings.items() if now == band]
        Watching.objects.filter(id__in=ids).exclude(told=band).update(told=band)
