"""The agency's own rules of contact, and what clients authorise to be announced."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from recoup.cases.models import Case
from recoup.contact.house import house_of
from recoup.contact.models import Authority, HouseRules
from recoup.contact.rules import THREATS
from recoup.eventlog.operations import record
from recoup.kernel.actor import Actor
from recoup.kernel.refusal import N_, Refusal
from recoup.parties.models import Client
from recoup.tenancy.models import Agency


@transaction.atomic
def set_house_rules(
    *, agency: UUID, rules: dict[str, Any], valid_from: date, because: str, by: Actor, at: datetime
) -> HouseRules:
    """A new version, in force from `valid_from` on; earlier ones stay as they were. Two at once: the
    agency's row is locked, each gets its own number. Raises `Refusal` `house_rule_…`, `reason_missing`,
    `day_past`."""
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    if valid_from < at.date():
        raise Refusal(
            "day_past", N_("%(found)s has passed: rules are set for a day to come."),
            field="valid_from", found=valid_from.isoformat(),
        )  # fmt: skip
    kept = house_of("", rules).as_rules()
    Agency.objects.select_for_update(no_key=True).get(id=agency)
    last = HouseRules.objects.filter(agency_id=agency).order_by("-version").first()
    made = HouseRules.objects.create(
        agency_id=agency, version=last.version + 1 if last else 1, valid_from=valid_from, rules=kept,
        because=because.strip()[:300], made_at=at, by_name=by.name,
    )  # fmt: skip
    record(
        agency=agency, kind="HouseRulesSet", by=by, at=at, audience="internal", version=made.version,
        valid_from=valid_from.isoformat(), because=made.because, rules=kept,
    )  # fmt: skip
    return made


@transaction.atomic
def authorise(
    *, client: Client, threat: str, because: str, until: date | None = None, case: Case | None = None,
    by: Actor, at: datetime,
) -> Authority:  # fmt: skip
    """The client allows that `threat` is announced to its debtors (of one `case`). Raises `Refusal`
    `threat_unknown`, `reason_missing` (where and when it said so)."""
    if threat not in THREATS:
        raise Refusal(
            "threat_unknown", N_("“%(found)s” needs no authority."), field="threat", found=threat
        )
    if not because.strip():
        raise Refusal("reason_missing", N_("Please give a reason."), field="because")
    made = Authority.objects.create(
        agency_id=client.agency_id, client=client, case=case, threat=threat, because=because.strip()[:300],
        given_at=at, by_name=by.name, until=until,
    )  # fmt: skip
    record(
        agency=client.agency_id, kind="AuthorityGiven", by=by, at=at, client=client.id, threat=threat,
        case=case.id if case else None, because=made.because, until=until.isoformat() if until else None,
    )  # fmt: skip
    return made


@transaction.atomic
def withdraw_authority(*, authority: Authority, by: Actor, at: datetime) -> None:
    """Nothing is announced any more; withdrawing again changes nothing."""
    if Authority.objects.filter(id=authority.id, withdrawn_at__isnull=True).update(withdrawn_at=at):
        record(
            agency=authority.agency_id, kind="AuthorityWithdrawn", by=by, at=at, client=authority.client_id,
            case=authority.case_id, threat=authority.threat,
        )  # fmt: skip
