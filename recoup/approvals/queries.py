"""Reads of approvals and authorities worth a name."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet, Sum

from recoup.approvals.models import Approval, Authority
from recoup.approvals.rules import budget_starts
from recoup.approvals.states import ApprovalState


def authority_of(client: UUID, kind: str) -> Authority | None:
    """The newest of its kind, withdrawn or not."""
    return Authority.objects.filter(client_id=client, kind=kind).order_by("-at", "-id").first()


def authorities_of(client: UUID) -> dict[str, Authority]:
    """The newest of each kind, withdrawn or not."""
    newest = (
        Authority.objects.filter(client_id=client).order_by("kind", "-at", "-id").distinct("kind")
    )
    return {row.kind: row for row in newest}


def spent_under(authority: Authority, on: date) -> Decimal:
    """What was approved in advance of this kind within the budget's time, in its currency."""
    found = Approval.objects.filter(
        client_id=authority.client_id, kind=authority.kind, currency=authority.currency,
        state=ApprovalState.APPROVED, decided_by_mandate__isnull=False,
        decided_on__gte=budget_starts(authority.per, since=authority.on, on=on),
    )  # fmt: skip
    return found.aggregate(sum=Sum("cost"))["sum"] or Decimal(0)


def asked_of(client: UUID) -> QuerySet[Approval]:
    """What waits for the client's answer, the most urgent first."""
    found = Approval.objects.filter(client_id=client, state=ApprovalState.ASKED)
    return found.select_related("case__debtor").order_by("deadline", "id")
