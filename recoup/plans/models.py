"""What clients have authorised, what was offered to debtors and agreed, and the instalments."""

from django.db import models
from django.db.models import Q

from recoup.plans.rules import Limits
from recoup.plans.states import STANDING, PlanKind, PlanState
from recoup.tenancy.models import TenantModel


class Mandate(TenantModel):
    """What a client has authorised in advance for plans and settlements. Append-only: the newest counts.
    Percentages as a person says them (15 for 15 %)."""

    client = models.ForeignKey("parties.Client", models.PROTECT, related_name="mandates")
    months = models.PositiveSmallIntegerField(help_text="from the offer to the last instalment")
    first_percent = models.DecimalField(max_digits=5, decimal_places=2)
    discount = models.DecimalField(max_digits=5, decimal_places=2)
    may_waive_interest = models.BooleanField(default=False)
    accelerates = models.BooleanField(default=True)
    first_days = models.PositiveSmallIntegerField(default=30)
    answer_days = models.PositiveSmallIntegerField(default=3, help_text="business days")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "client", "-at"], name="mandate_newest")]
        constraints = [
            models.CheckConstraint(
                name="mandate_within_bounds",
                condition=Q(months__lte=60, first_percent__gte=0, first_percent__lte=100,
                            discount__gte=0, discount__lt=100, first_days__lte=180,
                            answer_days__gte=1, answer_days__lte=30),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"mandate of {self.client_id} since {self.at:%Y-%m-%d}"

    @property
    def limits(self) -> Limits:
        return Limits(
            months=self.months, first_percent=self.first_percent, discount=self.discount,
            may_waive_interest=self.may_waive_interest, accelerates=self.accelerates,
            first_days=self.first_days, answer_days=self.answer_days,
        )  # fmt: skip


class Plan(TenantModel):
    """A payment plan or a settlement, from its offer to its end. `state` changes only by
    `UPDATE … WHERE state = old`. `terms` and `figures` are what was offered, worked out on `on`;
    what has been paid of it is derived from the case's payments booked after `made_at`.

    `outside`: what the mandate did not cover; `until`: the last day to answer or to sign.
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="plans")
    client_id = models.UUIDField()
    number = models.CharField(max_length=24)
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in PlanKind])
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in PlanState])
    by_debtor = models.BooleanField(default=False, help_text="proposed by the debtor")
    currency = models.CharField(max_length=3)
    on = models.DateField(help_text="the day it was worked out for")
    terms = models.JSONField()
    figures = models.JSONField()
    outside = models.JSONField(default=list)
    until = models.DateField()
    language = models.CharField(max_length=7)
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    document = models.ForeignKey("files.Document", models.PROTECT, null=True, related_name="+")
    sealed = models.ForeignKey("files.Document", models.PROTECT, null=True, related_name="+")
    answered_by = models.CharField(max_length=200, blank=True)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=200, blank=True)
    trail = models.JSONField(default=dict)
    ended_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="plan_number_once"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state__in=[s.value for s in STANDING]),
                name="plan_standing_once_per_case",
            ),
            models.CheckConstraint(
                name="plan_state_known", condition=Q(state__in=[s.value for s in PlanState])
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["agency", "state", "until"], name="plan_standing",
                condition=Q(state__in=[s.value for s in STANDING]),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number


class Instalment(TenantModel):
    """One payment of a plan. Append-only."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="instalments")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    client_id = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    amount = models.DecimalField(max_digits=19, decimal_places=4)

    class Meta:
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="instalment_once"),
            models.CheckConstraint(
                name="instalment_positive", condition=Q(amount__gt=0, amount__lt=10**13)
            ),
        ]
        indexes = [models.Index(fields=["agency", "due_on"], name="instalment_by_day")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.number}"


class Reminded(TenantModel):
    """A debtor was reminded of an instalment, once. Append-only."""

    instalment = models.OneToOneField(Instalment, models.PROTECT, related_name="reminded")
    client_id = models.UUIDField()
    at = models.DateTimeField()
    message = models.ForeignKey("outbox.Message", models.PROTECT, null=True, related_name="+")
