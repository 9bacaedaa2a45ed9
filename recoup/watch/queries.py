"""Reads of signals and levels: for the house, or as one client may see them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from recoup.tenancy.bulk import among
from recoup.watch.accounts import Position, Year, position
from recoup.watch.models import Accounts, Signal
from recoup.watch.rules import Level, Seen, level


def visible(client: UUID | None) -> Q:
    """What a client sees (row security says the same, for its debtors); everything for the house. Needed
    where the house works something out on a client's behalf."""
    return Q() if client is None else Q(client_id=client) | Q(public=True)


def known_signals(debtors: Iterable[UUID] | None, on: date, *, client: UUID | None = None) -> QuerySet[Signal]:  # fmt: skip
    """Signals that count on a day, as known on that day: seen by then, recorded by then, not expired and
    not taken back by then. `debtors` None: everybody's in sight."""
    found = Signal.objects.filter(
        visible(client), Q(withdrawn_at__isnull=True) | Q(withdrawn_at__date__gt=on),
        on__lte=on, at__date__lte=on, expires_on__gt=on,
    )  # fmt: skip
    return found if debtors is None else found.filter(debtor_id__in=among(debtors))


def level_by_debtor(rows: Mapping[UUID, Iterable[Signal]], ids: Iterable[UUID], on: date) -> list[tuple[UUID, Level]]:  # fmt: skip
    """The levels that these signals come to, the most dangerous first."""
    found = [
        (id, level([Seen(r.kind, r.on, r.weight, r.half_life, r.expires_on, r.id) for r in rows.get(id, ())], on))
        for id in ids
    ]  # fmt: skip
    return sorted(found, key=lambda pair: (-pair[1].score, str(pair[0])))


def levels(debtors: Iterable[UUID], on: date, *, client: UUID | None = None) -> dict[UUID, Level]:
    """The level of each debtor on a day; one query."""
    ids = list(debtors)
    found: dict[UUID, list[Seen]] = defaultdict(list)
    rows = known_signals(ids, on, client=client).values_list(
        "debtor_id", "kind", "on", "weight", "half_life", "expires_on", "id"
    )
    for debtor, kind, day, weight, half_life, expires_on, id in rows:
        found[debtor].append(Seen(kind, day, weight, half_life, expires_on, id))
    return {debtor: level(found[debtor], on) for debtor in ids}


@dataclass(frozen=True, slots=True)
class Whose:
    """A signal with whose it is: of which client's data, or published for all."""

    seen: Seen
    client: UUID | None
    public: bool

    def is_for(self, client: UUID | None) -> bool:
        return client is None or self.public or self.client == client


def signals_by_debtor(debtors: Iterable[UUID], on: date) -> dict[UUID, list[Whose]]:
    """All that counts on a day, with whose it is: one query serves every watcher."""
    found: dict[UUID, list[Whose]] = defaultdict(list)
    rows = known_signals(debtors, on).values_list(
        "debtor_id", "kind", "on", "weight", "half_life", "expires_on", "id", "client_id", "public"
    )
    for debtor, kind, day, weight, half_life, expires_on, id, client, public in rows:
        found[debtor].append(Whose(Seen(kind, day, weight, half_life, expires_on, id), client, public))  # fmt: skip
    return found


def level_for(whose: Iterable[Whose], client: UUID | None, on: date) -> Level:
    return level((one.seen for one in whose if one.is_for(client)), on)


def years_of(debtors: Iterable[UUID], on: date) -> dict[UUID, list[Year]]:
    """The accounts of each debtor as known on a day, the newest row of each year; one query."""
    found: dict[UUID, dict[date, Year]] = defaultdict(dict)
    for row in Accounts.objects.filter(debtor_id__in=among(debtors), known_on__lte=on).order_by("at", "id"):  # fmt: skip
        found[row.debtor_id][row.year_end] = Year(
            row.year_end, row.currency, row.turnover, row.profit, row.assets, row.current_assets, row.equity,
            row.current_liabilities, row.employees,
        )  # fmt: skip
    return {debtor: list(years.values()) for debtor, years in found.items()}


def positions(debtors: Iterable[UUID], on: date) -> dict[UUID, Position | None]:
    return {debtor: position(years) for debtor, years in years_of(debtors, on).items()}
