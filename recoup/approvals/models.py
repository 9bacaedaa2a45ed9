"""What clients are asked, what they answered, and what they have decided in advance."""

from typing import Any

from django.db import models
from django.db.models import Q

from recoup.approvals.rules import Bounds
from recoup.approvals.states import Answer, ApprovalKind, ApprovalState, BudgetPer
from recoup.kernel.money import Money
from recoup.tenancy.models import TenantModel

KINDS = [(k.value, k.value) for k in ApprovalKind]


class Authority(TenantModel):
    """What a client approves in advance of one kind. Append-only: the newest of a kind counts; one with
    `withdrawn` ends it."""

    client = models.ForeignKey("parties.Client", models.PROTECT, related_name="authorities")
    kind = models.CharField(max_length=12, choices=KINDS)
    currency = models.CharField(max_length=3)
    limit = models.DecimalField(max_digits=19, decimal_places=4, help_text="for one case")
    budget = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    per = models.CharField(
        max_length=5, choices=[(p.value, p.value) for p in BudgetPer], default=BudgetPer.MONTH
    )
    least_odds = models.PositiveSmallIntegerField(null=True)
    until = models.DateField(null=True, help_text="the last day")
    withdrawn = models.BooleanField(default=False)
    at = models.DateTimeField()
    on = models.DateField(help_text="the agency's day of `at`")
    by_name = models.CharField(max_length=200)
    by_id = models.UUIDField(null=True)

    class Meta:
        verbose_name_plural = "authorities"
        indexes = [
            models.Index(fields=["agency", "client", "kind", "-at"], name="authority_newest")
        ]
        constraints = [
            models.CheckConstraint(
                name="authority_within_bounds",
                condition=Q(limit__gte=0, limit__lt=10**13)
                & (Q(budget__isnull=True) | Q(budget__gte=0, budget__lt=10**13))
                & (Q(least_odds__isnull=True) | Q(least_odds__lte=100)),
            ),
            models.CheckConstraint(
                name="authority_kind_known", condition=Q(kind__in=[k.value for k in ApprovalKind])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} up to {self.limit} {self.currency}"

    @property
    def bounds(self) -> Bounds:
        return Bounds(
            limit=Money(self.limit, self.currency), budget=self.budget, per=self.per,
            least_odds=self.least_odds, until=self.until, withdrawn=self.withdrawn,
        )  # fmt: skip


class Approval(TenantModel):
    """One question to a client with a deadline and a default. `state` changes only by
    `UPDATE … WHERE state = 'asked'`; what was asked never changes.

    `cost` is what a yes costs the client: the step's costs, or what is given up. `outside` says why no
    authority decided it; `because` why it was decided so, with its gaps.
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="approvals")
    client_id = models.UUIDField()
    kind = models.CharField(max_length=12, choices=KINDS)
    key = models.CharField(max_length=120, help_text="the same cause asks once")
    sentence = models.CharField(max_length=300, help_text="English with gaps; see `params`")
    params = models.JSONField(default=dict)
    cost = models.DecimalField(max_digits=19, decimal_places=4)
    currency = models.CharField(max_length=3)
    odds_percent = models.PositiveSmallIntegerField(null=True)
    duration_days = models.PositiveIntegerField(null=True)
    deadline = models.DateField(help_text="the last day to answer")
    default = models.CharField(max_length=8, choices=[(a.value, a.value) for a in Answer])
    outside = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in ApprovalState], default=ApprovalState.ASKED
    )  # fmt: skip
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_on = models.DateField(null=True, help_text="the agency's day, for budgets")
    decided_because = models.CharField(max_length=300, blank=True)
    decided_params = models.JSONField(default=dict)
    decided_by_mandate = models.ForeignKey(
        Authority, models.PROTECT, null=True, related_name="approvals"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "key"], name="approval_once_per_cause"),
            models.CheckConstraint(
                name="approval_state_known",
                condition=Q(state__in=[s.value for s in ApprovalState])
                & Q(kind__in=[k.value for k in ApprovalKind])
                & Q(default__in=[a.value for a in Answer]),
            ),
            models.CheckConstraint(
                name="approval_decided_with_its_day",
                condition=Q(state="asked", decided_at__isnull=True)
                | (~Q(state="asked") & Q(decided_at__isnull=False, decided_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="approval_cost_sane",
                condition=Q(cost__gte=0, cost__lt=10**13)
                & (Q(odds_percent__isnull=True) | Q(odds_percent__lte=100)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "client_id", "deadline"], name="approval_asked", condition=Q(state="asked")
            ),
            models.Index(
                fields=["agency", "deadline"], name="approval_deadline", condition=Q(state="asked")
            ),
            models.Index(fields=["agency", "client_id", "-decided_at"], name="approval_decided"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.sentence % self.params)

    @property
    def amount(self) -> Money:
        return Money(self.cost, self.currency)

    @property
    def is_yes(self) -> bool:
        """Whether it may be done: approved, or the default was to."""
        return self.state == ApprovalState.APPROVED or (
            self.state == ApprovalState.DEFAULTED and self.default == Answer.APPROVE
        )

    @property
    def is_open(self) -> bool:
        return self.state == ApprovalState.ASKED

    def facts(self) -> dict[str, Any]:
        """As events keep it."""
        return {
            "approval": str(self.id), "approval_kind": self.kind, "sentence": self.sentence, "params": self.params,
            "amount": f"{self.amount.rounded().amount:f}", "currency": self.currency,
        }  # fmt: skip
