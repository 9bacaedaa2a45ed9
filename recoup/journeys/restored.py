"""The database is an earlier one than what has left: it is noticed, everything stops, a person compares and
releases.

Noticed by the heads of the chain, which are published outside the database, by the place the database lies
in, or by a person's word (`recoup restored --mark`), for a machine that was put back as a whole knows
nothing of it. Released, whatever waits is in doubt: each provider is asked before anything is sent anew.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from recoup.cases.operations import add_task
from recoup.eventlog.heads import missed
from recoup.eventlog.models import Seal
from recoup.eventlog.operations import record
from recoup.kernel.actor import SYSTEM, Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.outbox.models import Message
from recoup.outbox.operations import put_in_doubt
from recoup.payments.models import PayoutFile
from recoup.tenancy import restores
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency, Restore

SAID = {
    Restore.Because.WITNESS: N_(
        "place %(published)s of the chain of events was published, this database ends at %(seq)s"
    ),
    Restore.Because.PLACE: N_("the database lies elsewhere than before (%(was)s, now %(here)s)"),
    Restore.Because.TOLD: N_("%(who)s says so: %(why)s"),
}


def look_for_restore(*, agency: Agency, at: datetime) -> Restore | None:
    """The open restore of an agency, noticed now or before; None while all is well. A sandbox has none."""
    if agency.sandbox:
        return None
    with scope(agency.id):
        known = restores.open_restore(agency.id)
        if known is not None:
            return known
        last = last_place(agency.id)
        if was := restores.has_moved(agency.id):
            params = {"was": was, "here": restores.place_of_rest(), "seq": last}
            return stop(agency, Restore.Because.PLACE, params, at)
    published = beyond(agency.id)
    if published is None:
        return None
    with scope(agency.id):
        return stop(agency, Restore.Because.WITNESS, {"published": published, "seq": last}, at)


def last_place(agency: UUID) -> int:
    found = Seal.objects.filter(agency_id=agency).order_by("-seq").values_list("seq", flat=True)
    return found.first() or 0


def beyond(agency: UUID) -> int | None:
    """The highest published place of the chain that the database does not have, or has otherwise."""
    with scope(agency):
        gone, otherwise = missed(agency)
    return max((head.seq for head in (*gone, *otherwise)), default=None)


def mark_restored(*, agency: Agency, why: str, who: str, at: datetime) -> Restore | None:
    """A person knows that the whole machine was put back. None when it stands still already."""
    with scope(agency.id):
        params = {"who": who, "why": why[:200], "seq": last_place(agency.id)}
        return stop(agency, Restore.Because.TOLD, params, at)


def stop(agency: Agency, because: str, params: dict[str, Any], at: datetime) -> Restore | None:
    """In the caller's scope."""
    with transaction.atomic():
        made = restores.stop(agency=agency.id, because=because, params=params, at=at)
        if made is None:
            return restores.open_restore(agency.id)
        record(agency=agency.id, kind="RestoreNoticed", by=SYSTEM, at=at, audience="internal",
               because=because, **params)  # fmt: skip
        add_task(
            agency=agency.id, key=f"restored:{made.id}", kind="restored", role="administrator",
            sentence=N_("The database was restored: compare it with what has left, then release it. Until then nothing leaves the house."),
            params={}, due_on=at.date(), default=N_("Nothing leaves."), by=SYSTEM, at=at,
        )  # fmt: skip
        return made


def said(restore: Restore) -> Refusal:
    """Why, as a sentence with its gaps."""
    return Refusal("restored", SAID[Restore.Because(restore.because)], **restore.params)


def waiting(agency: UUID) -> list[tuple[str, int]]:
    """(channel, how many messages wait to leave)."""
    rows = Message.objects.filter(agency_id=agency, state__in=["ready", "attempting"])
    counted = rows.order_by("channel").values("channel").annotate(n=Count("id"))
    return list(counted.values_list("channel", "n"))


def payouts_to_compare(agency: UUID, restore: Restore) -> Sequence[PayoutFile]:
    """Payment files that nobody has decided here: they may have been approved and be at the bank."""
    rows = PayoutFile.objects.filter(agency_id=agency, decision__isnull=True)
    return list(
        rows.filter(made_at__gte=restore.noticed_at - timedelta(days=30)).order_by("-made_at")[:50]
    )


def release(
    *, agency: Agency, restore: Restore, note: str, compared: Iterable[str], by: Actor, at: datetime
) -> int:
    """What waits may leave: in doubt, but for the channels that somebody has `compared` and knows to have
    sent nothing of it. Returns how many are in doubt. Raises `Refusal` `reason_missing`, `restore_released`."""
    with transaction.atomic():
        restores.release(restore=restore, note=note, by_name=by.name, at=at)
        doubted = put_in_doubt(agency=agency.id, but=compared)
        record(agency=agency.id, kind="RestoreReleased", by=by, at=at, audience="internal", note=note.strip()[:500],
               compared=sorted(compared), in_doubt=doubted)  # fmt: skip
        return doubted
