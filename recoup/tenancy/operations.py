"""Writers of agencies, members and numbers."""

from typing import Any
from uuid import UUID

from django.db import connection

from recoup.kernel.ids import new_id
from recoup.tenancy.models import Agency, Member, User
from recoup.tenancy.roles import Role


def next_numbers(*, agency: UUID, series: str, count: int = 1) -> range:
    """The next `count` numbers of a series, gapless within what commits (the row is locked)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO tenancy_counter (id, agency_id, series, last) VALUES (%s, %s, %s, %s)
               ON CONFLICT (agency_id, series) DO UPDATE SET last = tenancy_counter.last + EXCLUDED.last
               RETURNING last""",
            [new_id(), agency, series, count],
        )
        last: int = cursor.fetchone()[0]
    return range(last - count + 1, last + 1)


def next_number(*, agency: UUID, series: str) -> int:
    return next_numbers(agency=agency, series=series)[0]


def add_agency(*, slug: str, **fields: Any) -> Agency:
    """Found an agency: the tenant itself, before any scope can be entered."""
    return Agency.objects.create(slug=slug, **fields)


def add_member(*, agency: Agency, user: User, role: Role, client_id: UUID | None = None) -> Member:
    """Give `user` a place in `agency`; call inside the agency's scope."""
    return Member.objects.create(agency=agency, user=user, role=role, client_id=client_id)
