"""The only writers of talks."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from recoup.cases.models import Case
from recoup.eventlog.operations import record
from recoup.files.models import Document
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id
from recoup.kernel.text import squeezed
from recoup.talks.models import Enclosed, Said
from recoup.talks.rules import Side, refuse_unsound
from recoup.tenancy.models import Member


@transaction.atomic
def say(
    *, case: Case, side: Side, text: str, documents: Sequence[Document] = (), key: UUID, by: Actor,
    at: datetime,
) -> Said | None:  # fmt: skip
    """One message to the other side; the same `key` again is the same message (None). Raises `Refusal`
    `message_empty`, `message_long`, `files_too_many`."""
    refuse_unsound(text.strip(), len(documents))
    text = squeezed(text.strip())
    Case.objects.select_for_update(of=("self",), no_key=True).get(id=case.id)
    if Said.objects.filter(case=case, key=key).exists():
        return None
    made = Said.objects.create(
        agency_id=case.agency_id, case=case, client_id=case.client_id, side=side, text=text, key=key,
        at=at, by_id=by.id, by_name=by.name,
    )  # fmt: skip
    Enclosed.objects.bulk_create(
        Enclosed(agency_id=case.agency_id, said=made, client_id=case.client_id, document=one)
        for one in dict.fromkeys(documents)
    )
    record(
        agency=case.agency_id, kind="ClientWrote" if side == Side.CLIENT else "HouseWrote", by=by, at=at,
        case=case.id, client=case.client_id, text=text, files=[one.name for one in documents],
        document=str(documents[0].id) if documents else None, title=documents[0].name if documents else "",
    )  # fmt: skip
    return made


def see(*, case: Case, member: Member, side: Side, at: datetime) -> bool:
    """This person has read all there is now; True where that is news. No event: reading changes nothing,
    the other side's page is told by its own next look."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO talks_seen (id, agency_id, case_id, client_id, member_id, side, upto)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (case_id, member_id) DO UPDATE SET upto = excluded.upto"
            " WHERE talks_seen.upto < excluded.upto AND EXISTS (SELECT 1 FROM talks_said s"
            " WHERE s.case_id = excluded.case_id AND s.side <> excluded.side AND s.at > talks_seen.upto)",
            [new_id(), case.agency_id, case.id, case.client_id, member.id, side, at],
        )
        return bool(cursor.rowcount)
