"""The proceedings of a debtor: opened once, its last day to file, its practitioner, meetings, its end."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from recoup.eventlog.operations import record
from recoup.insolvency.models import Estate, Meeting, PublishedNotice
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Debtor
from recoup.tenancy.operations import next_number


@transaction.atomic
def open_estate(
    *, debtor: Debtor, kind: str, opened_on: date, country: str = "", notice: PublishedNotice | None = None,
    court: str = "", reference: str = "", by: Actor, at: datetime,
) -> tuple[Estate, bool]:  # fmt: skip
    """The open estate of a debtor, made at the first notice; whether it is new. A later notice of another
    kind changes nothing of it: a person reads it."""
    standing = Estate.objects.filter(debtor=debtor, closed_on=None).first()
    if standing is not None:
        return standing, False
    who = (notice.practitioners or [{}])[0] if notice else {}
    number = next_number(agency=debtor.agency_id, series=f"estate-{at.year}")
    try:
        with transaction.atomic():
            made = Estate.objects.create(
                agency_id=debtor.agency_id, debtor=debtor, notice=notice, number=f"E-{at.year}-{number:05d}",
                kind=kind, country=country or debtor.country, opened_on=opened_on,
                court=court or (notice.court if notice else ""), reference=reference or (notice.reference if notice else ""),
                practitioner=str(who.get("name", ""))[:200], practitioner_address=str(who.get("address", ""))[:400],
                made_at=at, by_name=by.name,
            )  # fmt: skip
    except IntegrityError:
        return Estate.objects.get(debtor=debtor, closed_on=None), False
    record(agency=debtor.agency_id, kind="EstateOpened", by=by, at=at, audience="internal", estate=made.number,
           debtor=debtor.name, insolvency=kind, opened_on=opened_on.isoformat())  # fmt: skip
    return made, True


@transaction.atomic
def set_file_by(*, estate: Estate, on: date, source: str, by: Actor, at: datetime) -> None:
    """The last day to file, and where it was read. Raises `Refusal` `file_by_early`, `source_missing`,
    `estate_over`."""
    if not source.strip():
        raise Refusal("source_missing", N_("Please say where this was read."), field="source")
    if on < estate.opened_on:
        raise Refusal(
            "file_by_early", N_("%(found)s is before the proceedings were opened (%(opened)s)."),
            field="file_by", found=on.isoformat(), opened=estate.opened_on.isoformat(),
        )  # fmt: skip
    changed(estate, by, at, file_by=on, file_by_source=source[:300])


@transaction.atomic
def set_practitioner(
    *, estate: Estate, name: str, address: str, court: str, reference: str, by: Actor, at: datetime
) -> None:
    """Who administers the estate, at which court, under which number. Raises `Refusal` `estate_over`."""
    changed(
        estate, by, at, practitioner=name.strip()[:200], practitioner_address=address.strip()[:400],
        court=court.strip()[:200], reference=reference.strip()[:100],
    )  # fmt: skip


def changed(estate: Estate, by: Actor, at: datetime, **values: Any) -> None:
    if not Estate.objects.filter(id=estate.id, closed_on=None).update(**values):
        raise Refusal(
            "estate_over", N_("The proceedings %(number)s are over."), number=estate.number
        )
    for name, value in values.items():
        setattr(estate, name, value)
    shown: dict[str, Any] = {
        k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()
    }
    record(agency=estate.agency_id, kind="EstateChanged", by=by, at=at, audience="internal", estate=estate.number,
           **shown)  # fmt: skip


@transaction.atomic
def add_meeting(
    *, estate: Estate, on: date, what: str, place: str, outcome: str = "", by: Actor, at: datetime
) -> Meeting:
    """A meeting of creditors to come, or one that has been. Raises `Refusal` `what_missing`."""
    if not what.strip():
        raise Refusal("what_missing", N_("Please say what it is about."), field="what")
    made = Meeting.objects.create(
        agency_id=estate.agency_id, estate=estate, on=on, what=what[:200], place=place[:200],
        outcome=outcome[:500], made_at=at, by_name=by.name,
    )  # fmt: skip
    record(agency=estate.agency_id, kind="CreditorsMeeting", by=by, at=at, audience="internal", estate=estate.number,
           on=on.isoformat(), what=what)  # fmt: skip
    return made


@transaction.atomic
def close_estate(*, estate: Estate, on: date, outcome: str, by: Actor, at: datetime) -> None:
    """The proceedings have ended. Raises `Refusal` `estate_over`."""
    changed(estate, by, at, closed_on=on, outcome=outcome[:300])
