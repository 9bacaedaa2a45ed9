"""Models of what guards money on its way out: decisions on payout files, the bank's answers, changed
accounts, the client's terms of payment."""

from django.db import models
from django.db.models import Q

from recoup.tenancy.models import TenantModel


class PayoutDecision(TenantModel):
    """A second person's word on the exact file (`sha256`), once for each payout file; append-only. That
    the approver is another than who proposed it is guarded by a trigger too."""

    payout = models.OneToOneField("payments.PayoutFile", models.PROTECT, related_name="decision")
    approved = models.BooleanField()
    sha256 = models.CharField(max_length=64)
    because = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=200)


class PayoutStatus(TenantModel):
    """One answer of the bank (pain.002) about a payout file, or one remittance of it; append-only."""

    payout = models.ForeignKey("payments.PayoutFile", models.PROTECT, related_name="statuses")
    remittance = models.ForeignKey(
        "payments.Remittance", models.PROTECT, null=True, related_name="statuses"
    )
    file = models.ForeignKey("payments.BankFile", models.PROTECT, related_name="payout_statuses")
    end_to_end_id = models.CharField(max_length=35, blank=True)
    status = models.CharField(max_length=4)
    reason = models.CharField(max_length=35, blank=True)
    explanation = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()


class AccountChange(TenantModel):
    """A client's account for payouts was changed: nothing is paid to it until another person has
    confirmed it through a second channel (`how`)."""

    client = models.ForeignKey("parties.Client", models.PROTECT, related_name="account_changes")
    was = models.CharField(max_length=34, blank=True)
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True)
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=200)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by_name = models.CharField(max_length=200, blank=True)
    how = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "client"], name="account_change_by_client")]


class PayoutTerms(TenantModel):
    """When a client is paid: at every run, on a weekday or a day of the month, from a least amount on."""

    class Schedule(models.TextChoices):
        EACH_RUN = "each_run"
        WEEKLY = "weekly"
        MONTHLY = "monthly"

    client = models.OneToOneField("parties.Client", models.PROTECT, related_name="payout_terms")
    schedule = models.CharField(max_length=8, choices=Schedule.choices, default=Schedule.EACH_RUN)
    day = models.PositiveSmallIntegerField(
        default=1, help_text="1 Monday to 7 Sunday, or 1 to 28 of the month"
    )
    least = models.DecimalField(max_digits=19, decimal_places=4, default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="payout_terms_day",
                condition=Q(day__gte=1)
                & (Q(schedule="weekly", day__lte=7) | ~Q(schedule="weekly") & Q(day__lte=28)),
            ),
            models.CheckConstraint(
                name="payout_terms_least", condition=Q(least__gte=0, least__lt=10**13)
            ),
        ]


class PayoutStop(TenantModel):
    """Payouts to a client are stopped, until another person lets them go on."""

    client = models.ForeignKey("parties.Client", models.PROTECT, related_name="payout_stops")
    because = models.CharField(max_length=300)
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    ended_by_name = models.CharField(max_length=200, blank=True)
    ended_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=Q(ended_at__isnull=True), name="payouts_stopped_once"
            )
        ]


class ApproverLimit(TenantModel):
    """The largest payment file in a currency that a person may release."""

    member = models.ForeignKey("tenancy.Member", models.PROTECT, related_name="payout_limits")
    currency = models.CharField(max_length=3)
    most = models.DecimalField(max_digits=19, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "member", "currency"], name="approver_limit_once"
            ),
            models.CheckConstraint(
                name="approver_limit_sound", condition=Q(most__gte=0, most__lt=10**13)
            ),
        ]


class MatchRule(TenantModel):
    """Learned from a person's decision: who pays from this account, or under this name, pays for this
    debtor. It makes suggestions, never bookings; a person may revoke it."""

    account = models.CharField(max_length=40, blank=True)
    payer = models.CharField(max_length=200, blank=True, help_text="plain name")
    shown = models.CharField(max_length=200, help_text="as the bank wrote it")
    debtor = models.ForeignKey("parties.Debtor", models.PROTECT, related_name="match_rules")
    line = models.ForeignKey("payments.BankLine", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    revoked_at = models.DateTimeField(null=True)
    revoked_by_name = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "account", "payer", "debtor"],
                name="match_rule_once",
                condition=Q(revoked_at__isnull=True),
            )
        ]
