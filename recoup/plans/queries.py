"""Reads of plans worth a name."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from recoup.parties.models import Client
from recoup.plans.models import Mandate, Plan
from recoup.plans.rules import NOTHING, Due, Limits, Terms
from recoup.plans.states import STANDING, PlanState


def mandate_of(client: Client) -> Mandate | None:
    """The mandate that counts, or None: then everything is asked."""
    return Mandate.objects.filter(client=client).order_by("-at", "-id").first()


def limits_of(client: Client) -> Limits:
    found = mandate_of(client)
    return found.limits if found else NOTHING


def standing_plan(case: UUID) -> Plan | None:
    """The offer or plan that stands on a case."""
    return (
        Plan.objects.filter(case_id=case, state__in=STANDING)
        .select_related("document", "sealed")
        .first()
    )


def latest_plan(case: UUID) -> Plan | None:
    """The one that stands, else the last there was."""
    return (
        Plan.objects.filter(case_id=case)
        .select_related("document", "sealed")
        .order_by("-id")
        .first()
    )


def running(agency: UUID, cases: Iterable[UUID] | None = None) -> list[Plan]:
    """Plans that payments may keep or that days may break: agreed ones, settlements on offer, and kept
    ones whose payment may come back."""
    found = Plan.objects.filter(
        agency_id=agency, state__in=(PlanState.OFFERED, PlanState.AGREED)
    ).select_related("case__client", "case__debtor", "case__collector")
    if cases is not None:
        found = found.filter(case_id__in=list(cases))
    return list(found.prefetch_related("instalments").order_by("id"))


def dues_of(plan: Plan) -> list[Due]:
    return [Due(i.number, i.due_on, i.amount) for i in plan.instalments.all()]


def terms_of(plan: Plan) -> Terms:
    return Terms.read(plan.terms)


def acknowledged_on(cases: Iterable[UUID]) -> dict[UUID, list[date]]:
    """The days on which a debtor acknowledged its debt in writing, by case: what starts limitation anew
    where the law says so."""
    found: dict[UUID, list[date]] = {}
    rows = Plan.objects.filter(case_id__in=list(cases), signed_at__isnull=False).order_by(
        "signed_at"
    )
    for case, at in rows.values_list("case_id", "signed_at"):
        if at is not None:
            found.setdefault(case, []).append(at.date())
    return found


def amount(plan: Plan, name: str) -> Decimal:
    """A figure of the offer."""
    return Decimal(plan.figures[name])
