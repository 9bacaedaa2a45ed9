"""How much waits for whoever looks: beside the navigation, on every page. One query."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from recoup.web.kit.middleware import Place

RECENT = timedelta(days=120)  # older messages are found on their case
COUNTED = """
    SELECT
        (SELECT count(*) FROM approvals_approval WHERE agency_id = %(agency)s AND client_id = %(client)s AND state = 'asked')
        + (SELECT count(*) FROM cases_task WHERE agency_id = %(agency)s AND client_id = %(client)s AND done_at IS NULL),
        (SELECT count(DISTINCT s.case_id) FROM talks_said s
            WHERE s.agency_id = %(agency)s AND s.client_id = %(client)s AND s.side = 'house' AND s.at >= %(since)s
            AND NOT EXISTS (SELECT 1 FROM talks_seen r
                WHERE r.member_id = %(member)s AND r.case_id = s.case_id AND r.upto >= s.at))
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Questions and tasks, and conversations with something unread."""

    tasks: int
    unread: int


def waiting(place: Place) -> Waiting:
    member = place.member
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, {
            "agency": place.agency.id, "client": place.client_id, "member": member.id if member else None,
            "since": place.now - RECENT,
        })  # fmt: skip
        tasks, unread = cursor.fetchone()
    return Waiting(tasks, unread)
