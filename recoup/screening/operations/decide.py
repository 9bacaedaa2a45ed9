"""What an officer decides: whether a likeness is a match, whether a client may be served."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client
from recoup.parties.rules import clean
from recoup.screening.models import ClientDecision, Hit, HitReview
from recoup.screening.queries import checks_of
from recoup.screening.rules import may_clear

REASON = N_("Say why in a sentence: it is kept with the decision.")
SHORTEST = 10


def review_hit(*, hit: Hit, is_match: bool, because: str, by: Actor, at: datetime) -> HitReview:
    """Decide about a likeness, once. Raises `Refusal` `reason_needed`, `person_needed`,
    `hit_decided` (somebody was first)."""
    reason = reasoned(because)
    if by.id is None:
        raise Refusal("person_needed", N_("A person decides this, not the system."))
    try:
        with transaction.atomic():
            made = HitReview.objects.create(
                agency_id=hit.agency_id, hit=hit, is_match=is_match, because=reason, by_id=by.id,
                by_name=by.name, at=at,
            )  # fmt: skip
            record(agency=hit.agency_id, kind="SanctionsHitReviewed", by=by, at=at, audience="internal",
                   party=hit.party_name, listed=hit.listed.name, is_match=is_match, because=reason)  # fmt: skip
    except IntegrityError:
        first = HitReview.objects.filter(hit=hit).first()
        raise Refusal("hit_decided", N_("This was already decided by %(who)s."), who=first.by_name if first else "") from None  # fmt: skip
    return made


@transaction.atomic
def decide_client(
    *, client: Client, cleared: bool, ticked: Iterable[str], because: str, by: Actor, at: datetime
) -> ClientDecision:
    """Decide whether a client may be served; kept with the check-list as it stood. A later decision
    supersedes an earlier one and both stay; of two at once each is kept and the later counts.

    `ticked` are the `rules.CHECKS` that the officer confirms. Raises `Refusal` `reason_needed`, and for
    a clearance what stands against it (`check_open`, `hits_open`, `sanctioned`, `authority_missing`).
    """
    reason = reasoned(because)
    checks = checks_of(client, ticked)
    against = may_clear(checks) if cleared else None
    if against is not None:
        raise against
    verdict = ClientDecision.Verdict.CLEARED if cleared else ClientDecision.Verdict.REFUSED
    made = ClientDecision.objects.create(
        agency_id=client.agency_id, client=client, verdict=verdict,
        checklist=[check.as_json() for check in checks], because=reason, by_id=by.id, by_name=by.name, at=at,
    )  # fmt: skip
    record(agency=client.agency_id, kind="ClientDecided", by=by, at=at, client=client.id, audience="internal",
           verdict=verdict.value, because=reason, checks={c.code: c.level for c in checks})  # fmt: skip
    return made


def reasoned(because: str) -> str:
    plain = clean(because, 1000)
    if len(plain) < SHORTEST:
        raise Refusal("reason_needed", REASON, field="because")
    return plain
