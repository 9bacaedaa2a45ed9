"""Reads of signals and levels: for the house, or as one client may see them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection
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
    return found if debtors is None else found.filter(debtor_id__among=among(debtors))


def level_by_debtor(rows: Mapping[UUID, Iterable[Signal]], ids: Iterable[UUID], on: date) -> list[tuple[UUID, Level]]:  # fmt: skip
    """The levels that these signals come to, the most dangerous first."""
    found = [
        (id, level([Seen(r.kind, r.on, r.weight, r.half_life, r.expires_on, r.id) for r in rows.get(id, ())], on))
        for id in ids
    ]  # fmt: skip
    return sorted(found, key=lambda pair: (-pair[1].score, str(pair[0])))


# The same as `rules.level`, to six places: for the order of a page, which then shows what the rule says.
LEVELS = """
    WITH strongest AS (
        SELECT debtor_id, kind, max(round(weight * power(0.5::numeric, (%(on)s::date - "on")::numeric / half_life), 6)) AS left_of
        FROM watch_signal
        WHERE agency_id = %(agency)s AND (%(client)s::uuid IS NULL OR client_id = %(client)s OR public)
            AND "on" <= %(on)s AND (at AT TIME ZONE 'UTC')::date <= %(on)s AND expires_on > %(on)s
            AND (withdrawn_at IS NULL OR (withdrawn_at AT TIME ZONE 'UTC')::date > %(on)s)
        GROUP BY debtor_id, kind
    ), warned AS (
        SELECT debtor_id, round((1 - exp(sum(ln(1 - left_of / 100)))) * 100, 6) AS score FROM strongest GROUP BY debtor_id
    ), watched AS (
        SELECT DISTINCT debtor_id FROM watch_watching
        WHERE agency_id = %(agency)s AND client_id IS NOT DISTINCT FROM %(client)s::uuid AND ended_at IS NULL
    )
    SELECT debtor_id, coalesce(score, 0) FROM warned FULL JOIN watched USING (debtor_id)
    JOIN parties_debtor d ON d.id = debtor_id
    WHERE %(after)s::uuid IS NULL OR coalesce(score, 0) < %(score)s OR (coalesce(score, 0) = %(score)s AND debtor_id > %(after)s)
    ORDER BY coalesce(score, 0) DESC, debtor_id LIMIT %(most)s
"""


def most_dangerous(
    agency: UUID, client: UUID | None, on: date, *, after: tuple[Decimal, UUID] | None = None, most: int
) -> list[tuple[UUID, Decimal]]:  # fmt: skip
    """The next debtors of whom something warns, or whom the client (None: the house) watches, the most
    dangerous first, each with its score; `after` the last one of the page before. One statement."""
    score, last = after or (None, None)
    with connection.cursor() as cursor:
        cursor.execute(LEVELS, {"agency": agency, "client": client, "on": on, "after": last, "score": score, "most": most})  # fmt: skip
        return list(cursor.fetchall())


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
    for row in Accounts.objects.filter(debtor_id__among=among(debtors), known_on__lte=on).order_by("at", "id"):  # fmt: skip
        found[row.debtor_id][row.year_end] = Year(
            row.year_end, row.currency, row.turnover, row.profit, row.assets, row.current_assets, row.equity,
            row.current_liabilities, row.employees,
        )  # fmt: skip
    return {debtor: list(years.values()) for debtor, years in found.items()}


def positions(debtors: Iterable[UUID], on: date) -> dict[UUID, Position | None]:
    return {debtor: position(years) for debtor, years in years_of(debtors, on).items()}
