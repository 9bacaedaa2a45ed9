"""What stands beside a proceeding: parties, measures, awards, reviews, the life of the title, looks."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from recoup.cases.models import Case
from recoup.files.models import Document
from recoup.kernel.actor import Actor
from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.legal.models import Award, LimitationLook, Measure, Party, Proceeding, Review
from recoup.legal.operations.proceedings import told
from recoup.legal.rules import Paper
from recoup.legal.states import MEASURE_MOVES, MeasureState


@transaction.atomic
def add_party(
    *, proceeding: Proceeding, role: str, name: str, address: str = "", reference: str = "", email: str = "",
    phone: str = "", by: Actor, at: datetime,
) -> Party:  # fmt: skip
    """Somebody takes part. Raises `Refusal` `name_missing`."""
    if not name.strip():
        raise Refusal("name_missing", N_("Please give a name."), field="name")
    made = Party.objects.create(
        agency_id=proceeding.agency_id, proceeding=proceeding, client_id=proceeding.client_id, role=role[:24],
        name=name.strip()[:200], address=address[:400], reference=reference[:100], email=email[:200], phone=phone[:40],
        made_at=at, by_name=by.name,
    )  # fmt: skip
    told(proceeding, "PartyAdded", by, at, role=role, name=made.name)
    return made


@transaction.atomic
def start_measure(
    *,
    proceeding: Proceeding,
    kind: str,
    on: date,
    what: str,
    security: Money | None = None,
    by: Actor,
    at: datetime,
) -> Measure:
    """A search for assets is ordered, or an order to preserve them asked for."""
    made = Measure.objects.create(
        agency_id=proceeding.agency_id, proceeding=proceeding, client_id=proceeding.client_id, kind=kind,
        state=MeasureState.ASKED, on=on, found=what[:2000], security=security.amount if security else None,
        made_at=at, by_name=by.name,
    )  # fmt: skip
    told(proceeding, "MeasureAsked", by, at, measure=kind, on=on.isoformat())
    return made


@transaction.atomic
def move_measure(*, measure: Measure, now: str, found: str, by: Actor, at: datetime) -> None:
    """Granted, refused, done with what was found, lifted. Raises `Refusal` `stage_not_reachable`."""
    was = MeasureState(measure.state)
    text = "\n".join(filter(None, (measure.found, found.strip())))[:2000]
    ok = MeasureState(now) in MEASURE_MOVES[was]
    if not ok or not Measure.objects.filter(id=measure.id, state=was).update(state=now, found=text):
        raise Refusal(
            "stage_not_reachable",
            N_("A proceeding cannot go from “%(was)s” to “%(now)s”."),
            was=str(was),
            now=now,
        )
    measure.refresh_from_db()
    told(
        measure.proceeding, "MeasureMoved", by, at, measure=measure.kind, now=now, found=found[:200]
    )


@transaction.atomic
def grant_award(
    *, proceeding: Proceeding, kind: str, on: date, principal: Money, interest: Money, costs: Money,
    after: dict[str, Any] | None, source: str, document: Document | None = None, by: Actor, at: datetime,
) -> Award:  # fmt: skip
    """What the court grants, or the parties agree before it."""
    made = Award.objects.create(
        agency_id=proceeding.agency_id, proceeding=proceeding, client_id=proceeding.client_id, kind=kind, on=on,
        principal=principal.amount, interest=interest.amount, costs=costs.amount, currency=principal.currency,
        after=after, source=source[:300], document=document, at=at, by_name=by.name,
    )  # fmt: skip
    told(proceeding, "AwardGranted", by, at, award=kind, amount=str((principal + interest + costs).amount),
         currency=principal.currency, on=on.isoformat())  # fmt: skip
    return made


@transaction.atomic
def keep_review(
    *, proceeding: Proceeding, papers: Iterable[Paper], by: Actor, at: datetime
) -> Review:
    """The check-list as it stood, with its gaps."""
    lines = [paper.as_json() for paper in papers]
    gaps = sum(not line["there"] for line in lines)
    made = Review.objects.create(
        agency_id=proceeding.agency_id, proceeding=proceeding, client_id=proceeding.client_id, lines=lines,
        gaps=gaps, at=at, by_name=by.name,
    )  # fmt: skip
    told(proceeding, "EvidenceReviewed", by, at, gaps=gaps, of=len(lines))
    return made


@transaction.atomic
def set_title_until(
    *, proceeding: Proceeding, until: date, source: str, by: Actor, at: datetime
) -> None:
    """How long the title can be enforced, and who says so. Raises `Refusal` `source_missing`, `no_title`."""
    if not source.strip():
        raise Refusal("source_missing", N_("Please say where this was read."), field="source")
    if not Proceeding.objects.filter(id=proceeding.id, title_on__isnull=False).update(
        title_until=until, title_source=source[:300]
    ):
        raise Refusal("no_title", N_("There is no title yet."))
    proceeding.title_until, proceeding.title_source = until, source[:300]
    told(proceeding, "TitleTermSet", by, at, until=until.isoformat(), source=source)


def note_look(
    *,
    case: Case,
    lines: int,
    ends_on: date | None,
    look_on: date | None,
    at: datetime,
    stopped: str = "",
) -> None:
    """When the end of limitation of a case is looked at next."""
    LimitationLook.objects.update_or_create(
        case=case,
        defaults={"agency_id": case.agency_id, "client_id": case.client_id, "lines": lines, "ends_on": ends_on,
                  "look_on": look_on, "looked_at": at, "stopped_because": stopped[:300]},
    )  # fmt: skip
