"""Visits: planned, called off, reported once; the photographs are kept with their hashes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case
from recoup.contact.models import ContactAttempt, Visit, VisitPhoto, VisitReport
from recoup.contact.outcomes import OUTCOMES
from recoup.contact.rules import zone
from recoup.eventlog.operations import record
from recoup.files.operations import keep
from recoup.kernel.actor import Actor
from recoup.kernel.ids import new_id
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Contact
from recoup.tenancy.models import Member
from recoup.tenancy.roles import Role

MAGIC = {b"\xff\xd8\xff": ("image/jpeg", "jpg"), b"\x89PNG\r\n\x1a\n": ("image/png", "png")}
MOST_PHOTOS, MOST_BYTES = 12, 12_000_000


@transaction.atomic
def plan_visit(
    *, case: Case, agent: Member, when: datetime, place: str, purpose: str, contact: Contact | None,
    by: Actor, at: datetime,
) -> Visit:  # fmt: skip
    """A visit on a field agent's route. The gate is asked by the journey, for that instant. Raises
    `Refusal` `not_a_field_agent`, `visit_past`, `visit_placeless`, `visit_twice`."""
    if agent.role not in (Role.FIELD_AGENT, Role.COLLECTOR) or not agent.active:
        raise Refusal("not_a_field_agent", N_("%(found)s makes no visits."), found=str(agent.user))
    if when <= at:
        raise Refusal("visit_past", N_("The visit is for a time to come."), field="time")
    if not place.strip() or not purpose.strip():
        raise Refusal(
            "visit_placeless", N_("Please give the place and the purpose."), field="place"
        )
    Case.objects.select_for_update(of=("self",)).get(id=case.id)  # two at once: one visit
    standing = Visit.objects.filter(case=case, called_off_at=None, report=None, at__gte=at)
    if standing.exists():
        raise Refusal(
            "visit_twice",
            N_("A visit is already planned in case %(number)s."),
            number=case.number,
        )
    made = Visit.objects.create(
        agency_id=case.agency_id, case=case, client_id=case.client_id, agent=agent, contact=contact,
        at=when, place=place.strip()[:300], time_zone=case.debtor.time_zone, purpose=purpose.strip()[:300],
        made_at=at, by_name=by.name,
    )  # fmt: skip
    local = when.astimezone(zone(case.debtor.time_zone))
    record(agency=case.agency_id, kind="VisitPlanned", by=by, at=at, case=case.id, client=case.client_id,
           on=local.date().isoformat(), there=f"{local:%H:%M}", place=made.place, purpose=made.purpose)  # fmt: skip
    return made


@transaction.atomic
def call_off_visit(*, visit: Visit, because: str, by: Actor, at: datetime) -> None:
    """The visit does not take place. Raises `Refusal` `reason_missing`, `visit_over`."""
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    open_one = Visit.objects.filter(id=visit.id, called_off_at=None, report=None)
    if not open_one.update(called_off_at=at, called_off_because=because[:300]):
        raise Refusal("visit_over", N_("This visit is over already."))
    record(agency=visit.agency_id, kind="VisitCalledOff", by=by, at=at, case=visit.case_id,
           client=visit.client_id, because=because)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What the agent reports. Coordinates in degrees (WGS 84); `photos` are (name, bytes)."""

    arrived_at: datetime
    outcome: str
    met: str = ""
    met_role: str = ""
    said: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    accuracy_m: int | None = None
    photos: Sequence[tuple[str, bytes]] = ()


@transaction.atomic
def report_visit(*, visit: Visit, found: Found, key: UUID, by: Actor, at: datetime) -> VisitReport:
    """The report of a visit, with its contact attempt and its photographs; never changed afterwards. The
    same `key` again returns the first. Raises `Refusal` `visit_over`, `outcome_unknown`, `note_missing`,
    `arrived_ahead`, `place_unknown`, and those of `sound_photo`."""
    Visit.objects.select_for_update(of=("self",)).get(id=visit.id)
    known = VisitReport.objects.filter(visit=visit).select_related("attempt").first()
    if known is not None and known.attempt_id == key:
        return known
    refuse_unfit(visit, found, known, at)
    kinds = [sound_photo(name, content) for name, content in found.photos]
    code = OUTCOMES[found.outcome]
    attempt = ContactAttempt.objects.create(
        id=key, agency_id=visit.agency_id, case=visit.case, client_id=visit.client_id, step="visit",
        channel="visit", contact=visit.contact, made_at=found.arrived_at, outcome=found.outcome,
        right_party=code.right_party, note=found.said.strip(), by_name=by.name,
    )  # fmt: skip
    report = VisitReport.objects.create(
        agency_id=visit.agency_id, visit=visit, client_id=visit.client_id, attempt=attempt,
        arrived_at=found.arrived_at, reported_at=at, latitude=found.latitude, longitude=found.longitude,
        accuracy_m=found.accuracy_m, outcome=found.outcome, met=found.met.strip()[:150],
        met_role=found.met_role.strip()[:100], said=found.said.strip(), by_name=by.name,
    )  # fmt: skip
    for (_, content), (media, ending) in zip(found.photos, kinds, strict=True):
        keep_photo(visit, report, content, media, ending, by, at)
    record(agency=visit.agency_id, kind="VisitMade", by=by, at=at, case=visit.case_id, client=visit.client_id,
           outcome=found.outcome, met=report.met, photos=len(found.photos),
           hashes=[p.sha256 for p in report.photos.order_by("id")])  # fmt: skip
    return report


def keep_photo(
    visit: Visit,
    report: VisitReport,
    content: bytes,
    media: str,
    ending: str,
    by: Actor,
    at: datetime,
) -> VisitPhoto:
    """As it came, byte for byte; the hash stands in the event too, so that the chain holds it."""
    document = keep(
        agency=visit.agency_id, content=content, name=f"visit-{report.arrived_at:%Y%m%d-%H%M}.{ending}",
        media_type=media, kind="visit_photo", by=by, at=at, client=visit.client_id, case=visit.case_id,
        audience="internal",
    )  # fmt: skip
    return VisitPhoto.objects.create(
        id=new_id(), agency_id=visit.agency_id, report=report, client_id=visit.client_id,
        document=document, sha256=document.sha256,
    )  # fmt: skip


def refuse_unfit(visit: Visit, found: Found, known: VisitReport | None, at: datetime) -> None:
    if known is not None or visit.called_off_at is not None:
        raise Refusal("visit_over", N_("This visit is over already."))
    code = OUTCOMES.get(found.outcome)
    if code is None:
        raise Refusal("outcome_unknown", N_("“%(found)s” is not an outcome of a call."),
                      field="outcome", found=found.outcome)  # fmt: skip
    if code.needs_note and not found.said.strip():
        raise Refusal("note_missing", N_("Please note what was said."), field="said")
    if found.arrived_at > at + timedelta(minutes=5):
        raise Refusal("arrived_ahead", N_("The arrival lies in the future."), field="arrived")
    for value, most in ((found.latitude, 90), (found.longitude, 180)):
        if value is not None and abs(value) > most:
            raise Refusal("place_unknown", N_("%(found)s is no place on earth."), found=str(value))
    if len(found.photos) > MOST_PHOTOS:
        raise Refusal(
            "photos_many", N_("Up to %(most)d photographs can be kept."), most=MOST_PHOTOS
        )


def sound_photo(name: str, content: bytes) -> tuple[str, str]:
    """Media type and ending by the file's own first bytes. Raises `Refusal` `photo_kind`, `photo_large`."""
    if len(content) > MOST_BYTES:
        raise Refusal("photo_large", N_("%(file)s is larger than 12 MB."), file=name)
    for start, kind in MAGIC.items():
        if content.startswith(start):
            return kind
    raise Refusal("photo_kind", N_("%(file)s is neither a JPEG nor a PNG photograph."), file=name)
