"""Which plan is in force for whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from uuid import UUID

from recoup.strategy.models import TreatmentPlan, Trial
from recoup.strategy.plans import STANDARD, STANDARD_OWN, Plan, PlanKind
from recoup.strategy.reading import read_plan


@dataclass(frozen=True, slots=True)
class Split:
    """A trial as the day run needs it: `share` percent of the cases that came into contact from `since` on."""

    id: UUID
    plan: Plan
    share: int
    since: date


@dataclass(frozen=True)
class PlanBook:
    """The plans of an agency on a day: a client's own, else the agency's, else the standard one; and
    beside it the challenger of a trial that is running."""

    own: dict[UUID | None, Plan]
    trials: dict[UUID | None, Split]
    ladders: Mapping[UUID | None, Plan] = field(default_factory=dict)

    def champion(self, client: UUID) -> Plan:
        return self.own.get(client) or self.own.get(None) or STANDARD

    def ladder(self, client: UUID) -> Plan:
        """The client's own reminders before it places anything."""
        return self.ladders.get(client) or self.ladders.get(None) or STANDARD_OWN

    def split(self, client: UUID) -> Split | None:
        """A client's own plan takes no part in the agency's trial: it would be compared with another."""
        if client in self.trials or client in self.own:
            return self.trials.get(client)
        return self.trials.get(None)

    def of(self, client: UUID, case: UUID, entered_on: date | None) -> Plan:
        trial = self.split(client)
        if trial and entered_on and entered_on >= trial.since and is_challenged(trial, case):
            return trial.plan
        return self.champion(client)


def is_challenged(trial: Split, case: UUID) -> bool:
    """Whether a case goes the challenger's way: by hash of trial and case, so always the same."""
    digest = sha256(trial.id.bytes + case.bytes).digest()
    return int.from_bytes(digest[:4], "big") % 100 < trial.share


def plan_book(agency: UUID, on: date) -> PlanBook:
    """What is in force on day `on`, in two queries."""
    own: dict[UUID | None, Plan] = {}
    ladders: dict[UUID | None, Plan] = {}
    released = TreatmentPlan.objects.filter(
        agency_id=agency, state=TreatmentPlan.State.RELEASED, valid_from__lte=on
    )
    trials = list(
        Trial.objects.filter(agency_id=agency, since__lte=on, until__isnull=True).select_related(
            "challenger"
        )
    )
    challengers = {t.challenger_id for t in trials}
    for row in released.order_by("valid_from", "version"):
        if row.id not in challengers:
            (ladders if row.kind == PlanKind.OWN else own)[row.client_id] = plan_of(row)
    return PlanBook(
        own,
        {t.client_id: Split(t.id, plan_of(t.challenger), t.share, t.since) for t in trials},
        ladders,
    )


def plan_of(row: TreatmentPlan) -> Plan:
    return read_plan(row.name, str(row.version), row.steps, row.kind)


def book_with(draft: Plan, client: UUID | None, base: PlanBook) -> PlanBook:
    """The book as it would be with `draft` released for `client` (None: the agency's own)."""
    if draft.kind == PlanKind.OWN:
        return replace(base, ladders={**base.ladders, client: draft})
    return replace(base, own={**base.own, client: draft})


def labels(plans: Iterable[Plan]) -> list[str]:
    return sorted({plan.label for plan in plans})
