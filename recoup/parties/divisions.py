"""Divisions of a client: made, renamed, closed, opened again; found by what people call them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client, Division
from recoup.parties.operations import lines, mail, needed
from recoup.parties.rules import clean

MOST = 200  # of one client
UNKNOWN = N_("There is no division “%(found)s” of yours.")


def open_divisions(client: Client) -> QuerySet[Division]:
    """Those that take new cases, as far as whoever asks may see them, by name."""
    return divisions_of(client).filter(closed_at__isnull=True)


def divisions_of(client: Client) -> QuerySet[Division]:
    return Division.objects.filter(agency_id=client.agency_id, client=client).order_by("name", "id")


def named_division(client: Client, named: str, *, limited: bool) -> Division | None:
    """The open division that is called so, by id, reference or name; None where nothing is named. Whoever is
    `limited` to divisions names one of theirs, or has only one.

    Asked with the rights of whoever asks: another's division is unknown. Raises `Refusal`
    `division_unknown`, `division_missing`.
    """
    offered = list(open_divisions(client)[:MOST])
    text = named.strip()
    if not text:
        if limited and len(offered) != 1:
            raise Refusal(
                "division_missing", N_("Say which division the case belongs to."), field="division"
            )
        return offered[0] if limited else None
    found = by_text(offered).get(text.casefold())
    if found is None:
        raise Refusal("division_unknown", UNKNOWN, field="division", found=text[:100])
    return found


def by_text(offered: Iterable[Division]) -> dict[str, Division]:
    """Each under everything it is called by; a reference wins over another's name."""
    rows = list(offered)
    found = {row.name.casefold(): row for row in rows}
    found |= {row.reference.casefold(): row for row in rows if row.reference}
    return found | {str(row.id): row for row in rows}


def some_divisions(client: Client, ids: Sequence[UUID]) -> list[Division]:
    """Those of the client with these ids. Raises `Refusal` `division_unknown` for any other."""
    wanted = set(ids)
    found = [row for row in divisions_of(client) if row.id in wanted]
    if missing := wanted - {row.id for row in found}:
        raise Refusal("division_unknown", UNKNOWN, field="divisions", found=str(sorted(missing)[0]))
    return found


@transaction.atomic
def add_division(
    *, client: Client, name: str, reference: str = "", address: Sequence[str] = (), postcode: str = "",
    city: str = "", email: str = "", id: UUID | None = None, by: Actor, at: datetime,
) -> Division:  # fmt: skip
    """A new division; the same `id` again returns the first. Raises `Refusal` `division_known`,
    `divisions_too_many`, `missing`, `email_invalid`, `text_broken`."""
    one_at_a_time(client)
    known = divisions_of(client).filter(id=id).first() if id else None
    if known is not None:
        return known
    if divisions_of(client).count() >= MOST:
        raise Refusal("divisions_too_many", N_("There are %(most)d divisions already."), most=MOST)
    said = checked(name, reference, address, postcode, city, email)
    refuse_known(client, said, None)
    made = Division.objects.create(
        id=id or new_id(), agency_id=client.agency_id, client=client, made_at=at, **said
    )
    told(made, "DivisionMade", by, at)
    return made


@transaction.atomic
def change_division(
    *, division: Division, name: str, reference: str = "", address: Sequence[str] = (), postcode: str = "",
    city: str = "", email: str = "", by: Actor, at: datetime,
) -> bool:  # fmt: skip
    """Give it these names and this address; False where nothing differs. Raises `Refusal` as `add_division`."""
    one_at_a_time(division.client)
    said = checked(name, reference, address, postcode, city, email)
    kept = Division.objects.get(id=division.id)
    changed = sorted(key for key, value in said.items() if getattr(kept, key) != value)
    if not changed:
        return False
    refuse_known(division.client, said, division.id)
    Division.objects.filter(id=division.id).update(**said)
    told(kept, "DivisionChanged", by, at, after=said["name"], fields=changed)
    return True


@transaction.atomic
def close_division(*, division: Division, by: Actor, at: datetime) -> None:
    """No new cases from now on. Raises `Refusal` `division_closed_already`."""
    if not Division.objects.filter(id=division.id, closed_at__isnull=True).update(closed_at=at):
        raise Refusal("division_closed_already", N_("This division is closed already."))
    told(division, "DivisionClosed", by, at)


@transaction.atomic
def open_division_again(*, division: Division, by: Actor, at: datetime) -> None:
    """It takes cases again. Raises `Refusal` `division_open_already`."""
    if not Division.objects.filter(id=division.id, closed_at__isnull=False).update(closed_at=None):
        raise Refusal("division_open_already", N_("This division is open already."))
    told(division, "DivisionOpenedAgain", by, at)


def checked(
    name: str, reference: str, address: Sequence[str], postcode: str, city: str, email: str
) -> dict[str, Any]:  # fmt: skip
    return {
        "name": needed(name, "name", 100), "reference": clean(reference, 40), "address": lines(address),
        "postcode": clean(postcode, 20), "city": clean(city, 100), "email": mail(email),
    }  # fmt: skip


def refuse_known(client: Client, said: dict[str, Any], own: UUID | None) -> None:
    """What one division is called by, no other is: a list names it by either."""
    others = [row for row in divisions_of(client) if row.id != own]
    names = by_text(others)
    for field in ("name", "reference"):
        if said[field] and said[field].casefold() in names:
            raise Refusal("division_known", N_("“%(found)s” is a division already."), field=field, found=said[field])  # fmt: skip


def one_at_a_time(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 14))", [str(client.id)])


def told(division: Division, kind: str, by: Actor, at: datetime, **said: Any) -> None:
    record(
        agency=division.agency_id, kind=kind, by=by, at=at, client=division.client_id, name=division.name,
        reference=division.reference, division=str(division.id), **said,
    )  # fmt: skip
